"""What a call may do, for the callables whose behaviour is known."""

from __future__ import annotations

import libcst as cst

from perfopt_cli.model.rules.analysis.effects import ExpressionEffects
from perfopt_cli.model.rules.analysis.kinds import (
    MAPPINGS,
    NUMBERS,
    SIZED,
    STR,
    Kind,
    is_ordered,
    is_plain,
    is_scalar,
)
from perfopt_cli.model.rules.analysis.library import Effect, method_effect
from perfopt_cli.model.rules.analysis.operators import LOCAL, OPAQUE, PURE, TOTAL, hashing
from perfopt_cli.model.rules.analysis.tree import named

_CONVERSIONS = {"int", "float", "ord", "chr", "round", "divmod", "pow", "bin", "hex", "oct"}
_MATH = {
    "sqrt",
    "floor",
    "ceil",
    "log",
    "log2",
    "log10",
    "exp",
    "sin",
    "cos",
    "tan",
    "hypot",
    "gcd",
}
_MATH |= {"isqrt", "fabs", "atan2", "isnan", "isinf", "isfinite", "degrees", "radians", "pow"}
_ERRORS = {"ValueError", "KeyError", "IndexError", "TypeError", "RuntimeError", "LookupError"}
_ERRORS |= {"StopIteration", "NotImplementedError", "AssertionError", "ZeroDivisionError"}
_CLASSES = {"int", "str", "float", "bool", "bytes", "list", "tuple", "dict", "set", "frozenset"}


class CallEffects(ExpressionEffects):
    """Effects of expressions, calls included."""

    def call(self, node: cst.Call) -> Effect:
        """Return what a call may do."""
        worst = self.most(arg.value for arg in node.args)
        if any(arg.star for arg in node.args):
            return OPAQUE
        name = self.kinds.origin(node.func)
        if name:
            return max(worst, self._known(node, name))
        if isinstance(node.func, cst.Attribute):
            receiver = node.func.value
            kind, called = self.kinds(receiver), node.func.attr.value
            given = [self.kinds(arg.value) for arg in node.args if not arg.keyword]
            if len(given) < len(node.args) and (called != "sort" or not self._sorts(node, kind)):
                return OPAQUE
            return max(worst, self(receiver), method_effect(kind, called, given))
        if isinstance(node.func, cst.Name) and self.kinds.names.of(node.func) is None:
            return max(worst, self._project(node.func.value))
        return OPAQUE

    def _project(self, name: str) -> Effect:
        if name in self.kinds.outer or not self.kinds.module.fixed(name):
            return OPAQUE
        record = self.kinds.module.record(name)
        if record is not None:
            return PURE if record.bare else OPAQUE
        return LOCAL if self.is_calm(name) else OPAQUE

    def _sorts(self, node: cst.Call, items: Kind) -> bool:
        """Tell whether the ``key`` and ``reverse`` of a sort or a search run no unknown code."""
        ordered = _is_sortable(items.item)
        for arg in node.args:
            word = named(arg.keyword)
            if word == "key":
                ordered = self._key(arg.value, items)
            elif word == "default" or (word == "reverse" and is_scalar(self.kinds(arg.value))):
                continue
            elif word:
                return False
        return ordered

    def _key(self, key: cst.BaseExpression, items: Kind) -> bool:
        if isinstance(key, cst.Lambda):
            one = len(key.params.params) == 1
            kind = self.kinds(key.body)
            return one and _is_sortable(kind) and self(key.body) < LOCAL
        if self.kinds.origin(key) == "len":
            return items.item.name in SIZED
        return self.kinds.origin(key) in ("str.lower", "str.upper", "str.casefold") and (
            items.item == STR
        )

    def _known(self, node: cst.Call, name: str) -> Effect:
        kinds = [self.kinds(arg.value) for arg in node.args if not arg.keyword]
        first = kinds[0] if kinds else None
        words = len(node.args) > len(kinds)
        if name in ("sorted", "min", "max"):
            return self._extreme(node, name, kinds)
        if name == "print":
            return LOCAL if all(is_plain(kind) for kind in kinds) and not words else OPAQUE
        if words:
            return OPAQUE
        if name in _ERRORS or name.removeprefix("math.") in _MATH or name in _CONVERSIONS:
            return PURE if all(is_scalar(kind) for kind in kinds) else OPAQUE
        if name == "isinstance" and len(node.args) == 2:
            return TOTAL if self.kinds.origin(node.args[1].value) in _CLASSES else OPAQUE
        if name.startswith("re."):
            fits = name in ("re.compile", "re.escape", "re.match", "re.search", "re.fullmatch")
            return PURE if fits and all(is_scalar(kind) for kind in kinds) else OPAQUE
        if first is None:
            fits = name in ("list", "tuple", "set", "dict", "frozenset", "str", "int")
            return TOTAL if fits or name == "collections.deque" else OPAQUE
        return self._one(node, name, kinds)

    def _extreme(self, node: cst.Call, name: str, kinds: list[Kind]) -> Effect:
        if not kinds:
            return OPAQUE
        if name != "sorted" and len(kinds) > 1:
            fits = len(kinds) == len(node.args) and all(is_ordered(kind) for kind in kinds)
            alike = all(kind.name in NUMBERS for kind in kinds) or len(set(kinds)) == 1
            return TOTAL if fits and alike else OPAQUE
        if not self._sorts(node, kinds[0]):
            return OPAQUE
        used = max(self.source(node.args[0].value), PURE if kinds[0].name == "range" else TOTAL)
        keyed = any(
            named(arg.keyword) == "key"
            and isinstance(arg.value, cst.Lambda)
            and self(arg.value.body)
            for arg in node.args
        )
        safe = name == "sorted" or any(named(arg.keyword) == "default" for arg in node.args)
        return max(used, PURE if keyed or not safe else TOTAL)

    def _one(self, node: cst.Call, name: str, kinds: list[Kind]) -> Effect:
        first, value = kinds[0], node.args[0].value
        if name == "len" and len(kinds) == 1:
            return (PURE if first.name == "range" else TOTAL) if first.name in SIZED else OPAQUE
        if name == "range":
            whole = all(kind.name in ("int", "bool") for kind in kinds)
            return (TOTAL if len(kinds) < 3 else PURE) if whole else OPAQUE
        if name in ("enumerate", "zip", "reversed"):
            return self.source(node)
        if name in ("str", "repr", "hash", "abs", "bool") and len(kinds) == 1:
            if name == "bool":
                return self.truth(value)
            plain = is_plain(first) if name in ("str", "repr") else is_scalar(first)
            return (TOTAL if first == STR and name == "str" else PURE) if plain else OPAQUE
        if name == "collections.defaultdict" and len(kinds) == 1:
            return TOTAL if self.kinds.origin(value) in _CLASSES else OPAQUE
        if name == "next" and isinstance(value, cst.GeneratorExp):
            # A StopIteration is another error inside a generator than outside.
            return max(self(value), TOTAL if len(kinds) == 2 else LOCAL)
        # A range may be longer than anything else can be.
        used = max(self.source(value), PURE if first.name == "range" else TOTAL)
        if len(kinds) > 1:
            return OPAQUE
        if name in ("list", "tuple", "collections.deque"):
            return used
        if name in ("set", "frozenset", "collections.Counter"):
            fits = name != "collections.Counter" or first.name not in MAPPINGS
            return max(used, hashing(first.item) if fits else OPAQUE)
        if name == "sum":
            return max(used, TOTAL if first.item.name in NUMBERS else OPAQUE)
        if name in ("any", "all"):
            return max(used, TOTAL if is_scalar(first.item) else OPAQUE)
        if name == "dict":
            return used if first.name == "dict" else OPAQUE
        return OPAQUE


def _is_sortable(kind: Kind) -> bool:
    return is_ordered(kind) or (
        kind.name == "row" and all(_is_sortable(part) for part in kind.args)
    )
