"""The tests of a change, held against those of its base by node id."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from perfopt_cli.core import Baseline
from perfopt_cli.sandbox.gate import Refusal
from perfopt_cli.sandbox.messages import last_line
from perfopt_cli.sandbox.session import Ending
from perfopt_cli.sandbox.verify import SuiteRun, Verifier

ALL_RAN = (0, 1)
SHOWN = 5
GO_ON = "--continue-on-collection-errors"


def with_lost(baseline: Baseline, run: SuiteRun) -> SuiteRun:
    """Return the run with an outcome for each test of the base that was meant to run and did not.

    A test that is in neither a broken file nor behind the end of a run that
    stopped early was taken out by the change: it has no outcome.
    """
    broken = [name for name in run.outcomes if "::" not in name and run.outcomes[name] == "error"]
    ran = len(run.outcomes) - len(broken)
    stopped = run.code not in ALL_RAN or ran < run.collected
    why = last_line(run.errors) if run.code not in ALL_RAN else ""
    outcomes, texts = dict(run.outcomes), dict(run.texts)
    for name in baseline.outcomes:
        if name in outcomes or run.ending is not Ending.DONE:
            continue
        file = next((one for one in broken if is_in(name, one)), None)
        if file is not None:
            outcomes[name], texts[name] = "could not be collected", run.texts.get(file, "")
        elif stopped:
            outcomes[name], texts[name] = "did not run", why or "the test run stopped before it"
    return replace(run, outcomes=outcomes, texts=texts)


def is_in(name: str, place: str) -> bool:
    """Tell whether the test is in the file or folder, given as pytest names them."""
    return place in ("", ".") or name.startswith((f"{place}::", f"{place}/"))


def refusal(verifier: Verifier, run: SuiteRun, tests: Sequence[str]) -> Refusal | None:
    """Return why these tests speak against the change, or None."""
    known = {name: run.outcomes[name] for name in tests if name in run.outcomes}
    return verifier.judge(replace(run, outcomes=known), tuple(known))


def problems(verifier: Verifier, run: SuiteRun, reached: Collection[str]) -> Iterator[str]:
    """Say which tests have another outcome than in the base, but for those named."""
    if run.ending is not Ending.DONE:
        found = refusal(verifier, run, ())
        yield f"the tests of the change: {found.detail if found else run.ending.value}"
    others = [
        found.detail
        for name in verifier.baseline.outcomes
        if name not in reached
        and (found := refusal(verifier, replace(run, ending=Ending.DONE), (name,)))
    ]
    yield from others[:SHOWN]
    if len(others) > SHOWN:
        yield f"and {len(others) - SHOWN} more tests have another outcome than before"


def notes(baseline: Baseline, run: SuiteRun) -> Iterator[str]:
    """Say which tests are new and which are gone."""
    if run.ending is not Ending.DONE:
        return
    if gone := [name for name in baseline.outcomes if name not in run.outcomes]:
        yield f"{_count(gone, 'test')} of the base {_are(gone)} gone: {_shown(gone)}"
    new = [name for name in run.outcomes if name not in baseline.outcomes and "::" in name]
    if new:
        yield f"{_count(new, 'test')} {_are(new)} new: {_shown(new)}"
    if failing := [name for name in new if run.outcomes[name] in ("failed", "error")]:
        yield f"{_count(failing, 'new test')} {_are(failing)} failing: {_shown(failing)}"


def _count(names: Sequence[str], what: str) -> str:
    return f"{len(names)} {what}{'s' * (len(names) != 1)}"


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _shown(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
