"""Make a folder of pairs: a part for each package, then the three splits."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perfopt_cli import __version__
from perfopt_cli.core import PerfoptError
from perfopt_cli.train.pairs.balance import Row, balanced, done, split_of
from perfopt_cli.train.pairs.corpus import Package, find_packages, functions
from perfopt_cli.train.pairs.make import NOTHING, Made, different, digest, pairs_of
from perfopt_cli.train.pairs.of_problems import (
    ASKED_FOLDER,
    SPLITS,
    of_problems,
    write,
    write_asked,
)
from perfopt_cli.train.pairs.shapes.draw import ORIGIN, drawn, embedded
from perfopt_cli.train.pairs.trials import Bench, batches

if TYPE_CHECKING:
    from perfopt_cli.console import Screen

_PARTS = "parts"
_FORM = 1
_FILES = 25
_TOGETHER = 6
_EMBEDDED = "-shapes"
_SHAPES, _DRAWN = 100, 400
_SPARE = 1.2
"""So many times the pairs that are wanted are made, so that families can be balanced."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a folder of pairs is made of.

    ``folders`` are site-packages folders; ``problems`` holds sets of problems
    with tests, whose programs ``python`` runs.
    """

    output: Path
    folders: tuple[Path, ...]
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    count: int = 150_000
    seed: int = 0
    jobs: int = 1
    run: bool = True
    sandbox: str = "auto"
    problems: Path | None = None
    python: Path = Path(sys.executable)


@dataclass(frozen=True, slots=True)
class Built:
    """What came of it: pairs in each split and family, the reasons that pairs were dropped for."""

    splits: dict[str, int]
    families: dict[str, int]
    tried: dict[str, int]
    dropped: dict[str, int]


def build(options: Options, screen: Screen) -> Built:
    """Make the pairs, and write them with their sources. Raises PerfoptError.

    What was finished before a stop is not made again.
    """
    packages, refused = find_packages(options.folders, only=options.only, without=options.without)
    missing = {name.lower() for name in options.only} - {ORIGIN, *(one.name for one in packages)}
    if missing - set(refused):
        raise PerfoptError(
            f"no such package here: {', '.join(sorted(missing - set(refused)))}; "
            "install it first, or name its site-packages folder by --corpus"
        )
    if missing:
        raise PerfoptError(
            f"{', '.join(sorted(missing))}: by its metadata the licence is not a permissive one; "
            "pairs are made only of code that may be passed on"
        )
    parts = _prepare(options)
    _write_sources(options.output, packages)
    if refused:
        screen.note(f"left out by licence: {len(refused)} packages")
    screen.stage(f"pairs from {len(packages)} packages")
    drawn_too = ORIGIN in (options.only or [ORIGIN]) and ORIGIN not in options.without
    pieces = in_parts(packages, options.seed, shapes=drawn_too)
    used = _make_parts(pieces, parts, options, screen)
    return _assemble(pieces[:used], parts, options, list(of_problems(options, screen)))


def _prepare(options: Options) -> Path:
    """Make the folder, or take one that was made by the same options."""
    parts = options.output / _PARTS
    known = options.output / "pairs.json"
    mine = {"form": _FORM, "seed": options.seed, "run": options.run}
    try:
        parts.mkdir(parents=True, exist_ok=True)
        if known.exists():
            before = json.loads(known.read_text("utf-8"))
            if before != mine:
                raise PerfoptError(
                    f"{options.output} holds pairs made with other options ({before}); "
                    "name another folder, or remove that one"
                )
        else:
            write(known, json.dumps(mine))
    except (OSError, ValueError) as error:
        raise PerfoptError(f"{options.output} can't be used for pairs: {error}") from None
    return parts


def _write_sources(output: Path, packages: Iterable[Package]) -> None:
    rows = [{"name": one.name, "version": one.version, "licence": one.licence} for one in packages]
    write(output / "sources.json", json.dumps(rows, indent=1))


def in_parts(packages: Iterable[Package], seed: int, *, shapes: bool) -> list[Package]:
    """Return the packages in pieces of some files each, ``PACKAGE-NUMBER``, in drawn order.

    Functions that are only a shape come first: they are few beside those of packages.
    """
    own = Package(ORIGIN, __version__, "MIT", ())
    numbers = range(_SHAPES if shapes else 0)
    pieces = [
        replace(one, files=one.files[at : at + _FILES], part=f"{one.name}-{at // _FILES:03}{end}")
        for one in packages
        for at in range(0, len(one.files), _FILES)
        for end in ("", _EMBEDDED)
    ]
    pieces += [replace(own, part=f"{ORIGIN}-{at:03}") for at in numbers]
    return sorted(pieces, key=lambda one: (one.name != ORIGIN, digest(f"{seed} {one.part}")))


def _make_parts(pieces: list[Package], parts: Path, options: Options, screen: Screen) -> int:
    """Make parts in order until there are enough pairs to choose from; return how many parts."""
    groups = [pieces[at : at + _TOGETHER] for at in range(0, len(pieces), _TOGETHER)]
    jobs = max(1, min(options.jobs, len(groups)))
    wanted, rows, used = options.count * _SPARE, 0, 0
    if not wanted:
        return 0
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        ahead: list[Future[list[int]]] = []
        try:
            for at, group in enumerate(groups):
                more = groups[at + len(ahead) : at + 2 * jobs]
                ahead += [pool.submit(make_parts, one, parts, options) for one in more]
                for made in ahead.pop(0).result():
                    if rows < wanted:
                        rows, used = rows + made, used + 1
                screen.tests(min(rows, int(wanted)), int(wanted))
                if rows >= wanted or used < at * _TOGETHER + len(group):
                    break
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    return used


def make_parts(pieces: list[Package], parts: Path, options: Options) -> list[int]:
    """Write the pairs of some pieces, and return how many each has."""
    known = [parts / f"{piece.part}.jsonl" for piece in pieces]
    if not options.run or all(path.exists() for path in known):
        return [make_part(piece, parts, options, None) for piece in pieces]
    with Bench(options.sandbox) as bench:
        return [make_part(piece, parts, options, bench) for piece in pieces]


def make_part(package: Package, parts: Path, options: Options, bench: Bench | None) -> int:
    """Write the pairs of one piece, and return how many; the file is there when all of them are."""
    path = parts / f"{package.part}.jsonl"
    if path.exists():
        return path.read_bytes().count(b"\n") - 1
    if package.name == ORIGIN:
        made = drawn(int(package.part.rpartition("-")[2]), _DRAWN, options.seed)
    else:
        make = embedded if package.part.endswith(_EMBEDDED) else pairs_of
        made = (
            pair
            for function in different(functions(package), set())
            for pair in make(function, options.seed)
        )
    tried: Counter[str] = Counter()
    dropped: Counter[str] = Counter()
    rows = [json.dumps(row) for row in _rows(made, bench, tried, dropped)]
    rows.append(json.dumps({"tried": tried, "dropped": dropped}))
    write(path, "\n".join(rows) + "\n")
    return len(rows) - 1


def _rows(
    made: Iterable[Made], bench: Bench | None, tried: Counter[str], dropped: Counter[str]
) -> Iterator[Row]:
    if bench is None:
        for pair in made:
            tried[pair.family] += 1
            yield _row(pair)
        return
    for batch in batches(made):
        for pair, trial in zip(batch, bench.run(batch), strict=True):
            tried[pair.family] += 1
            if trial.ratio is None:
                dropped[trial.why] += 1
            else:
                yield {**_row(pair), "ratio": trial.ratio}


def _row(pair: Made) -> Row:
    row = asdict(pair)
    del row["imports"]
    return row


def _assemble(
    packages: list[Package], parts: Path, options: Options, measured: list[tuple[str, Row]]
) -> Built:
    rows: list[Row] = []
    tried: Counter[str] = Counter()
    dropped: Counter[str] = Counter()
    for package in packages:
        for line in (parts / f"{package.part}.jsonl").read_text("utf-8").splitlines():
            row: Any = json.loads(line)
            if "slow" in row:
                rows.append(row)
            else:
                tried.update(row["tried"])
                dropped.update(row["dropped"])
    chosen = balanced(rows, options.count, options.seed)
    learned = done(chosen, options.seed)
    chosen += [row for row in learned if split_of(row["origin"], options.seed) != "test"]
    splits: dict[str, list[str]] = {name: [] for name in SPLITS}
    for row in chosen:
        splits[split_of(row["origin"], options.seed)].append(json.dumps(row))
    # What was not timed is only asked about.
    known = [one for one in measured if one[1].get("ratio") or one[1]["family"] == NOTHING]
    for split, row in known:
        splits[split].append(json.dumps(row))
    for name, lines in splits.items():
        write(options.output / f"{name}.jsonl", "".join(line + "\n" for line in lines))
    if measured:
        write_asked(measured, options.output / ASKED_FOLDER)
    families = Counter(row["family"] for row in [*chosen, *(row for _, row in known)])
    return Built(
        {name: len(lines) for name, lines in splits.items()},
        dict(families.most_common()),
        dict(tried.most_common()),
        dict(dropped.most_common()),
    )


def site_folders() -> tuple[Path, ...]:
    """Return the folders of installed packages of this interpreter."""
    found = (Path(one) for one in sys.path if one)
    return tuple(one for one in found if one.name in ("site-packages", "dist-packages"))
