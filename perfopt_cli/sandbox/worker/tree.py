"""The target's definition in a syntax tree, and code objects compiled from changes of it."""

import ast
import types

from .load import NotLoadable

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
ACCESSORS = ("setter", "deleter")


def first_line(node):
    """Return the first line of the definition's code object: that of its first decorator."""
    return node.decorator_list[0].lineno if node.decorator_list else node.lineno


class Definition:
    """One function in a tree that holds little else, so that compiling it again is cheap.

    Kept are ``from __future__`` imports and what encloses the function:
    classes with nothing but it, functions as they are, since they bind its
    free variables. ``node`` may be changed in place between compilations.
    """

    def __init__(self, text, qualname):
        module = ast.parse(text)
        path = path_to(module, qualname.split("."))
        if path is None:
            raise NotLoadable("the definition is not in the text")
        self.node = path[-1]
        self.name = path[-1].name
        self.first = first_line(self.node)
        outer = path[0]
        kept = [n for n in module.body if getattr(n, "module", None) == "__future__"]
        strip_classes(path)
        self.tree = ast.Module([*kept, outer], [])

    def compile(self, file):
        """Return the code object of the function as the tree has it now. Raises SyntaxError."""
        code = compile(self.tree, file, "exec", dont_inherit=True)
        found = code_at(code, self.name, self.first)
        if found is None:
            raise NotLoadable("the definition gives no code")
        return found


def path_to(tree, names):
    """Return the nodes that lead to the last name, outermost first, or None.

    Of several definitions of a name the last counts that is no overload and
    no setter or deleter of a property.
    """
    if names[0] == "<locals>":
        return path_to(tree, names[1:])
    best = None
    for node in definitions_in(tree):
        if node.name != names[0]:
            continue
        if len(names) == 1:
            if isinstance(node, FUNCTIONS) and (best is None or not is_extra(node)):
                best = [node]
        else:
            below = path_to(node, names[1:])
            best = best if below is None else [node, *below]
    return best


def definitions_in(tree):
    """Yield the functions and classes of a body, those under if, try, with and loops too."""
    for field in ("body", "handlers", "orelse", "finalbody", "cases"):
        children = getattr(tree, field, None)
        for node in children if isinstance(children, list) else ():
            if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
                yield node
            else:
                yield from definitions_in(node)


def is_extra(node):
    """Tell whether the definition only adds to another one of its name."""
    for item in node.decorator_list:
        name = getattr(item, "attr", getattr(item, "id", ""))
        if name in ACCESSORS or name == "overload":
            return True
    return False


def strip_classes(path):
    """Leave nothing in the outer classes but the way to the function."""
    for outer, inner in zip(path, path[1:]):
        if not isinstance(outer, ast.ClassDef):
            return
        outer.body = [inner]
        outer.bases, outer.keywords, outer.decorator_list = [], [], []


def code_at(code, name, first):
    """Return the code object of this name and first line among those in code, or None."""
    for inner in code.co_consts:
        if not isinstance(inner, types.CodeType):
            continue
        if inner.co_name == name and inner.co_firstlineno == first:
            return inner
        below = code_at(inner, name, first)
        if below is not None:
            return below
    return None


def words(node, most=60):
    """Return the node's source on one line, shortened."""
    try:
        text = " ".join(ast.unparse(node).split())
    except Exception:
        text = type(node).__name__
    return text if len(text) <= most else text[: most - 3] + "..."
