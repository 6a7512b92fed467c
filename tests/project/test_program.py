"""Which Python program a workload's command line names."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfopt_cli.core import PerfoptError
from perfopt_cli.project import Interpreter, Program, read_program, read_programs


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project beside an environment that has a command written in Python, and one that isn't."""
    for name, text in {
        "project/bench/run.py": "",
        "project/run": "#!/usr/bin/env python3\n",
        "project/data": "numbers\n",
        "project/a b.py": "",
        "outside.py": "",
        "env/bin/shop": "#!/somewhere/bin/python\n",
        "env/bin/long": "#!/bin/sh\n'''exec' /a/very/long/python \"$0\" \"$@\"\n' '''\n",
        "env/bin/tool": "#!/bin/sh\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "project"


def read(command: str, root: Path) -> Program:
    env = root.parent / "env"
    return read_program(command, root, Interpreter(env / "bin/python", "", (3, 11, 0), env, env))


@pytest.mark.parametrize(
    ("command", "kind", "name", "words"),
    [
        ("python bench/run.py", "script", "bench/run.py", ["bench/run.py"]),
        ("python3.12 ./bench/run.py -n 3", "script", "bench/run.py", ["./bench/run.py", "-n", "3"]),
        ("/usr/bin/python3 bench/run.py", "script", "bench/run.py", ["bench/run.py"]),
        ("bench/run.py 'a b' \"c\"", "script", "bench/run.py", ["bench/run.py", "a b", "c"]),
        ("python 'a b.py' x", "script", "a b.py", ["a b.py", "x"]),
        ("./run --fast", "script", "run", ["./run", "--fast"]),
        ("python -m shop.bench -m 2", "module", "shop.bench", ["-m", "-m", "2"]),
        ("python -c 'import shop' 1", "code", "import shop", ["-c", "1"]),
    ],
)
def test_a_program_of_the_project_is_found(
    root: Path, command: str, kind: str, name: str, words: list[str]
) -> None:
    assert read(command, root) == Program(command, kind, name, tuple(words))


def test_an_absolute_path_in_the_project_is_one_in_its_copy(root: Path) -> None:
    found = read(f"python {root}/bench/run.py", root)
    assert (found.name, found.words) == ("bench/run.py", ("bench/run.py",))


@pytest.mark.parametrize("name", ["shop", "long"])
def test_a_command_is_found_beside_the_interpreter(root: Path, name: str) -> None:
    path = str(root.parent / "env/bin" / name)
    assert read(f"{name} 1", root) == Program(f"{name} 1", "script", path, (path, "1"))


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("python bench/run.py > out", "no shell reads it: > has no meaning"),
        ("python bench/run.py && true", "no shell reads it: &&"),
        ("N=1 python bench/run.py", "variables can't be set in it"),
        ("uv run bench/run.py", "leave uv out"),
        ("python", "it names no program; wanted: python FILE.py"),
        ("python -O bench/run.py", "without -O: leave that out"),
        ("python -m", "nothing follows -m"),
        ("python nowhere.py", "nowhere.py is not in"),
        ("python bench", "bench is a folder"),
        ("python data", "data is no Python program"),
        ("python ../outside.py", "../outside.py is outside of the project"),
        ("tool 1", "there is no Python program tool in"),
        ("python 'a", "it can't be taken apart: No closing quotation"),
        ("''", "there is no Python program"),
        ("# nothing", "there is no Python program #"),
    ],
)
def test_what_is_no_program_is_refused_with_what_is_wanted(
    root: Path, command: str, said: str
) -> None:
    with pytest.raises(PerfoptError) as caught:
        read(command, root)
    assert str(caught.value).startswith(f"the workload {command!r}: ")
    assert said in str(caught.value)


def test_the_same_command_twice_is_one_program(root: Path) -> None:
    env = Interpreter(Path("/p"), "", (3, 11, 0), Path("/"), Path("/"))
    assert len(read_programs(["bench/run.py", "bench/run.py"], root, env)) == 1


def test_a_tree_without_the_script_does_not_have_the_program(root: Path) -> None:
    script, module = read("bench/run.py", root), read("python -m shop", root)
    assert script.is_in(root)
    assert not script.is_in(root / "bench")
    assert module.is_in(root / "bench")
