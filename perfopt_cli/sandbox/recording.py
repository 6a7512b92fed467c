"""Record the calls that tests and workloads make of targets, in the unchanged project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from perfopt_cli.core import BaselineError, Target
from perfopt_cli.sandbox.messages import last_line
from perfopt_cli.sandbox.session import Ending, Message, Session
from perfopt_cli.sandbox.verify import SuiteRun, Verifier
from perfopt_cli.sandbox.workloads import Ran
from perfopt_cli.source import find, read_source

RECORD_PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Recording:
    """What the recording run left: a message for each target, and where imports were found.

    ``ran`` is how each workload ended, in the verifier's order.
    """

    recorded: Mapping[tuple[str, str], Message]
    sys_path: tuple[str, ...]
    run: SuiteRun
    ran: tuple[Ran, ...] = ()


def record(verifier: Verifier, targets: Sequence[Target], on_test: object = None) -> Recording:
    """Run the whole suite of the unchanged project once, recording calls of the targets.

    Then its workloads. Raises BaselineError where the suite doesn't end as it should.
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
    ran = []
    for program, before in zip(verifier.programs, verifier.baseline.workloads, strict=True):
        more = {**request, "arguments": [], "program": program.request()}
        seconds = RECORD_PATIENCE * before.seconds + 60
        ran.append(_record_program(session, more, seconds, targets, recorded, sys_path))
    return Recording(recorded, tuple(sys_path), run, tuple(ran))


def _record_program(
    session: Session,
    request: Message,
    seconds: float,
    targets: Sequence[Target],
    recorded: dict[tuple[str, str], Message],
    sys_path: list[str],
) -> Ran:
    """Record the calls of a program too; add what is said of them to what was said before."""
    told: Message | None = None
    with session.open(request, seconds=seconds) as worker:
        for message in worker:
            if message["kind"] == "recorded":
                target = targets[message["target"]]
                place = target.path, target.qualname
                recorded[place] = _together(recorded[place], message)
            elif message["kind"] == "recording":
                told = message
                sys_path += [entry for entry in message["sys_path"] if entry not in sys_path]
                more = memory_limit(message["peak"])
                if session.memory_bytes is None or more is None:
                    session.memory_bytes = more
                else:
                    session.memory_bytes = max(session.memory_bytes, more)
    return Ran.of(worker.ending, worker.errors, told)


def _together(before: Message, more: Message) -> Message:
    """Return one message for a target; ``kept`` counts the calls of both already."""
    told = {name: before[name] + more[name] for name in ("seen", "shapes", "refused", "altered")}
    missed = [one["missed"] for one in (before, more) if one["missed"] is not None]
    never = sorted(set.intersection(*map(set, missed))) if missed else None
    return {**more, **told, "missed": never}


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
