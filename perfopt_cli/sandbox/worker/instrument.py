"""See calls by statements put into the targets as their modules are imported (before 3.12).

The code that the ordinary loader returns is replaced by the same code with
probes in the targets: at their start, and where a branch begins. A probe is a
constant of the code object, a list that is empty when nobody waits for it:
``if None in PROBE: PROBE.hit()``. Line numbers, names, flags and signatures
stay as they are, and so do compiled files on disk.

Targets whose module is not loaded that way (rewritten by pytest, imported
before, run by ``runpy.run_path`` or ``exec``, or by a loader with a ``get_code``
of its own) are left to the profile hook.
"""

import ast
import importlib.machinery
import os
import sys

from .hooks_profile import ProfileHook

MAX_PROBES = 200
MARK = "\0perfopt probe %d"


class Probe(list[None]):
    """A place in a target; falls asleep by emptying itself."""

    __slots__ = ("first", "lines", "number", "target")

    def __init__(self, target, lines, first):
        super().__init__([None])
        self.target = target
        self.lines = lines
        self.first = first
        self.number = 0

    def __hash__(self):  # tests may put a code object in a set
        return id(self)

    def __eq__(self, other):
        return self is other

    def __reduce__(self):  # or send it to another process
        return list, ()

    def hit(self):
        """The place is reached."""
        target = self.target
        if not self.first:
            self.clear()
            target.reached(sys._getframe(1))
        elif target.wait:
            target.wait -= 1
            target.current = None
        elif not target.enter(sys._getframe(1)):
            self.clear()


class ImportHook:
    """Instruments the targets' modules; a profile hook sees the targets until then."""

    def __init__(self, targets):
        self.targets = targets
        self.files = {target.file for target in targets}
        self.known = {}
        self.probes = []
        self.profile = ProfileHook(targets)
        self.loader = importlib.machinery.SourceFileLoader

    def start(self, module=None):
        """Begin, and import the module that all will run in; return that it was possible."""
        ordinary = self.loader.get_code

        def get_code(loader, fullname):
            code = ordinary(loader, fullname)
            name = getattr(code, "co_filename", "")
            wanted = self.known.get(name)
            if wanted is None:
                wanted = self.known[name] = os.path.realpath(name) in self.files
            return self.instrument(code) if wanted else code

        self.inherited = "get_code" not in vars(self.loader)
        self.ordinary = ordinary
        self.loader.get_code = get_code
        if module is not None:  # a profile hook would make that twice as slow
            importlib.import_module(module)
        return self.profile.start()

    def instrument(self, code):
        """Return the module's code with probes, or as it is where that can't be done."""
        targets = [t for t in self.targets if t.file == os.path.realpath(code.co_filename)]
        try:
            changed, probes = with_probes(code, targets)
        except Exception:  # never keep a module from being imported
            return code
        seen = {probe.target for probe in probes if probe.first}
        self.probes.extend(probes)
        for target in seen:
            target.wake = self.wake
        self.profile.leave(seen)
        return changed

    def wake(self, target):
        """Look at the entries of a target again."""
        for probe in self.probes:
            if probe.first and probe.target is target and not probe:
                probe.append(None)

    def begin_test(self):
        """Wake the targets that rest."""
        for target in self.targets:
            if target.left <= 0:
                self.wake(target)
            target.begin_test()
        self.profile.begin_test()

    def stop(self):
        """End, and tell the targets which of their lines no call entered."""
        if self.inherited:
            del self.loader.get_code
        else:
            self.loader.get_code = self.ordinary
        self.profile.stop()
        entered = set()
        for probe in self.probes:
            if probe.target.seen if probe.first else not probe:
                entered.add((probe.target, probe.number))
        for probe in self.probes:
            target = probe.target
            target.missed = target.missed or set()
            if (target, probe.number) not in entered:  # in no module made of the file
                target.missed.update(probe.lines)
            probe.clear()


def code_in(code):
    """Yield a code object and all those within it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, type(code)):
            yield from code_in(constant)


def with_probes(code, targets):
    """Return the module's code with probes in the targets, and the probes.

    Raises ValueError where the file on disk is not what the code was made from.
    """
    path = code.co_filename
    with open(path, "rb") as file:
        data = file.read()
    if compile(data, path, "exec", dont_inherit=True) != code:
        raise ValueError("the loader changes the code")
    tree = compile(data, path, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    probes = {}
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            for target in targets:
                if target.name == node.name and target.first == first:
                    mark_function(node, target, probes)
    changed = compile(tree, path, "exec", dont_inherit=True)
    used = []
    changed = with_constants(changed, probes, used)
    return changed, used


def with_constants(code, probes, used):
    """Return the code with probes in the place of their marks."""
    constants = []
    for constant in code.co_consts:
        if isinstance(constant, str) and constant in probes:
            constant = probes[constant]
            used.append(constant)
        elif isinstance(constant, type(code)):
            constant = with_constants(constant, probes, used)
        constants.append(constant)
    return code.replace(co_consts=tuple(constants))


def mark_function(node, target, probes):
    """Put marks into a function: at its start, and in its branches."""
    body = node.body
    documented = (
        isinstance(body[0], ast.Expr)
        and isinstance(body[0].value, ast.Constant)
        and isinstance(body[0].value.value, str)
    )
    limit = len(probes) + MAX_PROBES
    index = int(documented)
    probe = Probe(target, lines_of(body[index:]), True)
    for place, after, lines in list(branches(body)):
        if len(probes) < limit:
            place.insert(0, mark(probes, Probe(target, lines, False), after))
    body.insert(index, mark(probes, probe, body[min(index, len(body) - 1)]))


def mark(probes, probe, node):
    """Return a statement for the probe, as if it were on the node's line."""
    probe.number = len(probes)
    name = MARK % probe.number
    probes[name] = probe
    statement = ast.If(
        ast.Compare(ast.Constant(None), [ast.In()], [ast.Constant(name)]),
        [ast.Expr(ast.Call(ast.Attribute(ast.Constant(name), "hit", ast.Load()), [], []))],
        [],
    )
    place = {"lineno": node.lineno, "end_lineno": node.lineno}
    place.update(col_offset=node.col_offset, end_col_offset=node.col_offset)
    for part in ast.walk(statement):
        vars(part).update(place)  # the end counts too: a method is on the last line of its object
    return statement


def branches(body):
    """Yield each block of a function that may be left out: (list, node of its line, its lines).

    An ``if`` without ``else`` has an empty block for that. Functions and
    classes within are not looked into.
    """
    for node in body:
        for block in blocks(node):
            yield from branches(block)
        if isinstance(node, (ast.If, ast.For, ast.AsyncFor, ast.While)):
            yield node.body, node.body[0], lines_of(node.body)
            if node.orelse or isinstance(node, ast.If):
                yield node.orelse, (node.orelse or [node])[0], lines_of(node.orelse)
        for part in parts(node):
            yield part.body, part.body[0], lines_of(part.body)


def blocks(node):
    """Return the lists of statements within a statement; none of a definition."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return []
    found = [getattr(node, name, None) for name in ("body", "orelse", "finalbody")]
    return [each for each in found if isinstance(each, list)] + [each.body for each in parts(node)]


def parts(node):
    """Return the handlers or cases of a statement."""
    return [*getattr(node, "handlers", ()), *getattr(node, "cases", ())]


def lines_of(block):
    """Return the lines on which the block's statements begin, but for functions within."""
    lines, rest = [], list(block)
    while rest:  # each once: asking ``branches`` would double the work at each ``elif``
        node = rest.pop()
        lines.append(node.lineno)
        for inner in blocks(node):
            rest.extend(inner)
    return lines
