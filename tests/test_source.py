import ast
import difflib
import random
import sysconfig
import textwrap
from pathlib import Path

import pytest

from perfopt_cli.core import PerfoptError
from perfopt_cli.source import definitions, find, read_source, splice
from perfopt_cli.source.check import check
from perfopt_cli.source.splice import put

STDLIB = Path(sysconfig.get_path("stdlib"))

ODD = '''\
#!/usr/bin/env python
# -*- coding: utf-8 -*-
"""Doc
string."""
import os

@(
    staticmethod
)
# between
@property
def decorated(a, b=(
1, 2)):
    """First.

  Under-indented.
\t"""
    return a

class Outer:
    class Inner:
        @property
        def first(self):
            # a comment
    # one further out
            text = """
  kept
            """ + f"""{
self}
    kept too"""
            return (text,
  'x' \\
 'y')   # trailing
        async def second(self): return 1
\f
        def third(self):
            x = 1
            if x:
                def inner():

                    return 2
            \f
            return 3; x = 2
if os:
    def branch(): return 1
else:
\tdef other():
\t\treturn """
\tdeep
"""
try:
    pass
finally:
    def last(): pass
def ending():
    return 1 \\

lambda: 1
match os:
    case 1:
        def matched(): pass
'''


def variants(text: str) -> list[str]:
    lines = text.split("\n")
    ends = ["\n", "\r\n", "\r"]
    mixed = "".join(line + ends[index % 3] for index, line in enumerate(lines[:-1]))
    return [
        text,
        text.replace("\n", "\r\n"),
        text.replace("\n", "\r"),
        mixed,
        text.rstrip("\n"),
        "\ufeff" + text,
        text.replace("\n", "\r\n").rstrip("\r\n"),
    ]


@pytest.mark.parametrize("text", variants(ODD))
def test_splicing_each_function_onto_itself_changes_no_byte(text: str) -> None:
    found = definitions(text)
    assert len(found) == 10
    for qualname, definition in found.items():
        assert splice(text, qualname, definition.source) == text


@pytest.mark.parametrize("name", ["textwrap", "difflib", "dataclasses", "contextlib", "fractions"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_splicing_is_the_identity_over_the_standard_library(name: str, newline: str) -> None:
    text = read_source(STDLIB / f"{name}.py").text.replace("\n", newline)
    single = {q: d for q, d in definitions(text).items() if d.copies == 1}
    assert len(single) > 10
    for qualname in list(single)[:: len(single) // (12 if newline == "\n" else 4) or 1]:
        assert put(text, qualname, single[qualname].source)[0] == text
    last = list(single)[-1]
    assert splice(text, last, single[last].source) == text


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["argparse", "ast", "inspect", "typing", "tokenize", "pathlib", "json/decoder"]
)
def test_splicing_is_the_identity_over_big_modules(name: str) -> None:
    path = STDLIB / f"{name}.py"
    if not path.exists():
        pytest.skip("not a module of this Python")
    text = read_source(path).text
    single = {q: d for q, d in definitions(text).items() if d.copies == 1}
    for qualname in list(single)[:: len(single) // 6 or 1]:
        assert put(text, qualname, single[qualname].source)[0] == text


@pytest.mark.parametrize("name", ["argparse", "ast", "inspect", "typing", "turtle"])
def test_a_function_cut_out_means_what_it_meant_in_its_file(name: str) -> None:
    for definition in definitions(read_source(STDLIB / f"{name}.py").text).values():
        assert not definition.fault
        (alone,) = ast.parse(definition.source).body
        assert ast.dump(alone) == ast.dump(definition.node)


def test_a_cut_function_keeps_the_lines_of_its_strings() -> None:
    source = find(ODD, "Outer.Inner.first").source
    assert source == (
        "@property\ndef first(self):\n    # a comment\n    # one further out\n"
        '    text = """\n  kept\n            """ + f"""{\nself}\n    kept too"""\n'
        "    return (text,\n  'x' \\\n 'y')   # trailing\n"
    )


def test_a_definition_knows_its_lines_and_its_indentation() -> None:
    found = definitions(ODD)
    decorated, third = found["decorated"], found["Outer.Inner.third"]
    assert (decorated.first, decorated.node.lineno, decorated.last) == (7, 12, 18)
    assert third.indent == " " * 8
    assert found["other"].indent == "\t"


def test_nested_functions_have_pythons_qualified_names() -> None:
    assert "Outer.Inner.third.<locals>.inner" in definitions(ODD)


PROPERTY = """\
from typing import overload

class Box:
    @property
    def size(self):
        return self._size
    @size.setter
    def size(self, value):
        self._size = value
    @size.deleter
    def size(self):
        del self._size

@overload
def half(x: int) -> int: ...
@overload
def half(x: str) -> str: ...
def half(x):
    def inner(y):
        return y
    return inner(x)
"""


def test_a_property_is_its_getter_wherever_its_setter_is() -> None:
    found = definitions(PROPERTY)["Box.size"]
    assert (found.copies, found.first) == (1, 4)
    assert find(PROPERTY, "Box.size").source == found.source
    new = found.source.replace("self._size", "self._size + 0")
    result = splice(PROPERTY, "Box.size", new)
    assert result == PROPERTY.replace("return self._size", "return self._size + 0")


def test_an_overloaded_function_is_its_implementation() -> None:
    found = definitions(PROPERTY)["half"]
    assert (found.copies, found.first) == (1, 18)
    new = found.source.replace("return inner(x)", "return x")
    assert splice(PROPERTY, "half", new) == PROPERTY.replace("return inner(x)", "return x")


def test_a_setter_alone_is_found() -> None:
    text = "class A:\n    size = property(len)\n    @size.setter\n    def size(self, x): pass\n"
    assert definitions(text)["A.size"].copies == 1


@pytest.mark.parametrize(
    "text",
    [
        "if x:\n    def f(): return 1\nelse:\n    def f(): return 2\n",
        "try:\n    def f(): return 1\nexcept ImportError:\n    def f(): return 2\n",
    ],
)
def test_of_definitions_in_branches_none_is_picked(text: str) -> None:
    assert definitions(text)["f"].copies == 2
    with pytest.raises(PerfoptError, match="defined 2 times"):
        find(text, "f")


def test_a_nested_function_is_replaced_within_its_lines() -> None:
    text = (
        "def a(n):\r\n\tif n:\r\n\t\tdef b(x):\r\n\t\t\tdef c(y): # why\r\n"
        "\t\t\t\treturn y +  n\r\n\t\t\treturn c(x)\r\n\treturn b\r\n"
    )
    result = splice(text, "a.<locals>.b.<locals>.c", "def c(y): # why\n\treturn n + y\n")
    assert result == text.replace("y +  n", "n + y")
    result = splice(text, "a.<locals>.b", "def b(x):\n\treturn x + n\n")
    head, tail = text.split("\t\t\tdef c")[0], "\treturn b\r\n"
    assert result == head + "\t\t\treturn x + n\r\n" + tail


def test_a_nested_function_that_no_longer_compiles_in_its_place_is_refused() -> None:
    text = "def a():\n    def b():\n        return 1\n    return b\n"
    with pytest.raises(PerfoptError, match="does not parse"):
        splice(text, "a.<locals>.b", "def b():\n    nonlocal x\n    return 1\n")


def test_lines_are_counted_as_python_counts_them() -> None:
    text = "x = '\x1c \x85 \u2028'\n\f\ndef f():\n    return '\u2029'\ny = 1\n"
    assert splice(text, "f", "def f():\n    return 2\n") == (
        "x = '\x1c \x85 \u2028'\n\f\ndef f():\n    return 2\ny = 1\n"
    )


def test_a_form_feed_before_a_new_definition_stays() -> None:
    text = "x = 1\n\fdef f():\n    return 1\n"
    assert splice(text, "f", "def f(): return 2") == "x = 1\n\fdef f(): return 2\n"


def test_new_code_gets_the_indentation_and_newlines_of_the_old() -> None:
    text = "class A:\r\n\tdef f(self):\r\n\t\treturn 1\r\n\r\n\tx = 1\r\n"
    new = "def f(self):\n\tif self:\n\t\treturn 2\n\n\treturn 3"
    assert splice(text, "A.f", new) == (
        "class A:\r\n\tdef f(self):\r\n\t\tif self:\r\n\t\t\treturn 2\r\n\r\n\t\treturn 3\r\n"
        "\r\n\tx = 1\r\n"
    )


def test_new_strings_are_not_indented() -> None:
    text = "class A:\n    def f(self):\n        return 1\n"
    new = 'def f(self):\n    """Doc.\n\n    More.\n    """\n    return f"""\n{self}\n"""\n'
    result = splice(text, "A.f", new)
    assert ast.dump(ast.parse(result).body[0].body[0]) == ast.dump(ast.parse(new).body[0])
    assert '"""Doc.\n\n    More.\n    """\n        return' in result


def test_a_file_without_a_last_newline_stays_without() -> None:
    text = "class A:\n    def f(self): return 1"
    assert splice(text, "A.f", "def f(self):\n    return 2\n").endswith("\n        return 2")


def test_a_line_that_ended_the_file_gets_a_newline_where_it_no_longer_does() -> None:
    text = "def f(x):\n    return x"
    new = "def f(x):\n    if x:\n        pass\n    return x\n    return x\n"
    assert splice(text, "f", new) == new.rstrip("\n")


def test_comments_around_new_code_are_dropped() -> None:
    new = "# Faster:\n\ndef f():\n    return 2\n\n# That was it.\n"
    assert (
        splice("def f():\n    return 1\n# mine\n", "f", new) == "def f():\n    return 2\n# mine\n"
    )


def test_decorators_on_other_lines_than_their_expression_are_cut_too() -> None:
    text = "@(\n  staticmethod\n)\ndef f(): return 1\n"
    assert definitions(text)["f"].first == 1
    assert splice(text, "f", "def f(): return 2") == "def f(): return 2\n"


@pytest.mark.parametrize(
    "text",
    [
        "if x:\n    def f(): return 1\nelse:\n    def f(): return 2\n",
        "def f(): return 1\ndef f(): return 2\n",
        "class A:\n  def f(self): pass\nclass A:\n  def f(self): pass\n",
    ],
    ids=["in two branches", "one after the other", "in two classes of one name"],
)
def test_a_function_defined_twice_is_refused(text: str) -> None:
    name = "A.f" if "class" in text else "f"
    assert definitions(text)[name].copies == 2
    with pytest.raises(PerfoptError, match="defined 2 times"):
        find(text, name)
    with pytest.raises(PerfoptError, match="defined 2 times"):
        splice(text, name, "def f(): return 3")


def test_a_missing_function_is_an_error_that_names_it() -> None:
    with pytest.raises(PerfoptError, match=r"A\.g"):
        find("class A:\n    def f(self): pass\n", "A.g")


@pytest.mark.parametrize("text", ["def f(:\n", "x = 1\0\n", "def f():\n\treturn 1\n        x\n"])
def test_text_that_does_not_parse_is_a_syntax_error(text: str) -> None:
    with pytest.raises(SyntaxError):
        definitions(text)
    with pytest.raises(PerfoptError, match="does not parse"):
        splice(text, "f", "def f(): pass")


def test_odd_escapes_in_users_code_give_no_warnings() -> None:
    assert splice("def f(): return '\\d'\n", "f", "def f(): return '\\w'", ["import re"])


def test_a_body_indented_by_other_blanks_than_its_def_is_refused() -> None:
    text = "if 1:\n\tdef f():\n        \treturn 1\n"
    with pytest.raises(PerfoptError, match="mixes tabs and spaces"):
        find(text, "f")


def test_a_def_after_a_bare_continuation_is_refused() -> None:
    with pytest.raises(PerfoptError, match="line continuation"):
        find("class A:\n    \\\n  def f(self): pass\n", "A.f")


def test_long_elif_chains_do_not_exhaust_the_stack() -> None:
    chain = "".join(f"elif x == {n}:\n    pass\n" for n in range(400))
    assert "f" in definitions("x = 1\nif x:\n    pass\n" + chain + "def f(): pass\n")


@pytest.mark.parametrize(
    "new",
    [
        "x = 1\n",
        "def g(): pass\n",
        "def f(): pass\ndef g(): pass\n",
        "def f(): pass; x = \n",
        "    def f(): pass\n",
        "import os\ndef f(): pass\n",
        "class f: pass\n",
        "",
    ],
)
def test_new_code_that_is_not_one_function_of_that_name_is_refused(new: str) -> None:
    with pytest.raises(PerfoptError):
        splice("def f():\n    return 1\n", "f", new)


def test_code_that_only_fits_another_place_is_refused() -> None:
    with pytest.raises(PerfoptError, match="does not parse"):
        splice("def f():\n    return 1\n", "f", "def f():\n    nonlocal x\n")


@pytest.mark.parametrize(
    ("result", "says"),
    [
        ("x = 2\ndef f(): return 2\n", "changes code outside itself"),
        ("x = 1\ndef f(): return 2\ny = 1\n", "changes code outside itself"),
        ("import os\nx = 1\ndef f(): return 2\n", "changes code outside itself"),
        ("x = 1\ndef f(): return 3\n", "means something else"),
        ("x = 1\ndef f(): return 1\n", "means something else"),
        ("x = 1\ndef f(: return 2\n", "does not parse"),
        ("x = 1\nreturn\ndef f(): return 2\n", "does not parse"),
        ("x = 1\ndef f(): return 2\ndef f(): return 2\n", "defined 2 times"),
        ("x = 1\n", "no function named f"),
    ],
)
def test_a_result_that_is_not_what_was_asked_for_is_refused(result: str, says: str) -> None:
    text, new = "x = 1\ndef f(): return 1\n", "def f(): return 2\n"
    old = find(text, "f")
    check(text, "x = 1\ndef f(): return 2\n", old, find(new, "f"), range(0))
    with pytest.raises(PerfoptError, match=says):
        check(text, result, old, find(new, "f"), range(0))


def test_a_file_that_libcst_cannot_read_is_refused() -> None:
    text = "def g():\n    (x): int\n    print(x)\ndef f(): return 1\n"
    with pytest.raises(PerfoptError, match="libcst can't read"):
        splice(text, "f", "def f(): return 2\n")


WORDS = ["x = 1", "# c", "", '"""\n  s\n"""', "if x:\n    y = 2", "f(\n1)", "return 1", "  # d"]


@pytest.mark.parametrize("seed", range(40))
def test_only_the_functions_own_lines_change(seed: int) -> None:
    chance = random.Random(seed)
    old, new = (chance.choices(WORDS, k=chance.randint(1, 8)) for _ in range(2))
    newline, ends = chance.choice(["\n", "\r\n", "\r"]), chance.random() < 0.5

    def function(parts: list[str]) -> str:
        block = "\n".join([*parts, "pass"]).split('"""')
        body = '"""'.join(
            part if index % 2 else part.replace("\n", "\n    ") for index, part in enumerate(block)
        )
        return "def f(self):\n    " + body + "\n"

    before = "# é\nclass A:\n    x = '''\n  s'''\n"
    inside = textwrap.indent("def f(self):\n    return 0\n", "    ")
    after = "    # after\n    y = 1" + ("\n" if ends else "")
    text = (before + inside + after).replace("\n", newline)
    first = splice(text, "A.f", function(old))
    second = splice(first, "A.f", function(new))
    for result in (first, second):
        assert result.startswith(before.replace("\n", newline))
        assert result.endswith(after.replace("\n", newline))
    assert ast.dump(ast.parse(find(second, "A.f").source)) == ast.dump(ast.parse(function(new)))


def added(before: str, after: str) -> list[str]:
    moves = difflib.ndiff(before.splitlines(keepends=True), after.splitlines(keepends=True))
    found = [move for move in moves if move[0] in "+-?"]
    assert not any(move.startswith("-") for move in found)
    return [move[2:] for move in found]


F = "def f():\n    return 1\n"


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("", 1),
        ('"""Doc."""\n', 2),
        ('"""Doc\nstring."""\n\n\n', 4),
        ('"""Doc."""\n\n', 2),
        ("from __future__ import annotations\n\nX = 1\nimport os\n", 2),
        ('"""Doc."""\n\nfrom __future__ import annotations\n\nimport os\nimport re; X = 1\n', 7),
        ("from os import (\n    path,\n)\nX = 1\n", 4),
        ("import os\ntry:\n    import re\nexcept ImportError:\n    re = None\n", 2),
        ("#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n", 3),
        ("\n# -*- coding: utf-8 -*-\n", 3),
        ("# Copyright\n\n# of f\n", 3),
    ],
)
def test_an_import_goes_below_docstring_and_imports(head: str, line: int) -> None:
    text = head + F
    result = splice(text, "f", F, ["import bisect"])
    assert result.split("\n")[line - 1] == "import bisect"
    assert added(text, result) == ["import bisect\n"]


def test_an_import_gets_the_newline_of_its_place() -> None:
    text = '"""Doc."""\r\nimport os\r\n' + F
    assert "import os\r\nimport bisect\r\ndef f" in splice(text, "f", F, ["import bisect"])


@pytest.mark.parametrize(
    ("there", "wanted"),
    [
        ("import bisect", "import bisect"),
        ("import os, bisect as b", "import bisect as b"),
        ("from bisect import insort, bisect_left", "from bisect import bisect_left"),
        ("from . import helpers", "from . import helpers"),
        ("import os.path", "import os"),
        ("X = 1\nimport bisect", "import bisect"),
    ],
)
def test_an_import_that_is_there_is_not_added(there: str, wanted: str) -> None:
    text = f"{there}\n{F}"
    assert splice(text, "f", F, [wanted]) == text


def test_only_the_missing_names_of_an_import_are_added() -> None:
    text = f"from math import floor\n{F}"
    result = splice(text, "f", F, ["from math import (\n floor, sqrt)", "from math import sqrt"])
    assert added(text, result) == ["from math import sqrt\n"]


def test_a_submodule_is_added_beside_its_package() -> None:
    text = f"import os\n{F}"
    assert added(text, splice(text, "f", F, ["import os.path"])) == ["import os.path\n"]


@pytest.mark.parametrize(
    ("there", "wanted"),
    [
        ("bisect = 1", "import bisect"),
        ("def bisect(): pass", "import bisect"),
        ("from other import bisect", "import bisect"),
        ("import other as bisect", "import bisect"),
        ("if 1:\n    import bisect", "import bisect"),
        ("try:\n    import bisect\nexcept ImportError:\n    bisect = None", "import bisect"),
        ("import bisect\nbisect = None", "import bisect"),
        ("def g():\n    global bisect\n    bisect = 1", "import bisect"),
        ("def g():\n    global bisect\n    import bisect", "import bisect"),
        ("for bisect in (): pass", "import bisect"),
        ("from other import *\ndef g(): return bisect", "import bisect"),
        ("def g(): return bisect.x", "import bisect"),
        ("x = 1", "from math import pow"),
        ("x = 1", "from math import *"),
        ("x = 1", "from __future__ import annotations"),
        ("x = 1", "x = 2"),
        ("x = 1", "import a; b = 1"),
        ("x = 1", ""),
    ],
)
def test_an_import_that_would_change_another_name_is_refused(there: str, wanted: str) -> None:
    with pytest.raises(PerfoptError):
        splice(f"{there}\n{F}", "f", F, [wanted])


def test_two_imports_of_one_name_are_refused() -> None:
    with pytest.raises(PerfoptError, match="twice"):
        splice(F, "f", F, ["import a as b", "import c as b"])


def test_a_name_local_to_other_functions_does_not_hinder_an_import() -> None:
    text = "def g():\n    bisect = 1\n    return bisect\n" + F
    assert added(text, splice(text, "f", F, ["import bisect"])) == ["import bisect\n"]


@pytest.mark.parametrize(
    ("data", "encoding", "newline"),
    [
        (b"x = '\xc3\xa9'\n", "utf-8", "\n"),
        (b"\xef\xbb\xbfx = '\xc3\xa9'\r\n", "utf-8", "\r\n"),
        (b"# coding: latin-1\nx = '\xe9'\n", "iso-8859-1", "\n"),
        (b"# vim: fileencoding=cp1252 :\r\nx = '\x80'\r\n", "cp1252", "\r\n"),
        ("# coding: shift_jis\nx = 'ソース'\n".encode("shift_jis"), "shift_jis", "\n"),
        (b"x = 1\ry = 2\r\n\r", "utf-8", "\r"),
        (b"", "utf-8", "\n"),
    ],
)
def test_files_are_read_by_their_encoding_and_put_back_the_same(
    tmp_path: Path, data: bytes, encoding: str, newline: str
) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(data)
    path.chmod(0o640)
    source = read_source(path)
    assert (source.encoding, source.newline, source.mode) == (encoding, newline, 0o640)
    assert not source.text.startswith("\ufeff")
    assert source.encode(source.text) == data


@pytest.mark.parametrize(
    "data",
    [b"x = '\xe9'\n", b"# coding: nonsense\n", b"\xef\xbb\xbf# coding: latin-1\n", b"\xff\xfex\0"],
)
def test_a_file_that_cannot_be_decoded_is_named(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "odd.py"
    path.write_bytes(data)
    with pytest.raises(PerfoptError, match=r"odd\.py"):
        read_source(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PerfoptError, match=r"gone\.py: cannot be read"):
        read_source(tmp_path / "gone.py")


def test_text_that_the_files_encoding_lacks_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"# coding: latin-1\n")
    with pytest.raises(PerfoptError, match="encoding"):
        read_source(path).encode("# coding: latin-1\nx = '\u20ac'\n")


def test_text_that_would_change_the_files_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"x = 1\n")
    with pytest.raises(PerfoptError, match="survive"):
        read_source(path).encode("# coding: latin-1\nx = 'a'\n")


MARKS = """
def plain():
    # perfopt: skip
    return 1

def on_the_line(x):  # perfopt: skip
    return x

# perfopt:skip, as it is measured elsewhere
# for a reason
@decorated
def above_the_decorator():
    return 1

class C:
    @decorated
    # perfopt: skip
    def between(self):
        return 1

    # perfopt: skipping would be another word

    def after_a_gap(self):
        return 1
"""


def test_a_mark_on_the_line_or_in_the_comment_above_is_seen() -> None:
    marked = {name for name, one in definitions(MARKS).items() if one.marked}
    assert marked == {"on_the_line", "above_the_decorator", "C.between"}
