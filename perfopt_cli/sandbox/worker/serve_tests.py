"""Collect the project's tests once, and run some of them, with a candidate, in forks.

The candidate's code is put into the function object that the tests reached by
their imports. What ran at import ran with the original: perfopt runs the whole
suite on the edited file before it accepts anything.
"""

import gc
from resource import RLIMIT_CPU, RUSAGE_SELF, getrusage, setrlimit

from . import load, serve
from .closures import StandIn
from .quiet import make_clock
from .suite import Reporter, run_pytest


class Server(Reporter):
    """A pytest plug-in: once all is collected, serve forks instead of running the tests."""

    def __init__(self, channel):
        super().__init__(channel)
        self.items = {}
        self.spent = self.waits = 0

    def pytest_collection_finish(self, session):
        """Keep the tests by their ids, in pytest's order."""
        for item in session.items:
            self.items.setdefault(item.nodeid, item)

    def pytest_runtestloop(self, session):
        """Serve until perfopt hangs up; the tests of this process itself never run."""
        if session.testsfailed:
            self.channel.send("unfit", text="not all tests can be collected")
        else:
            session.config.pluginmanager.register(stopwatch(self))
            serve.serve(self.channel, lambda channel, order: self.perform(session, channel, order))
        return True

    def perform(self, session, channel, order):
        """Run the wanted tests with the candidate in place; stop at the first failure.

        Where the order says ``timed``, they run again, and that is what counts:
        the first time, patterns are compiled and modules imported that a whole
        run compiles and imports once. After ``cpu_seconds`` the kernel kills it.
        """
        self.channel = channel
        if order.get("cpu_seconds"):
            setrlimit(RLIMIT_CPU, (order["cpu_seconds"],) * 2)
        try:
            put_in_place(order)
        except (load.NotLoadable, ImportError, SyntaxError) as error:
            channel.send("unloadable", text=str(error))
            return
        wanted = [self.items[name] for name in order["wanted"] if name in self.items]
        wanted.sort(key=session.items.index)
        channel.send("collected", count=len(wanted), ini=None)
        session.items = wanted
        session.testscollected = len(wanted)
        session.config.option.maxfail = 1
        # What pytest shows of a failure takes longer than the tests; its last line is enough.
        session.config.option.tbstyle = "line"
        for timed in (False, True) if order.get("timed") else (False,):
            run_tests(session, wanted, timed)
        channel.send("suite", code=int(bool(session.testsfailed)))

    def pytest_runtest_logfinish(self, nodeid):
        """Send the outcome of a finished test with its CPU time in ns, and how often it waited."""
        self.current.get(nodeid, {}).update(cpu=self.spent, waits=self.waits)
        self.spent = self.waits = 0
        super().pytest_runtest_logfinish(nodeid)


def run_tests(session, wanted, timed):
    """Run the tests; where they are ``timed``, none pays for garbage, of its own or of others."""
    for item, following in zip(wanted, [*wanted[1:], None]):
        if session.shouldfail or session.shouldstop:
            return
        if timed:
            gc.collect()
            gc.disable()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)


def stopwatch(server):
    """Return a pytest plug-in that adds up in the server what a test itself takes.

    That is its set-up, its call and its tear-down, with all threads and children.
    """
    import pytest

    clock = make_clock()
    innermost = pytest.hookimpl(hookwrapper=True, trylast=True)

    def measured():
        server.waits -= getrusage(RUSAGE_SELF).ru_nvcsw
        _, process, children = clock()
        yield
        _, process_then, children_then = clock()
        server.spent += process_then - process + children_then - children
        server.waits += getrusage(RUSAGE_SELF).ru_nvcsw

    class Stopwatch:
        @innermost
        def pytest_runtest_setup(self):
            yield from measured()

        @innermost
        def pytest_runtest_call(self):
            yield from measured()

        @innermost
        def pytest_runtest_teardown(self):
            yield from measured()

    return Stopwatch()


def put_in_place(order):
    """Give the target's function the candidate's code, in this process."""
    load.prepare_imports(order)
    function = load.load_target(order)
    if isinstance(function, StandIn):
        raise load.NotLoadable("the function is made anew by each call of another one")
    code = load.compile_definition(order["text"], order["target"])
    load.check_code(function, code)
    load.add_imports(function, order["imports"])
    function.__code__ = code


def run(channel, request):
    """The ``serve tests`` job: {arguments}; orders: {target, sys_path, text, imports, wanted}.

    They may have {timed, cpu_seconds} as well.
    """
    run_pytest(request["arguments"], [Server(channel)])
