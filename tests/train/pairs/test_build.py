"""perfopt pairs, from a folder of packages to the three splits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from problem_sets import LAST, a_function
from typer.testing import CliRunner

from perfopt_cli.core import PerfoptError
from perfopt_cli.main import app
from perfopt_cli.train.pairs.corpus import find_packages, functions

SOURCE = '''
def squares(xs):
    """Say."""
    total = sum(x * x for x in xs)
    return [x / total for x in xs if x]


def longest(words):
    names = {word: len(word) for word in words}
    return max(names, key=names.get)


def named(self, text):
    self.name = text
    self.known = True
    return self.name


def asked(self, text):
    if self.last is None:
        return text
    return self.last


def told(self, text):
    self.last = text
    return self
'''
LICENCES = {
    "free": "License-Expression: MIT",
    "free-too": "Classifier: License :: OSI Approved :: BSD License",
    "bound": "Classifier: License :: OSI Approved :: GNU General Public License v3 (GPLv3)",
    "unknown": "Summary: none",
}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "site-packages"
    for name, licence in LICENCES.items():
        module = name.replace("-", "_")
        info = folder / f"{module}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\n{licence}\n"
        )
        (folder / f"{module}.py").write_text(SOURCE)
        (info / "RECORD").write_text(f"{module}.py,,\n{module}/tests/test_it.py,,\n")
    return folder


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, ["pairs", *map(str, arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def rows(folder: Path) -> list[dict[str, object]]:
    files = (folder / f"{name}.jsonl" for name in ("train", "val", "test"))
    return [json.loads(line) for path in files for line in path.read_text().splitlines()]


def make(corpus: Path, output: Path, *more: object) -> list[dict[str, object]]:
    run(
        "--output", output, "--corpus", corpus, "--packages", "free", "--jobs", 1, "--no-run", *more
    )
    return rows(output)


def test_packages_whose_licence_is_not_permissive_are_left_out(corpus: Path) -> None:
    packages, refused = find_packages([corpus], without=["python"])
    assert {package.name for package in packages} == {"free", "free-too", "python"}
    assert refused == ["bound", "unknown"]


def test_functions_come_without_docstrings_and_tests(corpus: Path) -> None:
    (package,) = (one for one in find_packages([corpus])[0] if one.name == "free")
    found = {function.name: function.text for function in functions(package)}
    assert set(found) == {"squares", "longest", "named", "asked", "told"}
    assert "Say" not in found["squares"]


def test_pairs_have_the_columns_of_the_own_form(corpus: Path, tmp_path: Path) -> None:
    made = make(corpus, tmp_path / "out", "--count", 300, "--seed", 1)
    assert {"list-comprehension", "dict-comprehension", "nothing"} <= {
        row["family"] for row in made
    }
    for row in made:
        assert {"slow", "fast", "group", "family", "origin"} <= row.keys()
        assert (row["slow"] == row["fast"]) == (row["family"] == "nothing")
    sources = json.loads((tmp_path / "out" / "sources.json").read_text())
    assert sources == [{"name": "free", "version": "1.0", "licence": "MIT"}]


def test_the_same_seed_makes_the_same_pairs(corpus: Path, tmp_path: Path) -> None:
    one, other = (make(corpus, tmp_path / name, "--count", 200) for name in ("a", "b"))
    assert one == other


def test_a_second_call_takes_what_is_finished(corpus: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    make(corpus, output, "--count", 100)
    parts = {path: path.stat().st_mtime_ns for path in (output / "parts").iterdir()}
    (corpus / "free.py").unlink()
    assert make(corpus, output, "--count", 100)
    assert {path: path.stat().st_mtime_ns for path in (output / "parts").iterdir()} == parts


def test_other_options_need_another_folder(corpus: Path, tmp_path: Path) -> None:
    make(corpus, tmp_path / "out", "--count", 10)
    with pytest.raises(PerfoptError, match="other options"):
        make(corpus, tmp_path / "out", "--count", 10, "--seed", 5)


def test_a_package_that_is_not_there_is_named(corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(PerfoptError, match="no such package here: absent"):
        make(corpus, tmp_path / "out", "--packages", "absent")


def test_a_package_without_a_permissive_licence_is_refused_by_name(
    corpus: Path, tmp_path: Path
) -> None:
    with pytest.raises(PerfoptError, match="bound: by its metadata"):
        make(corpus, tmp_path / "out", "--packages", "bound")


def test_pairs_that_are_run_have_a_ratio(corpus: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    run(
        "--output", output, "--corpus", corpus, "--packages", "free-too", "--count", 20, "--jobs", 1
    )
    made = rows(output)
    assert made
    for row in made:
        assert row["family"] == "nothing" or row["ratio"] >= 1.03  # type: ignore[operator]


def test_functions_of_problems_have_a_folder_of_their_own(corpus: Path, tmp_path: Path) -> None:
    data, output = a_function(tmp_path / "data", *LAST), tmp_path / "out"
    run("--output", output, "--corpus", corpus, "--problems", data, "--count", 0, "--jobs", 1)
    asked = rows(output / "programs")
    assert len({row["slow"] for row in asked}) == len(asked)
    [proved] = [row for row in asked if row["family"] == "measured"]
    assert "return word[-1]" in str(proved["fast"])
    assert all(row["tests"] for row in asked)
    assert all(row.get("ratio") or row["family"] == "nothing" for row in rows(output))
    idle = [row for row in asked if row["family"] == "nothing"]
    assert all(row.get("ratio") for row in asked if row not in idle)
    assert 2 * len(idle) <= max(2, len(asked))
