"""What mkdocs does with the pages beside rendering them (a hook of mkdocs.yml).

``<!-- readme: NAME -->`` stands for that section of README.md; of what comes
before the first, ``intro`` is the first paragraph and ``demo`` the rest. Links
to files that are no pages lose their target, as the site has no copy of them.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
INCLUDED = re.compile(r"^<!-- readme: (.+) -->$", re.M)
LINK = re.compile(r"(?<!\!)\[([^\]]+)\]\((?!\w+:|#)([^)#\s]+)(#[^)\s]*)?\)")


def on_page_markdown(markdown: str, **_: object) -> str:
    """Return the page with sections of the README in it, and links that lead somewhere."""
    text = without_outside(markdown, DOCS)
    return INCLUDED.sub(lambda match: readme(match[1]), text)


def readme(name: str) -> str:
    """Return a section of the README with its links as seen from docs/; KeyError for no such."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    text = re.sub(r"^<!-- .* -->\n", "", text, flags=re.M)
    first, *parts = re.split(r"^## (.+)\n", text, flags=re.M)
    sections = dict(zip(parts[::2], parts[1::2], strict=True))
    _title, sections["intro"], sections["demo"] = first.split("\n\n", 2)
    return without_outside(sections[name].strip(), ROOT)


def without_outside(text: str, folder: Path) -> str:
    """Return the text, links relative to ``folder``, with links relative to docs/."""

    def replaced(match: re.Match[str]) -> str:
        path = Path(os.path.normpath(folder / match[2]))
        if not path.is_relative_to(DOCS):
            return match[1]
        return f"[{match[1]}]({path.relative_to(DOCS).as_posix()}{match[3] or ''})"

    return LINK.sub(replaced, text)
