"""What differs between the two sides of a pair, cut out so that it can be run by itself."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from perfopt_cli.train.pairs.levels import SCOPES, levels
from perfopt_cli.train.pairs.needs import loads, loop_names, needed
from perfopt_cli.train.pairs.views import arguments, stored_in

_LOOPS = (ast.For, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_ALLOWED = {
    "abc", "array", "base64", "bisect", "calendar", "cmath", "collections", "colorsys", "copy",
    "datetime", "decimal", "difflib", "enum", "fnmatch", "fractions", "functools", "hashlib",
    "heapq", "html", "itertools", "json", "keyword", "math", "numbers", "operator", "os", "random",
    "re", "shlex", "statistics", "string", "struct", "textwrap", "types", "typing", "unicodedata",
}  # fmt: skip
KNOWN = {
    "Counter": "collections:Counter", "OrderedDict": "collections:OrderedDict",
    "accumulate": "itertools:accumulate", "attrgetter": "operator:attrgetter",
    "bisect_left": "bisect:bisect_left", "bisect_right": "bisect:bisect_right",
    "chain": "itertools:chain", "collections": "collections:", "copy": "copy:",
    "defaultdict": "collections:defaultdict", "deque": "collections:deque",
    "functools": "functools:", "heapq": "heapq:", "islice": "itertools:islice",
    "groupby": "itertools:groupby", "insort": "bisect:insort", "isqrt": "math:isqrt",
    "mul": "operator:mul", "itemgetter": "operator:itemgetter", "itertools": "itertools:",
    "math": "math:",
    "operator": "operator:", "os": "os:", "product": "itertools:product", "re": "re:",
    "reduce": "functools:reduce", "string": "string:", "bisect": "bisect:",
}  # fmt: skip


class Unrunnable(Exception):
    """Why a pair can't be run."""


@dataclass(frozen=True, slots=True)
class Region:
    """The statements that differ, as trees; the names they need; the modules behind names."""

    slow: list[ast.stmt]
    fast: list[ast.stmt]
    free: tuple[str, ...]
    modules: dict[str, str]
    skipped: tuple[str, ...]
    repeats: int
    set: frozenset[str]
    watched: tuple[str, ...]

    @property
    def texts(self) -> tuple[str, str]:
        """Both sides as functions named ``pair`` with the free names as parameters."""
        return _function(self.slow, self.free), _function(self.fast, self.free)


def _function(block: list[ast.stmt], free: Iterable[str]) -> str:
    body = "\n".join(ast.unparse(one) for one in block)
    lines = "\n".join("    " + line for line in body.split("\n"))
    return f"def pair({', '.join(free)}):\n{lines}\n    return __left__(locals())\n"


def regions(slow: str, fast: str, imports: Iterable[str]) -> Iterator[Region]:
    """Yield pieces that hold all that differs, the one that is best to run first.

    Raises Unrunnable, where nothing can be cut out.
    """
    trees: list[Any] = [ast.parse(text).body[0] for text in (slow, fast)]
    if isinstance(trees[0], ast.AsyncFunctionDef):
        raise Unrunnable("asynchronous")
    nested = list(levels(trees[0].body, trees[1].body, slow.split("\n"), fast.split("\n")))
    deepest = nested.pop()
    order = [deepest]
    if not _repeating(deepest):
        looped = next((level for level in reversed(nested) if _repeating(level)), None)
        order = [looped, deepest] if looped is not None else order
    own = dict.fromkeys([*_own_imports(trees[0]), *_own_imports(trees[1])])
    modules = _modules((*imports, *own))
    outside = {arg.arg for arg in arguments(trees[1])} | stored_in([trees[1]])
    found = 0
    why = "nothing differs"
    for a, b in order:
        if not a or not b:
            why = "one side is empty"
            continue
        if _leaves_loop(a) or _leaves_loop(b):
            why = "leaves a loop around it"
            continue
        refused = _refused([*a, *b])
        if refused:
            why = refused
            continue
        found += 1
        yield _region(a, b, outside, modules, trees[1])
    if not found:
        raise Unrunnable(why)


def _repeating(level: tuple[list[ast.stmt], list[ast.stmt]]) -> bool:
    return any(
        isinstance(one, _LOOPS) for block in level for part in block for one in ast.walk(part)
    )


def _own_imports(tree: ast.AST) -> list[str]:
    kinds = (ast.Import, ast.ImportFrom)
    return [ast.unparse(one) for one in ast.walk(tree) if isinstance(one, kinds)]


@lru_cache(64)
def _modules(imports: tuple[str, ...]) -> dict[str, str]:
    found = dict(KNOWN)
    for line in imports:
        node: Any = ast.parse(line).body[0]
        for alias in node.names:
            name = alias.asname or alias.name
            if isinstance(node, ast.ImportFrom):
                if not node.level and (node.module or "").split(".")[0] in _ALLOWED:
                    found[name] = f"{node.module}:{alias.name}"
                else:
                    found.pop(name, None)
            elif alias.name.split(".")[0] in _ALLOWED:
                found[name.split(".")[0]] = f"{alias.name if alias.asname else name.split('.')[0]}:"
    return found


def _leaves_loop(block: list[ast.stmt]) -> bool:
    """Tell whether a break or continue belongs to a loop outside."""
    for one in block:
        if isinstance(one, (ast.Break, ast.Continue)):
            return True
        if isinstance(one, (ast.For, ast.While)):
            if _leaves_loop(one.orelse):
                return True
        elif not isinstance(one, SCOPES):
            for name in ("body", "orelse", "finalbody"):
                if _leaves_loop(getattr(one, name, [])):
                    return True
            if any(_leaves_loop(handler.body) for handler in getattr(one, "handlers", [])):
                return True
    return False


def _refused(block: list[ast.stmt]) -> str:
    for part in block:
        for one in ast.walk(part):
            if isinstance(one, (ast.Await, ast.AsyncFor, ast.AsyncWith)):
                return "asynchronous"
            if isinstance(one, (ast.Global, ast.Nonlocal, ast.Import, ast.ImportFrom)):
                return "global names or imports"
            if isinstance(one, ast.Name) and one.id == "super":
                return "super()"
    return ""


def _region(
    a: list[ast.stmt],
    b: list[ast.stmt],
    outside: set[str],
    modules: dict[str, str],
    whole: ast.AST,
) -> Region:
    mine, mine_too = needed(a), needed(b)
    free = [name for name in dict.fromkeys([*mine_too, *mine]) if name not in _BUILTINS]
    shadows = [name for name in mine_too if name in _BUILTINS and name in outside]
    inside = {
        name: where for name, where in modules.items() if name in free and name not in outside
    }
    params = tuple(name for name in (*free, *shadows) if name not in inside)
    for node in (*a, *b):  # what a rewrite needs is there, whatever the module imports
        for one in ast.walk(node):
            if isinstance(one, ast.Name) and one.id in inside:
                inside[one.id] = modules[one.id]
    bound = frozenset(stored_in([*a, *b]))
    loops = tuple(loop_names([*a, *b]))
    # What is read elsewhere, or by the same statements in the next round of a loop around them.
    everywhere, here = loads([whole]), loads(b)
    watched = {name for name, count in everywhere.items() if count > here[name]}
    watched |= set(mine_too)
    depth = max(_depth(a), _depth(b))
    return Region(a, b, params, inside, loops, depth, bound, tuple(watched & bound))


_BUILTINS = frozenset(dir(builtins))


def _depth(block: Iterable[ast.AST]) -> int:
    """Return how deep loops nest; a comprehension's clauses and sorting inside count."""
    most = 0
    for node in block:
        own = isinstance(node, (ast.For, ast.While))
        own_depth = int(own)
        if isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            own_depth = len(node.generators)
        most = max(most, own_depth + _depth(ast.iter_child_nodes(node)))
    return most
