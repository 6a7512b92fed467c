"""Fast code, written slowly: what the families make of it."""

from __future__ import annotations

import ast
import random
import textwrap

import pytest

from perfopt_cli.train.pairs.plain import woven
from perfopt_cli.train.pairs.slowing.registry import rewrites
from perfopt_cli.train.pairs.views import Unwritable, View

CASES = [
    ("list-comprehension", "return [x + 1 for x in xs]", "append"),
    ("set-comprehension", "return {x % 7 for x in xs}", "set("),
    ("dict-comprehension", "return {x: x + 1 for x in xs}", "for x in xs"),
    ("map-lambda", "return [x + 1 for x in xs]", "map(lambda x"),
    ("map-builtin", "return list(map(str, xs))", "str("),
    ("same-items", "return list(xs)", "for"),
    ("flatten", "return [x for row in xs for x in row]", "for row in xs"),
    ("any-flag", "return any(x > 3 for x in xs)", "x > 3"),
    ("all-flag", "return all(x > 3 for x in xs)", "x > 3"),
    ("sum-loop", "return sum(x * x for x in xs)", "x * x"),
    ("count-items", "return sum(1 for x in xs if x)", "if x"),
    ("value-count", "return xs.count(n)", "== n"),
    ("sorted-extreme", "return max(xs, key=len)", "sorted(xs, key=len"),
    ("first-match", "return next((x for x in xs if x > 3), None)", "[x for x in xs if x > 3]"),
    ("string-join", "return ', '.join(xs)", "+="),
    ("generator-list", "return tuple([x + 1 for x in xs])", "tuple(x + 1 for x in xs)"),
    ("answer-loop", "for x in xs:\n    if x > 3:\n        return True\nreturn False", "x > 3"),
    ("direct-iteration", "for x in xs:\n    print(x)", "len(xs)"),
    ("enumerate", "for i, x in enumerate(xs):\n    print(i, x)", "i"),
    ("zip", "for x, y in zip(xs, ys):\n    print(x, y)", "xs["),
    ("dict-items", "for k, v in d.items():\n    print(k, v)", "d[k]"),
    ("while-range", "for i in range(n):\n    print(i)", "while i < n"),
    (
        "flag-break",
        "found = None\nfor x in xs:\n    if x > 3:\n        found = 1\n        break",
        "3",
    ),
    ("unpack", "for a, b in xs:\n    print(a, b)", "[0]"),
    ("loop-fusion", "for x in xs:\n    a.append(x)\n    b.append(-x)", "b.append(-x)"),
    ("set-membership", "known = set(ys)\nreturn [x for x in xs if x in known]", "ys"),
    ("one-of", "return n in ('a', 'b')", "n == 'a' or n == 'b'"),
    (
        "seen-set",
        "seen = set()\nfor x in xs:\n    if x not in seen:\n        seen.add(x)",
        "seen.append(x)",
    ),
    ("dict-keys", "return d.get(n) if n in d else 0", "d"),
    ("dict-get", "return d.get(n, 0)", "d[n]"),
    ("group-dict", "for x in xs:\n    d.setdefault(x % 3, []).append(x)", "not in d"),
    ("count-dict", "counts = Counter(xs)\nreturn counts", "counts[x] "),
    ("bulk-extend", "out.extend(xs)", "xs"),
    ("set-operation", "return set(xs) & set(ys)", "in ys"),
    ("dict-zip", "return dict(zip(xs, ys))", "] = "),
    ("hoist-invariant", "top = max(ys)\nfor x in xs:\n    print(x / top)", "for x in xs:\n"),
    ("hoist-attribute", "put = out.append\nfor x in xs:\n    put(x)", "out.append"),
    ("hoist-test", "if n > 3:\n    for x in xs:\n        print(x)", "for x in xs:\n    if n > 3"),
    ("common-call", "size = len(xs)\nreturn size * (size - 1)", "len(xs) * (len(xs) - 1)"),
    ("affix-tuple", "return n.startswith(('a', 'b'))", "n.startswith('a') or n.startswith('b')"),
    ("isinstance-tuple", "return isinstance(n, (int, str))", "isinstance(n, int) or"),
    ("split-part", "return n.partition(',')[0]", "n.split(',')[0]"),
    ("format-string", "return f'{n} of {d}'", "n"),
    ("repeat-list", "return [0] * n", "range(n)"),
    ("key-getter", "return sorted(xs, key=itemgetter(1))", "lambda"),
    ("negative-key", "return sorted(xs, reverse=True)", "sorted("),
    ("extreme-choice", "return n if n > 3 else 3", "max(n, 3)"),
    ("extreme-update", "for x in xs:\n    if x > n:\n        n = x", "max("),
    ("square", "return n * n", "2"),
    ("divmod-parts", "a = n // 10\nb = n % 10", "divmod(n, 10)"),
    ("bisect", "return bisect_left(xs, n)", "xs"),
    ("sorted-insert", "insort(xs, n)", "xs.sort()"),
    ("queue-deque", "q = deque(xs)\nwhile q:\n    print(q.popleft())", "q.pop(0)"),
]


def slow_ones(body: str, family: str) -> set[str]:
    """Return what a family makes of a function, over many draws."""
    text = f"def f(xs, ys, d, n, out, a, b):\n{textwrap.indent(body, '    ')}"
    text = ast.unparse(ast.parse(text))
    found = set()
    for seed in range(60):
        view = View(text, random.Random(seed))
        for rewrite in rewrites(view):
            if rewrite.family == family:
                found.add(woven(view.lines, rewrite) or "")
    return found


@pytest.mark.parametrize(("family", "body", "wanted"), CASES, ids=[case[0] for case in CASES])
def test_a_family_writes_its_fast_code_slowly(family: str, body: str, wanted: str) -> None:
    made = slow_ones(body, family)
    assert made, "the family finds nothing"
    plain = {textwrap.dedent(text.partition("\n")[2]) for text in made}
    assert any(wanted in text for text in plain), plain
    for text in made:
        ast.parse(text)


def test_a_family_has_several_ways_to_be_slow() -> None:
    assert len(slow_ones("return [x + 1 for x in xs if x]", "list-comprehension")) > 8


def test_a_name_that_code_outside_uses_is_not_taken_for_a_loop() -> None:
    assert not slow_ones("n = [xs for xs in ys]\nreturn xs", "list-comprehension")


def test_nothing_is_put_before_an_elif() -> None:
    body = "if n:\n    return 1\nelif any(x for x in xs):\n    return 2"
    assert all("elif" in text for text in slow_ones(body, "any-flag"))


def test_text_of_other_letters_is_refused() -> None:
    with pytest.raises(Unwritable):
        View("def f():\n    return 'é'", random.Random(0))


def test_all_is_drawn_by_the_seed() -> None:
    text = "def f(xs):\n    return [x for x in xs if x]"
    one, other = (rewrites(View(text, random.Random(3))) for _ in range(2))
    assert one == other
