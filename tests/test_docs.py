"""What the documentation shows is what the commands print."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def update() -> ModuleType:
    return script("update")


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_commands_is_up_to_date(update: ModuleType) -> None:
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert page == update.help_page(), "run: python docs/update.py help"


def test_the_reference_of_settings_is_up_to_date(update: ModuleType) -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert page == update.settings_page(), "run: python docs/update.py settings"


def test_the_catalogue_of_rules_is_up_to_date() -> None:
    pages = script("catalogue").pages()
    for path, text in pages.items():
        assert path.read_text(encoding="utf-8") == text, "run: python docs/update.py rules"
    assert {*(ROOT / "docs" / "rules").glob("*.md")} == set(pages)


def test_every_rule_has_a_measured_gain_of_the_example_as_it_is() -> None:
    catalogue = script("catalogue")
    known = json.loads(catalogue.RESULTS.read_text(encoding="utf-8"))["gains"]
    missing = [rule.name for rule in catalogue.in_order() if not catalogue.gains(rule, known)]
    assert not missing, "run: python benchmarks/rules.py --missing, then docs/update.py rules"


def test_the_settings_of_the_hook_name_its_option(update: ModuleType) -> None:
    assert update.option_of("hook_budget") == "hook --budget"
    assert update.option_of("float_ulps") == ""


def test_sections_of_the_readme_come_with_links_as_seen_from_the_docs() -> None:
    pages = script("pages")
    included = pages.on_page_markdown("# T\n\n<!-- readme: How it decides -->\n")
    assert "[docs/verification.md](verification.md)" in included
    assert "](docs/" not in included


def test_every_section_that_a_page_includes_is_in_the_readme() -> None:
    pages = script("pages")
    names = [
        name
        for page in (ROOT / "docs").glob("*.md")
        for name in pages.INCLUDED.findall(page.read_text(encoding="utf-8"))
    ]
    assert "Install" in names
    assert all(pages.readme(name) for name in names)


def test_links_out_of_the_docs_lose_their_target() -> None:
    pages = script("pages")
    text = "[a](../examples/shop) [b](verification.md#x) [c](https://example.org) [d](#here)"
    assert pages.without_outside(text, ROOT / "docs") == (
        "a [b](verification.md#x) [c](https://example.org) [d](#here)"
    )


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("material", reason='needs perfopt\'s extra: pip install "perfopt[docs]"')
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site")],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    pages = [page.read_text(encoding="utf-8") for page in (tmp_path / "site").glob("*.html")]
    loaded = [re.findall(r'<(?:script|link|img)[^>]*"https?:[^>]*>', page) for page in pages]
    assert pages
    assert not any(loaded), "the site loads something from elsewhere"
    assert "A candidate goes through these gates" in (tmp_path / "site/decides.html").read_text()


def test_links_in_the_readme_lead_somewhere() -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", page):
        assert (ROOT / target).exists(), target
