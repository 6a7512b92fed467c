from __future__ import annotations

from pathlib import Path

import pytest
from pair_rows import cases

from perfopt_cli.train.formats import cases as cases_module
from perfopt_cli.train.formats.cases import Cases, case_folders


def inputs(found: object) -> list[str]:
    return [run.input for run in found.runs]  # type: ignore[attr-defined]


def test_tests_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    cases(tmp_path, "p", *((f"{n}", f"{n}") for n in range(12)))
    assert inputs(Cases((tmp_path,)).of("p")) == [str(n) for n in range(12)]


def test_only_the_numbers_asked_for_are_read(tmp_path: Path) -> None:
    cases(tmp_path, "p", ("0", "0"), ("1", "1"), ("2", "2"))
    known = Cases((tmp_path,))
    assert inputs(known.of("p", frozenset({0, 2, 9}))) == ["0", "2"]
    assert inputs(known.of("p")) == ["0", "1", "2"]


def test_an_input_without_output_is_no_test(tmp_path: Path) -> None:
    cases(tmp_path, "p", ("0", "0"), ("1", "1"))
    (tmp_path / "p" / "output.0.txt").unlink()
    (tmp_path / "p" / "input.x.txt").write_text("")
    assert inputs(Cases((tmp_path,)).of("p")) == ["1"]


def test_files_that_are_not_utf8_are_no_test(tmp_path: Path) -> None:
    cases(tmp_path, "p", ("0", "0"), ("1", "1"))
    (tmp_path / "p" / "input.0.txt").write_bytes(b"\xff")
    assert inputs(Cases((tmp_path,)).of("p")) == ["1"]


def test_line_ends_stay_as_they_are(tmp_path: Path) -> None:
    cases(tmp_path, "p", ("", ""))
    (tmp_path / "p" / "output.0.txt").write_bytes(b"1\r\n2")
    assert Cases((tmp_path,)).of("p").runs[0].output == "1\r\n2"


def test_outputs_that_are_all_blank_show_nothing(tmp_path: Path) -> None:
    cases(tmp_path, "p", ("0", ""), ("1", "\n"))
    assert not Cases((tmp_path,)).of("p")


def test_a_problem_without_tests_has_none(tmp_path: Path) -> None:
    assert not Cases((tmp_path,)).of("p")
    assert not Cases(()).of("p")


def test_a_second_folder_serves_what_the_first_lacks(tmp_path: Path) -> None:
    cases(tmp_path / "a", "p", ("a", "1"))
    cases(tmp_path / "b", "p", ("b", "1"))
    cases(tmp_path / "b", "q", ("q", "1"))
    known = Cases((tmp_path / "a", tmp_path / "b"))
    assert (inputs(known.of("p")), inputs(known.of("q"))) == (["a"], ["q"])


def test_tests_over_the_limits_are_left_out_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cases_module, "MOST_TESTS", 2)
    monkeypatch.setattr(cases_module, "MOST_BYTES", 10)
    cases(tmp_path, "p", ("0", "0"), ("1" * 20, "1"), ("2", "2"), ("3", "3"))
    known = Cases((tmp_path,))
    assert (inputs(known.of("p")), known.left_out) == (["0", "2"], 2)


def test_folders_beside_the_data_are_found_best_first(tmp_path: Path) -> None:
    names = ["public_test_cases", "merged_test_cases", "other", "data/codenet/tests"]
    for name in names:
        (tmp_path / name).mkdir(parents=True)
    found = [path.relative_to(tmp_path).as_posix() for path in case_folders(tmp_path, None)]
    assert found == ["merged_test_cases", "public_test_cases", "data/codenet/tests"]
