from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from pair_rows import FAST, SLOW, cases, own, pie, pie2, verdict, write_rows

from perfopt_cli.core import PerfoptError
from perfopt_cli.train import records
from perfopt_cli.train.dataset import DataSet, read_pairs, write_pairs


def reasons(data: DataSet) -> list[str]:
    return [skip.why for skip in data.skipped]


def groups(data: DataSet, split: str) -> list[str]:
    return [pair.group for pair in data.pairs[split]]


def test_a_row_of_the_own_form_becomes_a_pair(tmp_path: Path) -> None:
    write_rows(tmp_path / "train.jsonl", [own("sum", ratio=2.5, tag=10)])
    data = read_pairs(tmp_path)
    tests = records.Tests((records.Check("3\n", "3\n"),))
    pair = records.Pair("sum", SLOW, FAST, tests, "train.jsonl:1", 2.5, 10)
    assert data.kind == "perfopt"
    assert data.pairs == {"train": (pair,), "val": (), "test": ()}
    assert data.skipped == ()


def test_what_is_written_is_read_as_it_was(tmp_path: Path) -> None:
    tests = records.Tests(
        (records.Check("1\n", "ä\u2028\n"),), ("assert f(1) == 1",), "import math", ("9" * 50,)
    )
    pairs = [
        records.Pair("a", "slow = 1\n", "fast = 1\n", tests, "", 1.5, 3),
        records.Pair("b", "slow = 2", "fast = 2", records.Tests((), ("assert f(2) == 1",))),
    ]
    write_pairs(tmp_path / "new" / "train.jsonl", pairs)
    read = read_pairs(tmp_path / "new").pairs["train"]
    assert [(p.group, p.slow, p.fast, p.tests, p.ratio, p.tag) for p in read] == [
        (p.group, p.slow, p.fast, p.tests, p.ratio, p.tag) for p in pairs
    ]
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["train.jsonl"]


def test_a_file_that_cannot_be_written_stays_as_it_was(tmp_path: Path) -> None:
    place = tmp_path / "train.jsonl"
    place.mkdir()
    with pytest.raises(PerfoptError, match=r"train\.jsonl can't be written"):
        write_pairs(place, [])
    assert [path.name for path in tmp_path.iterdir()] == ["train.jsonl"]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("{", "not JSON"),
        ("[1]", "not a JSON object"),
        ("[" * 100_000, "not JSON"),
        ('{"group": ' + "9" * 5000 + "}", "not JSON"),
        (own(slow=None), "no slow"),
        (own(slow=3), "slow is no text"),
        (own(fast=" \n"), "fast is empty"),
        (own(group=None), "no group"),
        (own(group=" "), "group is empty"),
        (own(slow="x = '\ud800'"), "slow holds half a surrogate pair"),
        (own(tests=None), "no tests for it"),
        (own(tests=[]), "no tests for it"),
        (own(tests="assert f(1)"), "tests is neither a list nor an object"),
        (own(tests=[1]), "a test is neither an assertion nor an object with input and output"),
        (own(tests=[{"input": "1"}]), "a test is neither an assertion nor an object with input and output"),
        (own(tests=[{"input": "1", "output": 1}]), "a test's output is no text"),
        (own(tests=["assert f("]), "an assertion is not Python"),
        (own(tests={"runs": {}}), "runs is no list"),
        (own(tests={"run": []}), "tests has other keys than asserts, inputs, runs, setup"),
        (own(split="later"), "split is none of train, val, test"),
        (own(split="test"), "its split is not train, as its file's is"),
        (own(fast=SLOW + "\n\n"), "slow and fast are the same"),
        (own(ratio=0.9), "its target was recorded as not faster"),
        (own("good"), "the same pair as before"),
    ],
)  # fmt: skip
def test_a_bad_row_is_skipped_and_quoted(tmp_path: Path, row: object, why: str) -> None:
    path = write_rows(tmp_path / "train.jsonl", [own("good"), "", row])
    data = read_pairs(tmp_path)
    assert groups(data, "train") == ["good"]
    (skip,) = data.skipped
    assert (skip.where, skip.why) == ("train.jsonl:3", why)
    third = path.read_text().split("\n")[2]
    assert skip.excerpt == repr(third[:80]) + ("…" if len(third) > 80 else "")


def test_a_row_that_is_not_utf8_is_skipped(tmp_path: Path) -> None:
    good = json.dumps(own())
    (tmp_path / "train.jsonl").write_bytes(b'{"slow": "\xe9"}\n' + good.encode())
    data = read_pairs(tmp_path)
    assert (reasons(data), groups(data, "train")) == (["not UTF-8"], ["sum"])


def test_test_rows_stay_whatever_their_target_is(tmp_path: Path) -> None:
    rows = [own(ratio=0.5), own(fast=SLOW), own(fast=SLOW)]
    write_rows(tmp_path / "test.jsonl", rows)
    assert len(read_pairs(tmp_path).pairs["test"]) == 3


def test_slower_targets_stay_where_they_are_to_be_measured_again(tmp_path: Path) -> None:
    write_rows(tmp_path / "train.jsonl", [own(ratio=0.9)])
    assert len(read_pairs(tmp_path, keep_slower=True).pairs["train"]) == 1


def test_pairs_without_tests_are_read_on_request(tmp_path: Path) -> None:
    write_rows(tmp_path / "train.jsonl", [own(tests=None)])
    (pair,) = read_pairs(tmp_path, untested=True).pairs["train"]
    assert not pair.tests


def test_the_reasons_are_told_commonest_first(tmp_path: Path) -> None:
    write_rows(tmp_path / "train.jsonl", ["{", own(tests=None), own(), own("b", tests=[])])
    assert read_pairs(tmp_path).explained() == [
        "2 rows skipped, no tests for it: train.jsonl:2 "
        + repr(json.dumps(own(tests=None))[:80]) + "…",
        "1 row skipped, not JSON: train.jsonl:1 '{'",
    ]  # fmt: skip
    assert read_pairs(tmp_path).explained(1)[1:] == ["1 more rows skipped for other reasons"]


def test_a_problem_in_two_splits_is_kept_out_of_train_and_reported(tmp_path: Path) -> None:
    write_rows(tmp_path / "train.jsonl", [own("a"), own("b", slow="b = 1"), own("c", slow="c = 1")])
    write_rows(tmp_path / "val.jsonl", [own("b", slow="b = 2"), own("d", slow="d = 1")])
    write_rows(tmp_path / "test.jsonl", [own("a", slow="a = 2"), own("d", slow="d = 2")])
    data = read_pairs(tmp_path)
    assert {split: groups(data, split) for split in data.pairs} == {
        "train": ["c"], "val": ["b"], "test": ["a", "d"],
    }  # fmt: skip
    assert sorted(reasons(data)) == [
        "its problem is in test too", "its problem is in test too", "its problem is in val too",
    ]  # fmt: skip


def test_a_test_program_under_another_problems_name_is_kept_out_of_train(tmp_path: Path) -> None:
    write_rows(tmp_path / "train.jsonl", [own("a", slow=SLOW + "\n"), own("b", slow="b = 1")])
    write_rows(tmp_path / "test.jsonl", [own("z")])
    data = read_pairs(tmp_path, splits=["train"])
    assert groups(data, "train") == ["b"]
    assert reasons(data) == ["its slow program is in test too"]
    assert set(data.pairs) == {"train"}


def test_files_that_name_no_split_are_split_by_problem(tmp_path: Path) -> None:
    rows = [own(f"p{n % 30}", slow=f"n = {n}") for n in range(90)]
    write_rows(tmp_path / "pairs.jsonl", rows)
    data = read_pairs(tmp_path)
    sets = [set(groups(data, split)) for split in ("train", "val", "test")]
    assert sum(len(pairs) for pairs in data.pairs.values()) == 90
    assert sum(map(len, sets)) == len(set().union(*sets)) == 30
    assert all(sets)
    assert read_pairs(tmp_path).pairs == data.pairs
    assert read_pairs(tmp_path, seed=1).pairs != data.pairs


def test_rows_may_name_their_split(tmp_path: Path) -> None:
    names = ["train", "validation", "test"]
    rows = [own(name, slow=f"n = {name!r}", split=name) for name in names]
    write_rows(tmp_path / "pairs.jsonl", [*rows, own("none")])
    data = read_pairs(tmp_path)
    assert [groups(data, split) for split in ("train", "val", "test")] == [
        ["train", "none"], ["validation"], ["test"],
    ]  # fmt: skip


def test_one_file_can_be_named(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "test.jsonl", [own()])
    write_rows(tmp_path / "train.jsonl", ["no data"])
    assert groups(read_pairs(path), "test") == ["sum"]


def test_a_compressed_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(own()).encode()))
    assert groups(read_pairs(tmp_path), "train") == ["sum"]


def test_a_damaged_file_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(own()).encode())[:-20])
    with pytest.raises(PerfoptError, match=r"train\.jsonl\.gz is damaged"):
        read_pairs(tmp_path)


def test_a_part_of_a_split_beside_the_whole_is_left_alone(tmp_path: Path) -> None:
    write_rows(tmp_path / "train.jsonl", [own()])
    write_rows(tmp_path / "train_hq_only.jsonl", [own("hq")])
    write_rows(tmp_path / "log.jsonl", [{"loss": 1}])
    data = read_pairs(tmp_path)
    assert groups(data, "train") == ["sum"]
    assert data.explained() == [
        "log.jsonl is left alone: none of the columns looked for",
        "train_hq_only.jsonl is left alone beside train.jsonl",
    ]


def test_two_files_for_one_split_are_an_error(tmp_path: Path) -> None:
    write_rows(tmp_path / "train_a.jsonl", [own()])
    write_rows(tmp_path / "train_b.jsonl", [own()])
    with pytest.raises(PerfoptError, match=r"train_a\.jsonl, train_b\.jsonl are all train data"):
        read_pairs(tmp_path)


def test_two_kinds_of_data_are_an_error(tmp_path: Path) -> None:
    write_rows(tmp_path / "test.jsonl", [pie()])
    write_rows(tmp_path / "train.jsonl", [own()])
    with pytest.raises(PerfoptError, match=r"test\.jsonl \(pie-v1\), train\.jsonl \(perfopt\)"):
        read_pairs(tmp_path)


@pytest.mark.parametrize("content", [None, "", "{}\n", "nothing\n"])
def test_a_folder_without_data_is_an_error_that_names_the_columns(
    tmp_path: Path, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "train.jsonl").write_text(content)
    with pytest.raises(PerfoptError, match="has no pairs to learn from") as caught:
        read_pairs(tmp_path)
    for columns in ("input, problem_id, target (pie-v1)", "fast, group, slow (perfopt)"):
        assert columns in str(caught.value)


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PerfoptError, match="no such folder"):
        read_pairs(tmp_path / "none")


def test_data_of_which_nothing_can_be_used_is_an_error(tmp_path: Path) -> None:
    write_rows(tmp_path / "train.jsonl", [own(tests=[])])
    with pytest.raises(PerfoptError, match=r"no pair for train or val or test .* no tests for it"):
        read_pairs(tmp_path)
    with pytest.raises(PerfoptError, match=r"no pair for test that can be used: no rows"):
        read_pairs(tmp_path, splits=["test"])


def test_the_tests_of_pie_lie_beside_its_rows(tmp_path: Path) -> None:
    write_rows(tmp_path / "train.jsonl", [pie("p1"), pie("p2")])
    cases(tmp_path / "public_test_cases", "p1", ("3\n", "3\n"), ("1\n", "0\n"))
    data = read_pairs(tmp_path)
    (pair,) = data.pairs["train"]
    assert data.kind == "pie-v1"
    assert (pair.slow, pair.fast) == (SLOW, FAST)
    assert pair.tests.runs == (records.Check("3\n", "3\n"), records.Check("1\n", "0\n"))
    assert reasons(data) == ["no tests for it"]


V2 = {
    "src_id": "s1", "tgt_id": "s2", "src_code": SLOW, "tgt_code": FAST, "problem_id": "p1",
    "n_tests": 1, "src_agg_runtime": 4.0, "tgt_agg_runtime": 2.0, "fastest_agg_runtime": 1.0,
    "target_reward_updated_pct_bin": 6, "speedup_bin": "high", "speedup_desc": "much faster",
}  # fmt: skip


def test_version_2_names_its_tests_by_number_or_holds_them(tmp_path: Path) -> None:
    cases(tmp_path / "merged_test_cases", "p1", ("1\n", "0\n"), ("4\n", "6\n"))
    for tests in ([1], [{"input": "4\n", "output": "6\n"}]):
        write_rows(tmp_path / "train.jsonl", [{**V2, "tests": tests}])
        data = read_pairs(tmp_path)
        [pair] = data.pairs["train"]
        assert data.kind == "pie-v2"
        assert [(run.input, run.output) for run in pair.tests.runs] == [("4\n", "6\n")]
        assert (pair.ratio, pair.tag) == (2.0, 6)


def test_the_tests_of_pie_may_lie_elsewhere(tmp_path: Path) -> None:
    write_rows(tmp_path / "data" / "train.jsonl", [pie2("p1", tests=[1])])
    cases(tmp_path / "elsewhere", "p1", ("3\n", "3\n"), ("1\n", "0\n"))
    data = read_pairs(tmp_path / "data", tests=tmp_path / "elsewhere")
    (pair,) = data.pairs["train"]
    assert (data.kind, pair.tests.runs) == ("pie-v2", (records.Check("1\n", "0\n"),))
    with pytest.raises(PerfoptError, match="no such folder"):
        read_pairs(tmp_path / "data", tests=tmp_path / "nowhere")


def test_train_rows_with_run_times_get_tags(tmp_path: Path) -> None:
    rows = [
        pie("p1", fast=f"print({n})", measured_runtime_v0=99, measured_runtime_v1=n)
        for n in range(1, 11)
    ]
    write_rows(tmp_path / "train.jsonl", [*rows, pie("p1", fast="print()")])
    cases(tmp_path / "test_cases", "p1", ("3\n", "3\n"))
    tags = [pair.tag for pair in read_pairs(tmp_path).pairs["train"]]
    assert tags == [*range(10, 0, -1), None]


def test_accepted_verdicts_become_pairs_and_all_become_scored_candidates(tmp_path: Path) -> None:
    refused = verdict(
        candidate="def total(self):\n    return 2\n", imports=[], speedup=None,
        status="rejected", reason="DIVERGED",
    )  # fmt: skip
    unknown = {**refused, "reason": "UNTESTED", "status": "abstained"}
    write_rows(tmp_path / ".perfopt" / "verdicts.jsonl", [verdict(), refused, unknown])
    data = read_pairs(tmp_path)
    (pair,) = data.pairs["train"]
    assert data.kind == "verdicts"
    assert pair.fast == "from x import one\n\ndef total(self):\n    return one\n"
    assert (pair.group, pair.ratio, bool(pair.tests)) == ("shop/order.py::Order.total", 3.0, False)
    assert [one.level for one in data.scored["train"]] == [
        records.Level.FASTER, records.Level.FAILED,
    ]  # fmt: skip
    assert reasons(data) == ["the verdict UNTESTED says nothing of the candidate"]
    assert read_pairs(tmp_path / ".perfopt") == data


def test_of_two_verdicts_on_a_candidate_the_last_counts(tmp_path: Path) -> None:
    noisy = verdict(status="abstained", reason="NOISY", speedup=None)
    write_rows(tmp_path / "verdicts.jsonl", [verdict(), noisy])
    data = read_pairs(tmp_path)
    assert data.pairs["train"] == ()
    assert [one.level for one in data.scored["train"]] == [records.Level.PASSED]


def test_other_kinds_have_no_scored_candidates(tmp_path: Path) -> None:
    write_rows(tmp_path / "train.jsonl", [own()])
    assert read_pairs(tmp_path).scored == {}
