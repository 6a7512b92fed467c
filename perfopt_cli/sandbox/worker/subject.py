"""A function with its recorded calls: what they were given, and what comes of them made again."""

import ast
from time import perf_counter_ns

from . import calls
from .batches import driver
from .closures import Cells, StandIn, shown, variables
from .drive import invoke
from .guard import Stopped
from .kinds import Tally, extent, name_of, union
from .observe import canonical

MOST_RERUN = 24
MOST_COMPARED = 200_000  # bytes of a recorded call, for comparing its arguments before and after
MEDIAN_CALLS = 3
MOST_SIZES = 3
SHORT_NS = 20_000_000  # a call that takes longer is timed once


class Subject:
    """The function, its recorded calls, and what was seen so far."""

    def __init__(self, function, recorded, node):
        self.function = function
        self.recorded = recorded
        self.node = node
        self.names = parameters(function.__code__)
        self.fields = fields_used(node)
        self.arguments = {}
        self.owner = None
        self.read = 0
        self.changed = {}
        self.results = Tally()
        self.raised = {}
        self.rerun = 0
        self.nanos = {}
        self.drive = driver(function.__code__)

    def named(self, args, kwargs):
        """Return the values of a call by the names they are known by in the source."""
        cells, given = {}, list(args)
        if given and type(given[0]) is Cells:
            held = variables(given.pop(0))
            cells = {name: shown(cell) for name, cell in held.items()}
        count = self.function.__code__.co_argcount
        values = dict(zip(self.names, given[:count]))
        values.update((name, value) for name, value in kwargs.items() if name in self.names)
        for name, value in zip(self.names[:1], given):
            for field in self.fields:
                held = fields_of(value)
                if field in held:
                    values["%s.%s" % (name, field)] = held[field]
        return {**values, **cells}

    def read_types(self):
        """Look at the arguments of the calls, evenly spread ones first."""
        for index in spread_out(len(self.recorded)):
            args, kwargs = calls.load(self.recorded[index])
            values = self.named(args, kwargs)
            for name, value in values.items():
                self.arguments.setdefault(name, Tally()).add(value)
            if self.names[:1] in (("self",), ("cls",)) and self.names[0] in values:
                owner = values[self.names[0]]
                self.owner = owner if isinstance(owner, type) else type(owner)
            self.read += 1

    def run_again(self):
        """Make some of the calls again."""
        for index in self.picked():
            self.one_again(index)

    def picked(self):
        """Return the numbers of some calls: of all sizes, a small and a middling one first."""
        order = sorted(range(len(self.recorded)), key=lambda index: len(self.recorded[index]))
        first = [0, len(order) // 2] if order else []
        places = dict.fromkeys([*first, *spread_out(len(order))])
        return [order[place] for place in list(places)[:MOST_RERUN]]

    def made_again(self):
        """Make some of the calls again, and yield what they were given as they leave it."""
        for index in self.picked():
            args, kwargs = calls.load(self.recorded[index])
            _, value, _ = invoke(self.function, args, kwargs)
            if type(value) is Stopped:
                raise value
            yield args, kwargs

    def one_again(self, index):
        """Make a call for what comes of it, and again for the time."""
        data = self.recorded[index]
        args, kwargs = calls.load(data)
        before = self.states(args, kwargs, data)
        start = perf_counter_ns()
        how, value, steps = invoke(self.function, args, kwargs)
        if type(value) is Stopped:
            raise value
        spent = [perf_counter_ns() - start]
        self.rerun += 1
        after = self.states(args, kwargs, data)
        for name, state in before.items():
            if after.get(name) != state:
                self.changed[name] = self.changed.get(name, 0) + 1
        if how == "raised":
            name = name_of(type(value))
            self.raised[name] = self.raised.get(name, 0) + 1
            return
        self.note_result(value, steps)
        del value, steps
        self.nanos[index] = spent[0]
        while spent[0] < SHORT_NS and len(spent) < 3:
            prepared = self.prepare(index)
            start = perf_counter_ns()
            self.drive(prepared)
            spent.append(perf_counter_ns() - start)
            self.nanos[index] = min(spent)

    def states(self, args, kwargs, data):
        """Return the canonical text of each argument."""
        if len(data) > MOST_COMPARED:
            return {}
        values = self.named(args, kwargs)
        return {name: canonical(value) for name, value in values.items()}

    def note_result(self, value, steps):
        """Count the type of a result; of a generator that of its items."""
        if steps and steps[0][0] == "made":
            items = [step[0] for step in steps if len(step) == 3]
            kind = union(items, 2) if items else ""
            self.results.count("Iterator[%s]" % kind if items else "Iterator", len(items))
        else:
            self.results.add(value)

    def trace(self, profile):
        """Have the largest and some median calls profiled."""
        order = sorted(self.nanos, key=self.nanos.get)
        middle = max(0, len(order) // 2 - 1)
        picked = dict.fromkeys([*order[-1:], *order[middle : middle + MEDIAN_CALLS]])
        profile.run(self.prepare, self.drive, list(picked))

    def prepare(self, index):
        """Return a call for ``drive``: (function, args, kwargs) in a list."""
        args, kwargs = calls.load(self.recorded[index])
        if isinstance(self.function, StandIn):
            return [(self.function.bind(args[0]), args[1:], kwargs)]
        return [(self.function, args, kwargs)]

    def sizes(self):
        """Return [inputs in words, ns] of the smallest, the median and the largest call."""
        order = sorted(self.nanos, key=self.nanos.get)
        places = sorted({0, len(order) // 2, len(order) - 1}) if order else []
        rows = []
        for index in (order[place] for place in places):
            words = self.in_words(*calls.load(self.recorded[index]))
            if words and words not in [row[0] for row in rows]:
                rows.append([words, self.nanos[index]])
        return rows

    def in_words(self, args, kwargs):
        """Say how large the arguments of a call are."""
        told = []
        for name, value in self.named(args, kwargs).items():
            size = extent(value)
            if size is not None:
                plain = type(value) is int
                told.append("%s = %d" % (name if plain else "len(%s)" % name, size))
        return ", ".join(told[:MOST_SIZES])


def parameters(code):
    """Return the names of the parameters but for ``*args`` and ``**kwargs``."""
    return code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]


def fields_used(node):
    """Return the attributes of its first parameter that a definition reads, in order."""
    first = node.args.posonlyargs + node.args.args
    if not first or first[0].arg not in ("self", "cls"):
        return []
    found = [
        one.attr
        for one in ast.walk(node)
        if isinstance(one, ast.Attribute)
        and isinstance(one.value, ast.Name)
        and one.value.id == first[0].arg
    ]
    return list(dict.fromkeys(found))


def fields_of(value):
    """Return the attributes that an instance holds itself."""
    try:
        held = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return {}
    return held if type(held) is dict else {}


def spread_out(count):
    """Return 0 to count - 1 so that any first part of it is spread over the whole."""
    places = [count - 1, 0] if count > 1 else list(range(count))
    step = count
    while step > 1:
        step = (step + 1) // 2
        places += range(step, count, step)
    return list(dict.fromkeys(places))
