"""The projects whose candidates are judged: trap projects, and packages from the index."""

from __future__ import annotations

import ast
import hashlib
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from real_projects import PROJECTS as PACKAGES
from real_projects import environment, unpack
from throughput_edits import EditError, Function, functions

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(REPOSITORY / "benchmarks" / "traps"), str(REPOSITORY)]

from cases import CANDIDATES, NEVER_RUN, PROJECTS, Case, read_cases  # noqa: E402

from perfopt_cli.sandbox.worker.mutations import mutations, spread  # noqa: E402

TRAPS, REAL = "Trap projects", "Real packages"
MUTANT = "mutant"
TESTS = {"toolz": "toolz/tests"}


@dataclass(frozen=True, slots=True)
class Subject:
    """A project: where it lies, how its tests are run, and its candidates.

    ``path`` is what perfopt is given, ``tests`` the folder of tests, which
    codeflash wants; where it isn't there, tests are moved into it.
    """

    name: str
    kind: str
    folder: Path
    cases: tuple[Case, ...]
    path: str = "."
    tests: str = "tests"
    pytest_args: tuple[str, ...] = ()

    def copy(self, scratch: Path) -> Path:
        """Copy the project, without its candidates, to a folder of its name in scratch."""
        ignore = shutil.ignore_patterns(CANDIDATES, "__pycache__", ".pytest_cache")
        return Path(shutil.copytree(self.folder, scratch / self.name, ignore=ignore))


def trap(name: str) -> Subject:
    """Return a trap project, with the candidates that need no sandbox."""
    folder = PROJECTS / name
    cases = [case for case in read_cases(folder) if case.category not in NEVER_RUN]
    return Subject(name, TRAPS, folder, tuple(cases))


def package(name: str, work: Path, mutants: int) -> tuple[Subject, Path]:
    """Fetch a package; return it with its candidates, and the interpreter of its environment."""
    project = next(one for one in PACKAGES if one.name == name)
    work.mkdir(parents=True, exist_ok=True)
    folder, python = unpack(project, work), environment(project, work)
    cases: list[Case] = []
    for function in functions(name):
        cases += candidates(function, folder, mutants, len(cases) + 1)
    return Subject(
        name,
        REAL,
        folder,
        tuple(cases),
        project.path,
        TESTS.get(name, "tests"),
        tuple(project.pytest_args.split()),
    ), python


def candidates(function: Function, folder: Path, mutants: int, number: int) -> Iterator[Case]:
    """Yield the function's rewrites by hand, then its mutants. Raises EditError."""
    text = (folder / function.path).read_text(encoding="utf-8")
    source = definition_text(text, function.qualname)

    def case(right: bool, category: str, why: str, made: str) -> Case:
        nonlocal number
        number += 1
        given = (function.package, function.path, function.qualname)
        return Case(*given, right, category, why, made, (), number - 1)

    for edit in function.edits:
        made = edit.applied(source)
        try:
            ast.parse(made)
        except SyntaxError as error:
            raise EditError(f"{function.qualname}: {edit.why}: {error}") from None
        yield case(edit.faster, "" if edit.faster else "noise", edit.why, made)
    for why, made in mutated(source, mutants, function.hanging):
        yield case(False, MUTANT, why, made)


def mutated(source: str, most: int, but: Sequence[str] = ()) -> Iterator[tuple[str, str]]:
    """Yield (what is changed, source) of mutants, of as many lines as can be.

    None is of a part in ``but``.

    Which ones is settled by a hash: the same in every run.
    """
    (node,) = ast.parse(source).body
    original = ast.unparse(node)
    places = {
        hashlib.sha256(f"{number} {one.before} {one.after}".encode()).digest(): one
        for number, one in enumerate(mutations(node))
        if one.before not in but
    }
    for one in spread([places[key] for key in sorted(places)], most):
        with one:
            made = ast.unparse(node)
        if made != original:
            yield f"`{one.before}` → `{one.after}`", made + "\n"


def definition_text(text: str, qualname: str) -> str:
    """Return a function's text with its decorators, dedented. Raises KeyError."""
    node = definition(ast.parse(text), qualname)
    first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
    lines = text.split("\n")[first - 1 : node.end_lineno]
    return textwrap.dedent("\n".join(lines)) + "\n"


def definition(tree: ast.AST, qualname: str) -> ast.FunctionDef | ast.AsyncFunctionDef:
    """Return the function's node. Raises KeyError where there is none."""
    for part in qualname.replace(".<locals>", "").split("."):
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        nodes = [one for one in ast.walk(tree) if isinstance(one, kinds) and one.name == part]
        if not nodes:
            raise KeyError(qualname)
        tree = nodes[0]
    assert isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef)
    return tree


def chosen(cases: Sequence[Case], functions: Sequence[str] | None, limit: int | None) -> list[Case]:
    """Return the candidates; with a limit, right and bad ones of a function in turn."""
    taken: list[Case] = []
    for function in dict.fromkeys(case.qualname for case in cases):
        if functions and function not in functions:
            continue
        mine = [case for case in cases if case.qualname == function]
        kinds = [
            [case for case in mine if case.right],
            [case for case in mine if not case.right and case.category != MUTANT],
            [case for case in mine if case.category == MUTANT],
        ]
        places = {case: place for group in kinds for place, case in enumerate(group)}
        taken += sorted(places, key=lambda case: places[case])[:limit]
    return sorted(taken, key=lambda case: case.line)
