"""Prompts that ask for a faster program, and the program in a reply.

Styles: ``pie`` (PIE v1: slower version, optimized version), ``pie2`` (PIE v2:
Program, Optimized Version), ``perfrl`` (an instruction and the program, as
PerfRL gives it to an encoder-decoder model), ``optimize`` (exactly what
``perfopt optimize`` sends, so that what is trained is used at once), ``mini``
(the small model's own language, whose replies are edits of the slow program).
"""

from __future__ import annotations

import ast
import re
import textwrap
from dataclasses import dataclass
from typing import Any

from perfopt_cli.core import Target
from perfopt_cli.model.normal import FunctionNode, syntax_tree
from perfopt_cli.model.prompt import Messages, build_prompt
from perfopt_cli.model.replies import code_blocks, without_thoughts
from perfopt_cli.model.styles import (
    BEST_TAG,
    FASTER,
    MINI,
    OPTIMIZED,
    PROGRAM,
    SLOWER,
    STYLES,
    prompt_for,
    tidy,
)

__all__ = [
    "BEST_TAG",
    "STYLES",
    "Framed",
    "framed",
    "function_alone",
    "messages_for",
    "program_from",
    "prompt_for",
    "target_text",
]

_CONTEXT = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.Try, ast.If)
_UNBOUNDED = 10**9
_FASTER = FASTER.rstrip(":")
_MARKER = re.compile(
    rf"^(?:{re.escape(SLOWER)}|{re.escape(_FASTER)}[^\n]*:|### END ###"
    rf"|{re.escape(PROGRAM)}|{re.escape(OPTIMIZED)}[^\n]*:)[ \t]*$",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Framed:
    """A prompt as a tokenizer takes it.

    ``has_special``: a chat template has put the special tokens in, so tokenise
    with ``add_special_tokens=False``, and answer with ``target_text(…, chat=True)``.
    """

    text: str
    has_special: bool = False


def framed(
    slow: str,
    *,
    style: str,
    tokenizer: Any,
    encoder_decoder: bool = False,
    tag: int | None = None,
    group: str = "",
) -> Framed:
    """Return the prompt in the form that the tokenizer's model will be asked in.

    That is the chat form for style ``optimize`` where the tokenizer has a chat
    template and the model is no encoder-decoder, and plain text for all else.
    ``group`` is ``path::qualname`` of recorded functions.
    """
    plain = prompt_for(slow, style=style, tag=tag)
    has_template = not encoder_decoder and getattr(tokenizer, "chat_template", None)
    if style != "optimize" or not has_template:
        return Framed(plain)
    from perfopt_cli.model.generation import chat_text

    messages = messages_for(slow, group=group)
    return Framed(chat_text(tokenizer, messages.system, messages.user), has_special=True)


def messages_for(slow: str, *, group: str = "") -> Messages:
    """Return the form for models that follow instructions, as ``perfopt optimize`` words it.

    A slow text that does not end in a function is taken for a whole program.
    """
    function, context = _last_function(slow)
    if function is None:
        return Messages("", _whole_program(slow))
    path, _, qualname = group.partition("::")
    if qualname.rpartition(".")[2] != function.name:
        path, qualname = "module.py", function.name
    source = "\n".join(slow.split("\n")[len(context) :])
    prompt = build_prompt(Target(path, qualname, 1, source), "\n".join(context), budget=_UNBOUNDED)
    return prompt.messages


def target_text(
    fast: str, *, chat: bool = False, style: str = "optimize", slow: str = "", family: str = ""
) -> str:
    """Return what the model shall answer, without the token that ends it.

    Raises Unreadable where the style is ``mini`` and its language can't say it.
    """
    if style == MINI:
        from perfopt_cli.model.mini.style import reply_to

        return reply_to(slow, fast, family)
    code = tidy(fast) + "\n"
    if not chat:
        return code
    longest = max((len(run) for run in re.findall("`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}python\n{code}{fence}"


def program_from(reply: str, *, style: str = "optimize", slow: str = "") -> str:
    """Return the program in a reply, ended by a newline; empty where there is none.

    In the style ``mini`` it is the slow program as the reply edits it. In all others
    thoughts are dropped, the rest is cut where a prompt's next marker begins.
    Text that is Python as it stands is the program; else the first fenced block
    that is Python, else the first block, else the text.
    """
    if style == MINI:
        from perfopt_cli.model.mini.style import program

        return program(slow, reply)
    text = without_thoughts(reply).replace("\x00", "")
    marker = _MARKER.search(text)
    while marker and not text[: marker.start()].strip():
        text = text[marker.end() :]
        marker = _MARKER.search(text)
    text = text[: marker.start()] if marker else text
    if syntax_tree(text) is None:
        blocks = [block for block in code_blocks(text) if block.strip()]
        # Some tokenizers put a space before the first word.
        possible = (text.strip(), *blocks, *map(textwrap.dedent, blocks))
        parsed = [one for one in possible if syntax_tree(one) is not None]
        text = next(iter(parsed or blocks), text)
    text = tidy(text)
    return text + "\n" if text else ""


def function_alone(slow: str) -> str:
    """Return the function that ends the text, without what stands above it; else the text."""
    function, context = _last_function(slow)
    return slow if function is None else "\n".join(slow.split("\n")[len(context) :])


def _last_function(slow: str) -> tuple[FunctionNode | None, list[str]]:
    """Return the function that ends the text, and the lines above it; None where none does."""
    tree = syntax_tree(slow)
    last = tree.body[-1] if tree and tree.body else None
    if tree is None or not isinstance(last, FunctionNode):
        return None, []
    if not all(isinstance(statement, _CONTEXT) for statement in tree.body[:-1]):
        return None, []
    first = min([last.lineno, *(decorator.lineno for decorator in last.decorator_list)])
    return last, slow.split("\n")[: first - 1]


def _whole_program(slow: str) -> str:
    return (
        "Rewrite this Python program so that it runs faster. For every input it must do "
        f"exactly what it did before.\n\nThe program:\n```python\n{slow.strip()}\n```\n\n"
        "Reply with one ```python block that holds the complete program, and nothing else.\n"
    )
