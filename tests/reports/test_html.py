"""The page: whole, safe whatever the project holds, and usable by everybody."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from report_runs import HOT, OLD, TIMING, accepted, diverged, optimized, reviewed, summary

from perfopt_cli.core import Outcome, Quad, Speedup, Support, Timing
from perfopt_cli.reports.html import charts
from perfopt_cli.reports.html.code import side_by_side
from perfopt_cli.reports.html.page import page
from perfopt_cli.reports.html.parts import Markup, esc, tag
from perfopt_cli.reports.record import Record

VOID = {"meta", "br"}
HOSTILE = "</code></pre><script>alert(1)</script><img src=x onerror='alert(2)' \"&"


class Reader(HTMLParser):
    """Takes elements in, and notes what is not closed in its place."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.opened.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.opened or self.opened.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    return reader


def names(reader: Reader) -> list[str]:
    return [name for name, _ in reader.elements]


@pytest.mark.parametrize(
    "record",
    [optimized(), reviewed(), optimized(written=True), optimized(summary=summary())],
    ids=["optimize", "verify", "written", "nothing"],
)
def test_the_page_is_well_formed(record: Record) -> None:
    found = read(page(record))
    assert found.wrong == []
    assert found.opened == []


def test_the_page_shows_the_evidence() -> None:
    text = read(page(optimized())).text
    for said in (
        "1 function can be made faster",
        "26 agree",
        "300 agree",
        "8 of 9 would have been noticed",
        "t.py::a",
        "from pkg.mod import hot",
        "replay:candidate.jsonl",
        "a note",
        "optimize --check",
    ):
        assert said in text


def hostile() -> Record:
    target = replace(HOT, qualname=HOSTILE, path=HOSTILE, source=OLD + HOSTILE, tests=(HOSTILE,))
    support = Support(1, 1, 1, 0, (HOSTILE,), (HOSTILE,), HOSTILE)
    good = replace(accepted(target, HOSTILE), support=support)
    bad = replace(diverged(HOSTILE, HOSTILE), support=support)
    outcomes = Outcome(target, good, True, HOSTILE), Outcome(HOT, bad)
    return optimized(
        summary=summary(*outcomes, targets=(target,)),
        notes=(HOSTILE,),
        words=("optimize", HOSTILE),
        root=f"/{HOSTILE}",
        commit=HOSTILE,
        runs_on=HOSTILE,
    )


def test_hostile_code_and_names_stay_text() -> None:
    found, plain = read(page(hostile())), read(page(optimized()))
    assert found.wrong == []
    assert names(found).count("script") == names(plain).count("script") == 1
    assert "img" not in names(found)
    assert not any(key.startswith("on") for _, attributes in found.elements for key in attributes)
    assert HOSTILE in found.text


def test_hostile_words_of_a_review_stay_text() -> None:
    record = reviewed()
    assert record.review is not None
    review = replace(record.review, problems=(HOSTILE,), notes=(HOSTILE,), base=HOSTILE)
    found = read(page(replace(record, review=review)))
    assert found.wrong == []
    assert "img" not in names(found)


def test_nothing_is_loaded_from_anywhere() -> None:
    found = read(page(optimized()))
    links = {"src", "href", "srcset", "data", "action", "xlink:href"}
    assert not [a for _, attributes in found.elements for a in attributes if a in links]
    assert "url(" not in page(optimized())
    assert "@import" not in page(optimized())


def test_the_policy_allows_nothing_but_the_page_itself() -> None:
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page(optimized()))
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-")


def test_no_style_is_on_an_element() -> None:
    assert not [
        name for name, attributes in read(page(optimized())).elements if "style" in attributes
    ]


def test_every_picture_says_what_it_shows() -> None:
    pictures = [a for name, a in read(page(optimized())).elements if name == "svg"]
    assert len(pictures) > 3
    assert all(one.get("role") == "img" and one.get("aria-label") for one in pictures)


def test_headings_go_down_a_step_at_a_time() -> None:
    levels = [
        int(name[1]) for name in names(read(page(optimized()))) if re.fullmatch("h[1-6]", name)
    ]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_head_of_a_table_says_what_it_heads() -> None:
    heads = [a for name, a in read(page(optimized())).elements if name == "th"]
    assert heads
    assert {one.get("scope") for one in heads} == {"col", "row"}


def test_what_can_not_be_seen_is_written_out() -> None:
    assert esc("a\u202eb\x00\ud800") == "a\\u202eb\\u0000\\ud800"
    page(optimized(notes=("\ud800",))).encode("utf-8")


def test_an_attribute_is_escaped() -> None:
    assert tag("p", "x", title='"<') == '<p title="&quot;&lt;">x</p>'


def test_markup_is_not_escaped_twice() -> None:
    assert tag("p", tag("b", "&")) == "<p><b>&amp;</b></p>"
    assert esc(Markup("<b>")) == "<b>"


def test_lines_that_differ_stand_side_by_side() -> None:
    made = side_by_side("a\nb\nc\n", "a\nx\ny\nc\n", 10)
    assert '<td class="number">11</td><td class="taken"><del>b</del></td>' in made
    assert '<td class="number">12</td><td class="added"><ins>y</ins></td>' in made
    assert made.count("<tr>") == 5


def test_samples_are_drawn_within_the_picture() -> None:
    wild = Timing(((Quad(1, 1000, 1, 1000), *TIMING.samples[0]),), Speedup(2.0, 1.9, 2.1))
    places = re.findall(r'cx="([-0-9.]+)%"', charts.sample_plot(wild))
    assert len(places) == 13
    assert all(0 <= float(place) <= 100 for place in places)


@pytest.mark.parametrize(
    "samples",
    [(), ((),), ((Quad(0, 0, 0, 0),),), ((Quad(5, 5, 5, 5),),), ((Quad(10**12, 1, 10**12, 1),),)],
)
def test_odd_samples_do_no_harm(samples: tuple[tuple[Quad, ...], ...]) -> None:
    assert read(charts.sample_plot(Timing(samples))).wrong == []


def test_a_great_many_samples_are_thinned_out() -> None:
    many = Timing((TIMING.samples[0] * 500,), Speedup(2.0, 1.9, 2.1))
    assert charts.sample_plot(many).count("<circle") <= charts.MOST_DOTS
