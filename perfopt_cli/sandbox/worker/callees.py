"""Which functions of the project a function calls: names looked up, nothing of them run."""

import ast
import os
import textwrap
import tokenize
import types

MOST_LINES = 25
MOST_CHARACTERS = 1500
MOST_CALLEES = 4
UNWRAPPED = 20


def definition_at(text, first, name):
    """Return the node of the function of this name whose first line is ``first``, or None."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == name:
            lines = [node.lineno] + [one.lineno for one in node.decorator_list]
            if min(lines) == first:
                return node
    return None


def callees_of(node, function, owner, folder):
    """Return (name, function) of what the node calls, each once, in the order of the text.

    ``owner`` is the class of the first argument. Only what is defined in a file
    below the folder counts, and a class stands for its ``__init__``.
    """
    first = node.args.posonlyargs + node.args.args
    roots = dict(function.__globals__)
    if first and owner is not None:
        roots[first[0].arg] = owner
    calls = [call for call in ast.walk(node) if isinstance(call, ast.Call)]
    found = {}
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        path = path_of(call.func)
        inner = looked_up(roots, path) if path else None
        if inner is None or inner.__code__ is function.__code__ or not lies_in(inner, folder):
            continue
        found.setdefault(id(inner.__code__), (".".join(path), inner))
    return list(found.values())


def path_of(node):
    """Return the names of ``a.b.c`` as a list; empty for anything else."""
    names = []
    while isinstance(node, ast.Attribute):
        names.insert(0, node.attr)
        node = node.value
    return [node.id, *names] if isinstance(node, ast.Name) else []


def looked_up(roots, path):
    """Return the function at the path, or None."""
    value = roots.get(path[0])
    for name in path[1:]:
        if isinstance(value, types.ModuleType):
            value = vars(value).get(name)
        elif isinstance(value, type):
            value = in_class(value, name)
        else:
            return None
    if isinstance(value, type):
        value = in_class(value, "__init__")
    return plain_function(value)


def in_class(kind, name):
    """Return what the class or one of its bases has by that name, or None."""
    for base in type.__getattribute__(kind, "__mro__"):
        held = type.__getattribute__(base, "__dict__")
        if name in held:
            return held[name]
    return None


def plain_function(value):
    """Return the function behind descriptors and wrappers, or None."""
    for _ in range(UNWRAPPED):
        if isinstance(value, types.FunctionType):
            inner = vars(value).get("__wrapped__")
            if not isinstance(inner, types.FunctionType):
                return value
            value = inner
        elif isinstance(value, (staticmethod, classmethod)):
            value = value.__func__
        else:
            held = getattr(type(value), "__module__", "") == "functools"
            value = getattr(value, "__wrapped__", None) if held else None
    return None


def lies_in(function, folder):
    """Tell whether the function's file is below the folder."""
    file = os.path.realpath(function.__code__.co_filename)
    return file.startswith(os.path.realpath(folder) + os.sep)


def source_of(function):
    """Return the function's source, dedented, or None where it is long or not to be found."""
    code = function.__code__
    try:
        with tokenize.open(code.co_filename) as file:
            text = file.read()
        node = definition_at(text, code.co_firstlineno, code.co_name)
    except (OSError, ValueError, SyntaxError):
        return None
    if node is None:
        return None
    lines = text.splitlines()[code.co_firstlineno - 1 : node.end_lineno]
    source = textwrap.dedent("\n".join(lines)) + "\n"
    return source if len(lines) <= MOST_LINES and len(source) <= MOST_CHARACTERS else None
