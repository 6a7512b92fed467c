from __future__ import annotations

from collections.abc import Sequence

import pytest
from asking import FACTS, FASTER, KNOWN

from perfopt_cli.core import Backend, Known, PerfoptError, Proposer, ReplyFailed, Target
from perfopt_cli.model.examples.builtin import BUILTIN
from perfopt_cli.model.examples.library import Library
from perfopt_cli.model.prompt import DEFAULT_BUDGET, Prompt, TooLong
from perfopt_cli.model.propose import ModelProposer
from perfopt_cli.model.styles import Style

TARGET = Target(
    "a.py",
    "total",
    1,
    "def total(values):\n    result = 0\n    for value in values:\n        result += value\n    return result\n",
)
FAST = "def total(values):\n    return sum(values)\n"
MATH = "import math\n\ndef total(values):\n    return math.fsum(values)\n"


class Scripted:
    """A backend that gives the replies it was made with."""

    name = "scripted"

    def __init__(self, *replies: str) -> None:
        self.replies = replies
        self.prompts: list[str] = []

    def generate(self, prompt: str, *, n: int) -> Sequence[str]:
        self.prompts.append(prompt)
        return self.replies[:n]


def fenced(code: str) -> str:
    return f"Here it is:\n```python\n{code}```\n"


def proposer(*replies: str) -> ModelProposer:
    backend: Backend = Scripted(*replies)
    return ModelProposer(backend)


def test_a_reply_becomes_a_rewrite_of_the_target() -> None:
    source: Proposer = proposer(fenced(FAST))
    [rewrite] = source.propose(TARGET, TARGET.source, n=4)
    assert (rewrite.target, rewrite.source, rewrite.imports) == (TARGET, FAST, ())
    assert (rewrite.origin, rewrite.number) == ("scripted", 0)


def test_the_backend_is_asked_about_the_target() -> None:
    backend = Scripted()
    ModelProposer(backend).propose(TARGET, TARGET.source, n=4)
    assert TARGET.source in backend.prompts[0]


def test_rewrites_are_numbered_as_they_arrive() -> None:
    found = proposer(fenced(MATH), "no idea", fenced(FAST)).propose(TARGET, "", n=4)
    assert [(rewrite.number, "fsum" in rewrite.source) for rewrite in found] == [
        (0, True),
        (1, False),
    ]


def test_rewrites_that_differ_in_layout_only_are_given_once() -> None:
    again = 'def total(values):\n    """Sum."""\n    # fast\n    return sum( values )\n'
    assert len(proposer(fenced(FAST), fenced(again), FAST).propose(TARGET, "", n=4)) == 1


def test_the_original_is_no_rewrite() -> None:
    source = proposer(
        fenced(TARGET.source.replace("    result = 0", "    # start\n    result = 0"))
    )
    assert list(source.propose(TARGET, "", n=4)) == []
    assert source.unusable == 0


def test_replies_without_a_definition_are_counted() -> None:
    source = proposer("no idea", fenced("def total(values"), fenced(FAST))
    source.propose(TARGET, "", n=4)
    source.propose(TARGET, "", n=1)
    assert source.unusable == 3


def test_no_more_than_n_rewrites_are_given() -> None:
    both = fenced(FAST) + fenced(MATH)
    assert [rewrite.source for rewrite in proposer(both).propose(TARGET, "", n=1)] == [FAST]


def test_imports_that_the_module_has_are_not_added() -> None:
    [rewrite] = proposer(fenced(MATH)).propose(TARGET, "import math, os\n", n=1)
    assert rewrite.imports == ()


def test_imports_that_the_module_guards_are_not_added() -> None:
    guarded = "try:\n    import math\nexcept ImportError:\n    math = None\n"
    [rewrite] = proposer(fenced(MATH)).propose(TARGET, guarded, n=1)
    assert rewrite.imports == ()


def test_imports_that_the_module_lacks_are_added() -> None:
    [rewrite] = proposer(fenced(MATH)).propose(TARGET, "import math as m\n", n=1)
    assert rewrite.imports == ("import math",)


def test_the_same_code_with_other_imports_is_another_rewrite() -> None:
    code = "from {} import sqrt\n\ndef total(values):\n    return sqrt(values)\n"
    found = proposer(fenced(code.format("math")), fenced(code.format("cmath"))).propose(
        TARGET, "", n=2
    )
    assert len(found) == 2


def test_a_function_longer_than_a_prompt_gets_no_rewrite_and_is_counted() -> None:
    long = Target("a.py", "f", 1, "def f():\n" + "    pass\n" * DEFAULT_BUDGET)
    source = proposer(fenced(FAST))
    assert list(source.propose(long, "", n=4)) == []
    assert source.too_long == 1


def test_a_prompt_too_long_for_the_backend_is_counted_too() -> None:
    class Short(Scripted):
        def generate(self, prompt: str, *, n: int) -> Sequence[str]:
            raise TooLong("no room")

    source = ModelProposer(Short())
    assert list(source.propose(TARGET, "", n=4)) == []
    assert source.too_long == 1


class Failing(Scripted):
    """A backend that raises the errors it was made with, one by one; at None it replies."""

    def __init__(self, *errors: PerfoptError | None) -> None:
        super().__init__(fenced(FAST))
        self.errors = list(errors)

    def generate(self, prompt: str, *, n: int) -> Sequence[str]:
        replies = super().generate(prompt, n=n)
        error = self.errors.pop(0) if self.errors else None
        if error is not None:
            raise error
        return replies


def test_a_backend_that_fails_is_not_asked_again() -> None:
    backend = Failing(PerfoptError("nothing listens"))
    source = ModelProposer(backend)
    with pytest.raises(PerfoptError, match="nothing listens"):
        source.propose(TARGET, "", n=1)
    assert list(source.propose(TARGET, "", n=1)) == []
    assert len(backend.prompts) == 1
    assert str(source.failure) == "nothing listens"


def test_a_backend_that_fails_at_one_target_is_asked_about_the_next() -> None:
    source = ModelProposer(Failing(ReplyFailed("cut")))
    with pytest.raises(ReplyFailed):
        source.propose(TARGET, "", n=1)
    assert source.failure is None
    assert len(source.propose(TARGET, "", n=1)) == 1
    assert source.answered == 1


def test_a_backend_that_fails_at_two_targets_in_a_row_is_not_asked_again() -> None:
    backend = Failing(ReplyFailed("cut"), ReplyFailed("cut again"))
    source = ModelProposer(backend)
    for _ in range(2):
        with pytest.raises(ReplyFailed):
            source.propose(TARGET, "", n=1)
    assert list(source.propose(TARGET, "", n=1)) == []
    assert str(source.failure) == "cut again"


def test_a_backend_may_fail_at_a_target_now_and_then() -> None:
    source = ModelProposer(Failing(ReplyFailed("cut"), None, ReplyFailed("cut"), None))
    for _ in range(2):
        with pytest.raises(ReplyFailed):
            source.propose(TARGET, "", n=1)
        assert len(source.propose(TARGET, "", n=1)) == 1


def asked(backend: Scripted, known: Known | None, library: Library | None = None) -> Prompt:
    ModelProposer(backend, library).propose(TARGET, TARGET.source, n=1, known=known)
    prompt = backend.prompts[-1]
    assert isinstance(prompt, Prompt)
    return prompt


def test_the_backend_is_told_what_is_known_and_shown_examples() -> None:
    user = asked(Scripted(), KNOWN, Library(BUILTIN)).messages.user
    assert "What was tried before" in user
    assert "Where its time goes" in user
    assert "Rewrites of other functions" in user
    assert "Rewrites of other functions" not in asked(Scripted(), KNOWN).messages.user


def test_a_trained_model_is_asked_the_same_whatever_is_known() -> None:
    class Trained(Scripted):
        style = Style(trained=True)

    prompt = asked(Trained(), Known(FACTS, (FASTER,)), Library(BUILTIN))
    assert prompt.messages == asked(Scripted(), None).messages
    assert not ModelProposer(Trained()).listens
    assert ModelProposer(Scripted()).listens
