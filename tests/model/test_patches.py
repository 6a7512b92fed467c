"""Diffs as models write them: what applies, and what is refused rather than guessed."""

from __future__ import annotations

import textwrap

import pytest

from perfopt_cli.core import Target
from perfopt_cli.model.replies import parse_reply

MODULE = '''\
"""Orders."""

import os


def first(values):
    result = 0
    return result


class Order:
    def total(self, values):
        result = 0
        for value in values:
            result += value
        return result

    def other(self):
        result = 0
        return result
'''
SOURCE = textwrap.dedent("\n".join(MODULE.split("\n")[11:16])) + "\n"
TARGET = Target("shop/order.py", "Order.total", 12, SOURCE, "shop.order")
FAST = "def total(self, values):\n    return sum(values)\n"
REMOVED = """\
-        result = 0
-        for value in values:
-            result += value
-        return result
+        return sum(values)
"""
HUNK = f"     def total(self, values):\n{REMOVED}"
HEAD = "--- a/shop/order.py\n+++ b/shop/order.py\n"


def dedented(hunk: str) -> str:
    """The hunk as against the function alone."""
    return "".join(line[0] + line[5:] + "\n" for line in hunk.splitlines())


def diff(text: str, language: str = "diff") -> str:
    return f"```{language}\n{text}```\n"


APPLIES = {
    "a unified diff": diff(f"{HEAD}@@ -12,5 +12,2 @@ class Order:\n{HUNK}"),
    "a diff with wrong line numbers": diff(f"{HEAD}@@ -90,1 +7,99 @@\n{HUNK}"),
    "a diff without line numbers": diff(f"{HEAD}@@ ... @@\n{HUNK}"),
    "a diff without hunk headers": diff(f"{HEAD}{HUNK}"),
    "a diff without any header": diff(HUNK),
    "a diff in a fence of Python": diff(HUNK, "python"),
    "a diff in a fence of no language": diff(f"@@ -1 +1 @@\n{HUNK}", ""),
    "a diff without a fence": f"Here it is:\n\n{HEAD}@@ -12,5 +12,2 @@\n{HUNK}\nThat is all.\n",
    "a diff of git": diff(f"diff --git a/x b/x\nindex 12..34 100644\n{HEAD}@@ -1 +1 @@\n{HUNK}"),
    "a diff of the function alone": diff(f"@@ -1,5 +1,2 @@\n{dedented(HUNK)}"),
    "a diff without the space before lines that stay": diff(f"@@ -1 +1 @@\n{HUNK[1:]}"),
    "a diff that says that no newline ends the file": diff(
        f"@@ -1 +1 @@\n{HUNK}\\ No newline at end of file\n"
    ),
    "a diff in windows newlines": diff(f"{HEAD}@@ -1 +1 @@\n{HUNK}").replace("\n", "\r\n"),
    "a diff with chatter before and after": f"Sure:\n{diff(f'{HEAD}@@ -1 +1 @@{chr(10)}{HUNK}')}Faster!\n",
    "a diff in two hunks": diff(
        f"{HEAD}@@ -12 +12 @@\n     def total(self, values):\n-        result = 0\n"
        "-        for value in values:\n@@ -14 +13 @@\n-            result += value\n"
        "-        return result\n+        return sum(values)\n"
    ),
    "an empty line in the context without its space": diff(
        f"@@ -1 +1 @@\n{HUNK}\n     def other(self):\n"
    ),
    "a hunk that fits elsewhere too, but in the function once": diff(
        "@@ -1 +1 @@\n-        result = 0\n@@ -1 +1 @@\n-        for value in values:\n"
        "-            result += value\n-        return result\n+        return sum(values)\n"
    ),
    "a patch of begin and end": f"*** Begin Patch\n*** Update File: shop/order.py\n@@ def total\n{HUNK}*** End Patch\n",
    "a patch without hunk headers": f"*** Begin Patch\n*** Update File: order.py\n{HUNK}*** End Patch\n",
    "a patch in a fence": diff(
        f"*** Begin Patch\n*** Update File: order.py\n@@\n{HUNK}*** End Patch\n", ""
    ),
    "search and replace": "order.py\n<<<<<<< SEARCH\n        result = 0\n        for value in values:\n"
    "            result += value\n        return result\n=======\n        return sum(values)\n>>>>>>> REPLACE\n",
    "search and replace in a fence": diff(
        "<<<<<<< SEARCH\n    result = 0\n    for value in values:\n        result += value\n"
        "    return result\n=======\n    return sum(values)\n>>>>>>> REPLACE\n",
        "python",
    ),
    "two searches and replacements": "<<<<<<< SEARCH\n        for value in values:\n            result += value\n"
    "        return result\n=======\n        return sum(values)\n>>>>>>> REPLACE\n"
    "<<<<<<< SEARCH\n        result = 0\n        return sum(values)\n=======\n        return sum(values)\n>>>>>>> REPLACE\n",
}


@pytest.mark.parametrize("reply", APPLIES.values(), ids=APPLIES)
def test_the_rewrite_is_found_in(reply: str) -> None:
    assert parse_reply(reply, TARGET, MODULE) == [(FAST, ())]


REFUSED = {
    "a diff of other code": diff("@@ -1 +1 @@\n-    x = 1\n+    x = 2\n"),
    "a diff that fits in two places": diff(
        "@@ -1 +1 @@\n-            result += value\n+            result = value\n"
    ).replace("result += value", "missing"),
    "a diff that changes another function too": diff(
        f"{HEAD}@@ -1 +1 @@\n def first(values):\n-    result = 0\n+    result = 1\n@@ -12 +12 @@\n{HUNK}"
    ),
    "a diff that changes only another function": diff(
        "@@ -1 +1 @@\n def first(values):\n-    result = 0\n+    result = 1\n"
    ),
    "a diff that adds a function": diff(
        f"@@ -1 +1 @@\n+def helper():\n+    return 1\n+\n@@ -12 +12 @@\n{HUNK}"
    ),
    "a diff with one hunk that fits nowhere": diff(
        f"@@ -1 +1 @@\n{HUNK}@@ -40 +40 @@\n-    gone = 1\n"
    ),
    "a diff of two files": diff(
        f"{HEAD}@@ -1 +1 @@\n{HUNK}--- a/b.py\n+++ b/b.py\n@@ -1 +1 @@\n-x\n+y\n"
    ),
    "a diff that leaves out lines with dots": diff(
        "@@ -1 +1 @@\n     def total(self, values):\n ...\n-        return result\n+        return sum(values)\n"
    ),
    "a diff that is cut": diff(f"@@ -1 +1 @@\n{HUNK}").removesuffix("```\n"),
    "a patch that is cut": f"*** Begin Patch\n*** Update File: order.py\n{HUNK}",
    "a patch that adds a file": f"*** Begin Patch\n*** Add File: new.py\n+x = 1\n*** Update File: order.py\n{HUNK}*** End Patch\n",
    "a diff that removes the function": diff(
        "@@ -1 +1 @@\n-    def total(self, values):\n-        result = 0\n-        for value in values:\n"
        "-            result += value\n-        return result\n"
    ),
    "a diff that renames the function": diff(
        "@@ -1 +1 @@\n-    def total(self, values):\n+    def sum_up(self, values):\n         result = 0\n"
    ),
    "a diff that breaks the code": diff(
        "@@ -1 +1 @@\n         for value in values:\n-            result += value\n"
    ),
    "a diff that changes nothing": diff(
        "@@ -1 +1 @@\n         for value in values:\n             result += value\n"
    ),
    "a search for nothing": "<<<<<<< SEARCH\n=======\nx = 1\n>>>>>>> REPLACE\n",
    "a search without a replacement": "<<<<<<< SEARCH\n        result = 0\n=======\n        result = 1\n",
    "a replacement that leaves code out": "<<<<<<< SEARCH\n        for value in values:\n            result += value\n"
    "=======\n        # ... existing code ...\n>>>>>>> REPLACE\n",
    "a replacement with less margin than the code": "<<<<<<< SEARCH\n                for value in values:\n"
    "                    result += value\n=======\nresult = sum(values)\n>>>>>>> REPLACE\n",
}


@pytest.mark.parametrize("reply", REFUSED.values(), ids=REFUSED)
def test_nothing_is_found_in(reply: str) -> None:
    assert parse_reply(reply, TARGET, MODULE) == []


def test_a_hunk_that_fits_twice_in_the_function_is_refused() -> None:
    source = "def f(x):\n    x += 1\n    y = 2\n    x += 1\n    return x + y\n"
    reply = diff("@@ -1 +1 @@\n-    x += 1\n+    x += 2\n")
    assert parse_reply(reply, Target("a.py", "f", 1, source), source) == []


def test_a_diff_is_applied_to_the_function_where_there_is_no_module() -> None:
    assert parse_reply(diff(dedented(HUNK)), TARGET) == [(FAST, ())]
    assert parse_reply(diff(HUNK), TARGET) == [(FAST, ())]


def test_an_import_that_the_diff_adds_comes_with_the_rewrite() -> None:
    body = HUNK.replace("sum(values)", "math.fsum(values)")
    for head in ("@@ -1 +1 @@\n import os\n+import math\n", "@@ -1,0 +1 @@\n+import math\n"):
        reply = diff(f"{HEAD}{head}@@ -12 +13 @@\n{body}")
        assert parse_reply(reply, TARGET, MODULE) == [
            (FAST.replace("sum", "math.fsum"), ("import math",))
        ]


def test_an_import_that_the_module_has_is_not_given_again() -> None:
    reply = diff(HUNK.replace("sum(values)", "os.fspath(values)"))
    assert parse_reply(reply, TARGET, MODULE) == [(FAST.replace("sum", "os.fspath"), ())]


def test_a_whole_function_beside_a_diff_is_an_alternative() -> None:
    other = FAST.replace("sum(values)", "sum(list(values))")
    reply = diff(HUNK) + "or\n" + diff(other, "python")
    assert parse_reply(reply, TARGET, MODULE) == [(FAST, ()), (other, ())]


def test_a_function_of_the_module_may_be_called_by_the_rewrite() -> None:
    reply = diff(HUNK.replace("sum(values)", "first(values)"))
    assert parse_reply(reply, TARGET, MODULE) == [(FAST.replace("sum", "first"), ())]


def test_lines_of_a_removed_text_that_look_like_headers_are_no_headers() -> None:
    source = "def f(x):\n    y = x\n    return y\n"
    reply = diff("@@ -1 +1 @@\n def f(x):\n-    y = x\n-    return y\n+    return x\n")
    assert parse_reply(reply, Target("a.py", "f", 1, source)) == [("def f(x):\n    return x\n", ())]
