"""How strong the evidence is: would the calls notice if the function were a little wrong?

The calls are replayed by mutants of the function, each in a fork of this
process, until the first call that shows a difference. What is measured is the
evidence, not a candidate: results are compared here, with those of the
unchanged function.
"""

import ast
import operator
import os
import sys

from . import calls, load
from .branches import marked
from .mutations import mutations, spread
from .tree import Definition
from .trials import DIFFER, Bench

MOST_MUTANTS = 48
OPERATORS = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


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
    """Send a ``mutant`` message for each mutant there is time for; ``end`` is in CPU seconds."""
    file = request["target"]["file"]
    known = {same_code(definition.compile(file))}
    for mutation in spread(mutations(definition.node, request["rewrite"]), MOST_MUTANTS):
        if cpu_seconds() >= end:
            channel.send("untried")
            return
        try:
            with mutation:
                code = definition.compile(file)
                form = same_code(code)
            plain, (value, differ) = mutation.value, watched(mutation)
            if value is not plain:
                mutation.value = value
                with mutation:
                    code = definition.compile(file)
            load.check_code(bench.function, code)
        except (SyntaxError, ValueError, load.NotLoadable):
            continue
        if form in known:  # the compiler makes the same of both
            continue
        known.add(form)
        noticed, infected = bench.notices(code, differ)
        source = ""
        if not noticed or request["sources"]:
            mutation.value = plain
            with mutation:
                source = ast.unparse(definition.node)
        channel.send(
            "mutant",
            line=mutation.line,
            before=mutation.before,
            after=mutation.after,
            boundary=mutation.boundary,
            noticed=noticed,
            infected=infected,
            source=source,
        )


def cpu_seconds():
    """Return what this process and its ended children have used, which load does not change."""
    return sum(os.times()[:4])


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
    marks = Definition(request["text"], request["target"]["qualname"])
    branches = marked(marks)
    code = marks.compile(file)
    entered = bench.control(code) if request["mutants"] else bench.entered(code)
    if entered is None:
        channel.send("unloadable", text="the calls can't be replayed in a fork")
        return
    never = [branch for number, branch in enumerate(branches) if number not in set(entered)]
    channel.send("branches", branches=len(branches), never=never)
    if request["mutants"]:
        end = cpu_seconds() + request["seconds"]
        try_mutants(channel, bench, definition, request, end)
