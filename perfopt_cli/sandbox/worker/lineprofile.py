"""Where the time of a function goes, from passes of its calls under a stopwatch.

From each line's time is taken what an event of the tracer costs, measured on
lines that do next to nothing. Of several passes of a call the shortest time counts
for each line: waiting for the processor only ever makes a line longer.
"""

from time import perf_counter_ns

from .linetimes import Stopwatch, traced

TRIVIAL_LINES = 10
TRIVIAL_ROUNDS = 20
ROUNDS = 7
MOST_PASSES = 15
ENOUGH_NS = 50_000_000
LEAST_SHARE = 0.005
LEAST_LEFT = 0.05  # of what was measured: below, the tracer's cost hides where time goes


class Profile:
    """Passes of some calls. ``callees`` are code objects whose time is wanted by itself."""

    def __init__(self, code, callees):
        self.code = code
        self.callees = callees
        self.passes = {}
        self.costs = costs()

    def run(self, prepare, drive, keys):
        """Make the calls of these keys in turn: often if they are short, else once.

        ``prepare(key)`` returns what ``drive`` is to do. Whatever is raised ends it, and a
        pass that was not ended counts only where it is the call's only one.
        """
        end = perf_counter_ns() + ENOUGH_NS
        for number in range(MOST_PASSES):
            if number and perf_counter_ns() > end:
                return
            for key in keys:
                prepared = prepare(key)
                watch = Stopwatch(self.code, self.callees)
                passes = self.passes.setdefault(key, [])
                if not passes:
                    passes.append(watch)
                with traced(watch):
                    drive(prepared)
                if passes[0] is not watch:
                    passes.append(watch)

    def lines(self):
        """Return [line, share, how often in a call] of the lines, the hottest first.

        Empty where too little is left of the time for telling.
        """
        net = self.total(self.net)
        total = sum(net.values())
        raw = sum(self.total(lambda watch: watch.spent).values())
        times = self.total(lambda watch: watch.times)
        if total <= LEAST_LEFT * raw:
            return []
        rows = [
            [line, spent / total, times[line] / len(self.passes)]
            for line, spent in net.items()
            if spent / total >= LEAST_SHARE
        ]
        return sorted(rows, key=lambda row: (-row[1], row[0]))

    def shares(self):
        """Return the share of the time that each callee takes, by the id of its code.

        Callees whose time is less than the tracer's cost are left out.
        """
        total = sum(self.total(self.net).values())
        raw = self.total(lambda watch: watch.within)
        within = self.total(self.net_within)
        told = [code for code, spent in within.items() if spent > raw[code] / 2]
        return {code: min(1.0, within[code] / total) for code in told if total}

    def total(self, figures):
        """Return the sum over the calls of the least over their passes."""
        found = {}
        for passes in self.passes.values():
            rows = [figures(watch) for watch in passes]
            for key in {key for row in rows for key in row}:
                found[key] = found.get(key, 0) + min(row.get(key, 0) for row in rows)
        return found

    def net(self, watch):
        """Return ns by line, less the tracer's."""
        event, border = self.costs
        events, borders = watch.events, watch.borders
        return {
            line: max(0.0, spent - event * events.get(line, 0) - border * borders.get(line, 0))
            for line, spent in watch.spent.items()
            if line in watch.times
        }

    def net_within(self, watch):
        """Return ns by the id of a callee's code, less the tracer's."""
        border = self.costs[1]
        return {
            code: max(0.0, spent - 2 * border * watch.asides.get(code, 0))
            for code, spent in watch.within.items()
        }


def costs():
    """Return what a line's event and a border cost beside the tracer's own work, in ns."""
    lines = measured("    a = 1\n")
    calls = measured("    a()\n", "    return None\n")
    event = min(excess / number for excess, number, _ in lines)
    border = min((excess - event * number) / max(1, b) for excess, number, b in calls)
    return max(0.0, event), max(0.0, border)


def measured(line, inner="    pass\n"):
    """Return (ns too much, events, borders) of a function of such lines, several times."""
    loop = "    for _ in range(%d):\n" % TRIVIAL_ROUNDS + ("    " + line) * TRIVIAL_LINES
    text = "def inner():\n%sdef trivial(a):\n%s" % (inner, loop)
    space = {}
    exec(compile(text, "<trivial>", "exec"), space)
    trivial, inner = space["trivial"], space["inner"]
    bare, found = None, []
    for _ in range(ROUNDS):
        start = perf_counter_ns()
        trivial(inner)
        spent = perf_counter_ns() - start
        bare = spent if bare is None else min(bare, spent)
    for _ in range(ROUNDS):
        watch = Stopwatch(trivial.__code__)
        watch.codes[id(inner.__code__)] = inner.__code__
        with traced(watch):
            trivial(inner)
        events, borders = sum(watch.events.values()), sum(watch.borders.values())
        found.append((sum(watch.spent.values()) - bare, events, borders))
    return found
