"""Replay recorded calls of a target, by the original or by a candidate, and report what happened.

Each call is made twice: in the recorded order, and again in the reverse order,
both times on fresh copies of its arguments; a candidate that keeps something
between calls shows itself. The parent compares the reports of two processes.
"""

from . import calls, load
from .observe import canonical, observe
from .show import MAX_TEXT, show
from .state import Descriptors, module_state, process_state, project_state

__all__ = ["canonical", "describe", "observe", "run"]


def describe(data):
    """Return the arguments of a recorded call as a short text."""
    args, kwargs = calls.load(data)
    shown = [show(arg) for arg in args] + ["%s=%s" % (k, show(v)) for k, v in kwargs.items()]
    return "(" + ", ".join(shown)[: 2 * MAX_TEXT] + ")"


def run(channel, request):
    """The ``replay`` job: {target, calls, sys_path, text, imports, ulps, deaf}.

    ``text`` is the candidate's, or null for the module as it is. Answers with
    a ``call`` for each call and turn, and ``state``: digests of what the calls
    left in the module, in the project's other modules and in the process.
    """
    load.prepare_imports(request)
    try:
        function = load.load_target(request)
        if request["text"] is not None:
            code = load.compile_definition(request["text"], request["target"])
            load.check_code(function, code)
            load.add_imports(function, request["imports"])
            function.__code__ = code
        recorded = calls.read_file(request["calls"])
    except load.NotLoadable as error:
        channel.send("unloadable", text=str(error))
        return
    except Exception as error:
        channel.send("unloadable", text="%s: %s" % (type(error).__name__, error))
        return
    names = set(function.__globals__)
    around = {}
    with Descriptors() as descriptors:
        for turn in (0, 1):
            take_turn(channel, request, function, recorded, turn)
            for name, seen in {**process_state(), **descriptors.digests()}.items():
                around[name + (" when called again" if turn else "")] = seen
    around.update(project_state(function, request["copy"]))
    new = sorted(set(function.__globals__) - names)
    channel.send("state", state=module_state(function), around=around, new=new)


def take_turn(channel, request, function, recorded, turn):
    """Make all calls once, in the recorded order or the other way round."""
    indices = range(len(recorded))
    for index in reversed(indices) if turn else indices:
        data = recorded[index]
        ulps, deaf = request.get("ulps", 0), request.get("deaf", False)
        first_of_original = request["text"] is None and turn == 0
        seen = observe(function, data, first_of_original, ulps, thorough=turn == 0, deaf=deaf)
        if first_of_original:
            seen["call"] = describe(data)
        channel.send("call", turn=turn, index=index, **seen)
