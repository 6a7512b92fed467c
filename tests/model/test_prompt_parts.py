"""Prompts with all their parts are held against tests/model/golden/.

``python -m pytest tests/model --update-golden`` writes those files anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from asking import DIVERGED, FACTS, FAST, FASTER, KNOWN, MODULE, SOURCE, TARGET

from perfopt_cli.core import Known
from perfopt_cli.model.examples.builtin import BUILTIN
from perfopt_cli.model.examples.library import Library
from perfopt_cli.model.prompt import DEFAULT_BUDGET, Prompt, TooLong, build_prompt
from perfopt_cli.model.styles import Style
from perfopt_cli.train.prompts import messages_for, prompt_for

EXAMPLES = Library(BUILTIN).nearest(TARGET, 1)
Golden = Callable[[str, str], None]


def told(**options: object) -> Prompt:
    return build_prompt(TARGET, MODULE, **{"known": KNOWN, "examples": EXAMPLES, **options})  # type: ignore[arg-type]


def user(prompt: Prompt) -> str:
    return prompt.messages.user


def chain(prompt: Prompt) -> Iterator[Prompt]:
    form: Prompt | None = prompt
    while form is not None:
        yield form
        form = form.shorter


def test_an_instructed_model_is_told_all_that_is_known(golden: Golden) -> None:
    golden("everything.txt", user(told()))


def test_a_first_round_has_facts_and_examples_only(golden: Golden) -> None:
    golden("first_round.txt", user(told(known=Known(FACTS))))


def test_a_repair_shows_the_failed_code_with_its_reason(golden: Golden) -> None:
    golden("repair.txt", user(told(known=Known(None, (DIVERGED,)), examples=())))


def test_a_refinement_starts_from_the_verified_rewrite(golden: Golden) -> None:
    target = replace(TARGET, source=FAST)
    prompt = build_prompt(target, MODULE, known=Known(None, (FASTER,)))
    golden("refinement.txt", user(prompt))


@pytest.mark.parametrize("name", ["pie", "pie2", "perfrl"])
@pytest.mark.parametrize("conditioned", [False, True])
def test_a_model_trained_in_a_style_is_asked_in_it(
    golden: Golden, name: str, conditioned: bool
) -> None:
    prompt = told(style=Style(name, trained=True, conditioned=conditioned))
    assert prompt.verbatim
    assert user(prompt) == prompt
    assert ("score 10/10" in prompt) is conditioned
    golden(f"{name}{'_best' if conditioned else ''}.txt", prompt)


def test_the_plain_form_is_that_of_the_data_set_whatever_is_known(golden: Golden) -> None:
    assert not told().verbatim
    assert told() == build_prompt(TARGET, MODULE)
    golden("plain.txt", told())


def test_a_model_that_was_trained_is_asked_as_in_training() -> None:
    prompt = told(style=Style(trained=True))
    context = "import re\nfrom shop.price import price\nLIMIT = 10"
    slow = f"{context}\n\n{SOURCE}"
    assert prompt.messages == messages_for(slow, group="shop/order.py::distinct")
    assert prompt == prompt_for(slow, style="optimize")


def test_parts_go_one_by_one_and_in_order_of_their_worth() -> None:
    forms = [user(form) for form in chain(told())]
    gone = [
        next(number for number, form in enumerate(forms) if text not in form)
        for text in (
            "Rewrites of other functions",
            "`re.helper`",
            "`price`, about",
            "Another rewrite does the same, but",
            "Another rewrite fails",
            "This rewrite does not",
            "This rewrite is verified",
            "a call takes 31 ms",
            "run 480 times",
            "import re\n",
        )
    ]
    assert gone == sorted(gone)
    assert all(len(one) > len(other) for one, other in pairwise(forms))


def test_a_few_steps_lead_to_the_function_alone() -> None:
    forms = [form := told()]
    while (form := form.much_shorter) is not None:
        forms.append(form)
    lengths = [len(user(form)) for form in forms]
    assert 3 < len(forms) < 8
    assert all(after <= 0.75 * before for before, after in pairwise(lengths[:-1]))
    assert lengths[-1] == len(user(build_prompt(TARGET, "")))


def test_the_last_form_is_the_function_alone() -> None:
    *_, last = chain(told())
    assert user(last) == user(build_prompt(TARGET, ""))


def test_the_function_is_whole_in_every_form() -> None:
    assert all(SOURCE in user(form) and SOURCE in form for form in chain(told()))


@pytest.mark.parametrize("budget", range(len(SOURCE), 3000, 97))
def test_no_line_is_cut_whatever_the_budget(budget: int) -> None:
    whole = set(user(told()).splitlines())
    assert set(user(told(budget=budget)).splitlines()) <= whole


def test_a_smaller_budget_takes_parts_away_from_the_start() -> None:
    forms = [user(form) for form in chain(told())]
    assert user(told(budget=len(SOURCE) + 1000)) in forms[1:-1]
    with pytest.raises(TooLong):
        told(budget=len(SOURCE) - 1)


def test_many_parts_fit_the_default_budget() -> None:
    tried = (FASTER, *[replace(DIVERGED, detail=f"call {n} " + "x " * 500) for n in range(200)])
    assert len(user(told(known=Known(FACTS, tried)))) < DEFAULT_BUDGET + 3000
