"""Apply one rule, or all of them, to a function."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import libcst as cst

from perfopt_cli.model.rules.analysis.module import Module
from perfopt_cli.model.rules.analysis.recorded import fields, seen
from perfopt_cli.model.rules.base import Context, Rule, edited, shallow

_CHANGES = 20
_ROUNDS = 4
UNWRITABLE = (SyntaxError, cst.ParserSyntaxError, cst.CSTValidationError)
"""What is raised where a rule would write what is no Python."""


@dataclass(frozen=True, slots=True)
class Result:
    """A function after some rules: its text, the imports it needs, and the rules' names."""

    source: str
    imports: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


class Workbench:
    """One function of one module. ``rules`` applied to a text see it as that function.

    ``types`` are those of recorded calls, as ``core.Facts`` has them.
    """

    def __init__(
        self, module: Module, qualname: str, types: Collection[tuple[str, str]] = ()
    ) -> None:
        self.module = module
        self.qualname = qualname
        self.seen = seen(types, module)
        self.owner = qualname.rpartition(".")[0]
        self.fields = fields(types, module, qualname)
        module.know(self.owner, self.fields)
        self._contexts: dict[tuple[str, tuple[str, ...]], Context | None] = {}

    def context(self, result: Result) -> Context | None:
        """Return what rules see of a text; None for what they can't read."""
        key = (result.source, result.imports)
        if key not in self._contexts:
            self._contexts[key] = self._read(*key)
        return self._contexts[key]

    def _read(self, source: str, imports: Iterable[str]) -> Context | None:
        try:
            if not shallow(source):
                return None
            added = [*imports]
            module = self.module
            if added:
                module = Module("\n".join((*added, self.module.source)))
                module.know(self.owner, self.fields)
            context = Context(source, module, self.qualname, self.seen)
        except (SyntaxError, cst.ParserSyntaxError):
            return None
        return context if context.workable() else None

    def apply(self, rule: Rule, result: Result) -> Result:
        """Apply a rule until it finds no more to do. What it can't change comes back as it is."""
        names = result.rules if rule.name in result.rules else (*result.rules, rule.name)
        for _ in range(_CHANGES):
            context = self.context(result)
            if context is None:
                break
            try:
                change = next(rule.rewrite(context), None)
                text = edited(context, change) if change is not None else ""
            except UNWRITABLE:
                break  # what the rule wrote is no Python, so it does not apply
            if change is None:
                break
            imports = tuple(dict.fromkeys((*result.imports, *change.imports)))
            result = Result(text, imports, names)
        return result

    def compose(self, rules: Iterable[Rule], result: Result) -> Result:
        """Apply all rules in turn, again and again, until none changes anything."""
        every = list(rules)
        for _ in range(_ROUNDS):
            before = result.source
            for rule in every:
                result = self.apply(rule, result)
            if result.source == before:
                break
        return result


def apply_rule(
    rule: Rule,
    source: str,
    module_source: str = "",
    qualname: str = "",
    types: Collection[tuple[str, str]] = (),
) -> Result | None:
    """Return the function after one rule, or None where the rule changes nothing.

    ``module_source`` is the text of the file that the function is in; by
    default the function alone. ``types`` are those of recorded calls.
    """
    name = qualname or next(
        node.name
        for node in ast.parse(source).body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bench = Workbench(Module(module_source or source), name, types)
        result = bench.apply(rule, Result(source))
    return result if result.rules else None
