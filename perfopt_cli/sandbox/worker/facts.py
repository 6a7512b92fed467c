"""What the recorded calls of a function show: types, sizes, results, and where its time goes.

For prompts, and exact types for rules: no gate looks at it. All parts are
bounded in time, and what is not known by then is left out.
"""

import signal
import sys
import tokenize

from . import calls, load
from .callees import MOST_CALLEES, callees_of, definition_at, source_of
from .exact import Exact
from .guard import Stopped
from .kinds import name_of
from .lineprofile import Profile
from .subject import Subject
from .timer import NullStream

EXACT_SECONDS = 2.0
LEFT_SECONDS = 0.2
READ_SECONDS = 0.1
RERUN_SECONDS = 0.25
TRACE_SECONDS = 0.4


def bounded(seconds, work):
    """Do the work, and stop it in its middle where it takes longer."""
    running = [True]

    def on_alarm(_number, _frame):
        if running[0]:
            raise Stopped

    before = signal.signal(signal.SIGALRM, on_alarm)
    # Again and again, as a bare except may swallow the first one.
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds / 4)
    try:
        work()
    except Stopped:
        return
    finally:
        running[0] = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def look(function, recorded, text, folder):
    """Return all that is to be told of a function."""
    code = function.__code__
    node = definition_at(text, code.co_firstlineno, code.co_name)
    subject = Subject(function, recorded, node)
    bounded(READ_SECONDS, subject.read_types)
    bounded(RERUN_SECONDS, subject.run_again)
    found = callees_of(node, function, subject.owner, folder)
    profile = Profile(code, [inner.__code__ for _, inner in found])
    bounded(TRACE_SECONDS, lambda: subject.trace(profile))
    first = code.co_firstlineno - 1
    arguments = [
        [name, tally.rows(), subject.changed.get(name, 0)]
        for name, tally in subject.arguments.items()
    ]
    return {
        "calls": subject.read,
        "owner": "" if subject.owner is None else name_of(subject.owner),
        "arguments": arguments,
        "rerun": subject.rerun,
        "results": subject.results.rows(),
        "raised": sorted(subject.raised.items(), key=lambda pair: (-pair[1], pair[0])),
        "sizes": subject.sizes(),
        "lines": [[line - first, share, times] for line, share, times in profile.lines()],
        "callees": listed(found, profile.shares()),
        "types": types_of(subject),
    }


def types_of(subject):
    """Return [name, exact type] of what the calls were given; it holds as they leave it, too."""
    exact = Exact(subject)
    bounded(EXACT_SECONDS, exact.look)
    if exact.whole:
        bounded(LEFT_SECONDS, exact.look_again)
    return exact.rows()


def brief(function, recorded, text):
    """Return exact types alone."""
    code = function.__code__
    subject = Subject(function, recorded, definition_at(text, code.co_firstlineno, code.co_name))
    return {"calls": len(recorded), "types": types_of(subject)}


def listed(found, shares):
    """Return [name, source, share or None] of the callees that are short, hottest first."""
    rows = [[name, source_of(inner), shares.get(id(inner.__code__))] for name, inner in found]
    rows = [row for row in rows if row[1] is not None]
    return sorted(rows, key=lambda row: -(row[2] or 0.0))[:MOST_CALLEES]


def run(channel, request):
    """The ``facts`` job: {target, calls, sys_path, text, imports, brief}.

    ``text`` is that of the module with another version of the function, or
    null for the one in the copy. ``brief``: only exact types are wanted.
    Answers with ``facts``.
    """
    load.prepare_imports(request)
    text = request["text"]
    try:
        function = load.load_target(request)
        if text is not None:
            code = load.compile_definition(text, request["target"])
            load.check_code(function, code)
            load.add_imports(function, request["imports"])
            function.__code__ = code
        else:
            with tokenize.open(request["target"]["file"]) as file:
                text = file.read()
        recorded = calls.read_file(request["calls"])
    except load.NotLoadable as error:
        channel.send("unloadable", text=str(error))
        return
    except Exception as error:
        channel.send("unloadable", text="%s: %s" % (type(error).__name__, error))
        return
    streams = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = NullStream()
    try:
        if request["brief"]:
            found = brief(function, recorded, text)
        else:
            found = look(function, recorded, text, request["copy"])
    finally:
        sys.stdout, sys.stderr = streams
    channel.send("facts", **found)
