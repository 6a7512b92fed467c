"""Where the candidates of an evaluation come from: a model, the rules, or a file."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from perfopt_cli import __version__
from perfopt_cli.core import PerfoptError
from perfopt_cli.train.records import Pair

REPLAY_FORM = '{"row": 0, "source": "…"}, or "where": "FILE:LINE", or "group": "…" for "row"'


class Source(Protocol):
    """A source of candidate programs.

    ``name`` is as the user wrote it; ``identity`` tells two sources of one name
    apart (what is in a file or folder). ``notes`` are for the user to read.
    ``most`` is how many candidates it has for a program, or None for a source
    that makes as many as it is asked for.
    """

    name: str
    most: int | None

    @property
    def identity(self) -> str:
        """A text that differs where the candidates may."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the figures must know."""

    def propose(self, number: int, pair: Pair, n: int) -> list[str]:
        """Return up to n programs for the pair's slow one, best guess first."""


class RulesSource:
    """The built-in rewrites, on each function of a program and on its top level."""

    name = "rules"
    most: int | None = None

    @property
    def identity(self) -> str:
        """The version, and the names of the rules."""
        from perfopt_cli.model.rules import RULES

        return " ".join([__version__, *RULES])

    @property
    def notes(self) -> tuple[str, ...]:
        """What is measured beside the rules."""
        return (
            "rules: top-level code with loops is moved into a function, which alone makes Python "
            "faster; where a rule finds something to do in it, that goes first",
        )

    def propose(self, number: int, pair: Pair, n: int) -> list[str]:
        """Return the program with all rewrites, then with one at a time."""
        from perfopt_cli.train.evaluation.whole_programs import rewrite_program

        return rewrite_program(pair.slow, n)


@dataclass(frozen=True, slots=True)
class _Line:
    key: str
    value: int | str
    source: str


class ReplaySource:
    """Programs from a file with one JSON object a line, in the order of the file.

    A line names its program by ``row`` (0-based among the split's programs that
    can be used), ``where`` (its file and line in the data, ``test.jsonl:12``) or
    ``group`` (every program of the problem). Reads the whole file at once;
    raises PerfoptError for the first line that won't do.
    """

    def __init__(self, path: Path) -> None:
        from perfopt_cli.source import digest

        self.name = f"replay:{path}"
        try:
            data = path.read_bytes()
            text = data.decode("utf-8-sig")
        except FileNotFoundError:
            raise PerfoptError(f"replay file {path} does not exist; check the path") from None
        except (OSError, UnicodeDecodeError) as error:
            raise PerfoptError(f"replay file {path} can't be read: {error}") from None
        self.identity = digest(data)
        self.notes: tuple[str, ...] = ()
        self.most: int | None = None
        self._lines: dict[tuple[str, int | str], list[str]] = defaultdict(list)
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                found = _line(path, number, line)
                self._lines[found.key, found.value].append(found.source)
        # One program may be named in three ways.
        of_kind = [
            max((len(found) for (key, _), found in self._lines.items() if key == kind), default=0)
            for kind in ("row", "where", "group")
        ]
        self.most = max(1, sum(of_kind))

    def propose(self, number: int, pair: Pair, n: int) -> list[str]:
        """Return up to n of the program's lines."""
        keys = (("row", number), ("where", pair.where), ("group", pair.group))
        return [source for key in keys for source in self._lines.get(key, ())][:n]


def _line(path: Path, number: int, text: str) -> _Line:
    try:
        record = json.loads(text)
        if not isinstance(record, dict):
            raise ValueError("not a JSON object")
        source = record.get("source")
        if not isinstance(source, str):
            raise ValueError('"source" must be a string')
        key, value = _key(record)
    except (ValueError, RecursionError) as error:
        raise PerfoptError(
            f"{path}, line {number}: {error}; a line has the form {REPLAY_FORM}"
        ) from None
    return _Line(key, value, source)


def _key(record: dict[str, Any]) -> tuple[str, int | str]:
    named = [name for name in ("row", "where", "group") if name in record]
    if len(named) != 1:
        raise ValueError('it must have one of "row", "where" and "group"')
    value = record[named[0]]
    wanted = int if named[0] == "row" else str
    if type(value) is not wanted:
        raise ValueError(f'"{named[0]}" must be {"a number" if wanted is int else "a string"}')
    return named[0], value


def _under(adapter: Path | None) -> tuple[str, Path | None]:
    """Return the model that an adapter names as its base, and the adapter."""
    from perfopt_cli.model.checkpoint import base_of, check_adapter, is_whole_model

    if adapter is None:
        return "rules", None
    if is_whole_model(adapter):
        return str(adapter), None
    check_adapter(adapter)
    base = base_of(adapter)
    if base is None:
        raise PerfoptError(f"the adapter {adapter} names no base model; give it with --model")
    return base, adapter


def open_source(
    spec: str | None,
    *,
    adapter: Path | None,
    quantize: str,
    style: str | None,
    preset: str | None,
    seed: int,
) -> Source:
    """Return the source that ``--model`` names. Loads nothing heavy yet. Raises PerfoptError.

    Without a name: the model under the adapter, or the rules where there is no
    adapter. A run's folder with a whole model may be named as the adapter.
    """
    from perfopt_cli.model.server.address import is_server

    if spec is None:
        spec, adapter = _under(adapter)
    without_weights = spec == "rules" or spec.startswith("replay:")
    if without_weights and adapter is not None:
        raise PerfoptError(f"--adapter needs a local model under it, and --model {spec} is none")
    if spec == "rules":
        return RulesSource()
    if spec.startswith("replay:"):
        return ReplaySource(Path(spec.removeprefix("replay:")))
    if is_server(spec):
        raise PerfoptError(
            f"--model {spec}: perfopt evaluate asks no model servers; "
            "use rules, replay:FILE.jsonl, or a folder or hub name of a model"
        )
    from perfopt_cli.train.evaluation.model_source import open_model_source

    return open_model_source(spec, adapter, quantize, style=style, preset=preset, seed=seed)
