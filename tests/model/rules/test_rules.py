"""Rules as a source of candidates: order, names, imports, and what is left alone."""

from __future__ import annotations

import ast
import textwrap

import libcst as cst
import pytest

from perfopt_cli.core import Rewrite, Target
from perfopt_cli.model.rules import Rules
from perfopt_cli.model.rules.analysis.module import Module
from perfopt_cli.model.rules.base import Context
from perfopt_cli.source import find

SHOP = textwrap.dedent(
    """
    from __future__ import annotations

    from dataclasses import dataclass


    @dataclass
    class Customer:
        id: int
        name: str


    @dataclass
    class Order:
        customer_id: int
        sku: str


    class Shop:
        def __init__(self, customers: list[Customer], blocked: list[str]) -> None:
            self.customers = customers
            self.blocked = blocked

        def report(self, orders: list[Order]) -> str:
            # for the printer
            text = ""
            for i in range(len(orders)):
                if orders[i].sku in self.blocked:
                    continue
                for customer in self.customers:
                    if customer.id == orders[i].customer_id:
                        text += customer.name
            return text


    def unique(items: list[str]) -> list[str]:
        out = []
        for item in items:
            if item not in out:
                out.append(item)
        return out


    def identity(x):
        return x


    def walk(tree, root):
        queue = [root]
        while queue:
            node = queue.pop(0)
            queue.extend(tree[node])
    """
)


def proposed(qualname: str, text: str = SHOP, n: int = 99) -> list[Rewrite]:
    target = Target("shop.py", qualname, 1, find(text, qualname).source)
    return Rules().propose(target, text, n=n)


def test_the_first_candidate_has_all_rules_together() -> None:
    first = proposed("Shop.report")[0]
    assert first.origin == (
        "rules:direct-iteration+index-join+set-membership+string-join+list-comprehension"
    )
    assert first.source == textwrap.dedent(
        """\
        def report(self, orders: list[Order]) -> str:
            customers_by_id: dict[int, list[Customer]] = {}
            for entry in self.customers:
                customers_by_id.setdefault(entry.id, []).append(entry)
            blocked_set = set(self.blocked)
            # for the printer
            parts = [
                customer.name
                for order in orders
                if order.sku not in blocked_set
                for customer in customers_by_id.get(order.customer_id, ())
            ]
            text = "".join(parts)
            return text
        """
    )


def test_the_composed_candidate_does_what_the_original_does() -> None:
    results = []
    for source in (find(SHOP, "Shop.report").source, proposed("Shop.report")[0].source):
        names: dict[str, type] = {}
        exec(SHOP.replace("from __future__ import annotations\n", ""), names)
        exec(source, names)
        customers = [names["Customer"](i % 3, f"c{i}") for i in range(6)]
        orders = [names["Order"](i % 4, f"s{i}") for i in range(8)]
        shop = names["Shop"](customers, ["s2", "s9"])
        results.append(names["report"](shop, orders))  # type: ignore[call-arg]
    assert results[0] == results[1]
    assert results[0]


def test_then_comes_each_rule_on_its_own() -> None:
    origins = [candidate.origin for candidate in proposed("Shop.report")]
    alone = [origin for origin in origins if "+" not in origin]
    assert {"rules:direct-iteration", "rules:set-membership", "rules:string-join"} <= {*alone}
    assert origins[-len(alone) :] == alone


def test_a_single_rule_is_proposed_once() -> None:
    assert [candidate.origin for candidate in proposed("unique")] == ["rules:seen-set"]


def test_candidates_are_distinct_and_numbered() -> None:
    found = proposed("Shop.report")
    assert len({ast.dump(ast.parse(candidate.source)) for candidate in found}) == len(found)
    assert [candidate.number for candidate in found] == list(range(len(found)))


def test_no_more_than_n_are_returned() -> None:
    assert len(proposed("Shop.report", n=2)) == 2


def test_a_function_without_anything_to_gain_gets_none() -> None:
    assert proposed("identity") == []


def test_imports_come_with_the_candidate() -> None:
    assert proposed("walk")[0].imports == ("from collections import deque",)


def test_an_import_that_is_there_is_used_under_its_name() -> None:
    text = "from collections import deque as dq\n" + SHOP.replace(
        "from __future__ import annotations\n", ""
    )
    first = proposed("walk", text)[0]
    assert first.imports == ()
    assert "queue = dq([root])" in first.source


def test_a_taken_name_is_imported_with_its_module() -> None:
    first = proposed("walk", SHOP + "\n\ndef deque():\n    pass\n")[0]
    assert first.imports == ("import collections",)
    assert "queue = collections.deque([root])" in first.source


def test_a_target_that_is_no_python_gets_none() -> None:
    assert Rules().propose(Target("a.py", "f", 1, "def f(:\n"), "", n=9) == []
    assert Rules().propose(Target("a.py", "f", 1, "def f(): pass\n"), "def f(:\n", n=9) == []


def test_very_deep_code_is_left_alone() -> None:
    source = "def f(x):\n    return " + "+".join(["x"] * 2000) + "\n"
    assert Rules().propose(Target("a.py", "f", 1, source), source, n=9) == []


@pytest.mark.parametrize("name", ["eval", "exec", "locals", "globals", "vars", "dir"])
def test_code_that_looks_at_itself_is_left_alone(name: str) -> None:
    source = textwrap.dedent(
        f"""\
        def f(xs):
            out = []
            for x in xs:
                out.append({name})
            return out
        """
    )
    assert Rules().propose(Target("a.py", "f", 1, source), source, n=9) == []


def test_a_star_import_may_give_builtins_another_meaning() -> None:
    source = "from numpy import *\n\n\ndef f(xs: list[int]):\n    return list(sorted(xs))\n"
    assert proposed("f", source) == []


NAMED = """\
def f(xs: list[int]) -> int:
    sum = 0
    for i in range(len(xs)):
        sum += xs[i]
    return sum
"""


def test_a_variable_may_be_named_like_a_builtin_that_is_not_called() -> None:
    first = proposed("f", NAMED)[0]
    assert "for item in xs:" in first.source
    assert "sum(" not in first.source


def test_a_function_that_calls_a_variable_named_like_a_builtin_is_left_alone() -> None:
    assert proposed("f", NAMED.replace("return sum", "return max(xs)\n    max = len")) == []


def test_a_builtin_that_an_enclosing_function_rebinds_is_left_alone() -> None:
    source = textwrap.dedent(
        """\
        def outer(sorted):
            def inner(xs):
                return list(sorted(xs))
            return inner
        """
    )
    assert proposed("outer.<locals>.inner", source) == []


OVERLOADED = """\
from typing import overload

@overload
def outer(sorted: int): ...
@overload
def outer(sorted: str): ...
def outer(sorted):
    def inner(xs):
        return list(sorted(xs))
    return inner
"""


def test_of_several_functions_around_a_nested_one_all_count() -> None:
    source = OVERLOADED.replace("sorted: int", "a: int").replace("sorted: str", "a: str")
    assert proposed("outer.<locals>.inner", source) == []


CLASHING = """\
def outer(Many=list):
    def inner(xs: "Many") -> list[int]:
        out = []
        for index in range(len(xs)):
            out.append(xs[index] + 1)
        return out
    return inner

Many = list[int]
"""


def test_an_annotation_may_name_a_class_of_an_enclosing_function() -> None:
    free = CLASHING.replace("outer(Many=list)", "outer()")
    assert any("range" not in rewrite.source for rewrite in proposed("outer.<locals>.inner", free))
    found = proposed("outer.<locals>.inner", CLASHING)
    assert all("range(len(xs))" in rewrite.source for rewrite in found)


def test_a_variable_of_an_enclosing_function_may_have_no_value_yet() -> None:
    source = textwrap.dedent(
        """\
        KNOWN = (1, 2)

        def outer(flag):
            if flag:
                KNOWN = (3, 4)
            def inner(a: int, b: int):
                return a if a > 1 else KNOWN
            return inner
        """
    )
    name = "outer.<locals>.inner"
    context = Context(find(source, name).source, Module(source), name)
    (known,) = [n for n in context.tree.find(context.root, cst.Name) if n.value == "KNOWN"]
    assert context.pure(known)
    assert not context.total(known)


def test_comments_and_strings_elsewhere_are_kept() -> None:
    source = textwrap.dedent(
        '''\
        def f(xs: list[int]):
            """A text
              of two lines."""
            y = {  # why
                "a": 1,
            }

            # copy
            out = []
            for x in xs:  # all
                out.append(x + 1)
            return out, y  # done
        '''
    )
    assert proposed("f", source)[0].source == textwrap.dedent(
        '''\
        def f(xs: list[int]):
            """A text
              of two lines."""
            y = {  # why
                "a": 1,
            }

            # copy
            # all
            out = [x + 1 for x in xs]
            return out, y  # done
        '''
    )
