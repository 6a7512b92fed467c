"""What is asked about a target, and when that ends: rounds over its verified candidates.

Cheap sources go first; models are asked while what is left to gain can pay.
In each round a source is asked about the original, with what became of earlier
candidates, or about one of the best verified candidates, as if that were the
original. Whatever comes of it is judged against the original.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from perfopt_cli.config import Settings
from perfopt_cli.core import Proposer, Reason, Status, Target, Verdict

BEAM = 2
"""From how many verified candidates a round goes on."""

EQUIVALENT = (Reason.SLOWER_SOMEWHERE, Reason.NOISY, Reason.NOT_FASTER)
NOT_JUDGED = (Reason.UNTESTED, Reason.FLAKY)
ORDER = (
    Reason.FASTER,
    Reason.SLOWER_SOMEWHERE,
    Reason.DIVERGED,
    Reason.TESTS_FAILED,
    Reason.NOISY,
    Reason.NOT_FASTER,
    Reason.TIMED_OUT,
    Reason.UNSAFE,
    Reason.SANDBOX,
    Reason.CRASHED,
    Reason.INVALID,
)
"""How much a verdict tells whoever tries again: what is nearest to an accepted one first."""


@dataclass(frozen=True, slots=True)
class Question:
    """A source is asked for up to n candidates, from ``start`` on; from the original if None."""

    source: Proposer
    n: int
    round: int = 0
    start: Verdict | None = None


class Search:
    """The rounds of one target. ``add`` has to hear of each verdict before the next questions.

    ``late`` tells whether the time is over, ``weak`` why recorded calls can't
    judge, or nothing. ``unasked`` is why no model was asked, or empty.
    """

    def __init__(
        self,
        target: Target,
        sources: Sequence[Proposer],
        settings: Settings,
        late: Callable[[], bool],
        weak: Callable[[], str],
    ) -> None:
        self.target = target
        self.settings = settings
        self.unasked = ""
        self._late = late
        self._weak = weak
        self._cheap = [one for one in sources if not is_dear(one)]
        self._dear = [one for one in sources if is_dear(one)]
        self._verdicts: list[Verdict] = []
        self._asked: set[tuple[int, str, int]] = set()
        self._ended: set[int] = set()
        self._began_with: Verdict | None = None
        self._model_round: int | None = None

    def add(self, verdict: Verdict) -> None:
        """Note what became of a candidate."""
        self._verdicts.append(verdict)

    def end(self, source: Proposer) -> None:
        """Ask the source no more about this target: it failed, or has nothing new."""
        self._ended.add(id(source))

    @property
    def accepted(self) -> list[Verdict]:
        """The accepted candidates, fastest first."""
        return self._fastest(one for one in self._verdicts if one.status is Status.ACCEPTED)

    @property
    def best(self) -> Verdict | None:
        """The fastest accepted candidate."""
        return next(iter(self.accepted), None)

    @property
    def left(self) -> float:
        """The share of the tests' time that the function has with the fastest candidate."""
        return self.target.share / (ratio(self.best) or 1.0)

    def tried(self) -> tuple[Verdict, ...]:
        """Return the verdicts that tell something, the best first."""
        told = [one for one in self._verdicts if one.reason in ORDER]
        return tuple(sorted(told, key=_worth_telling))

    def enough(self) -> bool:
        """Tell whether the rest of the candidates that were asked for last can be passed over.

        So it is after one that is faster than all before; but replies of a
        model cost more than judging them, where it would be asked again.
        """
        if self.settings.all_candidates or self.best is self._began_with:
            return False
        number = self._model_round
        goes_on = number is not None and number + 1 < self.settings.rounds
        return not (goes_on and self._pays() and not self._late())

    def of_cheap_sources(self) -> Iterator[list[Question]]:
        """Yield what is to be asked of the sources that are no models, round by round."""
        self._begin(None)
        yield [Question(one, self.settings.candidates) for one in self._cheap]
        for number in range(1, self.settings.rounds):
            questions = self._compositions(number)
            if not questions:
                return
            self._begin(None)
            yield questions

    def of_models(self) -> Iterator[list[Question]]:
        """Yield what is to be asked of models, and of cheap sources about what comes of it."""
        was_asked = False
        why = ""
        for number in range(self.settings.rounds):
            if number:
                self._begin(None)
                if questions := self._compositions(number):
                    yield questions
            elif self.best is not None and not self.settings.all_candidates:
                continue
            before = self.best
            for source in self._dear:
                why = self._why_not()
                questions = [] if why else self._to_model(source, number)
                if questions:
                    was_asked = True
                    self._begin(number)
                    yield questions
                if self.best is not before and not self.settings.all_candidates:
                    break
        if not was_asked:
            self.unasked = why or self._why_nobody()

    def _begin(self, model_round: int | None) -> None:
        self._began_with = self.best
        self._model_round = model_round

    def _compositions(self, number: int) -> list[Question]:
        """Return questions to the rules about the best candidates that they have not seen."""
        if self._late() or not self._pays():
            return []
        count = self.settings.candidates
        return [
            Question(source, count, number, start)
            for start in self.accepted[:BEAM]
            for source in self._cheap
            if start.rewrite.round < number and not hasattr(source, "targets")
            if self._is_new(source, start, 0)
        ]

    def _to_model(self, source: Proposer, number: int) -> list[Question]:
        """Return what the model is asked in this round; together for ``candidates``."""
        if id(source) in self._ended or getattr(source, "failure", None) is not None:
            return []
        told = len(self.tried()) if getattr(source, "listens", True) else 0
        fresh = [one for one in self._starts(number) if self._is_new(source, one, told)]
        count = self.settings.candidates
        fresh = fresh[:count]
        return [
            Question(source, (count + len(fresh) - 1 - place) // len(fresh), number, start)
            for place, start in enumerate(fresh)
        ]

    def _starts(self, number: int) -> list[Verdict | None]:
        if number == 0:
            return [None]
        accepted = self.accepted[:BEAM]
        if accepted:
            return [*accepted, None][:BEAM]
        near = (v for v in self._verdicts if v.reason in EQUIVALENT and ratio(v) >= 1)
        return [None, *self._fastest(near)][:BEAM]

    def _is_new(self, source: Proposer, start: Verdict | None, told: int) -> bool:
        """Tell whether the source was not asked just this before, and note that it is."""
        key = id(source), "" if start is None else start.rewrite.source, told
        new = key not in self._asked
        self._asked.add(key)
        return new

    def _fastest(self, verdicts: Iterator[Verdict]) -> list[Verdict]:
        return sorted(verdicts, key=ratio, reverse=True)

    def _pays(self) -> bool:
        return self.settings.all_candidates or self.left >= self.settings.min_share

    def _why_not(self) -> str:
        """Return why a model is not worth asking now; empty where it is."""
        if self.target.skip is not None:
            return self.target.skip
        if self._late():
            return "the time budget ran out"
        if not self._pays():
            return f"it has {self.left:.2%} of the tests' time left, less than --min-share"
        for one in self._verdicts:
            if one.reason in NOT_JUDGED and one.timing is None:
                return one.detail
        return self._weak()

    def _why_nobody(self) -> str:
        if self.best is not None and self.settings.rounds == 1:
            return "a rewrite was accepted already; --rounds 2 goes on from it"
        return "none works"


def _worth_telling(verdict: Verdict) -> tuple[int, float, int]:
    # A prompt shows the code of the first failure: the latest, as a model saw the others.
    return ORDER.index(verdict.reason), -ratio(verdict), -verdict.rewrite.round


def is_dear(source: Proposer) -> bool:
    """Tell whether the source is a model, which takes long to answer."""
    return getattr(source, "backend", None) is not None


def ratio(verdict: Verdict | None) -> float:
    """Return a candidate's measured speedup, 0 where there is none."""
    return verdict.speedup.ratio if verdict is not None and verdict.speedup is not None else 0.0
