"""Take assert statements apart: calls of the program here, their comparison elsewhere.

``assert f(2) == 4`` becomes the step ``f(2)``, which runs behind the program,
and the check ``_held[0] == 4``, which runs in a process that never had the
program in it. So no expected value is where a program could find it.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from perfopt_cli.sandbox import worker
from perfopt_cli.train.programs import Job
from perfopt_cli.train.records import Tests

HELD = "_held"
_BLOCKS = (ast.If, ast.Try, ast.For, ast.While, ast.With)
_SCOPES = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

_CHECK = """
import json as _json, sys as _sys, types as _types
_sent = _types.ModuleType("values")
exec({values!r}, _sent.__dict__)
getattr(_sys, "set_int_max_str_digits", id)(0)
_classes = {{name: each for name, each in globals().items() if isinstance(each, type)}}
{held} = [_sent.decode(how, text, _classes) for how, text in _json.load(_sys.stdin)]
for _number, _check in enumerate({checks!r}):
    if not eval(_check):
        print(_number)
        break
else:
    print("right")
"""


class Inseparable(ValueError):
    """The assert can't be checked without running it beside the program."""


@dataclass(frozen=True, slots=True)
class Apart:
    """Asserts taken apart.

    ``steps`` run behind the program; ``checks`` are the asserts' tests on what
    the steps returned, and ``texts`` the asserts. ``plain`` is what the steps
    send if all is right, as far as that can be said before; None elsewhere.
    """

    steps: tuple[tuple[str, str], ...]
    checks: tuple[str, ...]
    texts: tuple[str, ...]
    plain: tuple[str | None, ...]
    setup: str

    def right_at_sight(self, returned: str) -> bool:
        """Whether the steps returned literally what they should."""
        wanted = [["repr", text] for text in self.plain]
        with suppress(ValueError, RecursionError):
            return bool(json.loads(returned) == wanted)
        return False

    def checker(self) -> Job:
        """Return the program that reads what was returned, and prints the first wrong check."""
        source = (Path(worker.__file__).parent / "values.py").read_text(encoding="utf-8")
        text = _CHECK.format(values=source, held=HELD, checks=list(self.checks))
        return Job(text, self.setup)


@lru_cache(256)
def take_apart(tests: Tests, slow: str) -> Apart:
    """Take the asserts of a program apart. Raises Inseparable with the assert in question."""
    bound, imports = _top_level(slow)
    steps: list[tuple[str, str]] = []
    checks, texts = [], []
    plain: list[str | None] = []
    held = 0
    for text in tests.asserts:
        try:
            statements = ast.parse(text).body
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise Inseparable(f"not Python: {text[:200]!r} ({error})") from error
        for statement in statements:
            if not isinstance(statement, ast.Assert):
                if any(isinstance(node, ast.Assert) for node in ast.walk(statement)):
                    raise Inseparable(f"an assert inside of another statement: {text[:200]!r}")
                bound |= set(_bindings([statement]))
                steps.append(("exec", ast.unparse(statement)))
                continue
            texts.append(ast.unparse(statement))
            splitter = _Splitter(bound, held)
            check = splitter.visit(statement.test)
            held += len(splitter.holes)
            steps += [("eval", hole) for hole in splitter.holes]
            checks.append(ast.unparse(check))
            plain += _foreseen(check, len(splitter.holes))
    setup = "\n".join([tests.setup, *imports])
    return Apart(tuple(steps), tuple(checks), tuple(texts), tuple(plain), setup)


class _Splitter(ast.NodeTransformer):
    """Replaces each expression that begins with a name of the program by ``_held[n]``."""

    def __init__(self, bound: set[str], first: int) -> None:
        self.bound = bound
        self.first = first
        self.holes: list[str] = []
        self.local: set[str] = set()

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, _SCOPES):
            return self._inside(node)
        if isinstance(node, ast.expr) and _root(node) in self.bound - self.local:
            names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
            if names & self.local:
                raise Inseparable(f"a call that depends on a loop: {ast.unparse(node)[:200]!r}")
            self.holes.append(ast.unparse(node))
            index = ast.Constant(self.first + len(self.holes) - 1)
            return ast.Subscript(ast.Name(HELD, ast.Load()), index, ast.Load())
        return self.generic_visit(node)

    def _inside(self, node: ast.AST) -> ast.AST:
        names = {
            each.id
            for each in ast.walk(node)
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
        }
        names |= {each.arg for each in ast.walk(node) if isinstance(each, ast.arg)}
        before, self.local = self.local, self.local | names
        found = self.generic_visit(node)
        self.local = before
        return found


def _root(node: ast.AST) -> str:
    while isinstance(node, (ast.Call, ast.Attribute, ast.Subscript)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _top_level(text: str) -> tuple[set[str], list[str]]:
    """Return the names that a program binds, and its import statements."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(), []
    imports = [ast.unparse(each) for each in body if isinstance(each, (ast.Import, ast.ImportFrom))]
    return set(_bindings(body)), imports


def _bindings(body: Sequence[ast.stmt]) -> Iterator[str]:
    for statement in body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield statement.name
            continue
        if isinstance(statement, _BLOCKS):
            for name in ("body", "orelse", "finalbody"):
                yield from _bindings(getattr(statement, name, []))
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id


def _foreseen(check: ast.AST, holes: int) -> list[str | None]:
    """Return the ``repr`` of what the one call of a check must return, where it says so."""
    if holes != 1:
        return [None] * holes
    if isinstance(check, ast.Subscript):
        return ["True"]
    if isinstance(check, ast.UnaryOp) and isinstance(check.op, ast.Not):
        return ["False"] if isinstance(check.operand, ast.Subscript) else [None]
    if isinstance(check, ast.Compare) and len(check.ops) == 1:
        sides = [check.left, check.comparators[0]]
        others = [side for side in sides if not _is_held(side)]
        if isinstance(check.ops[0], (ast.Eq, ast.Is)) and len(others) == 1:
            with suppress(ValueError, TypeError, RecursionError, MemoryError, SyntaxError):
                return [repr(ast.literal_eval(others[0]))]
    return [None]


def _is_held(node: ast.AST) -> bool:
    return isinstance(node, ast.Subscript) and _root(node) == HELD
