"""The evaluation with a scorer that reads the outcome off the program's first line."""

from __future__ import annotations

import json
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import pytest

from perfopt_cli.console import Screen
from perfopt_cli.core import PerfoptError, Speedup
from perfopt_cli.train import records
from perfopt_cli.train.evaluation.command import find_interpreter, show
from perfopt_cli.train.evaluation.evaluate import Bench, digest_pairs, evaluate, startup_seconds
from perfopt_cli.train.evaluation.report import to_json
from perfopt_cli.train.evaluation.rows import RowFile
from perfopt_cli.train.evaluation.run import Options, run
from perfopt_cli.train.records import Check, Level, Pair, Score


class Scripted:
    """Scores ``# faster 2.0`` and the like; anything else passes."""

    notes = ()

    def __init__(self):
        self.asked = []

    def submit(self, task, code):
        self.asked.append(code)
        future = Future()
        future.set_result(self.score(code))
        return future

    def score(self, code):
        words = code.split("\n")[0].split()
        if "broken" in words:
            return Score(Level.BROKEN)
        if "wrong" in words:
            return Score(Level.FAILED, "test 1")
        if "faster" in words:
            ratio = float(words[-1])
            return Score(Level.FASTER, speedup=Speedup(ratio, ratio, ratio))
        return Score(Level.PASSED, speedup=Speedup(1.0, 0.9, 1.1))


class Listed:
    name, identity, notes, most = "listed", "1", (), None

    def __init__(self, *answers):
        self.answers = answers

    def propose(self, number, pair, n):
        return list(self.answers[number])[:n]


def pair(number, slow="print(1)", fast="# faster 4.0\nprint(1.0)", group=None):
    tests = records.Tests((Check("", "1\n"),))
    return Pair(
        group or f"p{number}", f"{slow} + {number}\n", fast, tests, f"test.jsonl:{number + 1}"
    )


def ignore(done, total):
    pass


def test_each_program_gets_a_row_in_order():
    pairs = [pair(0), pair(1), pair(2)]
    source = Listed(["# wrong\nprint(2)", "# faster 2.0\nprint(3)"], [], ["# broken\n("])
    rows = evaluate(pairs, Bench(source, Scripted(), 2), ignore)
    assert [row.number for row in rows] == [0, 1, 2]
    assert [[score.level for score in row.scores] for row in rows] == [
        [Level.FAILED, Level.FASTER],
        [],
        [Level.BROKEN],
    ]
    assert {row.target.level for row in rows} == {Level.FASTER}


def test_a_program_that_fails_its_own_tests_is_skipped_and_costs_no_candidates():
    pairs = [pair(0, slow="# wrong\n"), pair(1)]
    source = Listed(None, ["print(5)"])
    rows = evaluate(pairs, Bench(source, Scripted(), 1), ignore)
    assert "does not pass its tests: test 1" in rows[0].skipped
    assert not rows[1].skipped


def test_the_same_candidate_is_scored_once_and_the_program_itself_never():
    scoring = Scripted()
    source = Listed(["print(7)", "print( 7 )", "print(1) + 0  # as it was"])
    one = pair(0, fast="print(7)")
    rows = evaluate([one], Bench(source, scoring, 3), ignore)
    assert scoring.asked == [one.slow, "print(7)"]
    assert [score.level for score in rows[0].scores] == [Level.PASSED] * 3
    assert rows[0].scores[2].detail == "the same program"


def test_many_programs_are_all_done_and_counted():
    pairs = [pair(number) for number in range(23)]
    heard = []
    rows = evaluate(
        pairs,
        Bench(Listed(*[["print(9)"]] * 23), Scripted(), 1),
        lambda done, total: heard.append((done, total)),
    )
    assert len(rows) == 23
    assert heard[0] == (0, 23)
    assert heard[-1] == (23, 23)


class Stopping(Scripted):
    """Is interrupted at the nth candidate."""

    def __init__(self, at):
        super().__init__()
        self.at = at

    def submit(self, task, code):
        if len(self.asked) == self.at:
            raise KeyboardInterrupt
        return super().submit(task, code)


def test_an_interrupted_evaluation_goes_on_to_the_same_result(tmp_path):
    pairs = [pair(number) for number in range(12)]
    source = Listed(*[[f"# faster {number + 2}.0\nprint()"] for number in range(12)])
    whole = evaluate(pairs, Bench(source, Scripted(), 1), ignore)
    path = tmp_path / "rows.jsonl"
    with RowFile(path, {}) as kept, pytest.raises(KeyboardInterrupt):
        evaluate(pairs, Bench(source, Stopping(28), 1, rows=kept), ignore)
    later = Scripted()
    with RowFile(path, {}) as kept:
        assert 0 < len(kept.done) < 12
        finished = len(kept.done)
        assert evaluate(pairs, Bench(source, later, 1, rows=kept), ignore) == whole
    assert len(later.asked) == 3 * (12 - finished)


class Counting:
    """Counts characters for instructions."""

    def count(self, code, tests):
        return len(code)


def test_instructions_are_counted_for_right_candidates_against_the_best_known():
    slow, target = "print(1) + 0\n", "# faster 4.0\nprint(1.0)"
    source = Listed(["# wrong\n1", "print()"])
    rows = evaluate([pair(0)], Bench(source, Scripted(), 2, Counting()), ignore)
    assert rows[0].counts == (None, len("print()"))
    assert rows[0].least == min(len(slow), len(target))


def test_nothing_is_counted_where_no_candidate_is_right():
    source = Listed(["# wrong\n1"])
    rows = evaluate([pair(0)], Bench(source, Scripted(), 1, Counting()), ignore)
    assert (rows[0].counts, rows[0].least) == ((None,), None)


def test_other_tests_make_another_digest():
    first = pair(0)
    other = Pair(first.group, first.slow, first.fast, records.Tests((Check("1", "1\n"),)))
    assert digest_pairs([first]) != digest_pairs([other])


def test_starting_an_interpreter_takes_time():
    assert 0 < startup_seconds(find_interpreter(None), runs=1) < 60


def test_an_interpreter_that_is_not_there_is_refused():
    with pytest.raises(PerfoptError, match="no such interpreter"):
        find_interpreter("/no/python")
    with pytest.raises(PerfoptError, match="does not run"):
        startup_seconds(Path("/no/python"))


@contextmanager
def scripted(options):
    yield Scripted()


@pytest.fixture
def data(tmp_path):
    """Three programs of two problems in perfopt's own form, and what a source has for them."""
    folder = tmp_path / "data"
    folder.mkdir()
    rows = [
        {
            "group": f"p{number // 2}",
            "slow": f"print({number})\n",
            "fast": f"# faster 3.0\nprint({number}.0)\n",
            "tests": {"runs": [{"input": "", "output": f"{number}\n"}]},
            "split": "test",
        }
        for number in range(3)
    ]
    (folder / "pairs.jsonl").write_text("\n".join(map(json.dumps, rows)))
    answers = [
        {"row": 0, "source": "# faster 2.0\nprint(0 + 0)\n"},
        {"row": 2, "source": "# wrong\n1"},
    ]
    (tmp_path / "answers.jsonl").write_text("\n".join(map(json.dumps, answers)))
    return folder


def options_for(data, **changes):
    chosen = {
        "data": data,
        "model": f"replay:{data.parent}/answers.jsonl",
        "adapter": None,
        "quantize": "none",
        "split": "test",
        "samples": None,
        "preset": None,
        "style": None,
        "limit": None,
        "tests": None,
        "python": find_interpreter(None),
        "sandbox": "auto",
        "limit_seconds": 5.0,
        "workers": 1,
        "instructions": False,
        "clip": True,
        "seed": 0,
        "output": None,
    }
    return Options(**{**chosen, **changes})


@pytest.fixture
def screen():
    with Screen(-1) as made:
        yield made


def test_the_result_is_the_same_as_json_and_in_the_file(data, screen, tmp_path):
    found = run(options_for(data, output=tmp_path / "out.json"), screen, scripted)
    told = to_json(found)
    assert json.loads((tmp_path / "out.json").read_text()) == json.loads(json.dumps(told))
    assert (told["programs"], told["problems"], told["drawn"]) == (3, 2, 1)
    assert told["best"][0]["optimised"]["value"] == pytest.approx(1 / 3)
    assert told["best"][0]["speedup"]["value"] == pytest.approx(4 / 3)
    assert told["targets"]["best"][0]["sp"]["value"] == pytest.approx(3.0)
    assert told["levels"] == {"broken": 0, "failed": 1, "passed": 0, "faster": 1}


def test_a_finished_evaluation_is_read_back_without_a_scorer(data, screen, tmp_path):
    def none(options):
        raise AssertionError("nothing is left to score")

    chosen = options_for(data, output=tmp_path / "out.json")
    first = run(chosen, screen, scripted)
    assert run(chosen, screen, none).summary == first.summary


def test_a_longer_evaluation_goes_on_from_a_shorter_one(data, screen, tmp_path):
    output = tmp_path / "out.json"
    assert run(options_for(data, output=output, limit=1), screen, scripted).summary.programs == 1
    assert run(options_for(data, output=output), screen, scripted).summary.programs == 3


def test_the_rows_of_another_model_are_not_mixed_in(data, screen, tmp_path):
    output = tmp_path / "out.json"
    run(options_for(data, output=output), screen, scripted)
    with pytest.raises(PerfoptError, match="another evaluation: model was"):
        run(options_for(data, output=output, model="rules"), screen, scripted)


def test_the_tables_mark_published_figures_and_say_that_start_up_is_left_out(data, screen, capsys):
    show(run(options_for(data, preset="perfrl"), screen, scripted))
    printed = " ".join(capsys.readouterr().out.split())
    assert printed.count("published, not measured here") == 6
    assert "Starting the interpreter takes" in printed
    assert "33.3% (6.1 to 79.2)" in printed
    assert "what is not proved faster is dropped, 1 of 2 candidates" in printed


def test_a_split_that_is_not_there_is_refused(data, screen):
    with pytest.raises(PerfoptError, match="--split all"):
        run(options_for(data, split="all"), screen, scripted)


@pytest.mark.parametrize(
    ("chosen", "most", "drawn"),
    [
        ({}, None, 8),
        ({}, 20, 20),
        ({"preset": "perfrl"}, 20, 2),
        ({"preset": "perfrl", "samples": 4}, None, 4),
    ],
)
def test_how_many_candidates_a_program_gets(chosen, most, drawn):
    assert options_for(Path("x/y"), **chosen).drawn(most) == drawn
