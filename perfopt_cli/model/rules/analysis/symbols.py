"""Variables, and the places that bind and read them."""

from __future__ import annotations

from dataclasses import dataclass, field

import libcst as cst


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """One place that gives a variable a value.

    ``value`` is the bound expression (for ``for`` the iterable, for ``param``
    the default) and ``path`` the way into it where it is unpacked. ``node`` is
    the statement, clause or parameter.
    """

    form: str
    node: cst.CSTNode
    name: cst.Name
    value: cst.BaseExpression | None = None
    path: tuple[int, ...] = ()
    annotation: cst.Annotation | None = None


@dataclass(slots=True, eq=False)
class Symbol:
    """A variable of the function, of a comprehension in it, or of a key function.

    ``captured``: code that may run later, or elsewhere, uses it. ``outer``: it
    is declared global or nonlocal.
    """

    name: str
    scope: cst.CSTNode
    bindings: list[Binding] = field(default_factory=list)
    loads: list[cst.Name] = field(default_factory=list)
    captured: bool = False
    outer: bool = False


@dataclass(slots=True, eq=False)
class Scope:
    """A function, comprehension or class with the variables it binds.

    ``form`` is ``function``, ``comprehension``, ``key`` (a lambda that is gone
    after the call it is an argument of), ``deferred`` or ``class``.
    """

    node: cst.CSTNode
    parent: Scope | None
    form: str
    symbols: dict[str, Symbol] = field(default_factory=dict)

    def declare(self, name: str) -> Symbol:
        """Return the scope's variable of that name, made on first use."""
        return self.symbols.setdefault(name, Symbol(name, self.node))
