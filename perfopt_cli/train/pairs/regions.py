"""What differs between the two sides of a pair, cut out so that it can be run by itself."""

from __future__ import annotations

import ast
import builtins
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from perfopt_cli.train.pairs.views import arguments

_LOOPS = (ast.For, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_REPEATING = {"map", "filter", "sum", "max", "min", "sorted", "list", "set", "join", "any", "all"}
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
    levels = list(_levels(trees[0].body, trees[1].body, slow.split("\n"), fast.split("\n")))
    deepest = levels.pop()
    order = [deepest]
    if not _repeating(deepest):
        looped = next((level for level in reversed(levels) if _repeating(level)), None)
        order = [looped, deepest] if looped is not None else order
    own = dict.fromkeys([*_own_imports(trees[0]), *_own_imports(trees[1])])
    modules = _modules((*imports, *own))
    outside = {arg.arg for arg in arguments(trees[1])} | _stored([trees[1]])
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


def _levels(
    a: list[ast.stmt], b: list[ast.stmt], slow: list[str], fast: list[str]
) -> Iterator[tuple[list[ast.stmt], list[ast.stmt]]]:
    """Yield the statements that differ, from the outermost block to the innermost."""
    while True:
        a, b = _trimmed(a, b, slow, fast)
        yield a, b
        if len(a) != 1 or len(b) != 1 or type(a[0]) is not type(b[0]):
            return
        one, other = a[0], b[0]
        if isinstance(one, (*_SCOPES, ast.Try)) or not hasattr(one, "body"):
            return
        if slow[one.lineno - 1].strip() != fast[other.lineno - 1].strip():
            return
        parts = [
            name
            for name in ("body", "orelse")
            if _lines(getattr(one, name, []), slow) != _lines(getattr(other, name, []), fast)
        ]
        if len(parts) != 1:
            return
        a, b = getattr(one, parts[0]), getattr(other, parts[0])
        if not a or not b:
            return


def _lines(block: list[ast.stmt], lines: list[str]) -> list[str]:
    return lines[block[0].lineno - 1 : block[-1].end_lineno] if block else []


def _trimmed(
    a: list[ast.stmt], b: list[ast.stmt], slow: list[str], fast: list[str]
) -> tuple[list[ast.stmt], list[ast.stmt]]:
    first = 0
    while first < min(len(a), len(b)) and _lines([a[first]], slow) == _lines([b[first]], fast):
        first += 1
    while first and _starts(a[first - 1]):
        first -= 1  # what a loop fills stands empty before it
    last = 0
    most = min(len(a), len(b)) - first
    while last < most and _lines([a[-1 - last]], slow) == _lines([b[-1 - last]], fast):
        last += 1
    return a[first : len(a) - last], b[first : len(b) - last]


def _starts(node: ast.stmt) -> bool:
    """Tell whether a statement sets a name to an empty container or a constant."""
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
        return False
    value = node.value
    if isinstance(value, (ast.List, ast.Set, ast.Tuple)):
        return not value.elts
    if isinstance(value, ast.Call):
        return not value.args and getattr(value.func, "id", "") in ("list", "dict", "set")
    return isinstance(value, ast.Constant) or (isinstance(value, ast.Dict) and not value.keys)


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
        elif not isinstance(one, _SCOPES):
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
    needed, needed_too = _needed(a), _needed(b)
    free = [name for name in dict.fromkeys([*needed_too, *needed]) if name not in _BUILTINS]
    shadows = [name for name in needed_too if name in _BUILTINS and name in outside]
    inside = {
        name: where for name, where in modules.items() if name in free and name not in outside
    }
    params = tuple(name for name in (*free, *shadows) if name not in inside)
    for node in (*a, *b):  # what a rewrite needs is there, whatever the module imports
        for one in ast.walk(node):
            if isinstance(one, ast.Name) and one.id in inside:
                inside[one.id] = modules[one.id]
    bound = frozenset(_stored([*a, *b]))
    loops = tuple(_loop_names([*a, *b]))
    # What is read elsewhere, or by the same statements in the next round of a loop around them.
    loads, mine = _loads([whole]), _loads(b)
    watched = {name for name, count in loads.items() if count > mine[name]} | set(needed_too)
    depth = max(_depth(a), _depth(b))
    return Region(a, b, params, inside, loops, depth, bound, tuple(watched & bound))


_BUILTINS = frozenset(dir(builtins))


def _stored(nodes: Iterable[ast.AST]) -> set[str]:
    return {
        one.id
        for node in nodes
        for one in ast.walk(node)
        if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load)
    }


def _loads(nodes: Iterable[ast.AST]) -> Counter[str]:
    return Counter(
        one.id
        for node in nodes
        for one in ast.walk(node)
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)
    )


def _needed(block: list[ast.stmt]) -> list[str]:
    """Return the names that statements read and may not have set before, in order."""
    needed: dict[str, None] = {}
    known: set[str] = set()
    for statement in block:
        inner = _inner_names(statement)
        first_set = _first_stores(statement)
        for one in sorted(_names(statement), key=_at):
            if one.id in known or one.id in inner:
                continue
            augmented = isinstance(one.ctx, ast.Store) and getattr(one, "augmented", False)
            read = isinstance(one.ctx, ast.Load) or augmented
            if read and (one.id not in first_set or _at(one) <= first_set[one.id]):
                needed.setdefault(one.id)
        # Only what is set in any case is known from here on.
        if isinstance(statement, (ast.Assign, ast.AnnAssign)):
            known |= _stored([statement]) - needed.keys()
        elif isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            known.add(statement.name)
    return list(needed)


def _at(node: Any) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _names(statement: ast.stmt) -> list[Any]:
    found = []
    for one in ast.walk(statement):
        if isinstance(one, ast.AugAssign) and isinstance(one.target, ast.Name):
            one.target.augmented = True  # type: ignore[attr-defined]
        if isinstance(one, ast.Name):
            found.append(one)
    return found


def _first_stores(statement: ast.stmt) -> dict[str, tuple[int, int]]:
    """Return where a compound statement first sets names; in an assignment, after all it reads."""
    if isinstance(statement, (ast.Assign, ast.AugAssign, ast.AnnAssign)):
        return {}
    found: dict[str, tuple[int, int]] = {}
    for one in ast.walk(statement):
        if isinstance(one, ast.Assign):
            for name in (name for target in one.targets for name in ast.walk(target)):
                name.set_at = (one.end_lineno, one.end_col_offset)  # type: ignore[attr-defined]
        if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load):
            place = getattr(one, "set_at", None) or _at(one)
            if getattr(one, "augmented", False):
                continue
            found[one.id] = min(found.get(one.id, place), place)
    return found


def _inner_names(statement: ast.stmt) -> set[str]:
    """Return names that only comprehensions, lambdas and inner functions bind."""
    inner: set[str] = set()
    outer: set[str] = set()
    for one in ast.walk(statement):
        if isinstance(one, ast.comprehension):
            inner |= _stored([one.target])
        elif isinstance(one, (ast.Lambda, ast.FunctionDef)):
            inner |= {arg.arg for arg in arguments(one)}
            if isinstance(one, ast.FunctionDef):
                inner |= _stored(one.body) | {one.name}
        elif isinstance(one, ast.ExceptHandler) and one.name:
            inner.add(one.name)
    return inner - outer


def _loop_names(block: list[ast.stmt]) -> set[str]:
    found: set[str] = set()
    for part in block:
        for one in ast.walk(part):
            if isinstance(one, ast.For):
                found |= _stored([one.target])
    return found


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
