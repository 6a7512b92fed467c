from __future__ import annotations

import json
from pathlib import Path

import pytest

from perfopt_cli.core import PerfoptError, Target
from perfopt_cli.model.replay import ReplayProposer

TARGET = Target("shop/order.py", "Order.total", 3, "def total(self):\n    return 1\n")


def line(**changes: object) -> str:
    record = {
        "path": "shop/order.py",
        "qualname": "Order.total",
        "source": "def total(self):\n    return 1\n",
        "imports": [],
    }
    record.update(changes)
    return json.dumps(record)


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "cands.jsonl"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def opened(folder: Path, *lines: str) -> ReplayProposer:
    return ReplayProposer(write(folder, "\n".join(lines)), folder)


def test_a_candidate_is_numbered_by_its_line_and_blank_lines_count(tmp_path: Path) -> None:
    proposer = opened(tmp_path, "", line(), "   ", line(qualname="other"), line(), "")
    assert [rewrite.number for rewrite in proposer.propose(TARGET, "", n=8)] == [1, 4]


def test_all_candidates_of_the_target_are_given_whatever_n_is(tmp_path: Path) -> None:
    proposer = opened(tmp_path, *[line(source=f"def total(self): return {i}") for i in range(5)])
    assert len(proposer.propose(TARGET, "", n=2)) == 5


def test_duplicates_the_original_and_broken_code_are_kept_as_they_are(tmp_path: Path) -> None:
    sources = [TARGET.source, TARGET.source, "def total(:", "", "\0"]
    proposer = opened(tmp_path, *[line(source=source) for source in sources])
    assert [rewrite.source for rewrite in proposer.propose(TARGET, "", n=1)] == sources


def test_a_rewrite_has_the_lines_imports_and_the_file_as_its_origin(tmp_path: Path) -> None:
    write(tmp_path, line(imports=["import math"]))
    proposer = ReplayProposer(str(tmp_path / "cands.jsonl"), tmp_path)
    [rewrite] = proposer.propose(TARGET, "", n=1)
    assert rewrite.target is TARGET
    assert rewrite.imports == ("import math",)
    assert rewrite.origin == proposer.name == f"replay:{tmp_path}/cands.jsonl"


def test_the_targets_of_the_file_are_told(tmp_path: Path) -> None:
    proposer = opened(tmp_path, line(), line(path="./a.py", qualname="f"), line())
    assert proposer.targets() == {("shop/order.py", "Order.total"), ("a.py", "f")}


def test_a_target_that_the_file_does_not_know_gets_nothing(tmp_path: Path) -> None:
    assert list(opened(tmp_path, line(path="other.py")).propose(TARGET, "", n=8)) == []


def test_imports_may_be_left_out(tmp_path: Path) -> None:
    record = json.loads(line())
    del record["imports"]
    [rewrite] = opened(tmp_path, json.dumps(record)).propose(TARGET, "", n=1)
    assert rewrite.imports == ()


def test_an_empty_file_has_no_candidates(tmp_path: Path) -> None:
    assert opened(tmp_path).targets() == set()


def test_line_separators_inside_strings_do_not_split_lines(tmp_path: Path) -> None:
    text = line(source="x = '\u2028'").replace("\\u2028", "\u2028")
    proposer = opened(tmp_path, text, line())
    assert [rewrite.number for rewrite in proposer.propose(TARGET, "", n=1)] == [0, 1]


def test_windows_newlines_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    path = write(tmp_path, b"\xef\xbb\xbf" + f"{line()}\r\n{line()}\r\n".encode())
    assert len(ReplayProposer(path, tmp_path).propose(TARGET, "", n=1)) == 2


def without(key: str) -> str:
    record = json.loads(line())
    del record[key]
    return json.dumps(record)


FAULTS = {
    "not JSON": ("{path: 1}", "not JSON"),
    "JSON nested without end": ("[" * 100_000, "not JSON"),
    "a list": ("[]", "not a JSON object but a list"),
    "null": ("null", "not a JSON object but null"),
    "a number": ("1", "not a JSON object but a number"),
    "no path": (without("path"), '"path" is missing'),
    "no qualname": (without("qualname"), '"qualname" is missing'),
    "no source": (without("source"), '"source" is missing'),
    "a path of another type": (line(path=3), '"path" must be a string, not a number'),
    "an empty path": (line(path=" "), '"path" is empty'),
    "an empty qualname": (line(qualname=""), '"qualname" is empty'),
    "a source of another type": (line(source=None), '"source" must be a string, not null'),
    "imports of another type": (line(imports="import math"), '"imports" must be a list of strings'),
    "imports with a number": (line(imports=[1]), '"imports" must be a list of strings'),
    "an absolute path": (line(path="/etc/passwd"), "/etc/passwd is absolute"),
    "a path that climbs": (line(path="a/../../b.py"), 'has ".."'),
    "a path with a null byte": (line(path="a\0.py"), "leads out of it"),
    "half a surrogate": (line(source="\ud800"), "half a surrogate pair"),
}


@pytest.mark.parametrize(("text", "fault"), FAULTS.values(), ids=FAULTS)
def test_a_faulty_line_is_reported_with_file_and_line(
    tmp_path: Path, text: str, fault: str
) -> None:
    with pytest.raises(PerfoptError) as error:
        opened(tmp_path, line(), "", text)
    assert str(error.value).startswith(f"{tmp_path}/cands.jsonl, line 3: ")
    assert fault in str(error.value)


def test_a_path_through_a_link_out_of_the_project_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "away").symlink_to(tmp_path)
    path = write(tmp_path, line(path="away/order.py"))
    with pytest.raises(PerfoptError, match="leads out of it"):
        ReplayProposer(path, tmp_path / "project")


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(PerfoptError, match=r"none\.jsonl does not exist"):
        ReplayProposer(tmp_path / "none.jsonl", tmp_path)


def test_a_folder_is_reported(tmp_path: Path) -> None:
    with pytest.raises(PerfoptError, match="can't be read: Is a directory"):
        ReplayProposer(tmp_path, tmp_path)


def test_a_file_that_is_not_text_is_reported(tmp_path: Path) -> None:
    with pytest.raises(PerfoptError, match="is not UTF-8"):
        ReplayProposer(write(tmp_path, b"\xff\xfe"), tmp_path)
