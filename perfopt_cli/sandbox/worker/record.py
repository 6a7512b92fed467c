"""Record calls of the targets while the project's tests run, or a program of the project's.

Arguments are pickled at entry, before the function can change them. Which
calls are kept is the business of ``target.py``; how they are seen is that of
the hooks.
"""

import os
import sys
import types

from . import calls
from .channel import peak_memory
from .hooks_profile import ProfileHook
from .instrument import ImportHook
from .keeping import LOADED_BYTES
from .suite import Reporter, run_pytest
from .target import Guard, Target
from .workload import Program


class Tests:
    """A pytest plug-in that tells a hook where tests begin.

    It also notes ``sys.path`` while what pytest added is still on it.
    """

    def __init__(self, hook):
        self.hook = hook
        self.path = []

    def pytest_runtest_logstart(self):
        """Look at the targets' calls again."""
        self.hook.begin_test()

    def pytest_sessionfinish(self):
        """Note the path at the end of the tests: pytest takes its own entries off afterwards."""
        self.path = [entry for entry in sys.path if isinstance(entry, str)]


def start_hook(targets, module):
    """Start and return the cheapest hook that there is; ``module`` is pytest, if that comes."""
    if sys.version_info < (3, 12):
        hook = ImportHook(targets)
        hook.start(module)
        return hook
    from .hooks_monitoring import MonitoringHook

    monitoring = MonitoringHook(targets)
    if monitoring.start():
        return monitoring
    profile = ProfileHook(targets)
    profile.start()
    return profile


def run(channel, request):
    """The ``record`` job: {arguments, wanted, targets: [{file, qualname, first, calls}]}.

    With ``program`` in the request it is about that instead of the tests (see
    the ``workload`` job), whose calls come after those that are kept already.

    Sends ``recorded`` for each target: how many calls were ``kept``, at least
    how many were ``seen`` in how many ``shapes``, how many had arguments that
    are ``refused`` (they can't be pickled, or take too much room or time) or
    ``altered`` (a copy of them isn't the same), and in ``missed`` the lines
    that no call entered, None where that isn't known.
    """
    owner = os.getpid()
    guard = Guard()
    targets = [Target(spec, guard) for spec in request["targets"]]
    program = "program" in request
    hook = start_hook(targets, None if program else "pytest")
    try:
        record = record_program if program else record_tests
        told = record(channel, request, hook)
    finally:
        hook.stop()
        guard.off = True
    if os.getpid() != owner:  # a test has forked, and the child came out of pytest
        return
    for index, target in enumerate(targets):
        kept = target.kept
        every = kept.survivors()
        if program:
            every = together(calls.read_file(target.output), every)
        calls.write_file(target.output, every)
        channel.send(
            "recorded",
            target=index,
            kept=len(every),
            seen=target.seen,
            shapes=len(target.shapes),
            refused=kept.refused + kept.altered,
            altered=kept.altered,
            missed=None if target.missed is None else sorted(target.missed),
        )
    channel.send("recording", **told)


def record_tests(channel, request, hook):
    """Run the tests; return what is to be said of them all."""
    tests = Tests(hook)
    plugins = [Reporter(channel, request.get("wanted")), tests]
    code = run_pytest(request["arguments"], plugins)
    return {"code": code, "peak": peak_memory(), "sys_path": tests.path}


def together(earlier, later):
    """Return the calls that were kept before, and then a program's own.

    Those that are too large to be looked at are left out where they may need
    the program's own module, which no replay has.
    """
    fit = [one for one in later if len(one) <= LOADED_BYTES or b"__main__" not in one]
    return list(dict.fromkeys([*earlier, *fit]))


def record_program(_channel, request, hook):
    """Run the program; return what is to be said of it."""
    program = Program(request)
    hook.begin_test()
    program.run()
    # What can't do without the program's own module is not to come back from its copy.
    sys.modules["__main__"] = types.ModuleType("__main__")
    path = [entry for entry in sys.path if isinstance(entry, str)]
    return {**program.told(), "sys_path": path}
