"""Run the project's pytest suite, or some of its tests, and report each test as it ends."""

import os
import sys

from .channel import peak_memory

MAX_TEXT = 4000


class Reporter:
    """A pytest plug-in: a ``test`` message for each test, ``collect`` for a collection error."""

    def __init__(self, channel, wanted=None):
        self.channel = channel
        self.wanted = None if wanted is None else set(wanted)
        self.current = {}

    def pytest_collection_modifyitems(self, config, items):
        """Keep only the wanted tests."""
        if self.wanted is None:
            return
        kept = [item for item in items if item.nodeid in self.wanted]
        dropped = [item for item in items if item.nodeid not in self.wanted]
        if dropped:
            config.hook.pytest_deselected(items=dropped)
            items[:] = kept

    def pytest_collectreport(self, report):
        """Pass a collection error on."""
        if report.failed:
            text = str(report.longrepr)[-MAX_TEXT:]
            self.channel.send("collect", id=report.nodeid, text=text)

    def pytest_collection_finish(self, session):
        """Say how many tests will run, for the progress bar."""
        ini = getattr(session.config, "inipath", None)
        self.channel.send(
            "collected", count=len(session.items), ini=None if ini is None else str(ini)
        )

    def pytest_runtest_logreport(self, report):
        """Fold set-up, call and tear-down of a test into one outcome."""
        state = self.current.setdefault(
            report.nodeid, {"outcome": None, "seconds": 0.0, "text": ""}
        )
        state["seconds"] += report.duration
        outcome = phase_outcome(report)
        if outcome is not None and state["outcome"] not in ("failed", "error"):
            state["outcome"] = outcome
            if outcome in ("failed", "error"):
                state["text"] = str(report.longrepr)[-MAX_TEXT:]

    def pytest_runtest_logfinish(self, nodeid):
        """Send the outcome of a finished test."""
        state = self.current.pop(nodeid, None)
        if state is not None:
            self.channel.send("test", id=nodeid, **state)


def phase_outcome(report):
    """Return what one phase says of its test, or None where it says nothing."""
    xfail = hasattr(report, "wasxfail")
    if report.failed:
        return "failed" if report.when == "call" else "error"
    if report.skipped:
        return "xfailed" if xfail else "skipped"
    if report.when == "call":
        return "xpassed" if xfail else "passed"
    return None


def run_pytest(arguments, plugins):
    """Run pytest in this process; return its exit code as an int."""
    # `python -m pytest` leaves these behind; some projects' command-line tests look at them.
    sys.argv = ["pytest", *arguments]
    import pytest

    return int(pytest.main(arguments, plugins=plugins))


def run(channel, request):
    """The ``suite`` job: {arguments, wanted: null or node ids}."""
    code = run_pytest(request["arguments"], [Reporter(channel, request.get("wanted"))])
    channel.send("suite", code=code, peak=peak_memory(), modules=outside_modules(request))


def outside_modules(request):
    """Return modules that were imported from the original tree instead of the copy."""
    root = os.path.join(request["original"], "")
    copy = os.path.join(request["copy"], "")
    names = []
    for name, module in list(sys.modules.items()):
        path = file_of(module)
        if path is None or not path.startswith(root) or path.startswith(copy):
            continue
        if "site-packages" not in path:
            names.append(name)
    return names


def file_of(module):
    """Return a module's file, or None; wake no lazy one, and take anything from ``sys.modules``."""
    try:
        path = object.__getattribute__(module, "__dict__").get("__file__")
    except Exception:
        return None
    return path if isinstance(path, str) else None
