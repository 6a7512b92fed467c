"""What several families ask of a place, and the parts that they write."""

from __future__ import annotations

import ast
from typing import Any

from perfopt_cli.train.pairs.views import Place, Rewrite, Use, View, names_in, stored_in

RESULTS = (
    "result",
    "results",
    "res",
    "out",
    "output",
    "ret",
    "values",
    "items",
    "acc",
    "collected",
)
INDEXES = ("i", "j", "k", "idx", "index", "pos", "n")


def heads(view: View, generators: list[Any], *, plain: bool = False) -> list[str] | None:
    """Return the lines that open the loops of a comprehension; None where they can't be loops."""
    lines: list[str] = []
    for generator in generators:
        names = stored_in([generator.target])
        if generator.is_async or not view.own(names) or names & names_in(generator.iter):
            return None
        target, items = view.bare(generator.target), view.bare(generator.iter)
        if isinstance(generator.target, ast.Tuple) and target.startswith("("):
            target = target[1:-1]
        simple = isinstance(generator.iter, (ast.Name, ast.Attribute))
        if simple and not plain and view.chance(0.15):
            index = view.fresh(*INDEXES)
            lines += [f"for {index} in range(len({items})):", f"{target} = {items}[{index}]"]
        elif simple and not plain and view.chance(0.05):
            lines.append(f"for {target} in list({items}):")
        else:
            lines.append(f"for {target} in {items}:")
        tests = [view.cut(test) for test in generator.ifs]
        if len(tests) > 1 and view.chance(0.7):
            tests = [" and ".join(tests)]
        if len(tests) == 1 and generator is generators[-1] and not plain and view.chance(0.25):
            lines += [f"if not {tests[0]}:", "continue"]
        else:
            lines += [f"if {test}:" for test in tests]
    return lines


def loop(opened: list[str], body: str) -> str:
    """Return a body in the loops that ``heads`` gave; lines that open nothing stay level."""
    text, depth = [], 0
    for line in opened:
        text.append("    " * depth + line)
        depth += line.endswith(":")
        if line.endswith("continue"):
            depth -= 1
    return "\n".join([*text, *("    " * depth + line for line in body.split("\n"))])


def target_of(view: View, use: Use, hints: tuple[str, ...] = RESULTS) -> tuple[str, bool]:
    """Return the name to collect into, and whether it is the statement's own variable."""
    statement = use.statement
    if (
        isinstance(statement, ast.Assign)
        and statement.value is use.node
        and len(statement.targets) == 1
        and isinstance(statement.targets[0], ast.Name)
        and statement.targets[0].id not in names_in(use.node)
    ):
        return statement.targets[0].id, True
    return view.fresh(*hints), False


def prelude(
    view: View, family: str, use: Use, name: str, own: bool, before: str, final: str = ""
) -> Rewrite:
    """Return the rewrite that works a value out in ``name`` before the statement that needs it."""
    final = final or name
    if not own:
        return view.instead(family, use, final, before)
    text = before if final == name else f"{before}\n{name} = {final}"
    return view.replace(family, use.statement, use.statement, text)


def is_plain(view: View, place: Place) -> bool:
    """Say whether a loop has no ``else`` and does not begin on a line of ``else`` or ``elif``."""
    return not place.node.orelse and not view.lines[place.node.lineno - 1].lstrip().startswith("el")


def target_text(view: View, node: Any) -> str:
    """Return the text of a loop's target, a tuple without its brackets."""
    text = view.bare(node)
    return text[1:-1] if isinstance(node, ast.Tuple) and text[0] == "(" else text


def is_call(node: Any, name: str, count: int) -> bool:
    """Say whether a node calls that name with so many arguments, none of them by keyword."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == name
        and len(node.args) == count
        and not node.keywords
    )
