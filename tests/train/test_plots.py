from __future__ import annotations

from xml.etree import ElementTree

import pytest

from perfopt_cli.train.plots import Line, chart, loss_chart, rate_chart, ticks

SVG = "{http://www.w3.org/2000/svg}"


def lines(svg: str) -> list[str]:
    return [line.get("points", "") for line in ElementTree.fromstring(svg).iter(f"{SVG}polyline")]


def texts(svg: str) -> list[str | None]:
    return [text.text for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_ticks_are_round_and_enclose_the_values() -> None:
    assert ticks([0.13, 0.87]) == [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    assert ticks([3, 3])[0] < 3 < ticks([3, 3])[-1]
    assert ticks([1, 1000])[-1] >= 1000


def test_a_higher_value_is_drawn_higher() -> None:
    [points] = lines(chart("t", "x", "y", [Line("one", ((0, 1), (1, 2)))]))
    (x1, y1), (x2, y2) = [map(float, point.split(",")) for point in points.split()]
    assert x1 < x2
    assert y1 > y2


def test_names_are_shown_and_escaped() -> None:
    svg = chart("a < b & c", "x", "y", [Line("<one>", ((0, 1),))])
    assert {"a < b & c", "<one>", "x", "y"} <= set(texts(svg))


@pytest.mark.parametrize("points", [(), ((0.0, float("nan")),)])
def test_a_chart_of_nothing_is_still_a_chart(points: tuple[tuple[float, float], ...]) -> None:
    assert lines(chart("t", "x", "y", [Line("one", points)])) == []


def test_losses_go_on_from_one_rl_step_to_the_next() -> None:
    rows = [
        {"stage": "rrhf", "step": step, "update": update, "loss": 1.0, "rank_loss": 0.5}
        for step in (1, 2)
        for update in (1, 2)
    ]
    svg = loss_chart([{"stage": "sft", "step": 0, "update": 1, "loss": 9.0}, *rows], "rrhf")
    whole, rank = lines(svg)
    assert len(whole.split()) == len(rank.split()) == 4
    across = [float(point.split(",")[0]) for point in whole.split()]
    assert across == sorted(set(across))
    assert "rank loss" in texts(svg)


def test_rates_have_a_line_for_each_kind() -> None:
    rows = [{"step": s, "kind": k, "reward": s / 2} for s in (1, 2) for k in ("random", "greedy")]
    svg = rate_chart([*rows, {"step": 1, "loss": 3.0}], "reward", "Mean reward")
    assert len(lines(svg)) == 2
    assert {"random", "greedy"} <= set(texts(svg))
