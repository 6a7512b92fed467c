"""Record calls of the targets while the project's tests run.

Arguments are pickled at entry, before the function can change them. Which
calls are kept is the business of ``target.py``; how they are seen is that of
the hooks.
"""

import os
import sys

from . import calls
from .channel import peak_memory
from .hooks_profile import ProfileHook
from .instrument import ImportHook
from .suite import Reporter, run_pytest
from .target import Guard, Target


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


def start_hook(targets):
    """Start and return the cheapest hook that there is."""
    if sys.version_info < (3, 12):
        hook = ImportHook(targets)
        hook.start()
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

    Sends ``recorded`` for each target: how many calls were ``kept``, at least
    how many were ``seen`` in how many ``shapes``, how many had arguments that
    are ``refused`` (they can't be pickled, or take too much room or time) or
    ``altered`` (a copy of them isn't the same), and in ``missed`` the lines
    that no call entered, None where that isn't known.
    """
    owner = os.getpid()
    guard = Guard()
    targets = [Target(spec, guard) for spec in request["targets"]]
    hook = start_hook(targets)
    tests = Tests(hook)
    try:
        plugins = [Reporter(channel, request.get("wanted")), tests]
        code = run_pytest(request["arguments"], plugins)
    finally:
        hook.stop()
        guard.off = True
    if os.getpid() != owner:  # a test has forked, and the child came out of pytest
        return
    for index, target in enumerate(targets):
        kept = target.kept
        survivors = kept.survivors()
        calls.write_file(target.output, survivors)
        channel.send(
            "recorded",
            target=index,
            kept=len(survivors),
            seen=target.seen,
            shapes=len(target.shapes),
            refused=kept.refused + kept.altered,
            altered=kept.altered,
            missed=None if target.missed is None else sorted(target.missed),
        )
    channel.send("recording", code=code, peak=peak_memory(), sys_path=tests.path)
