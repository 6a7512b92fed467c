"""The ``profile`` job: the project's tests once, with figures for each function of some files.

Or a program of the project's, which then is what a single test is else.
"""

import os
import sys

from .callgraph import Files, Unavailable
from .channel import peak_memory
from .cprofiler import CProfiler
from .suite import Reporter, file_of, outside_modules, run_pytest
from .workload import Program

CHUNK = 2**20
ROW = 400
SECOND = 10**9


def run(channel, request):
    """The ``profile`` job: {arguments, files, wanted: null or node ids, engine: null or a name}.

    ``files`` are absolute paths. Sends what the ``suite`` job sends, with
    ``begin`` before each test and ``notes`` in the last one; then ``order``
    (node ids; a test's number is its position), ``functions`` and ``modules``.

    With ``program`` in the request it is about that instead (see the
    ``workload`` job): ``ran`` comes in the place of all that is said of tests,
    and what the program reaches, test 0 does.
    """
    files = Files(request["files"])
    notes = []
    engine = start_engine(files, request.get("engine"), notes)
    names = {}
    if "program" in request:
        told = profile_program(request, engine)
        what = "the workload uses Python's profiler itself: what it reaches"
    else:
        told = profile_tests(channel, request, engine, names)
        what = f"{engine.disturbed} tests use Python's profiler themselves: what they reach"
    rows = merge(files, engine.finish())
    find_modules(files, names)
    elsewhere = imported_elsewhere(request["copy"], files, names)
    if engine.disturbed:
        notes.append(f"{what} is known in part")
    kind, ids, fields = told
    channel.send(kind, modules=outside_modules(request), notes=notes, **fields)
    for part in parts(ids, lambda text: 8 + 6 * len(text)):
        channel.send("order", ids=part)
    for part in parts(rows, lambda row: ROW + 8 * len(row["tests"])):
        channel.send("functions", rows=part)
    channel.send("modules", names=names, elsewhere=elsewhere)


def profile_program(request, engine):
    """Run the program under the engine; return what is to be said of it."""
    program = Program(request)
    engine.collected()
    engine.begin(0)
    with engine.window():
        program.run()
    engine.end()
    return "ran", [], program.told()


def profile_tests(channel, request, engine, names):
    """Run the tests under the engine; return what is to be said of them all.

    ``names`` are those by which the files are imported when the tests begin.
    """
    import pytest

    files = engine.files
    ids = []

    class Watch:
        """Tells the engine where the tests begin and end."""

        def pytest_collection_finish(self):
            find_modules(files, names)
            engine.collected()

        @pytest.hookimpl(hookwrapper=True, tryfirst=True)
        def pytest_runtest_protocol(self, item):
            ids.append(item.nodeid)
            channel.send("begin", id=item.nodeid)
            engine.begin(len(ids) - 1)
            yield
            engine.end()

    plugins = [Reporter(channel, request.get("wanted")), Watch(), *engine.plugins()]
    code = run_pytest(request["arguments"], plugins)
    return "suite", ids, {"code": code, "peak": peak_memory()}


def start_engine(files, name, notes):
    """Start and return the best engine that there is; ``name`` asks for one."""
    if name != "cprofile" and hasattr(sys, "monitoring"):
        from .monitor import Monitor

        engine = Monitor(files)
        try:
            engine.start()
            return engine
        except Unavailable as error:
            notes.append(f"profiled with cProfile: {error}")
    engine = CProfiler(files)
    engine.start()
    return engine


def merge(files, figures):
    """Return one row for each function; code compiled more than once is added up."""
    rows = {}
    for found in figures:
        code = found.code
        path = files.owner(code.co_filename)
        key = (path, code.co_firstlineno, code.co_name)
        row = rows.get(key)
        if row is None:
            row = rows[key] = {
                "file": path,
                "line": code.co_firstlineno,
                "name": code.co_name,
                "calls": 0,
                "own": 0,
                "total": 0,
                "native": 0,
                "tests": [],
                "outside": False,
            }
        row["calls"] += found.calls
        row["own"] += int(found.own * SECOND)
        row["total"] += int(found.total * SECOND)
        row["native"] += int(found.native * SECOND)
        row["tests"] = sorted({*row["tests"], *found.tests})
        row["outside"] = row["outside"] or found.outside
    return list(rows.values())


def find_modules(files, names):
    """Note the names under which the files are imported now."""
    for name, module in list(sys.modules.items()):
        path = file_of(module)
        if path is not None and name != "__main__":
            file = files.owner(path)
            if file is not None and name not in names.setdefault(file, []):
                names[file].append(name)


def imported_elsewhere(copy, files, names):
    """Return where files that were not imported have their module from: an installed copy."""
    found = {}
    for file in files.wanted.values():
        if file in names:
            continue
        words = os.path.splitext(os.path.relpath(file, copy))[0].split(os.sep)
        if words[-1] == "__init__":
            words.pop()
        for start in range(len(words)):
            path = file_of(sys.modules.get(".".join(words[start:])))
            if path is not None and ("-packages" + os.sep in path or not path.endswith(".py")):
                found[file] = path
                break
    return found


def parts(things, size):
    """Yield the things in lists of at most about a mebibyte of text."""
    part, total = [], 0
    for thing in things:
        part.append(thing)
        total += size(thing)
        if total >= CHUNK:
            yield part
            part, total = [], 0
    if part:
        yield part
