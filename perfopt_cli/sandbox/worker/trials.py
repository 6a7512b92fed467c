"""Replays of the calls in forks of this process, with one code or another for the function."""

import itertools

from .branches import MARK
from .forks import in_fork, with_limit
from .observe import observe
from .state import module_state, project_state

CALL_SECONDS = 0.25
CONTROL_SECONDS = 10.0
PATIENCE = 20
MOST_NANOS = 1_000_000_000
LEAST_CALLS = 10
DIFFER = "_perfopt_differ"


class Bench:
    """Replays the calls in forks, with one code or another in the function's place."""

    def __init__(self, function, recorded, nanos, request):
        self.function = function
        self.recorded = recorded
        self.known = nanos
        self.deaf = request.get("deaf", False)
        self.folder = request["copy"]
        self.all = sorted(nanos, key=lambda index: (nanos[index], index))
        self.order = self.all
        self.digests = {}
        self.nanos = {}
        self.state = None
        self.free = False

    def observe(self, index):
        """Make one call as replay does."""
        data = self.recorded[index]
        return observe(self.function, data, compare=False, thorough=True, deaf=self.deaf)

    def left(self):
        """Return what the calls have left in the project's modules."""
        return {**module_state(self.function), **project_state(self.function, self.folder)}

    def control(self, marked):
        """Replay with the code as it is, and with the marked code; None if that can't be done.

        Returns the numbers of the marks that the calls come by. Kept are the
        calls that give the same twice; of calls that take long only as many as
        leave time for mutants.
        """
        whole = list(itertools.accumulate(self.known[index] for index in self.order))
        self.order = self.order[: max(LEAST_CALLS, sum(spent < MOST_NANOS for spent in whole))]
        first, entered = self.collect(self.order), self.collect(self.all[::-1], marked)
        if first is None or entered is None:
            return None
        self.digests, self.nanos = first["digests"], first["nanos"]
        self.state = first["state"]
        # Where the order makes no difference, nor do the marks: then these were two replays.
        self.free = self.agrees(entered) and self.state == entered["state"]
        if not self.free:
            second = self.collect(self.order)
            if second is None:
                return None
            self.order = [index for index in self.order if self.agrees(second, [index])]
            self.state = first["state"] if first["state"] == second["state"] else None
        return entered["marks"]

    def agrees(self, other, indices=None):
        """Tell whether another replay gave the same in these calls, or in all."""
        chosen = self.order if indices is None else indices
        return all(self.digests[index] == other["digests"][index] for index in chosen)

    def entered(self, marked):
        """Return the numbers of the marks that the calls come by; None if the fork died."""
        found = self.collect(self.all, marked)
        return None if found is None else found["marks"]

    def collect(self, indices, marked=None):
        """Return digests, times, marks met and the state at the end, of a fork; None if it died.

        ``marked`` is the code with marks, to be put into the function's place.
        """

        def task():
            digests, nanos, marks = {}, {}, set()
            if marked is not None:
                self.function.__globals__[MARK] = marker(marks)
                self.function.__code__ = marked
            for index in indices:
                with_limit(CONTROL_SECONDS)
                seen = self.observe(index)
                digests[index], nanos[index] = seen["digest"], seen["nanos"]
            self.function.__globals__.pop(MARK, None)
            found = {"digests": digests, "nanos": nanos}
            return {**found, "marks": sorted(marks), "state": self.left()}

        found = in_fork(task, len(indices) * CONTROL_SECONDS)
        if found is None:
            return None
        for name in ("digests", "nanos"):
            found[name] = {int(index): value for index, value in found[name].items()}
        return found

    def notices(self, code, differ):
        """Tell whether a call shows that the code is another one.

        Returns (True, 0), or (False, in how many calls the changed comparison
        came out the other way).
        """

        def task():
            self.function.__globals__[DIFFER] = differ
            self.function.__code__ = code
            infected = 0
            for index in self.order:
                differ.other = False
                with_limit(max(CALL_SECONDS, PATIENCE * self.nanos[index] / 1e9))
                seen = self.observe(index)
                if seen["digest"] != self.digests[index]:
                    return {"noticed": True, "by": index}
                infected += differ.other
            with_limit(CONTROL_SECONDS)
            self.function.__globals__.pop(DIFFER, None)
            if self.state is not None and self.left() != self.state:
                return {"noticed": True, "by": None}
            return {"noticed": False, "infected": infected}

        limit = sum(max(CALL_SECONDS, PATIENCE * self.nanos[i] / 1e9) for i in self.order)
        found = in_fork(task, limit)
        if found is None:
            return True, 0
        if not found["noticed"]:
            return False, found["infected"]
        if self.free and found["by"] is not None:  # it may well show the next one, too
            self.order.remove(found["by"])
            self.order.insert(0, found["by"])
        return True, 0


def marker(seen):
    """Return what marks call: it notes their numbers, and returns the value that it is given."""

    def mark(number, value):
        seen.add(number)
        return value

    return mark
