"""How strong the evidence is: would the calls notice if the function were a little wrong?

The calls are replayed by mutants of the function, each in a fork of this
process, until the first call that shows a difference. What is measured is the
evidence, not a candidate: results are compared here, with those of the
unchanged function.
"""

import ast
import itertools
import operator
import sys
import time

from . import calls, load
from .branches import MARK, marked
from .forks import in_fork, with_limit
from .mutations import mutations, spread
from .observe import observe
from .state import module_state, project_state
from .tree import Definition

MOST_MUTANTS = 48
CALL_SECONDS = 0.25
CONTROL_SECONDS = 10.0
PATIENCE = 20
MOST_NANOS = 1_000_000_000
LEAST_CALLS = 10
DIFFER = "_perfopt_differ"
OPERATORS = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


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

    def observe(self, index):
        """Make one call as replay does."""
        data = self.recorded[index]
        return observe(self.function, data, compare=False, thorough=True, deaf=self.deaf)

    def left(self):
        """Return what the calls have left in the project's modules."""
        return {**module_state(self.function), **project_state(self.function, self.folder)}

    def control(self):
        """Replay with the code as it is, twice; keep the calls that give the same both times.

        Of calls that take long only as many are kept as leave time for mutants.
        """
        whole = list(itertools.accumulate(self.known[index] for index in self.order))
        self.order = self.order[: max(LEAST_CALLS, sum(spent < MOST_NANOS for spent in whole))]
        first, second = self.collect(), self.collect()
        if first is None or second is None:
            return False
        self.order = [
            index for index in self.order if first["digests"][index] == second["digests"][index]
        ]
        self.digests, self.nanos = first["digests"], first["nanos"]
        self.state = first["state"] if first["state"] == second["state"] else None
        return True

    def collect(self):
        """Return digests, times and the module's state at the end, of a fork; None if it died."""

        def task():
            digests, nanos = {}, {}
            for index in self.order:
                with_limit(CONTROL_SECONDS)
                seen = self.observe(index)
                digests[index], nanos[index] = seen["digest"], seen["nanos"]
            return {"digests": digests, "nanos": nanos, "state": self.left()}

        found = in_fork(task, len(self.order) * CONTROL_SECONDS)
        if found is None:
            return None
        for name in ("digests", "nanos"):
            found[name] = {int(index): value for index, value in found[name].items()}
        return found

    def entered(self, code):
        """Return the numbers of the marks that the calls come by; None if the fork died."""

        def task():
            seen = set()

            def mark(number, value):
                seen.add(number)
                return value

            self.function.__globals__[MARK] = mark
            self.function.__code__ = code
            for index in self.all:
                with_limit(CONTROL_SECONDS)
                self.observe(index)
            return sorted(seen)

        return in_fork(task, len(self.all) * CONTROL_SECONDS)

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
                    return {"noticed": True}
                infected += differ.other
            with_limit(CONTROL_SECONDS)
            self.function.__globals__.pop(DIFFER, None)
            if self.state is not None and self.left() != self.state:
                return {"noticed": True}
            return {"noticed": False, "infected": infected}

        limit = sum(max(CALL_SECONDS, PATIENCE * self.nanos[i] / 1e9) for i in self.order)
        found = in_fork(task, limit)
        if found is None or found["noticed"]:
            return True, 0
        return False, found["infected"]


class Differ:
    """Compares as the mutant does, and notes where the original would have it otherwise."""

    def __init__(self, old, new):
        self.old = old
        self.new = new
        self.other = False

    def __call__(self, left, right):
        """Compare."""
        value = self.new(left, right)
        if value is not self.old(left, right):
            self.other = True
        return value


def watched(mutation):
    """Return (the node to put, its Differ): a boundary's comparison reports on itself."""
    new, old = mutation.value, mutation.old
    if not mutation.boundary or len(new.ops) != 1:
        return new, Differ(operator.eq, operator.eq)
    differ = Differ(OPERATORS[type(old.ops[0])], OPERATORS[type(new.ops[0])])
    return ast.Call(ast.Name(DIFFER, ast.Load()), [old.left, old.comparators[0]], []), differ


def try_mutants(channel, bench, definition, request, end):
    """Send a ``mutant`` message for each mutant there is time for."""
    file = request["target"]["file"]
    plain = same_code(definition.compile(file))
    known = {plain}
    for mutation in spread(mutations(definition.node, request["rewrite"]), MOST_MUTANTS):
        if time.monotonic() > end:
            channel.send("untried")
            return
        try:
            with mutation:
                form = same_code(definition.compile(file))
                source = ast.unparse(definition.node)
            mutation.value, differ = watched(mutation)
            with mutation:
                code = definition.compile(file)
            load.check_code(bench.function, code)
        except (SyntaxError, ValueError, load.NotLoadable):
            continue
        if form in known:  # the compiler makes the same of both
            continue
        known.add(form)
        noticed, infected = bench.notices(code, differ)
        channel.send(
            "mutant",
            line=mutation.line,
            before=mutation.before,
            after=mutation.after,
            boundary=mutation.boundary,
            noticed=noticed,
            infected=infected,
            source="" if noticed and not request["sources"] else source,
        )


def same_code(code):
    """Return what tells two code objects apart, lines aside."""
    constants = tuple(
        same_code(item) if hasattr(item, "co_code") else (type(item).__name__, repr(item))
        for item in code.co_consts
    )
    return code.co_code, constants, code.co_names, code.co_varnames, code.co_cellvars


def run(channel, request):
    """The ``mutants`` job: {target, calls, sys_path, text, imports, nanos, mutants, seconds}.

    ``nanos`` names the calls to go by, with their time. ``mutants`` false:
    only tell which branches are entered. ``rewrite`` tells a candidate's text
    from the original's. Lines are those of the text.
    """
    load.prepare_imports(request)
    sys.dont_write_bytecode = True
    file = request["target"]["file"]
    try:
        function = load.load_target(request)
        load.add_imports(function, request["imports"])
        definition = Definition(request["text"], request["target"]["qualname"])
        code = definition.compile(file)
        load.check_code(function, code)
    except load.NotLoadable as error:
        channel.send("unloadable", text=str(error))
        return
    function.__code__ = code
    nanos = {int(index): spent for index, spent in request["nanos"].items()}
    bench = Bench(function, calls.read_file(request["calls"]), nanos, request)
    if not bench.control():
        channel.send("unloadable", text="the calls can't be replayed in a fork")
        return
    marks = Definition(request["text"], request["target"]["qualname"])
    branches = marked(marks)
    entered = bench.entered(marks.compile(file))
    if entered is None:
        channel.send("unloadable", text="the calls can't be replayed with marks in the function")
        return
    never = [branch for number, branch in enumerate(branches) if number not in set(entered)]
    channel.send("branches", branches=len(branches), never=never)
    if request["mutants"]:
        end = time.monotonic() + request["seconds"]
        try_mutants(channel, bench, definition, request, end)
