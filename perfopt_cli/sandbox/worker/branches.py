"""Which branches of a function are entered: marks put into its syntax tree.

A branch is either side of a condition, the body of a loop or of a
comprehension, a handler, a case, an operand that ``and`` or ``or`` may pass
over, the body of a function within. Marks change no value, no line and no
order of evaluation; a condition becomes ``mark(1) if condition else mark(2)``.
"""

import ast

from .tree import FUNCTIONS, words

MARK = "_perfopt_mark"


class Marker(ast.NodeTransformer):
    """Puts marks into a function; ``branches`` are (line, words), by number."""

    def __init__(self):
        self.branches = []

    def mark_function(self, node):
        """Mark the function's own body, in place."""
        node.body = [self.visit(statement) for statement in node.body]
        ast.fix_missing_locations(node)

    def mark(self, place, text, value=True):
        """Return the call that marks a new branch, and whose value is given."""
        number = len(self.branches)
        self.branches.append((place.lineno, text))
        call = ast.Call(ast.Name(MARK, ast.Load()), [ast.Constant(number), ast.Constant(value)], [])
        return ast.copy_location(call, place)

    def first(self, body, place, text):
        """Return the statements with a mark before them."""
        return [ast.copy_location(ast.Expr(self.mark(place, text)), place), *body]

    def after(self, node, text):
        """Return an expression that marks, and then has the value of the node."""
        pair = ast.Tuple([self.mark(node, text), node], ast.Load())
        picked = ast.Subscript(pair, ast.Constant(1), ast.Load())
        return ast.copy_location(picked, node)

    def condition(self, test):
        """Return the test with its two sides marked; a constant one has but one side."""
        text = words(test)
        inner = self.visit(test)
        if isinstance(test, ast.Constant):
            return inner
        yes = self.mark(test, "a call where `%s` is true" % text, True)
        no = self.mark(test, "a call where `%s` is false" % text, False)
        return ast.copy_location(ast.IfExp(inner, yes, no), test)

    def visit_If(self, node):
        """Both sides."""
        node.test = self.condition(node.test)
        node.body = [self.visit(one) for one in node.body]
        node.orelse = [self.visit(one) for one in node.orelse]
        return node

    def visit_IfExp(self, node):
        """Both sides."""
        node.test = self.condition(node.test)
        node.body, node.orelse = self.visit(node.body), self.visit(node.orelse)
        return node

    def visit_While(self, node):
        """The body; that a loop ends is shown by what comes after it."""
        text = "a call that enters the loop `while %s`" % words(node.test)
        self.generic_visit(node)
        node.body = self.first(node.body, node, text)
        return node

    def visit_For(self, node):
        """The body, and what happens where it ran to the end."""
        text = "a call that enters the loop over `%s`" % words(node.iter)
        self.generic_visit(node)
        node.body = self.first(node.body, node, text)
        if node.orelse:
            text = "a call where the loop is not broken off"
            node.orelse = self.first(node.orelse, node, text)
        return node

    visit_AsyncFor = visit_For

    def visit_ExceptHandler(self, node):
        """A handler."""
        name = words(node.type) if node.type else "any exception"
        self.generic_visit(node)
        node.body = self.first(node.body, node, "a call where `except %s` catches" % name)
        return node

    def visit_BoolOp(self, node):
        """Each operand but the first."""
        texts = [words(value) for value in node.values]
        self.generic_visit(node)
        node.values[1:] = [
            self.after(value, "a call that gets as far as `%s`" % text)
            for value, text in zip(node.values[1:], texts[1:])
        ]
        return node

    def visit_comprehension(self, node):
        """Its conditions."""
        node.iter = self.visit(node.iter)
        node.ifs = [self.condition(test) for test in node.ifs]
        return node

    def of_items(self, node):
        """The item of a comprehension: is there ever one?"""
        text = "a call where `%s` has an item" % words(node)
        self.generic_visit(node)
        node.elt = self.after(node.elt, text)
        return node

    visit_ListComp = visit_SetComp = visit_GeneratorExp = of_items

    def visit_DictComp(self, node):
        """The same for a dict."""
        text = "a call where `%s` has an item" % words(node)
        self.generic_visit(node)
        node.key = self.after(node.key, text)
        return node

    def visit_Lambda(self, node):
        """Is it ever called?"""
        text = "a call that calls `%s`" % words(node)
        node.body = self.after(self.visit(node.body), text)
        return node

    def visit_FunctionDef(self, node):
        """A function within: is it ever called?"""
        node.body = [self.visit(one) for one in node.body]
        node.body = self.first(node.body, node, "a call that calls `%s`" % node.name)
        return node

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node):
        """A class within stays as it is."""
        return node

    def visit_JoinedStr(self, node):
        """So does an f-string: before 3.12 its parts have no lines of their own."""
        return node

    def visit_AnnAssign(self, node):
        """Leave the annotation alone."""
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def generic_visit(self, node):
        """Visit the children; patterns of ``match`` hold no branch."""
        if type(node).__name__ == "match_case":
            if node.guard is not None:
                node.guard = self.condition(node.guard)
            place = node.body[0]
            text = "a call that matches `%s`" % words(node.pattern)
            node.body = self.first([self.visit(one) for one in node.body], place, text)
            return node
        return super().generic_visit(node)


def marked(definition):
    """Put marks into the definition's function; return the branches, (line, words) by number."""
    assert isinstance(definition.node, FUNCTIONS)
    marker = Marker()
    marker.mark_function(definition.node)
    return marker.branches
