"""Run a workload, a program of the project's own, as its command line would run it.

The program gets a module ``__main__``, arguments and a path of its own. What
it prints goes to a file, of which a digest is kept; its errors go where the
worker's go.
"""

import builtins
import hashlib
import os
import sys
import types
from time import perf_counter

from .channel import peak_memory


class Program:
    """What a request says of a program; ``code``, ``printed`` and ``seconds`` once it has run.

    ``copy`` is the working copy of the project, which is the current folder.
    """

    def __init__(self, request):
        self.kind = request["program"]["kind"]
        self.name = request["program"]["name"]
        self.words = request["program"]["words"]
        self.copy = request["copy"]
        self.code = None
        self.printed = ""
        self.seconds = 0.0

    def run(self):
        """Run the program to the end of its threads and of what it registered for its exit."""
        import tempfile

        owner = os.getpid()
        with tempfile.TemporaryFile() as output:
            sys.stdout.flush()
            before = os.dup(1)
            os.dup2(output.fileno(), 1)
            began = perf_counter()
            try:
                self.code = exit_code(self.start)
                at_exit()
            finally:
                flush()
                self.seconds = perf_counter() - began
                if os.getpid() != owner:  # the program has forked, and this is the child
                    os._exit(self.code or 0)
                os.dup2(before, 1)
                os.close(before)
            output.seek(0)
            data = output.read()
        # The folder has another name in every run.
        data = data.replace(os.path.dirname(self.copy).encode(), b"")
        self.printed = hashlib.sha256(data).hexdigest()

    def start(self):
        """Run the program's own code."""
        main = types.ModuleType("__main__")
        main.__builtins__ = builtins
        sys.modules["__main__"] = main
        sys.argv = list(self.words)
        if self.kind == "module":
            import runpy

            runpy._run_module_as_main(self.name)
            return
        path, text = "<string>", self.name
        if self.kind == "script":
            path = os.path.join(self.copy, self.name)
            sys.path[0] = os.path.dirname(os.path.realpath(path))
            main.__file__, main.__cached__ = path, None
            with open(path, "rb") as file:
                text = file.read()
        exec(compile(text, path, "exec", dont_inherit=True), vars(main))

    def told(self):
        """Return what there is to say of the run, as a message has it."""
        told = {"code": self.code, "printed": self.printed, "seconds": self.seconds}
        return {**told, "peak": peak_memory()}


def exit_code(action):
    """Do it; return the exit code that an interpreter would end with, and say why on stderr."""
    import traceback

    try:
        action()
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return (end.code or 0) & 0xFF
        print(end.code, file=sys.stderr)
        return 1
    except BaseException as error:
        raised = error.__traceback__
        while raised is not None and raised.tb_frame.f_code.co_filename == __file__:
            raised = raised.tb_next
        traceback.print_exception(type(error), error, raised)
        return 1
    return 0


def at_exit():
    """Wait for the program's threads, and call what it wanted called, as at an interpreter's end.

    Both functions are what the interpreter itself calls; there are no public ones.
    """
    import atexit
    import threading

    for end in (threading._shutdown, atexit._run_exitfuncs):
        try:
            end()
        except BaseException:  # the exit code stays as it is, as in an interpreter
            import traceback

            traceback.print_exc()


def flush():
    """Have all that was printed in the descriptor, and streams that can be written to."""
    for stream in {id(one): one for one in (sys.stdout, sys.__stdout__)}.values():
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):  # closed, or none
            continue
    for name in ("stdout", "stderr"):
        if getattr(getattr(sys, name), "closed", True):
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115


def run(channel, request):
    """The ``workload`` job: {program: {kind, name, words}}. Sends ``ran``."""
    program = Program(request)
    program.run()
    channel.send("ran", **program.told())
