"""Draw functions from the shapes: names, keys, what stands around, what becomes of the result."""

from __future__ import annotations

import ast
import builtins
import random
import re
from collections.abc import Iterator

from perfopt_cli.train.pairs.make import STACKED, Made, digest, slower
from perfopt_cli.train.pairs.plain import unbracketed
from perfopt_cli.train.pairs.shapes import counting, summing

SHAPES = {**counting.SHAPES, **summing.SHAPES}
ORIGIN = "shapes"
"""The origin of these pairs, before the shape's name and the number of its group."""

GROUPS = 40
_POOLS: dict[str, tuple[str, ...]] = {
    "XS": ("items", "values", "nums", "data", "xs", "arr", "numbers", "seq", "entries", "words"),
    "YS": ("others", "ys", "keys", "known", "allowed", "second", "b", "wanted", "reference"),
    "X": ("x", "item", "value", "v", "num", "a", "cur", "element", "e"),
    "Y": ("y", "other", "w", "candidate", "o", "z"),
    "I": ("i", "idx", "index", "pos"),
    "J": ("j", "k2", "jj", "at"),
    "A": ("lo", "left", "first", "p"),
    "B": ("hi", "right", "last", "q"),
    "K": ("k", "target", "limit", "size", "width"),
    "N": ("n", "number", "count_n", "m", "top"),
    "OUT": ("result", "out", "res", "ans", "output", "ret", "found"),
    "TOTAL": ("total", "s", "acc", "running", "current"),
    "BEST": ("best", "longest", "highest", "most", "answer"),
    "LOW": ("lowest", "low", "smallest", "least"),
    "COUNT": ("count", "c", "times", "length", "cnt"),
    "SEEN": ("seen", "visited", "known_ones", "done"),
    "D": ("table", "lookup", "counts", "index_of", "d", "mapping", "by_key"),
    "FOUND": ("hit", "match", "flag", "ok", "matches"),
    "STACK": ("stack", "tails", "pending", "big"),
    "QUEUE": ("queue", "todo", "frontier"),
    "ROWS": ("rows", "matrix", "grid", "graph", "table_rows"),
    "ROW": ("row", "line", "r"),
    "TEXT": ("text", "s", "string", "word", "message"),
    "OTHER": ("t", "pattern", "second_text", "query"),
    "REST": ("rest", "remaining", "tail"),
    "PART": ("group", "part", "chunk", "bucket"),
    "LETTERS": ("letters", "chars", "left_over"),
    "KEYED": ("key", "name", "ident"),
    "SIEVE": ("sieve", "is_prime", "flags"),
    "STEP": ("power", "factor", "step"),
}
_KEYS = (
    "{}[0]",
    "{}.name",
    "{}['id']",
    "{} % 7",
    "len({})",
    "{}.key",
    "{}[1]",
    "str({})",
    "{} // 3",
)
_PARAMS = ("ROWS", "TEXT", "OTHER", "XS", "YS", "K", "N", "A", "B")
_TOKEN = re.compile(r"\b[A-Z]{1,8}\b")
_CALLED = re.compile(r"KEY\((\w+)\)")
_FUNCTIONS = ("solve", "find", "compute", "process", "check", "run", "collect", "calculate",
              "get_result", "analyse", "count_them", "search")  # fmt: skip


def drawn(number: int, count: int, seed: int) -> Iterator[Made]:
    """Yield pairs of shapes that are drawn; ``number`` tells drawings by one seed apart."""
    draw = random.Random(f"{seed} shapes {number}")
    names = sorted(SHAPES)
    for at in range(count):
        family = names[at % len(names)]
        variants, fast = SHAPES[family]
        made = _functions(draw.choice(variants), fast, draw)
        if made is None:
            continue
        slow, fast = made
        if draw.random() < 2 * STACKED:
            slow = slower(slow, draw) or slow
        group = int(digest(slow + fast), 16) % GROUPS
        origin = f"{ORIGIN}:{family}:{group}"
        yield Made(family, slow, fast, origin, origin)


def _functions(slow: str, fast: str, draw: random.Random) -> tuple[str, str] | None:
    key = draw.choice(_KEYS)
    sides = [_CALLED.sub(lambda found: key.format(found[1]), side) for side in (slow, fast)]
    used = {word for side in sides for word in _TOKEN.findall(side) if word in _POOLS}
    taken: set[str] = set()
    names: dict[str, str] = {}
    for word in sorted(used):
        free = [name for name in _POOLS[word] if name not in taken]
        if not free:
            return None
        names[word] = draw.choice(free)
        taken.add(names[word])
    loose = [word for word in _PARAMS if word in used and not _bound(word, fast)]
    sides = [_TOKEN.sub(lambda found: names.get(found[0], found[0]), side) for side in sides]
    params = [names[word] for word in loose]
    form = draw.random()
    head, before = f"def {draw.choice(_FUNCTIONS)}({', '.join(params)}):", ""
    if form < 0.25:
        head = f"def {draw.choice(_FUNCTIONS)}(self, {', '.join(params)}):"
    elif form < 0.4 and params and params[0] not in dir(builtins):
        head = f"def {draw.choice(_FUNCTIONS)}(self, {', '.join(params[1:])}):"
        before = f"{params[0]} = self.{draw.choice(('data', 'items', 'rows', params[0]))}\n"
    if "XS" in loose and draw.random() < 0.25:
        xs = names["XS"]
        before += draw.choice((f"{xs} = list({xs})\n", f"if not {xs}:\n    return None\n"))
    sides = _ended(sides, draw)
    texts = []
    for side in sides:
        body = "\n".join("    " + line for line in (before + side).split("\n"))
        try:
            texts.append(unbracketed(ast.unparse(ast.parse(f"{head}\n{body}"))))
        except SyntaxError:
            return None
    return texts[0], texts[1]


def _bound(word: str, fast: str) -> bool:
    """Tell whether a side sets a name before anything else does."""
    return (
        re.search(rf"^(?:for )?(?:\w+, )*{word}(?:, \w+)* (?:=|in) (?!.*\b{word}\b)", fast, re.M)
        is not None
    )


def _ended(sides: list[str], draw: random.Random) -> list[str]:
    """Return both sides with something else done with the result, where each returns once."""
    if any(side.count("return ") != 1 or "\n    return" in side for side in sides):
        return sides
    form = draw.random()
    if form < 0.5 or not all(side.split("\n")[-1].startswith("return ") for side in sides):
        return sides
    name = draw.choice(("answer", "value", "outcome", "summary"))
    made = []
    for side in sides:
        *lines, last = side.split("\n")
        value = last.removeprefix("return ")
        if form < 0.6:
            end = f"self.{name} = {value}"
        elif form < 0.7:
            end = f"{name} = {value}\nlog.debug('done: %s', {name})\nreturn {name}"
        elif form < 0.8:
            end = f"return {{'{name}': {value}}}"
        elif form < 0.9:
            end = f"print({value})"
        else:
            end = f"yield {value}"
        made.append("\n".join([*lines, end]))
    return made
