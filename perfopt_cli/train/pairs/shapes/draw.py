"""Draw functions from the shapes: names, keys, what stands around, what becomes of the result."""

from __future__ import annotations

import ast
import builtins
import random
import re
from collections.abc import Collection, Iterator

from perfopt_cli.train.pairs.corpus import Function
from perfopt_cli.train.pairs.make import STACKED, Made, digest, slower
from perfopt_cli.train.pairs.plain import unbracketed
from perfopt_cli.train.pairs.shapes.texts import read_shapes, read_words
from perfopt_cli.train.pairs.views import Unwritable, View

SHAPES = read_shapes()
ORIGIN = "shapes"
"""The origin of these pairs, before the shape's name and the number of its group."""

GROUPS = 40
_INSERTED = {
    name: (slow, fast)
    for name, (slow, fast) in SHAPES.items()
    if all(one.count("return ") == 1 and "\n    return" not in one for one in (*slow, fast))
}
_POOLS = read_words()
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
_LONGEST, _EMBEDDED, _KNOWN_SHARE = 35, 0.5, 0.35
_NO_START = ("el", "except", "finally", "case", "def ", "async def ", "@")
_PARAMS = ("ROWS", "TEXT", "OTHER", "XS", "YS", "K", "N", "A", "B")
_TOKEN = re.compile(r"\b[A-Z]{1,8}\b")
_SLOTS = {
    "KEY": (*_KEYS,),
    "VAL": (
        "{}", "{} % K", "{} * 2", "{} + 1", "{}[0]", "{}.size", "{}['n']", "len({})", "{} // 3",
        "{}.value", "abs({})", "({} * {} + 1)", "{} % 10", "{}.score", "{}[1]", "(K - {})",
    ),
    "VAR": (
        "{}", "{}", "{} * 2", "{} + K", "{}.name", "{}[0]", "str({})", "({}, K)", "make({})",
        "{}.value", "len({})", "'<' + str({})", "[{}, K]", "{}['name']", "self.convert({})",
    ),
    "COND": (
        "{} > K", "{} % 2 == 0", "{} < K", "{}.active", "{} != K", "is_valid({})", "{} is not None",
        "{}.startswith('k')", "{}['ok']", "{} > 3 and {} % 5 != K", "{}.kind == 'a'",
        "len({}) > K", "self.accepts({})", "({} == K or {} > 7)", "not {}.hidden",
    ),
}  # fmt: skip
_CALLED = re.compile(r"\b(KEY|VAL|VAR|COND)\((\w+(?:\[\w+\])?)\)")
_FUNCTIONS = ("solve", "find", "compute", "process", "check", "run", "collect", "calculate",
              "get_result", "analyse", "count_them", "search")  # fmt: skip


def drawn(
    number: int, count: int, seed: int, shapes: Collection[str] = SHAPES.keys()
) -> Iterator[Made]:
    """Yield pairs of shapes in turn, as drawn; ``number`` tells drawings by one seed apart."""
    draw = random.Random(f"{seed} shapes {number}")
    names = sorted(shapes)
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
    filled = _filled((slow, fast), draw)
    named = _named(filled, draw, set())
    if named is None:
        return None
    sides, names = named
    loose = [word for word in _PARAMS if word in names and not _bound(word, filled[1])]
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


def _filled(sides: tuple[str, str], draw: random.Random) -> list[str]:
    """Return both sides with the same expressions in their slots; a slot's brackets stay."""
    forms = {slot: draw.choice(choices) for slot, choices in _SLOTS.items()}

    def expression(found: re.Match[str]) -> str:
        return forms[found[1]].replace("{}", found[2])

    return [_CALLED.sub(expression, side) for side in sides]


def _named(
    sides: list[str], draw: random.Random, taken: set[str]
) -> tuple[list[str], dict[str, str]] | None:
    """Return both sides with names in place of words, none of them taken; and the names."""
    names: dict[str, str] = {}
    for word in sorted({word for side in sides for word in _TOKEN.findall(side) if word in _POOLS}):
        free = [name for name in _POOLS[word] if name not in taken]
        if not free:
            return None
        names[word] = draw.choice(free)
        taken.add(names[word])
    made = [_TOKEN.sub(lambda found: names.get(found[0], found[0]), side) for side in sides]
    return made, names


def embedded(function: Function, seed: int) -> Iterator[Made]:
    """Yield a pair whose shape stands somewhere in the middle of a package's function."""
    draw = random.Random(f"{seed} embedded {function.text}")
    lines = function.text.split("\n")
    places = [
        at
        for at, line in enumerate(lines)
        if at and line.strip() and not line.lstrip().startswith(_NO_START)
    ]
    if len(lines) > _LONGEST or not places or draw.random() > _EMBEDDED:
        return
    at = draw.choice(places)
    pad = len(lines[at]) - len(lines[at].lstrip())
    family = draw.choice(sorted(_INSERTED))
    variants, fast = _INSERTED[family]
    try:
        view = View(function.text, draw)
    except (Unwritable, SyntaxError):
        return
    named = _named(_filled((draw.choice(variants), fast), draw), draw, set(view.names))
    if named is None:
        return
    sides, names = named
    loose = [names[word] for word in _PARAMS if word in names and not _bound(word, fast)]
    params = [name for name in sorted(view.params) if name not in ("self", "cls")]
    for name in loose[:]:
        if params and draw.random() < _KNOWN_SHARE:
            known = params.pop(draw.randrange(len(params)))
            sides = [re.sub(rf"\b{name}\b", known, side) for side in sides]
            loose.remove(name)
    lines = _with_parameters(lines, loose)
    texts = []
    for side in sides:
        try:
            new = _statements(side)
        except SyntaxError:
            return
        texts.append("\n".join([*lines[:at], *(" " * pad + line for line in new), *lines[at:]]))
    if draw.random() < STACKED:
        texts[0] = slower(texts[0], draw) or texts[0]
    group = f"{function.package}:{function.name}:{digest(texts[1])}"
    yield Made(family, texts[0], texts[1], function.package, group, function.imports)


def _with_parameters(lines: list[str], names: list[str]) -> list[str]:
    """Return a function's lines with further parameters, put first."""
    at = next(at for at, line in enumerate(lines) if line.startswith(("def ", "async def ")))
    head, _, rest = lines[at].partition("(")
    first = re.match(r"(?:self|cls)(?:, |(?=\)))", rest)
    own = first[0] if first else ""
    more = "".join(f"{name}, " for name in names)
    if own and not own.endswith(", "):
        more = "".join(f", {name}" for name in names)
    elif rest.startswith(")"):
        more = ", ".join(names)
    line = f"{head}({own}{more}{rest[len(own) :]}"
    return [*lines[:at], line, *lines[at + 1 :]]


def _statements(side: str) -> list[str]:
    """Return a side's lines without its return: what it returned is in a variable."""
    *body, last = side.split("\n")
    value = last.removeprefix("return ")
    kept = {line.split(" = ")[0] for line in body if " = " in line and not line.startswith(" ")}
    whole = body if value in kept else [*body, f"outcome = {value}"]
    return unbracketed(ast.unparse(ast.parse("\n".join(whole)))).split("\n")


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
