"""Slow functions written by hand -> subjects: calls to test, and calls kept back.

``slow_functions/`` beside this file has them; its README tells the form. With
``--check`` each fast version is held against its slow one on all its calls, and
both are timed.

    python benchmarks/small_model_set.py [--check] [--only NAME…]
"""

from __future__ import annotations

import argparse
import ast
import random
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from field_sets import Cannot, Subject, run, stated
from field_texts import NODES, nodes_text

from perfopt_cli.source import splice

FOLDER = Path(__file__).resolve().parent / "slow_functions"
SET = "hand"
KINDS = {
    "local": "an edit of a few lines or an expression",
    "restructure": "another shape of the same idea: other containers, loops or order",
    "algorithm": "another method, of a better order of growth",
}
LEAST_GAIN = 1.3
LEAST_SECONDS, MOST_SECONDS = 0.001, 0.1
"""CPU seconds of a slow function: of the calls given together, and of the dearest."""
GIVEN = (1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 10, 12, 14, 16, 20)
HELD = (1, 2, 3, 4, 5, 7, 9, 11, 14, 20)
PARTS = re.compile(
    r"^# slow: (\w+), (\w+), (\d+)\n(.*?)^# fast\n(.*?)^# calls: ([^\n]+)$", re.M | re.S
)


@dataclass(frozen=True)
class Slow:
    """A function and its fast version. ``calls`` is an expression for a call's arguments.

    ``size`` is that of the calls on which it is timed.
    """

    group: str
    name: str
    kind: str
    size: int
    text: str
    fast: str
    imports: tuple[str, ...]
    calls: str

    @property
    def reference(self) -> str:
        """The module with the fast version in the slow one's place."""
        return splice(self.text, self.name, self.fast, self.imports)


def load(folder: Path = FOLDER) -> list[Slow]:
    """Return the functions of all files. Raises ValueError where a part has not the form."""
    found = []
    for path in sorted(folder.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        parts = [_slow(path.stem, *match) for match in PARTS.findall(text)]
        if len(parts) != text.count("# slow: "):
            raise ValueError(f"{path}: {len(parts)} functions of {text.count('# slow: ')} are read")
        found += parts
    return found


def _slow(
    group: str, name: str, kind: str, size: str, text: str, fast: str, calls: str
) -> Slow:  # fmt: skip
    if kind not in KINDS:
        raise ValueError(f"{group}, {name}: {kind} is none of {', '.join(KINDS)}")
    body = ast.parse(fast).body
    imports = [ast.unparse(one) for one in body if isinstance(one, ast.Import | ast.ImportFrom)]
    lines = fast.strip().splitlines()[len(imports) :]
    return Slow(
        group, name, kind, int(size), text.strip() + "\n", "\n".join(lines) + "\n",
        tuple(imports), calls.strip(),
    )  # fmt: skip


class Draw(random.Random):
    """What calls are made of."""

    def some(self, letters: str, count: int) -> str:
        return "".join(self.choices(letters, k=count))

    def word(self) -> str:
        return self.some("aaabcdeeefghiijklmnooprsttuvw", self.randint(2, 9))

    def distinct(self, count: int) -> list[str]:
        found: dict[str, None] = {}
        while len(found) < count:
            found[self.word()] = None
        return list(found)

    def words(self, count: int, of: int) -> list[str]:
        """Return so many of the first words of the pool, drawn with repetition."""
        return self.choices(pool()[: max(1, of)], k=count)

    def sentence(self, count: int) -> str:
        marks = ["", "", "", "", "", ",", ".", "!"]
        return " ".join(one + self.choice(marks) for one in self.words(count, of=120))

    def numbers(self, count: int, low: int, high: int) -> list[int]:
        return [self.randint(low, high) for _ in range(count)]

    def matrix(self, rows: int, columns: int, low: int = -9, high: int = 9) -> list[list[int]]:
        return [self.numbers(columns, low, high) for _ in range(rows)]

    def shuffled(self, values: list[Any]) -> list[Any]:
        return self.sample(values, len(values))

    def shuffled_dict(self, values: dict[Any, Any]) -> dict[Any, Any]:
        return dict(self.shuffled(list(values.items())))

    def day(self, year: int, days: int) -> date:
        return date(year, 1, 1) + timedelta(days=self.randrange(max(1, days)))

    def box(self, size: int) -> tuple[int, int, int, int]:
        """Return top, left, bottom, right within a square, both ends included."""
        top, bottom = sorted(self.choices(range(size), k=2))
        left, right = sorted(self.choices(range(size), k=2))
        return top, left, bottom, right

    def roman(self, number: int) -> str:
        signs = ("M", 1000), ("CM", 900), ("D", 500), ("CD", 400), ("C", 100), ("XC", 90), \
            ("L", 50), ("XL", 40), ("X", 10), ("IX", 9), ("V", 5), ("IV", 4), ("I", 1)  # fmt: skip
        text = ""
        for sign, worth in signs:
            text += sign * (number // worth)
            number %= worth
        return text

    def sudoku(self, size: int) -> list[list[int]]:
        """Return a solved board with empty places; a small size has a fault more often."""
        digits = self.sample(range(1, 10), 9)
        rows = [
            3 * band + one for band in self.sample(range(3), 3) for one in self.sample(range(3), 3)
        ]
        board = [[digits[(3 * r + r // 3 + c) % 9] for c in range(9)] for r in rows]
        for _ in range(self.randint(0, 30)):
            board[self.randrange(9)][self.randrange(9)] = 0
        if size < 9 and self.random() < 0.5:
            board[self.randrange(9)][self.randrange(9)] = self.randint(1, 9)
        return board

    def log(self, count: int) -> list[str]:
        levels = ["INFO", "INFO", "Error", "ERROR", "debug", "fatal"]
        return [
            f"2024-05-{self.randint(1, 28):02} {self.randint(0, 23):02}:{self.randint(0, 59):02}"
            f" {self.choice(levels)} {self.choice(pool()[:30])} /{self.word()}"
            + (
                f" took {self.randint(1, 900)}.{self.randint(0, 9)}ms"
                if self.random() < 0.7
                else " ok"
            )
            for _ in range(count)
        ]


@cache
def pool() -> list[str]:
    """Return words that are the same in every run."""
    return Draw("words").distinct(5000)


def calls(slow: Slow, sizes: Sequence[int], salt: str) -> list[str]:
    """Return a call of ``candidate`` for each size, as text."""
    code = compile(slow.calls, slow.name, "eval")
    made = []
    for number, size in enumerate(sizes):
        space = {
            "draw": Draw(f"{salt} {slow.name} {number}"),
            "n": size,
            "date": date,
            "timedelta": timedelta,
        }
        arguments = eval(code, space)
        made.append(f"candidate({', '.join(map(repr, arguments))})")
    return made


def subject(slow: Slow, python: Path, folder: Path) -> Subject:
    """Return the function as a subject, its fast version measured. Raises Cannot.

    ``folder`` has the module of nodes; see field_sets.
    """
    given = calls(
        slow,
        [*(min(one, slow.size) for one in GIVEN), slow.size // 2 or 1, slow.size, slow.size],
        "given",
    )
    held = calls(
        slow, [*(min(one, slow.size) for one in HELD), slow.size * 3 // 4 or 1, slow.size], "held"
    )
    texts = [slow.text, slow.reference]
    every = [*given, *held]
    found = run(python, folder, texts=texts, entry=slow.name, calls=every, repeats=3, values=True)
    for call, before, after in zip(every, *found["outcomes"], strict=True):
        if before != after:
            raise Cannot(f"{call[:300]}: {before} became {after}")
        if before[0].startswith("raises"):
            raise Cannot(f"{call[:300]}: {before[0]}")
    spent = [sum(one[: len(given)]) for one in found["seconds"]]
    shown = [stated(*one) for one in zip(given, found["values"], strict=False)]
    return Subject(
        SET, slow.name, slow.text, slow.name, tuple(shown), tuple(held), slow.reference,
        spent[0] / spent[1],
    )  # fmt: skip


def check(every: Sequence[Slow], python: Path) -> Iterator[str]:
    """Yield what is wrong with the set, while timing each function."""
    names = [one.name for one in every]
    for name in {one for one in names if names.count(one) > 1}:
        yield f"{name}: twice"
    with TemporaryDirectory(prefix="perfopt-slow-") as text:
        folder = Path(text)
        (folder / f"{NODES}.py").write_text(nodes_text(), encoding="utf-8")
        for slow in every:
            try:
                made = subject(slow, python, folder)
                told = run(python, folder, texts=[slow.text], entry=slow.name,
                           calls=list(made.given), repeats=2)  # fmt: skip
            except (Cannot, SyntaxError) as error:
                yield f"{slow.name}: {error}"
                continue
            dearest, together = max(told["seconds"][0]), sum(told["seconds"][0])
            size = sum(map(len, made.given)) // 1000
            print(f"{slow.group:11} {slow.name:20} {slow.kind:12} {1000 * together:7.2f} ms"
                  f" {made.gain:8.2f}x {size:5} kB")  # fmt: skip
            if together < LEAST_SECONDS or dearest > MOST_SECONDS:
                yield (f"{slow.name}: its calls take {1000 * together:.2f} ms,"
                       f" one of them {1000 * dearest:.2f} ms")  # fmt: skip
            if made.gain < LEAST_GAIN:
                yield f"{slow.name}: the fast version is {made.gain:.2f}x as fast"


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="run and time every function")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these functions")
    options = parser.parse_args(argv)
    every = [one for one in load() if not options.only or one.name in options.only]
    wrong = list(check(every, Path(sys.executable))) if options.check else []
    for one in wrong:
        print(one, file=sys.stderr)
    print(f"{len(every)} functions, {len(wrong)} faults")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
