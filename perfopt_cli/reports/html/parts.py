"""HTML from text: whatever a project brings along is escaped here and nowhere else."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from perfopt_cli.reports.words import visible


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Content = str | Markup


def esc(text: Content) -> Markup:
    """Return text as HTML; what is HTML already stays."""
    if isinstance(text, Markup):
        return text
    return Markup(html.escape(visible(text.replace("\r\n", "\n"))))


def tag(name: str, *content: Content, **attributes: str | None) -> Markup:
    """Return an element. A trailing ``_`` in an attribute's name is dropped, others become ``-``.

    Attributes that are None are left out.
    """
    shown = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(visible(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{shown}>{join(content)}</{name}>")


def join(parts: Iterable[Content], between: str = "") -> Markup:
    """Return the parts one after the other."""
    return Markup(between.join(map(esc, parts)))


def table(heads: Sequence[Content], rows: Iterable[Sequence[Content]], **attributes: str) -> Markup:
    """Return a table whose first cell of a row is its head, in a box that scrolls by itself.

    On a narrow screen its class ``stack`` has the cells under each other, with the heads
    that are words before them.
    """
    head = tag("tr", *(tag("th", text, scope="col") for text in heads))
    body = [
        tag("tr", tag("th", row[0], scope="row"), *map(_cell, heads[1:], row[1:])) for row in rows
    ]
    made = tag("table", tag("thead", head), tag("tbody", *body), **attributes)
    label = ", ".join(filter(None, heads))
    return tag("div", made, class_="wide", tabindex="0", role="group", aria_label=label)


def _cell(head: Content, text: Content) -> Markup:
    plain = head and not isinstance(text, Markup)
    return tag("td", text, data_label=head if plain else None)


def terms(rows: Iterable[tuple[Content, Content]]) -> Markup:
    """Return a list of labels and what belongs to them."""
    return tag("dl", *(tag("div", tag("dt", label), tag("dd", text)) for label, text in rows))


def code(text: Content) -> Markup:
    """Return text in the font of code."""
    return tag("code", text)


def block(text: Content) -> Markup:
    """Return lines of code or of a shell."""
    return tag("pre", tag("code", text))


def folded(title: Content, *content: Content, opened: bool = False, **attributes: str) -> Markup:
    """Return a part that opens at a click."""
    inside = join((tag("summary", title), *content))
    made = tag("details", inside, **attributes)
    return Markup(made.replace("<details", "<details open", 1)) if opened else made
