from __future__ import annotations

from types import SimpleNamespace

import pytest

from perfopt_cli.core import PerfoptError, Target
from perfopt_cli.model.prompt import build_prompt
from perfopt_cli.train.prompts import (
    STYLES,
    Framed,
    framed,
    messages_for,
    program_from,
    prompt_for,
    target_text,
)

FUNCTION = "@cached\ndef total(values):\n    return sum([*values])\n"
MODULE = "import re\n\nLIMIT = 3\nUNUSED = 4\n"


def test_the_forms_of_the_styles() -> None:
    assert prompt_for("\nx = 1\n\n", style="pie") == (
        "# slower version:\n\nx = 1\n\n# optimized version of the same code:\n\n"
    )
    assert "\n\n### Program:\nx = 1\n\n### Optimized Version:\n" in prompt_for(
        "x = 1", style="pie2"
    )
    assert prompt_for("x = 1", style="perfrl") == "Improve the run time of this program:\nx = 1\n"


@pytest.mark.parametrize("style", ["pie", "pie2", "perfrl"])
def test_a_tag_is_asked_for(style: str) -> None:
    assert "10/10" in prompt_for("x = 1", style=style, tag=10)
    assert "/10" not in prompt_for("x = 1", style=style)


def test_optimize_takes_no_tag() -> None:
    with pytest.raises(PerfoptError, match="has no tags"):
        prompt_for("x = 1", style="optimize", tag=10)


def test_an_unknown_style_is_an_error_that_names_those_known() -> None:
    with pytest.raises(PerfoptError, match="pie, pie2, perfrl, optimize"):
        prompt_for("x = 1", style="poem")


@pytest.mark.parametrize("source", [FUNCTION, FUNCTION.rstrip()])
def test_optimize_is_asked_as_it_will_be_asked(source: str) -> None:
    target = Target("shop.py", "total", 1, source)
    assert prompt_for(source, style="optimize") == str(build_prompt(target, ""))


def test_the_module_above_a_function_stands_where_optimize_puts_it() -> None:
    source = "def total(values):\n    return re.sub(LIMIT)\n"
    prompt = build_prompt(Target("shop.py", "Order.total", 1, source), MODULE)
    context = "import re\nLIMIT = 3"
    assert prompt_for(f"{context}\n\n{source}", style="optimize") == str(prompt)
    assert messages_for(f"{context}\n\n{source}", group="shop.py::Order.total") == prompt.messages


def test_a_whole_program_is_asked_for_as_one() -> None:
    for program in (
        "def f():\n    pass\nf()\n",
        "def f():\n    pass\ndef g():\n    pass\n",
        "x = (\n",
    ):
        messages = messages_for(program)
        assert "complete program" in messages.user
        assert program.strip() in messages.user


def test_a_function_without_a_name_of_its_own_is_asked_for_by_its_own_name() -> None:
    assert messages_for(FUNCTION, group="p001").user.startswith("Rewrite `total` of `module.py`")


class Template:
    """A tokenizer with a chat template."""

    chat_template = "yes"

    def apply_chat_template(self, messages: list[dict[str, str]], **options: object) -> str:
        return "|".join(f"{one['role']}:{one['content']}" for one in messages)


def test_optimize_is_framed_by_a_chat_template_where_the_model_has_one() -> None:
    pytest.importorskip("jinja2")
    chat = framed(FUNCTION, style="optimize", tokenizer=Template())
    assert chat.has_special
    assert chat.text.startswith("system:You are an expert")
    plain = Framed(prompt_for(FUNCTION, style="optimize"))
    without = SimpleNamespace(chat_template=None)
    assert framed(FUNCTION, style="optimize", tokenizer=without) == plain
    assert framed(FUNCTION, style="optimize", tokenizer=Template(), encoder_decoder=True) == plain
    for style in STYLES[:3]:
        expected = Framed(prompt_for(FUNCTION, style=style))
        assert framed(FUNCTION, style=style, tokenizer=Template()) == expected


@pytest.mark.parametrize("chat", [True, False])
def test_the_program_comes_back_out_of_the_text_that_is_trained_on(chat: bool) -> None:
    program = "import re\n\ndef f():\n    '''```\n    x\n  \n    ```'''\n"
    assert program_from(target_text("\n" + program + "\n\n", chat=chat)) == program


@pytest.mark.parametrize(
    ("reply", "program"),
    [
        ("x = 1", "x = 1\n"),
        ("\n\n  \nx = 1  \r\n", "x = 1\n"),
        (" x = 1\ny = 2", "x = 1\ny = 2\n"),
        ("", ""),
        ("<think>\nx = 2\n</think>\nx = 1", "x = 1\n"),
        ("x = 1\n# slower version:\ny = 1\n", "x = 1\n"),
        ("x = 1\n\n### Program:\ny = 1\n", "x = 1\n"),
        ("x = 1\n### END ###\n", "x = 1\n"),
        ("# optimized version of the same code:\nx = 1\n# slower version:\n", "x = 1\n"),
        ("### Optimized Version with score 10/10:\nx = 1\n", "x = 1\n"),
        ("# slower version: this was slow\nx = 1\n", "# slower version: this was slow\nx = 1\n"),
        ("Here it is:\n```python\nx = 1\n```\nIt is faster.", "x = 1\n"),
        ("Here:\n```\nx = 1", "x = 1\n"),
        ("Input:\n```text\n3\n```\n```py\nx = 1\n```\n", "x = 1\n"),
        ("1.\n   ```python\n   x = 1\n   ```\n", "x = 1\n"),
        ("Before:\n```\n$ run it\n```\nAfter:\n```\nx = 1\n```", "x = 1\n"),
        ("So:\n```python\nx = (\n```", "x = (\n"),
        ("I can't do that.", "I can't do that.\n"),
        ("x = 1\x00", "x = 1\n"),
    ],
)
def test_the_program_in_a_reply(reply: str, program: str) -> None:
    assert program_from(reply) == program
