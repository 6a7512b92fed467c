"""A served model as a backend."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from perfopt_cli.core import PerfoptError, Target
from perfopt_cli.model.generation import Sampling
from perfopt_cli.model.prompt import Prompt, TooLong
from perfopt_cli.model.server.address import Address
from perfopt_cli.model.server.answers import Draft
from perfopt_cli.model.server.choice import choose_model, list_models, no_such_model
from perfopt_cli.model.server.client import REPEATS, Client, together
from perfopt_cli.model.server.faults import Busy, NoApi, NoSuchModel, Refused
from perfopt_cli.model.server.wire import Patience

AT_ONCE = 4
"""How many single replies are asked for at the same time; servers queue what they can't take."""

CHARACTERS_A_TOKEN = 3
"""Of code; rather few, as the server's tokenizer is not known and a reply needs room."""

SPARE_TOKENS = 512
"""Room in a reply beside twice the function; what comes after the function is cut off anyway."""

_CAN_DO_WITHOUT = ("chat_template_kwargs", "max_tokens", "temperature", "top_p", "seed", "stream")


class ServedModel:
    """A model behind an OpenAI-compatible chat API.

    The same prompt gets the same replies from a server that keeps to its
    seeds. ``notes`` are what the user should know before it is asked. What the
    server turns out not to take is left out of later requests.
    """

    def __init__(
        self,
        address: Address,
        sampling: Sampling | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.address = address
        self.name = address.spec
        self.notes = address.notes
        self.sampling = sampling or Sampling(spare_tokens=SPARE_TOKENS)
        self.patience = patience or Patience()
        self._left_out: set[str] = set()
        self._takes_n = True
        self._thinks = False
        self._at_once = AT_ONCE
        self._is_only = False
        self._lost: list[str] = []

    @property
    def description(self) -> str:
        """What went on there that the user may want to know; empty where nothing did."""
        parts = ["it is the only model there"] if self._is_only else []
        if self._lost:
            count = len(self._lost)
            parts.append(f"{count} of its replies failed, the last because {self._lost[-1]}")
        return f"{self.name}: {'; '.join(parts)}" if parts else ""

    def check(self) -> None:
        """Ask the server for its models, so that what is wrong with it shows early.

        Raises PerfoptError where it does not answer, or no model is named and
        it has not just one.
        """
        if not self.address.model:
            self._choose()
            return
        with suppress(NoApi):  # Which may have a chat API and no list of models.
            list_models(self.address, self.patience)

    def generate(self, prompt: str, *, n: int) -> Sequence[str]:
        """Return up to n replies, the greedy one first; fewer where later ones fail.

        Raises TooLong for a prompt that doesn't fit into the model's context,
        ReplyFailed where the server failed at this prompt, PerfoptError where
        it is of no use at all.
        """
        if n < 1:
            return []
        if not self.address.model:
            self._choose()
        with closing(Client(self.address, self.patience)) as client:
            try:
                drafts = self._fitting(client, prompt, n)
            except NoSuchModel as error:
                raise no_such_model(self.address, self.patience, error) from None
        return [draft.text for draft in drafts]

    def _choose(self) -> None:
        self.address = replace(self.address, model=choose_model(self.address, self.patience))
        self.name = self.address.spec
        self._is_only = True

    def _fitting(self, client: Client, prompt: str, n: int) -> list[Draft]:
        """Draw replies to the longest form of the prompt that fits, with the room that is left."""
        source = prompt.target.source if isinstance(prompt, Prompt) else prompt
        own = len(source) // CHARACTERS_A_TOKEN + 1
        form = prompt
        while True:
            wanted = min(self.sampling.max_new_tokens, 2 * own + self.sampling.spare_tokens)
            for room in dict.fromkeys((wanted, min(own, wanted))):
                try:
                    return self._draw(_Question(client, form, room), n)
                except TooLong as error:
                    failure = error
            if not isinstance(form, Prompt) or form.much_shorter is None:
                raise failure
            form = form.much_shorter

    def _draw(self, question: _Question, n: int) -> list[Draft]:
        found = self._ask(question, 0)[:1]
        missing = n - 1
        if missing > 1 and self._takes_n:
            try:
                several = self._ask(question, 1, missing)
            except PerfoptError:
                several = []  # Some servers refuse an n above 1, or call it a fault of theirs.
            self._takes_n = len(several) >= missing
            found += several[:missing]
            missing -= len(several)
        return found + self._one_by_one(question, range(n - missing, n))

    def _one_by_one(self, question: _Question, seeds: Sequence[int]) -> list[Draft]:
        """Return a reply for each seed, but for those that fail."""
        drawn: dict[int, list[Draft]] = {}
        failed: dict[int, PerfoptError] = {}
        while seeds:
            at_once = min(self._at_once, len(seeds))
            answers, failed = together(
                partial(self._ask, question, at_once=at_once), seeds, at_once
            )
            drawn |= answers
            busy = any(isinstance(error, Busy) for error in failed.values())
            if not busy or self._at_once == 1:
                break
            self._at_once = 1
            seeds = [seed for seed in seeds if seed not in drawn]
        self._lost += [str(error) for error in failed.values()]
        return [draft for seed in sorted(drawn) for draft in drawn[seed][:1]]

    def _ask(self, question: _Question, seed: int, n: int = 1, *, at_once: int = 1) -> list[Draft]:
        """Return the server's replies; without what it turns out not to take, where it says so."""
        while True:
            body = self._body(question, seed, n)
            repeats = REPEATS if n == 1 else 0
            try:
                drafts = question.client.chat(
                    body, question.target, repeats=repeats, at_once=max(n, at_once)
                )
            except (Refused, Busy) as error:
                if n > 1 or not self._learns_from(error, body):
                    raise
                continue
            if self._thinks or not any(draft.ran_out for draft in drafts):
                return drafts
            self._thinks = True

    def _body(self, question: _Question, seed: int, n: int) -> dict[str, Any]:
        room = self.sampling.max_new_tokens if self._thinks else question.room
        body: dict[str, Any] = {
            "model": self.address.model,
            "messages": _messages(question.prompt, merged="system" in self._left_out),
            "max_tokens": room,
            "stream": True,
            "temperature": self.sampling.temperature if seed else 0.0,
            "seed": self.sampling.seed + seed,
            "chat_template_kwargs": {"enable_thinking": False},
        }
        if seed:
            body["top_p"] = self.sampling.top_p
        if n > 1:
            body["n"] = n
        if "max_tokens" in self._left_out:
            body["max_completion_tokens"] = room
        return {name: value for name, value in body.items() if name not in self._left_out}

    def _learns_from(self, error: PerfoptError, body: dict[str, Any]) -> bool:
        """Tell whether the error names a part of the request that can be left out next time."""
        told = str(error)
        named = {name for name in _CAN_DO_WITHOUT if re.search(rf"\b{name}\b", told)} & body.keys()
        if re.search(r"system.{0,10}role|role.{0,20}system|roles must alternate", told, re.I):
            named.add("system")
        new = named - self._left_out
        self._left_out |= new
        return bool(new)


@dataclass(frozen=True, slots=True)
class _Question:
    """A prompt with room (tokens) for each reply, and who asks it."""

    client: Client
    prompt: str
    room: int

    @property
    def target(self) -> Target | None:
        return self.prompt.target if isinstance(self.prompt, Prompt) else None


def _messages(prompt: str, *, merged: bool) -> list[dict[str, str]]:
    """Return the prompt as messages; some models' templates refuse the role ``system``."""
    if not isinstance(prompt, Prompt):
        return [{"role": "user", "content": prompt}]
    system, user = prompt.messages.system, prompt.messages.user
    if merged:
        return [{"role": "user", "content": f"{system}\n\n{user}"}]
    return [{"role": "system", "content": system}, {"role": "user", "content": user}]
