"""Replies that could be meant are allowed; what is allowed becomes Python."""

from __future__ import annotations

import inspect
import itertools
import json
import random
import statistics
import textwrap
from collections.abc import Iterator

import pytest

np = pytest.importorskip("numpy")

from perfopt_cli.model.examples.of_rules import rule_examples  # noqa: E402
from perfopt_cli.model.mini.grammar import Grammar, Reply  # noqa: E402
from perfopt_cli.model.mini.language import (  # noqa: E402
    Unreadable,
    apply_reply,
    read,
    write_lesson,
)
from perfopt_cli.model.mini.lexer import Token, lex  # noqa: E402
from perfopt_cli.model.mini.syntax import (  # noqa: E402  # noqa: E402
    END,
    MEMBER,
    NAME,
    NUMBER,
    STRING,
    VALUE,
    Line,
    after,
    follows,
)
from perfopt_cli.model.mini.vocabulary import IDS, KEYWORDS, VOCABULARY  # noqa: E402

SLOW = '''def f(self, xs, ys, limit=None):
    """Doc."""
    out = []
    for i in range(len(xs)):
        if xs[i] in ys:
            out.append(xs[i] * 2)
        elif limit is not None:
            for name in self.names():
                out.append(name)
        else:
            out.extend([i, 1])
    return out
'''
READING = read(SLOW)
LINES = len(READING.lines)


def walked(reply: str, grammar: Grammar | None = None) -> Reply | str:
    """Return where a reply ends, or its first word that may not be."""
    grammar = grammar or Grammar(READING)
    state = grammar.start()
    for place, word in enumerate(reply.split()):
        found = grammar.after(state, IDS[word]) if grammar.words(state)[IDS[word]] else None
        if found is None:
            return f"{place}: {word}"
        state = found
    return state


def ends(reply: str) -> bool:
    grammar = Grammar(READING)
    state = walked(reply, grammar)
    assert isinstance(state, Reply), state
    return bool(grammar.words(state)[IDS["</s>"]])


def named(name: str) -> str:
    return next(word for word, said in READING.names.items() if said == name)


XS, OUT = named("xs"), named("out")


def test_replies_that_turn_each_rules_example_into_what_the_rule_makes_are_allowed() -> None:
    checked = 0
    for one in rule_examples():
        if one.fast.startswith(("import ", "from ")):
            continue
        reading = read(one.slow)
        try:
            reply = write_lesson(reading, one.fast, "other")
        except Unreadable:
            continue
        grammar = Grammar(reading)
        state = walked(reply, grammar)
        assert isinstance(state, Reply), (reply, state)
        assert grammar.words(state)[IDS["</s>"]], reply
        checked += 1
    assert checked > 10


def kind_of(token: Token, before: str) -> str:
    if token.text in ("None", "True", "False", "..."):
        return VALUE
    if token.kind == "name" and token.text not in KEYWORDS:
        return MEMBER if before == "." else NAME
    kinds = {"number": NUMBER, "string": STRING, "formatted": STRING}
    return kinds.get(token.kind, token.text)


@pytest.mark.parametrize("module", [inspect, textwrap, statistics, json.decoder])
def test_lines_of_real_code_are_allowed(module: object) -> None:
    for line in lex(inspect.getsource(module)):  # type: ignore[arg-type]
        if line.tokens[0].text in ("import", "from"):
            continue
        state, before = Line(), ""
        for token in line.tokens:
            kind = kind_of(token, before)
            assert kind in follows(state), (line.first, token.text)
            state, before = after(state, kind, token.text), token.text
        assert END in follows(state), line.first


def replies(grammar: Grammar, seed: int) -> Iterator[tuple[str, ...]]:
    """Yield replies at random, in which lines and brackets close often."""
    rng = random.Random(seed)
    while True:
        state, words = grammar.start(), []
        for _ in range(80):
            numbers = np.flatnonzero(grammar.words(state)).tolist()
            texts = [VOCABULARY[number] for number in numbers]
            assert texts, state
            heads = [one for one in texts if one in ("</s>", "<set>", "<add>", "<del>")]
            closing = [one for one in texts if one in (")", "]", "}", ":", "else", "in")]
            pick = heads if heads and rng.random() < 0.6 else texts
            word = rng.choice(closing if closing and rng.random() < 0.5 else pick)
            if word == "</s>":
                yield tuple(words)
                break
            found = grammar.after(state, IDS[word])
            if found is None:
                break
            words.append(word)
            state = found


def test_nearly_all_that_is_allowed_is_python_even_at_random() -> None:
    made = [" ".join(words) for words in itertools.islice(replies(Grammar(READING), 1), 150)]
    edits = [one for one in made if not one.startswith("nothing")]
    applied = sum(apply_reply(READING, one) is not None for one in edits)
    # What is left are names that are read and never bound, and what only the compiler refuses.
    assert applied > 0.7 * len(edits), applied / len(edits)


def test_a_reply_says_nothing_or_has_edits() -> None:
    assert ends("nothing")
    assert walked("nothing f:1") == "1: f:1"
    assert walked("f:1 nothing") == "1: nothing"
    assert not ends("f:1")


@pytest.mark.parametrize(
    "reply",
    [
        "f:0 <del> L2",
        "f:0 <set> L2 I1 pass",
        "f:0 <set> L2 I1 pass <set> L10 I3 pass",
        "f:0 <set> L3 I1 while 1 :",
        "f:0 <add> L1 I1 w0 = 1",
        "f:0 <set> L4 L10 I2 L5",
        "f:0 <set> L6 L8 I2 elif 1 : I3 pass",
        "f:0 <del> L6 L8",
    ],
)
def test_edits_that_leave_blocks_whole_may_end(reply: str) -> None:
    assert ends(reply)


@pytest.mark.parametrize(
    ("reply", "stops"),
    [
        ("f:0 <set> L1", "2: L1"),
        ("f:0 <add> L0", "2: L0"),
        (f"f:0 <set> L{LINES + 1}", f"2: L{LINES + 1}"),
        ("f:0 <set> L4 L3", "3: L3"),
        ("f:0 <set> L2 I0", "3: I0"),
        ("f:0 <set> L2 I2", "3: I2"),
        ("f:0 <add> L3 I1", "3: I1"),
        ("f:0 <set> L2 I1 pass <set> L2", "6: L2"),
        ("f:0 <set> L2 I1 pass <set> L3", "6: L3"),
        ("f:0 <set> L2 I1 else", "4: else"),
        ("f:0 <del> L3 L4 I1", "3: L4"),
        ("f:0 <del> L3 <del>", "3: <del>"),
        ("f:0 <set> L2 I1 w1", "4: w1"),
        ("f:0 <set> L2 I1 v47", "4: v47"),
        ("f:0 <set> L2 I1 if 1 : <set>", "7: <set>"),
        ("f:0 <set> L2 I1 try : I2 pass I1 pass", "9: pass"),
    ],
)
def test_edits_that_break_blocks_or_mean_nothing_are_not_allowed(reply: str, stops: str) -> None:
    assert walked(reply) == stops


@pytest.mark.parametrize(
    "line",
    [
        "return [ X for X in X if X ]",
        "X = { X : 1 , ** X }",
        "X . append ( X [ 1 : ] )",
        "return sorted ( X , key = lambda w0 : - w0 )",
        "for w0 , w1 in zip ( X , X ) :",
        "X , w0 = w0 , X",
        "if ( w0 := X ) is not None and w0 not in X :",
        "return 1 if X else 0",
        "print ( * X , sep = '' )",
        "X += 1",
        "assert X , 'x'",
        "with open ( X ) as w0 :",
        "yield from X",
    ],
)
def test_a_line_may_be(line: str) -> None:
    reply = f"f:0 <set> L2 I1 {line.replace('X', XS)}"
    assert isinstance(walked(reply), Reply)


@pytest.mark.parametrize(
    ("line", "stops"),
    [
        ("X X", "X"),
        ("X . X", "X"),
        ("return ( X ]", "]"),
        ("X = = X", "="),
        ("return X if X I1", "I1"),
        ("for X in I1", "I1"),
        ("for X :", ":"),
        ("X + 1 = X", "="),
        ("( X I1", "I1"),
        ("[ X for X I1", "I1"),
        ("lambda X I1", "I1"),
        ("return X )", ")"),
        ("X [ ]", "]"),
        ("self . pop = names . pop", "names"),
    ],
)
def test_a_line_may_not_be(line: str, stops: str) -> None:
    words, stop = line.replace("X", XS).split(), stops.replace("X", XS)
    found = walked(f"f:0 <set> L2 I1 {' '.join(words)}")
    assert found == f"{3 + len(words) - words[::-1].index(stop)}: {stop}"


def test_a_line_that_does_not_parse_ends_nothing() -> None:
    grammar = Grammar(READING)
    state = walked(f"f:0 <set> L2 I1 del {XS} + 1", grammar)
    assert isinstance(state, Reply)
    assert grammar.words(state)[IDS["I1"]]
    assert grammar.after(state, IDS["I1"]) is None


def test_lines_that_were_not_shown_are_not_touched() -> None:
    reading = read(SLOW, hot=[12], most=40)
    assert 1 < len(reading.shown) < LINES
    grammar = Grammar(reading)
    state = walked("f:0 <set>", grammar)
    assert isinstance(state, Reply)
    allowed = {VOCABULARY[number] for number in np.flatnonzero(grammar.words(state))}
    assert allowed == {f"L{number}" for number in reading.shown if number > 1}
