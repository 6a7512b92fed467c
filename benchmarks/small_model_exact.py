"""How often does the small model write the very rewrite that a held-out pair has?

A reply counts if it makes the pair's fast code up to local names, layout and
comments: both are said in the model's language, and compared. The held-out
pairs are those of a folder's val.jsonl or test.jsonl, which are of packages and
problems that training never saw.

    python benchmarks/small_model_exact.py DATA MODEL [--split val] [--pairs N] …

MODEL is a folder that perfopt train has written (asked by torch: beam search),
or one with the exported graphs (asked as perfopt optimize asks).
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from perfopt_cli.model.mini.language import (  # noqa: E402
    NOTHING,
    Reading,
    Unreadable,
    apply_reply,
    read,
    write_lesson,
)
from perfopt_cli.model.mini.weights import MANIFEST  # noqa: E402

FIRST, WIDE = 1, 4
"""Of so many replies one has to be right."""

BOUNDS = (0.8, 0.5, 0.3, 0.1, 0.03, 0.01, 1e-3, 0.0)
"""Replies are counted by how probable the model holds them to be, from each of these on."""


@dataclass(frozen=True, slots=True)
class Said:
    """A reply, and how probable it is by the model; None where that is not known."""

    text: str
    chance: float | None = None


Ask = Callable[[Sequence[Reading]], list[list[Said]]]


@dataclass(frozen=True, slots=True)
class Case:
    """A held-out pair in the model's language."""

    reading: Reading
    wanted: str
    family: str


@dataclass(slots=True)
class Tally:
    """What came of the cases of one family."""

    cases: int = 0
    first: int = 0
    wide: int = 0
    parsed: int = 0
    replies: int = 0
    judged: Counter[float] = field(default_factory=Counter)
    right: Counter[float] = field(default_factory=Counter)


def main() -> None:
    """Ask the model, and print the figures."""
    options = _options()
    cases = read_cases(options.data / f"{options.split}.jsonl", options.pairs, options.seed)
    shipped = (options.model / MANIFEST).is_file()
    ask = by_runner(options.model, options.beams) if shipped else by_torch(options.model, options)
    found: dict[str, Tally] = defaultdict(Tally)
    for at in range(0, len(cases), options.batch):
        part = cases[at : at + options.batch]
        for case, replies in zip(part, ask([case.reading for case in part]), strict=True):
            count(found[case.family], case, replies)
            if options.show:
                _show(case, replies)
    report(found, options.output)


def read_cases(path: Path, most: int, seed: int) -> list[Case]:
    """Return up to so many pairs that the language can say, drawn at random."""
    with path.open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    random.Random(seed).shuffle(rows)
    cases: list[Case] = []
    for row in rows:
        try:
            reading = read(row["slow"])
            wanted = without_family(write_lesson(reading, row["fast"]))
        except Unreadable:
            continue
        cases.append(Case(reading, wanted, row.get("family", "")))
        if len(cases) == most:
            break
    return sorted(cases, key=lambda case: len(case.reading.text))


def without_family(reply: str) -> str:
    """Return a reply without the tag that it begins with."""
    first, _, rest = reply.partition(" ")
    return rest if first.startswith("f:") else reply


def count(tally: Tally, case: Case, replies: Sequence[Said]) -> None:
    """Count the replies to a case."""
    said = [canonical(case.reading, reply.text) for reply in replies[:WIDE]]
    tally.cases += 1
    tally.first += case.wanted in said[:FIRST]
    tally.wide += case.wanted in said
    tally.parsed += sum(one is not None for one in said)
    tally.replies += len(said)
    for reply, form in zip(replies, said, strict=False):
        if reply.chance is not None and form != NOTHING:
            bound = next(one for one in BOUNDS if reply.chance >= one)
            tally.judged[bound] += 1
            tally.right[bound] += form == case.wanted


def canonical(reading: Reading, reply: str) -> str | None:
    """Return the one way to say what a reply makes; None where no code comes of it."""
    if reply.strip() == NOTHING:
        return NOTHING
    written = apply_reply(reading, reply)
    if written is None:
        return None
    try:
        return without_family(write_lesson(reading, written.source))
    except Unreadable:
        return None


def by_torch(folder: Path, options: argparse.Namespace) -> Ask:
    """Return what asks a checkpoint, several readings at a time."""
    import torch
    from transformers import GenerationConfig

    from perfopt_cli.model.loading import quiet, read_model, read_tokenizer

    with quiet():
        model, tokenizer = read_model(folder, "auto", "cpu").eval(), read_tokenizer(folder)
    settings = GenerationConfig(
        num_beams=options.beams,
        num_return_sequences=min(options.beams, WIDE),
        max_new_tokens=options.words,
        do_sample=False,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        decoder_start_token_id=tokenizer.bos_token_id,
    )

    def ask(readings: Sequence[Reading]) -> list[list[Said]]:
        texts = [reading.text for reading in readings]
        with quiet(), torch.no_grad():
            given = tokenizer(texts, padding=True, return_tensors="pt")
            written = model.generate(
                input_ids=given["input_ids"],
                attention_mask=given["attention_mask"],
                generation_config=settings,
            )
        said = [Said(one) for one in tokenizer.batch_decode(written, skip_special_tokens=True)]
        each = settings.num_return_sequences
        return [said[at : at + each] for at in range(0, len(said), each)]

    return ask


def by_runner(folder: Path, beams: int) -> Ask:
    """Return what asks exported graphs as perfopt optimize does; replies are in order."""
    from perfopt_cli.model.mini.proposer import replies
    from perfopt_cli.model.mini.runner import Runner
    from perfopt_cli.model.mini.vocabulary import VOCABULARY, text

    runner = Runner(folder, VOCABULARY)

    def ask(readings: Sequence[Reading]) -> list[list[Said]]:
        found = [replies(runner, one, one.source, n=beams) for one in readings]
        return [[Said(text(list(one.words)), math.exp(one.total)) for one in row] for row in found]

    return ask


def report(found: dict[str, Tally], output: Path | None) -> None:
    """Print the figures of all and of each family, and write them as JSON."""
    whole = Tally()
    for tally in found.values():
        for name in Tally.__slots__:
            setattr(whole, name, getattr(whole, name) + getattr(tally, name))
    by_chance = [(one, whole.judged[one], whole.right[one]) for one in BOUNDS if whole.judged[one]]
    rows: dict[str, Any] = {}
    for family, tally in [("all", whole), *sorted(found.items(), key=lambda one: -one[1].cases)]:
        rows[family] = {
            "cases": tally.cases,
            "first": tally.first / max(1, tally.cases),
            "wide": tally.wide / max(1, tally.cases),
            "parsed": tally.parsed / max(1, tally.replies),
        }
        figures = rows[family]
        print(
            f"{family:24} {tally.cases:6}  first {figures['first']:.3f}  "
            f"of {WIDE} {figures['wide']:.3f}  parse {figures['parsed']:.3f}"
        )
    for bound, judged, right in by_chance:
        print(f"rewrites of a probability from {bound:g}: {judged}, {right / judged:.1%} right")
    rows["all"]["by_chance"] = by_chance
    if output:
        output.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def _show(case: Case, replies: Sequence[Said]) -> None:
    print(f"{case.family}: {case.reading.text}\n  wanted {case.wanted}")
    for reply in replies:
        print(f"  wrote  {reply.text}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Exact matches of the small model.")
    parser.add_argument("data", type=Path, help="a folder that perfopt pairs has written")
    parser.add_argument("model", type=Path, help="a checkpoint, or a folder with graphs")
    parser.add_argument("--split", choices=("val", "test"), default="val")
    parser.add_argument("--pairs", type=int, default=500, help="at most")
    parser.add_argument("--beams", type=int, default=4)
    parser.add_argument("--words", type=int, default=96, help="of a reply, at most")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", action="store_true", help="print the replies")
    parser.add_argument("--output", type=Path, help="write the figures there, as JSON")
    return parser.parse_args()


if __name__ == "__main__":
    main()
