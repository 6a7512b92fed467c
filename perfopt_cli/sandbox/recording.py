"""Record the calls that the tests make of targets, in one run of the unchanged project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from perfopt_cli.core import BaselineError, Target
from perfopt_cli.sandbox.messages import last_line
from perfopt_cli.sandbox.session import Ending, Message, Session
from perfopt_cli.sandbox.verify import SuiteRun, Verifier
from perfopt_cli.source import find, read_source

RECORD_PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Recording:
    """What the recording run left: a message for each target, and where imports were found."""

    recorded: Mapping[tuple[str, str], Message]
    sys_path: tuple[str, ...]
    run: SuiteRun


def record(verifier: Verifier, targets: Sequence[Target], on_test: object = None) -> Recording:
    """Run the whole suite of the unchanged project once, recording calls of the targets.

    Raises BaselineError where the run doesn't end as it should.
    """
    session = verifier.session
    request: Message = {
        "job": "record",
        "arguments": list(verifier.arguments),
        "targets": [spec_of(session, target, number) for number, target in enumerate(targets)],
    }
    recorded: dict[tuple[str, str], Message] = {}
    outcomes: dict[str, str] = {}
    texts: dict[str, str] = {}
    sys_path: list[str] = []
    seconds = RECORD_PATIENCE * verifier.baseline.seconds + 60
    with session.open(request, seconds=seconds) as worker:
        for message in worker:
            if message["kind"] == "test":
                outcomes[message["id"]] = message["outcome"]
                texts[message["id"]] = message["text"]
                if callable(on_test):
                    on_test(len(outcomes), verifier.baseline.tests)
            elif message["kind"] == "recorded":
                target = targets[message["target"]]
                recorded[target.path, target.qualname] = message
            elif message["kind"] == "recording":
                sys_path = message["sys_path"]
                session.memory_bytes = memory_limit(message["peak"])
    if worker.ending is not Ending.DONE:
        problem = last_line(worker.errors) or f"the test run {worker.ending}"
        raise BaselineError(f"the tests ran once, but not while calls were recorded: {problem}")
    run = SuiteRun(outcomes, texts, worker.ending, worker.errors)
    return Recording(recorded, tuple(sys_path), run)


def memory_limit(peak: int | None) -> int | None:
    """Return the bound on a candidate's address space, from the peak of the unchanged project.

    Half as much again and a gigabyte, as thread stacks and allocators take
    address space in large steps.
    """
    return None if peak is None else peak + peak // 2 + 2**30


def spec_of(session: Session, target: Target, number: int) -> Message:
    """Return where a worker finds a target, and its recorded calls."""
    place = session.place
    file = place.copy / target.path
    return {
        "file": str(file),
        "qualname": target.qualname,
        "module": target.module,
        "first": first_line(file, target.qualname),
        "calls": str(place.shared / f"calls-{number}"),
    }


def first_line(file: Path, qualname: str) -> int:
    """Return the line of the function's first decorator, which is its code object's first line."""
    return find(read_source(file).text, qualname).first
