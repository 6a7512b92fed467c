"""What models really write, and what is made of it."""

from __future__ import annotations

import ast
import json
import textwrap

import pytest

from perfopt_cli.core import Target
from perfopt_cli.model.replies import is_complete, parse_reply


def code(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")


FUNCTION = Target(
    "shop/order.py",
    "total",
    1,
    code(
        """
        def total(values):
            result = 0
            for value in values:
                result += value
            return result
        """
    ),
)
METHOD = Target(
    "shop/order.py",
    "Order.total",
    9,
    code(
        """
        @property
        def total(self):
            result = 0
            for line in self.lines:
                result += line.price
            return result
        """
    ),
)
ASYNC = Target(
    "a.py", "fetch", 1, "async def fetch(urls):\n    return [await get(u) for u in urls]\n"
)

FAST = "def total(values):\n    return sum(values)\n"


def numbered(text: str, form: str, start: int = 1) -> str:
    lines = text.splitlines()
    return "".join(form.format(n, line) + "\n" for n, line in enumerate(lines, start))


FAST_METHOD = "@property\ndef total(self):\n    return sum(line.price for line in self.lines)\n"
FENCED = f"```python\n{FAST}```\n"

ONE_GOOD_FUNCTION = {
    "one fenced block": FENCED,
    "chatter around the fence": f"Sure! Here it is:\n\n{FENCED}\nThis uses `sum`, which is faster.\n",
    "a fence without a language": f"```\n{FAST}```",
    "a fence of tildes": f"~~~py\n{FAST}~~~",
    "a fence with a title": f'```python title="order.py"\n{FAST}```',
    "a fence that is never closed": f"```python\n{FAST}",
    "a fence inside a list": "1. Use sum:\n\n" + textwrap.indent(FENCED, "   "),
    "bare code": FAST,
    "bare code after chatter": f"Here's the faster version:\n{FAST}",
    "bare code between chatter": f"Here's the faster version:\n{FAST}\nIt's linear in C now.\n",
    "windows newlines": FENCED.replace("\n", "\r\n"),
    "a thought before the answer": f"<think>def total(values): pass? No.</think>\n{FENCED}",
    "the code indented as a whole": "```python\n" + textwrap.indent(FAST, "    ") + "```",
    "the first line stripped of its indentation": "```python\ndef total(values):\n        return sum(values)\n```",
    "a demonstration below": f"```python\n{FAST}\nprint(total([1, 2]))\n```",
    "a demonstration with a local's name": "```python\nvalues = [1]\n"
    + FAST
    + "result = total(values)\n```",
    "tests that another fence holds": f"{FENCED}\n```python\nassert total([1]) == 1\n```",
    "a shell command in another fence": f"```bash\npip install total\n```\n{FENCED}",
    "a main guard": f"```python\n{FAST}\nif __name__ == '__main__':\n    total([])\n```",
    "another function that it doesn't use": f"```python\ndef helper(x):\n    return x\n\n{FAST}```",
    "code that ends in a cut demonstration": f"```python\n{FAST}\nprint(total([1,",
    "a comment after the function": f"```python\n{FAST}# O(n)\n```",
    "a call that looks like a definition": f"I'd redefine total(values):\n{FENCED}",
    "a fence in a fence of Markdown": f"````markdown\n# Answer\n{FENCED}````",
    "a fence in a fence of Markdown as long as it": f"```md\n{FENCED}```\n",
    "a fence with the code on its own line": f"```python {FAST}```",
    "a fence of another language": f"```javascript\n{FAST}```",
    "a fence of plain text": f"```text\n{FAST}```",
    "a fence of Python with a version": f"```python3.11\n{FAST}```",
    "a fence with a class in braces": f"```{{.python}}\n{FAST}```",
    "a fence that is opened twice": f"```python\nHere:\n```python\n{FAST}```",
    "a word for a fence": f"python\n{FAST}",
    "a thought in the middle": f"Let me see.\n<think>\n{FENCED.replace('sum', 'max')}</think>\n{FENCED}",
    "a thought that began in the prompt": f"I could use max.\n{FENCED.replace('sum', 'max')}</think>\n{FENCED}",
    "a thought called reasoning": f"<reasoning>\n{FENCED.replace('sum', 'max')}</reasoning>\n{FENCED}",
    "tags around it": f"<answer>\n<code>{FAST}</code>\n</answer>",
    "tags inside a fence": f"```\n<python>\n{FAST}</python>\n```",
    "non-breaking spaces": f"```python\n{FAST.replace('    ', chr(0xA0) * 4)}```",
    "zero-width characters": f"```python\n{FAST.replace('sum', 'su' + chr(0x200B) + 'm')}```",
    "a byte order mark": chr(0xFEFF) + FAST,
    "line numbers and bars": "```\n" + numbered(FAST, "{:3} | {}") + "```",
    "line numbers and colons": numbered(FAST, "{}: {}"),
    "line numbers from where it stands": "```\n" + numbered(FAST, "{:4} {}", 41) + "```",
    "an interpreter's prompts": ">>> def total(values):\n...     return sum(values)\n...\n>>> total([1])\n1\n",
    "a quoted message": "".join(f"> {line}\n" for line in FAST.splitlines()),
    "JSON": json.dumps({"explanation": "It is faster.", "code": FAST}),
    "JSON in a fence": "```json\n" + json.dumps({"code": FAST}, indent=1) + "\n```",
    "JSON with newlines in its texts": '{"code": "' + FAST + '"}',
    "JSON with a fence inside": json.dumps({"answer": FENCED}),
    "JSON that is a text": json.dumps(FAST),
    "a whole module": f"import os\n\nLIMIT = 3\n\n{FAST}\n\nclass Other:\n    def total(self):\n        return 1\n",
    "a table of timings below": f"{FENCED}\n| n | before |\n|---|---|\n| 1 | 2 |\n",
    "a bullet list before": f"- uses `sum`\n- no loop\n\n{FENCED}",
    "the old function under another name": f"```python\ndef old_total(values):\n    return 0\n\n{FAST}```",
}


@pytest.mark.parametrize("reply", ONE_GOOD_FUNCTION.values(), ids=ONE_GOOD_FUNCTION)
def test_a_function_is_found_in(reply: str) -> None:
    found = [
        (source.replace("        return", "    return"), imports)
        for source, imports in parse_reply(reply, FUNCTION)
    ]
    assert found == [(FAST, ())]


NOTHING = {
    "an empty reply": "",
    "chatter alone": "I can't make this any faster, sorry.",
    "another function": "```python\ndef totals(values):\n    return 1\n```",
    "a reply cut inside an expression": "```python\ndef total(values):\n    return sum(v for v in",
    "a bare reply cut inside an expression": "def total(values):\n    x = 1\n    return (x +",
    "a body that isn't indented": "```python\ndef total(values):\nreturn sum(values)\n```",
    "a thought without an end": f"<think>\n{FENCED}",
    "a helper beside it": f"```python\ndef add(a, b):\n    return a + b\n\n{FAST.replace('sum', 'add')}```",
    "a helper in cut code": "```python\ndef add(a):\n    return a\n\ndef total(values):\n    return add(values)\n\nx = (",
    "a constant beside it": "```python\nTABLE = {}\n\ndef total(values):\n    return TABLE[values]\n```",
    "a class that is called as it is": "```python\nclass total:\n    pass\n```",
    "a null byte": "```python\ndef total(values):\n    return '\0'\n```",
    "a plain function in a class": "```python\nclass Solution:\n    def total(self, values):\n        return sum(values)\n```",
    "another name": "```python\ndef total_fast(values):\n    return sum(values)\n```",
    "another name that is bound to the old one": "def fast(values):\n    return sum(values)\n\ntotal = fast\n",
    "a lambda": "total = lambda values: sum(values)",
    "code left out": "```python\ndef total(values):\n    result = 0\n    # ... existing code ...\n    return result\n```",
    "code left out with an ellipsis": "```python\ndef total(values):\n    # … rest of the function\n    return sum(values)\n```",
    "code left out by dots": "def total(values):\n    ...\n    return sum(values)\n",
    "code left out in words": "def total(values):\n    # rest of the code remains the same\n    return sum(values)\n",
    "code left out as unchanged": "def total(values):\n    x = 1\n    # (unchanged)\n    return x\n",
    "a body of dots": "```python\ndef total(values):\n    ...\n```",
    "line numbers with a gap": "1 | def total(values):\n3 |     return sum(values)\n",
    "JSON that is cut": json.dumps({"code": FAST})[:-12],
    "newlines written as they are in a text": FAST.replace("\n", "\\n"),
    "tabs that could mean two things": "def total(values):\n\tif values:\n\t\tx = 1\n        y = 2\n\treturn values\n",
    "a sum in inline code": "Use `return sum(values)` in `total`.",
    "brackets without end": "def total(values):\n" + "    return " + "(" * 5000,
}


@pytest.mark.parametrize("reply", NOTHING.values(), ids=NOTHING)
def test_nothing_is_found_in(reply: str) -> None:
    assert parse_reply(reply, FUNCTION) == []


METHODS = {
    "a method with its decorator": FAST_METHOD,
    "a method in its class": "class Order:\n" + textwrap.indent(FAST_METHOD, "    "),
    "a method in a class called otherwise": "class X:\n" + textwrap.indent(FAST_METHOD, "    "),
    "a class with other methods": "class Order:\n    def __init__(self):\n        self.lines = []\n\n"
    + textwrap.indent(FAST_METHOD, "    "),
    "an indented method": textwrap.indent(FAST_METHOD, "    "),
    "an indented method whose first line is not": textwrap.indent(FAST_METHOD, "    ").lstrip(),
    "a forgotten decorator": FAST_METHOD.removeprefix("@property\n"),
    "a forgotten decorator on an indented method": textwrap.indent(
        FAST_METHOD.removeprefix("@property\n"), "    "
    ),
    "a property with its setter": FAST_METHOD
    + "\n@total.setter\ndef total(self, value):\n    self.x = value\n",
}


@pytest.mark.parametrize("fenced", [True, False], ids=["fenced", "bare"])
@pytest.mark.parametrize("reply", METHODS.values(), ids=METHODS)
def test_a_method_is_found_in(reply: str, fenced: bool) -> None:
    reply = f"```python\n{reply}```" if fenced else f"Here's it:\n\n{reply}"
    assert parse_reply(reply, METHOD) == [(FAST_METHOD, ())]


def test_a_method_that_calls_a_new_method_is_left_out() -> None:
    reply = "class Order:\n    @property\n    def total(self):\n        return self.add()\n    def add(self):\n        return 1\n"
    assert parse_reply(reply, METHOD) == []


def test_decorators_that_the_reply_changed_are_left_to_the_gates() -> None:
    reply = "import functools\n@functools.lru_cache\ndef total(values):\n    return sum(values)\n"
    [(source, imports)] = parse_reply(reply, FUNCTION)
    assert source.startswith("@functools.lru_cache\n")
    assert imports == ("import functools",)


def test_decorators_over_several_lines_are_put_back_whole() -> None:
    target = Target("a.py", "f", 4, "@outer(\n    1,\n)\n@inner\ndef f(x):\n    return x\n")
    assert parse_reply("def f(x):\n    return +x\n", target) == [
        ("@outer(\n    1,\n)\n@inner\ndef f(x):\n    return +x\n", ())
    ]


def test_an_async_function_stays_async() -> None:
    fast = "async def fetch(urls):\n    return await gather(*urls)\n"
    assert parse_reply(f"```python\n{fast}```", ASYNC) == [(fast, ())]


def test_an_inner_function_is_found_inside_its_outer_one() -> None:
    target = Target("a.py", "outer.<locals>.f", 2, "def f(x):\n    return x + x\n")
    reply = "def outer():\n    def f(x):\n        return 2 * x\n    return f\n"
    assert parse_reply(reply, target) == [("def f(x):\n    return 2 * x\n", ())]


def test_an_inner_function_called_as_the_target_is_no_candidate() -> None:
    reply = "def total(values):\n    def total(v):\n        return v\n    return total(values)\n"
    [(source, _)] = parse_reply(reply, FUNCTION)
    assert source == reply


def test_all_definitions_of_a_reply_are_found_in_order() -> None:
    other = FAST.replace("sum(values)", "sum(list(values))")
    assert [
        source for source, _ in parse_reply(FENCED + f"or\n```python\n{other}```", FUNCTION)
    ] == [
        FAST,
        other,
    ]


def test_a_definition_given_twice_is_found_once() -> None:
    assert len(parse_reply(FENCED + FENCED, FUNCTION)) == 1


def test_imports_are_split_and_only_used_ones_kept() -> None:
    reply = (
        "```python\nfrom __future__ import annotations\nimport os, math as m\n"
        "from itertools import chain, islice as cut\n\n"
        "def total(values):\n    return m.fsum(cut(values, 3))\n```"
    )
    [(_, imports)] = parse_reply(reply, FUNCTION)
    assert imports == ("import math as m", "from itertools import islice as cut")


def test_imports_are_found_where_chatter_spoils_the_code() -> None:
    reply = "Let's go from the top:\nimport math\n\ndef total(values):\n    return math.fsum(values)\n\nThat's it."
    assert parse_reply(reply, FUNCTION) == [
        ("def total(values):\n    return math.fsum(values)\n", ("import math",))
    ]


def test_a_name_that_the_original_uses_may_be_repeated_beside_it() -> None:
    target = Target("a.py", "f", 1, "def f(x):\n    y = LIMIT\n    return helper(x, y)\n")
    fast = "def f(x):\n    return helper(x, LIMIT)\n"
    reply = f"LIMIT = 3\n\ndef helper(x, y):\n    return x\n\n{fast}"
    assert parse_reply(reply, target) == [(fast, ())]


DOCUMENTED = Target(
    "a.py",
    "f",
    1,
    'def f(x):\n    """Double x.\n\n    Slowly.\n    """\n    y = x\n    return x + y\n',
)


@pytest.mark.parametrize(
    "reply",
    [
        "def f(x):\n    return 2 * x\n",
        'def f(x):\n    """Double x, fast."""\n    return 2 * x\n',
        'def f(x):\n    """Double x.\n\n    Slowly.\n    """\n    return 2 * x\n',
    ],
    ids=["left out", "reworded", "kept"],
)
def test_the_docstring_is_the_originals(reply: str) -> None:
    [(source, _)] = parse_reply(reply, DOCUMENTED)
    assert source == 'def f(x):\n    """Double x.\n\n    Slowly.\n    """\n    return 2 * x\n'


def test_the_docstring_stays_out_where_the_margins_differ() -> None:
    reply = "def f(x):\n  return 2 * x\n"
    assert parse_reply(reply, DOCUMENTED) == [(reply, ())]


def test_a_definition_on_one_line_is_left_as_it_is() -> None:
    assert parse_reply("def f(x): return 2 * x", DOCUMENTED) == [("def f(x): return 2 * x\n", ())]


def test_invalid_escapes_do_not_warn() -> None:
    reply = "def total(values):\n    return sum(values) or '\\d'\n"
    assert parse_reply(reply, FUNCTION) == [(reply, ())]


def test_a_comment_at_the_margin_does_not_cut_the_function() -> None:
    body = "def total(values):\n    x = 1\n# faster\n    return sum(values) * x\n"
    assert parse_reply(f"Here's it:\n{body}\nThat's all", FUNCTION) == [(body, ())]


CHARACTERS = {
    "smart quotes": ("return “;”.join(values)", 'return ";".join(values)'),
    "single smart quotes": ("return ‘;’.join(values)", "return ';'.join(values)"),
    "entities": ("return values &lt; 3 &amp; 1", "return values < 3 & 1"),
    "entities that are Python": ("return values &lt; 3", "return values < 3"),
    "smart quotes inside a text": ("return '“a”'", "return '“a”'"),
    "an ideographic space": ("return\u3000values", "return values"),
}


@pytest.mark.parametrize(("given", "wanted"), CHARACTERS.values(), ids=CHARACTERS)
def test_characters_are_put_right(given: str, wanted: str) -> None:
    reply = f"```python\ndef total(values):\n    {given}\n```"
    assert parse_reply(reply, FUNCTION) == [(f"def total(values):\n    {wanted}\n", ())]


def test_entities_stay_where_the_original_has_them() -> None:
    target = Target("a.py", "f", 1, "def f(x):\n    return x.replace('<', '&lt;')\n")
    fast = "def f(x):\n    return '&lt;'.join(x.split('<'))\n"
    assert parse_reply(fast, target) == [(fast, ())]


def test_a_comment_that_the_original_has_leaves_nothing_out() -> None:
    source = "def f(x):\n    # the rest of the code is in g\n    return x + 0\n"
    fast = source.replace(" + 0", "")
    assert parse_reply(fast, Target("a.py", "f", 1, source)) == [(fast, ())]


def test_dots_that_the_original_has_leave_nothing_out() -> None:
    source = "def f(x):\n    try:\n        return x[0]\n    except KeyError:\n        ...\n"
    fast = source.replace("x[0]", "x.pop(0)")
    assert parse_reply(fast, Target("a.py", "f", 1, source)) == [(fast, ())]


COMMENTS = [
    "# the rest of the list",
    "# same order as before",
    "# remaining items first",
    "# existing keys win",
    "# O(n), not O(n²)...",
    "# original code was quadratic",
    "# the same logic as in math.fsum",
]


@pytest.mark.parametrize("comment", COMMENTS)
def test_a_comment_on_what_the_code_does_leaves_nothing_out(comment: str) -> None:
    fast = f"def total(values):\n    {comment}\n    return sum(values)\n"
    assert parse_reply(fast, FUNCTION) == [(fast, ())]


def test_a_fence_in_the_docstring_does_not_end_the_code() -> None:
    fast = 'def total(values):\n    """Add.\n\n    ```\n    total([1])\n    ```\n    """\n    return sum(values)\n'
    assert parse_reply(f"```python\n{fast}```", FUNCTION) == [(fast, ())]


def test_tabs_mixed_with_spaces_are_read_where_they_have_one_meaning() -> None:
    reply = "def total(values):\n\tif values:\n            return sum(values)\n        return 0\n"
    [(source, _)] = parse_reply(reply, FUNCTION)
    assert source == (
        "def total(values):\n        if values:\n            return sum(values)\n        return 0\n"
    )


def test_tabs_stay_where_python_takes_them() -> None:
    fast = "def total(values):\n\treturn sum(values)\n"
    assert parse_reply(fast, FUNCTION) == [(fast, ())]


def test_alternatives_in_json_are_all_found_in_order() -> None:
    other = FAST.replace("sum(values)", "sum(list(values))")
    reply = json.dumps({"candidates": [{"code": FAST}, {"code": other}]})
    assert [source for source, _ in parse_reply(reply, FUNCTION)] == [FAST, other]


def test_a_helper_of_the_module_that_is_given_back_with_it_may_be_used() -> None:
    helper = "def add(values):\n    return sum(values)\n"
    reply = f"{helper}\n\ndef total(values):\n    return add(values)\n"
    module = f"{helper}\n\n{FUNCTION.source}"
    assert len(parse_reply(reply, FUNCTION, module)) == 1
    assert parse_reply(reply.replace("sum", "max"), FUNCTION, module) == []
    assert parse_reply(reply, FUNCTION) == []


COMPLETE = {
    "a closed fence": (FENCED, True),
    "an open fence": (f"```python\n{FAST}\n", False),
    "a fence just opened": ("Here it is:\n```python\n", False),
    "bare code with something after it": (f"{FAST}\nprint(total([]))\n", True),
    "bare code that may go on": (FAST, False),
    "a closed fence with the original": (f"```python\n{FUNCTION.source}```\n", False),
    "a closed fence with something else": ("```python\nx = 1\n```\n", False),
    "a helper before the function": ("def helper(x):\n    return x\n\ndef total", False),
    "a thought": (f"<think>\n{FENCED}", False),
    "a closed fence with a diff": ("```diff\n@@ -1 +1 @@\n-    a\n+    b\n```\n", True),
    "an open fence with a diff": (
        "```diff\n@@ -1 +1 @@\n def total(values):\n     result = 1\n-    result = 0\n",
        False,
    ),
    "a diff without a fence": ("@@ -1 +1 @@\n def total(values):\n     x = 1\n-    y\n", False),
}


@pytest.mark.parametrize(("reply", "complete"), COMPLETE.values(), ids=COMPLETE)
def test_a_reply_is_complete_once_it_gave_a_rewrite(reply: str, complete: bool) -> None:
    assert is_complete(reply, FUNCTION) is complete


EVERY_REPLY = {**ONE_GOOD_FUNCTION, **NOTHING}


@pytest.mark.parametrize("reply", EVERY_REPLY.values(), ids=EVERY_REPLY)
def test_a_reply_cut_anywhere_gives_whole_definitions_or_nothing(reply: str) -> None:
    for end in range(0, min(len(reply), 400), 17):
        for source, imports in parse_reply(reply[:end], FUNCTION, FUNCTION.source):
            [definition] = ast.parse(source).body
            assert isinstance(definition, ast.FunctionDef)
            assert definition.name == "total"
            assert all(
                isinstance(node, ast.Import | ast.ImportFrom)
                for line in imports
                for node in ast.parse(line).body
            )
