"""Write a call as Python that can be pasted into a prompt.

A text is given out only where running it calls the function with arguments of
the same canonical form.
"""

import inspect
import sys
import types

from .entry import arguments
from .expressions import MOST_TEXT, Unpasteable, Writer, same
from .observe import canonical


class Caught(BaseException):
    """The function was entered; nothing of it is to run."""


class Call:
    """How calls of one function are written."""

    def __init__(self, function, target):
        self.function = function
        self.target = target

    def write(self, args, kwargs):
        """Return (import lines, call) that gives these arguments, or None where none is found."""
        try:
            imports, text = self.written(args, kwargs)
            if len(text) <= MOST_TEXT and self.holds(imports, text, args, kwargs):
                return imports, text
        except Exception:
            return None
        return None

    def written(self, args, kwargs):
        """Return (import lines, call), unchecked. Raises Unpasteable, and what objects raise."""
        writer = Writer((args, kwargs))
        start, rest, is_call = self.callee(writer, list(args))
        positional, named = self.shortest(rest, len(args) - len(rest), kwargs)
        shown = [writer.write(arg) for arg in positional]
        shown += ["%s=%s" % (name, writer.write(item)) for name, item in named]
        text = "%s(%s)" % (start, ", ".join(shown)) if is_call else start
        imports = import_lines(writer.modules)
        if inspect.iscoroutinefunction(self.function):
            return ["import asyncio", *imports], "asyncio.run(%s)" % text
        if inspect.isgeneratorfunction(self.function):
            return imports, "list(%s)" % text
        return imports, text

    def callee(self, writer, args):
        """Return the text before the arguments, the arguments left, and whether it is called."""
        *outer, name = self.target["qualname"].split(".")
        holder = sys.modules[self.target["module"]]
        for part in outer:
            holder = getattr(holder, part)
        if isinstance(holder, types.ModuleType):
            writer.modules.setdefault(holder.__name__, set()).add(name)
            writer.names[name] = holder.__name__
            return name, args, True
        held = vars(holder)[name]
        if isinstance(held, staticmethod):
            return "%s.%s" % (writer.named(holder), name), args, True
        if inspect.getattr_static(args[0], name) is not held:  # overridden
            return "%s.%s" % (writer.named(holder), name), args, True
        text = "%s.%s" % (writer.write(args[0]), name)
        return text, args[1:], not isinstance(held, property)

    def shortest(self, rest, skipped, kwargs):
        """Return positional and named arguments but for those that are as their default says."""
        code, defaults = self.function.__code__, self.function.__defaults__ or ()
        names = code.co_varnames[: code.co_argcount]
        first = code.co_argcount - len(defaults)
        short = len(rest) + skipped <= code.co_argcount
        positional, named, gap = [], [], False
        for index, value in enumerate(rest, skipped):
            usual = short and index >= max(first, code.co_posonlyargcount)
            if usual and same(value, defaults[index - first]):
                gap = True
            elif gap:
                named.append((names[index], value))
            else:
                positional.append(value)
        usual = self.function.__kwdefaults__ or {}
        named += [(k, v) for k, v in kwargs.items() if k not in usual or not same(v, usual[k])]
        if not all(name.isidentifier() for name, _ in named):
            raise Unpasteable
        return positional, named

    def holds(self, imports, text, args, kwargs):
        """Run the text up to the function's entry; tell whether it gets these arguments."""
        code, seen = self.function.__code__, []

        def entering(frame, event, _arg):
            if event == "call" and frame.f_code is code:
                seen.append(canonical(arguments(frame)))
                raise Caught

        namespace = {}
        for line in imports:
            exec(line, namespace)
        before = sys.gettrace()
        sys.settrace(entering)
        try:
            eval(text, namespace)
        except Caught:
            pass
        finally:
            sys.settrace(before)
        wanted = canonical((list(args), dict(kwargs)))
        return wanted is not None and seen[:1] == [wanted]


def import_lines(modules):
    """Return the import lines for modules and the names wanted of them."""
    lines = []
    for module, names in sorted(modules.items()):
        if names:
            lines.append("from %s import %s" % (module, ", ".join(sorted(names))))
        else:
            lines.append("import %s" % module)
    return lines
