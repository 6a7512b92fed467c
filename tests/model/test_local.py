"""The real loading and generating, on models of a few kilobytes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from asking import KNOWN
from asking import MODULE as ORDERS
from asking import TARGET as DISTINCT

from perfopt_cli.core import Backend, PerfoptError, ReplyFailed, Target
from perfopt_cli.model.generation import Sampling, prompt_ids
from perfopt_cli.model.local import LocalModel
from perfopt_cli.model.prompt import TooLong, build_prompt
from perfopt_cli.model.propose import ModelProposer
from perfopt_cli.model.styles import TOLD, Style

TARGET = Target(
    "a.py",
    "total",
    1,
    "def total(values):\n    result = START\n    for value in values:\n        result += value\n    return result\n",
)
MODULE = "import math\n\nSTART = 0\n" + TARGET.source
PROMPT = build_prompt(TARGET, MODULE)
SHORT = Sampling(max_new_tokens=12)


def local(
    folder: Path, adapter: Path | None = None, quantize: str = "none", **options: Any
) -> LocalModel:
    return LocalModel(str(folder), adapter, quantize, options.get("sampling", SHORT))


def kinds(tiny: Any) -> dict[str, Path]:
    return {
        "chat": tiny.causal(),
        "plain": tiny.causal("plain", template=None),
        "t5": tiny.t5(),
    }


@pytest.mark.parametrize("kind", ["chat", "plain", "t5"])
@pytest.mark.parametrize("quantize", ["none", "nf4", "int8"])
def test_every_kind_of_model_gives_as_many_replies_as_asked(
    tiny: Any, kind: str, quantize: str
) -> None:
    model: Backend = local(kinds(tiny)[kind], quantize=quantize)
    assert len(model.generate(PROMPT, n=3)) == 3


@pytest.mark.parametrize("kind", ["chat", "plain", "t5"])
def test_the_first_reply_is_the_greedy_one_whatever_n_is(tiny: Any, kind: str) -> None:
    model = local(kinds(tiny)[kind])
    assert model.generate(PROMPT, n=4)[0] == model.generate(PROMPT, n=1)[0]


@pytest.mark.parametrize("kind", ["chat", "t5"])
def test_the_sampled_replies_differ(tiny: Any, kind: str) -> None:
    assert len(set(local(kinds(tiny)[kind]).generate(PROMPT, n=4))) == 4


def test_the_same_prompt_gets_the_same_replies(tiny: Any) -> None:
    model = local(tiny.causal())
    first = model.generate(PROMPT, n=3)
    model.generate("something else", n=2)
    assert model.generate(PROMPT, n=3) == first


def test_another_seed_gives_other_replies(tiny: Any) -> None:
    other = local(tiny.causal(), sampling=Sampling(max_new_tokens=12, seed=1))
    assert other.generate(PROMPT, n=2)[1] != local(tiny.causal()).generate(PROMPT, n=2)[1]


def test_the_random_state_of_the_process_is_left_alone(tiny: Any) -> None:
    torch = pytest.importorskip("torch")
    before = torch.random.get_rng_state()
    local(tiny.causal()).generate(PROMPT, n=2)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_prompt_that_is_mere_text_is_answered_too(tiny: Any) -> None:
    assert len(local(tiny.causal()).generate("Write a function.", n=2)) == 2


def test_no_replies_are_asked_for_in_vain(tiny: Any, tmp_path: Path) -> None:
    assert local(tmp_path / "never loaded").generate(PROMPT, n=0) == []


def test_the_description_says_how_the_weights_are_held(tiny: Any) -> None:
    model = local(tiny.causal(), quantize="nf4")
    assert model.description == f"{tiny.causal()} (not loaded yet)"
    model.load()
    assert model.description.startswith(f"{tiny.causal()}, nf4 on c")


def test_the_weights_are_really_quantised(tiny: Any) -> None:
    names = {
        quantize: {
            type(module).__name__
            for module in local(tiny.causal(), quantize=quantize).load().model.modules()
        }
        for quantize in ("nf4", "int8", "none")
    }
    assert {kind: names[kind] & {"Linear4bit", "Linear8bitLt"} for kind in names} == {
        "nf4": {"Linear4bit"},
        "int8": {"Linear8bitLt"},
        "none": set(),
    }


@pytest.mark.parametrize("quantize", ["none", "nf4"])
def test_an_adapter_is_put_on_the_model(tiny: Any, quantize: str) -> None:
    model = local(tiny.causal(), tiny.adapter(), quantize)
    assert len(model.generate(PROMPT, n=2)) == 2
    assert type(model.load().model).__name__ == "PeftModelForCausalLM"


def test_a_template_that_refuses_the_system_role_gets_one_message(tiny: Any) -> None:
    from perfopt_cli.model.generation import chat_text

    refusing = (
        "{% if messages[0].role == 'system' %}{{ raise_exception('no system role') }}{% endif %}"
        "{% for message in messages %}{{ message.content }}{% endfor %}"
    )
    tokenizer = local(tiny.causal("no-system", template=refusing)).load().tokenizer
    assert chat_text(tokenizer, "Be fast.", "Go.") == "Be fast.\n\nGo."


def test_a_template_that_fails_is_reported(tiny: Any) -> None:
    model = local(tiny.causal("broken", template="{{ raise_exception('never') }}"))
    with pytest.raises(PerfoptError, match="chat template fails: never"):
        model.generate(PROMPT, n=1)


class Spy:
    """Stands in for a model's forward: notes the batches' sizes, and fails above a size.

    ``steps`` holds rows and tokens of each call that writes; ``prompts`` the length of each
    prompt that is read.
    """

    def __init__(self, forward: Callable[..., Any], most: int, error: Exception) -> None:
        self.forward = forward
        self.most = most
        self.error = error
        self.steps: list[tuple[int, int]] = []
        self.prompts: list[int] = []

    @property
    def rows(self) -> list[int]:
        """The rows of the steps, as they changed."""
        rows = [rows for rows, _ in self.steps]
        return [now for now, before in zip(rows, [0, *rows], strict=False) if now != before]

    def __call__(self, **options: Any) -> Any:
        ids = options.get("decoder_input_ids", options.get("input_ids"))
        if "past_key_values" in options:
            self.steps.append(tuple(ids.shape))
            if len(ids) > self.most:
                raise self.error
        else:
            read = options.get("encoder_outputs", (ids,))[0]
            self.prompts.append(read.shape[1])
        return self.forward(**options)


def spied(model: LocalModel, most: int = 99, error: Exception | None = None) -> Spy:
    network = model.load().model
    spy = Spy(network.forward, most, error or RuntimeError())
    network.forward = spy
    return spy


@pytest.mark.parametrize("kind", ["chat", "t5"])
def test_all_replies_come_from_one_batch(tiny: Any, kind: str) -> None:
    model = local(kinds(tiny)[kind])
    spy = spied(model)
    model.generate(PROMPT, n=5)
    assert spy.steps[0][0] == 5
    assert len(spy.steps) <= SHORT.max_new_tokens


@pytest.mark.parametrize("kind", ["chat", "t5"])
def test_the_prompt_is_read_once_whatever_the_batches(tiny: Any, kind: str) -> None:
    model = local(kinds(tiny)[kind])
    spy = spied(model, most=3, error=RuntimeError("out of memory"))
    model.generate(PROMPT, n=8)
    assert len(spy.prompts) == 1


@pytest.mark.parametrize(
    "message", ["[enforce fail] DefaultCPUAllocator: can't allocate memory", "CUDA out of memory"]
)
def test_batches_are_halved_when_memory_runs_out(tiny: Any, message: str) -> None:
    model = local(tiny.causal())
    spy = spied(model, most=3, error=RuntimeError(message))
    replies = model.generate(PROMPT, n=8)
    assert spy.rows[:3] == [8, 4, 2]
    assert len(replies) == 8
    assert replies == local(tiny.causal()).generate(PROMPT, n=8)
    assert model.description.endswith("; memory ran out, and replies were drawn 2 at a time")


def test_a_single_reply_that_does_not_fit_into_memory_is_reported(tiny: Any) -> None:
    model = local(tiny.causal())
    spied(model, most=0, error=MemoryError())
    with pytest.raises(ReplyFailed, match=r"runs out of memory .* smaller model or --quantize nf4"):
        model.generate(PROMPT, n=2)


def test_where_one_reply_did_not_fit_the_next_function_is_asked_about(tiny: Any) -> None:
    proposer = ModelProposer(local(tiny.causal()))
    assert isinstance(proposer.backend, LocalModel)
    spy = spied(proposer.backend, most=0, error=MemoryError())
    with pytest.raises(ReplyFailed):
        proposer.propose(TARGET, MODULE, n=2)
    assert proposer.failure is None
    spy.most = 99
    proposer.propose(TARGET, MODULE, n=2)
    assert proposer.answered == 1


def test_another_failure_of_the_model_is_reported(tiny: Any) -> None:
    model = local(tiny.causal())
    spied(model, most=0, error=RuntimeError("shapes differ"))
    with pytest.raises(PerfoptError, match="failed to generate: shapes differ"):
        model.generate(PROMPT, n=2)


def tokens(model: LocalModel, text: str) -> int:
    return len(model.load().tokenizer(text)["input_ids"])


def test_the_context_is_left_out_where_the_window_is_small(tiny: Any) -> None:
    probe = local(tiny.causal("plain", template=None))
    assert PROMPT.shorter is not None
    window = tokens(probe, PROMPT) + 8
    model = local(tiny.causal(f"window-{window}", template=None, window=window))
    spy = spied(model)
    assert len(model.generate(PROMPT, n=2)) == 2
    assert spy.prompts == [tokens(probe, PROMPT.shorter) - 1]


def test_parts_are_left_out_one_by_one_until_the_prompt_fits(tiny: Any) -> None:
    form = build_prompt(DISTINCT, ORDERS, known=KNOWN)
    loaded = local(tiny.causal()).load()
    lengths = []
    while form is not None:
        lengths.append(len(prompt_ids(loaded.model.config, loaded.tokenizer, form)))
        form = form.shorter  # type: ignore[assignment]
    assert len(lengths) > 8
    window = lengths[5] + len(loaded.tokenizer(DISTINCT.source)["input_ids"]) + 1
    model = local(tiny.causal(f"chat-{window}", window=window))
    spy = spied(model)
    model.generate(build_prompt(DISTINCT, ORDERS, known=KNOWN), n=1)
    assert spy.prompts == [lengths[5] - 1]


def test_a_model_is_asked_in_the_style_that_its_training_left_beside_it(
    tiny: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    shutil.copytree(tiny.causal(), folder)
    run = {"config": {"style": "pie2", "conditioning": True}}
    (folder / "run.json").write_text(json.dumps(run))
    model = local(folder)
    assert model.style == Style("pie2", trained=True, conditioned=True)
    prompt = ModelProposer(model).prompt(TARGET, MODULE)
    assert prompt.endswith("### Optimized Version with score 10/10:\n")
    loaded = model.load()
    plain = loaded.tokenizer(str(prompt))["input_ids"]
    assert prompt_ids(loaded.model.config, loaded.tokenizer, prompt) == plain
    assert local(tiny.causal()).style == TOLD


@pytest.mark.parametrize("kind", ["causal", "t5"])
def test_a_function_beyond_the_window_is_too_long(tiny: Any, kind: str) -> None:
    make = {
        "causal": lambda: tiny.causal("window-20", template=None, window=20),
        "t5": lambda: tiny.t5("t5-window-20", window=20),
    }
    model = local(make[kind]())
    with pytest.raises(TooLong, match=r"total is too long for .*with room for 20"):
        model.generate(PROMPT, n=2)
    proposer = ModelProposer(model)
    assert list(proposer.propose(TARGET, MODULE, n=2)) == []
    assert proposer.too_long == 1


def changed(source: Path, folder: Path, **config: object) -> Path:
    """A copy of a checkpoint with another config."""
    shutil.copytree(source, folder)
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | config))
    return folder


def test_a_checkpoint_that_lacks_weights_is_reported(tiny: Any, tmp_path: Path) -> None:
    folder = changed(tiny.causal(), tmp_path / "model", num_hidden_layers=3, layer_types=None)
    with pytest.raises(PerfoptError, match=r"can't be loaded: .*lack the weights model\.layers\.2"):
        local(folder).load()


def test_weights_of_another_shape_are_reported(tiny: Any, tmp_path: Path) -> None:
    folder = changed(tiny.causal(), tmp_path / "model", intermediate_size=64)
    with pytest.raises(PerfoptError, match=r"can't be loaded: "):
        local(folder).load()


def test_an_unknown_architecture_is_reported(tiny: Any, tmp_path: Path) -> None:
    folder = changed(tiny.causal(), tmp_path / "model", model_type="none")
    with pytest.raises(PerfoptError, match=r"can't be loaded: .*`?none`?"):
        local(folder).load()


def test_a_model_that_brings_code_of_its_own_is_not_run(tiny: Any, tmp_path: Path) -> None:
    own = {"AutoConfig": "own.Config", "AutoModelForCausalLM": "own.Model"}
    folder = changed(tiny.causal(), tmp_path / "model", model_type="own", auto_map=own)
    (folder / "own.py").write_text("raise SystemExit('this code ran')\n")
    with pytest.raises(PerfoptError, match=r"code of its own, which perfopt never runs.*use a"):
        local(folder).load()


def test_code_that_a_known_model_brings_is_passed_by(tiny: Any, tmp_path: Path) -> None:
    own = {"AutoConfig": "own.Config", "AutoModelForCausalLM": "own.Model"}
    folder = changed(tiny.causal(), tmp_path / "model", auto_map=own)
    (folder / "own.py").write_text("raise SystemExit('this code ran')\n")
    assert len(local(folder).generate(PROMPT, n=2)) == 2


def test_a_tokenizer_with_more_tokens_than_the_model_is_reported(tiny: Any, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    folder = changed(tiny.causal(), tmp_path / "model")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.add_tokens([f"extra{number}" for number in range(300)])
    tokenizer.save_pretrained(folder)
    with pytest.raises(PerfoptError, match=r"tokenizer has \d+ tokens and its weights know 512"):
        local(folder).load()


def test_damaged_weights_are_reported(tiny: Any, tmp_path: Path) -> None:
    folder = changed(tiny.causal(), tmp_path / "model")
    (folder / "model.safetensors").write_bytes(b"not weights at all")
    with pytest.raises(PerfoptError, match="is not a safetensors file"):
        local(folder).load()


def test_a_damaged_tokenizer_is_reported(tiny: Any, tmp_path: Path) -> None:
    folder = changed(tiny.causal(), tmp_path / "model")
    (folder / "tokenizer.json").write_text("{}")
    with pytest.raises(PerfoptError, match=r"can't be loaded: "):
        local(folder).load()


@pytest.mark.parametrize(
    ("name", "shape"),
    [("wide", {"hidden": 32}), ("deep", {"layers": 3}), ("shallow", {"layers": 1})],
)
def test_an_adapter_for_another_base_is_reported(
    tiny: Any, name: str, shape: dict[str, int]
) -> None:
    model = local(tiny.causal(), tiny.adapter(name, **shape))
    with pytest.raises(
        PerfoptError, match=r"does not fit the model .* use the model that it was trained on"
    ):
        model.load()


def test_an_adapter_for_another_architecture_is_reported(tiny: Any) -> None:
    with pytest.raises(PerfoptError, match="does not fit the model"):
        local(tiny.t5(), tiny.adapter()).load()


def test_loading_and_generating_print_nothing(tiny: Any, capfd: pytest.CaptureFixture[str]) -> None:
    folder = tiny.causal()
    capfd.readouterr()  # Saving may have printed.
    for quantize in ("none", "nf4", "int8"):
        local(folder, quantize=quantize).generate(PROMPT, n=2)
    assert capfd.readouterr() == ("", "")


REPLY = "```python\ndef total(values):\n    return sum(values)\n```\nIt runs in C.</s>"


@pytest.fixture(scope="session")
def taught(tiny: Any) -> Path:
    """A model that knows one answer by heart."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    source = tiny.causal("plain", template=None)
    tokenizer = AutoTokenizer.from_pretrained(source)
    model = AutoModelForCausalLM.from_pretrained(source, dtype=torch.float32)
    start = len(tokenizer(PROMPT)["input_ids"])
    ids = tokenizer(PROMPT + REPLY, return_tensors="pt")["input_ids"]
    labels = ids.clone()
    labels[:, :start] = -100
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _ in range(60):
        loss = model(ids, labels=labels).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    folder = Path(tiny.root / "taught")
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("quantize", ["none", "nf4"])
def test_a_model_that_knows_the_answer_yields_a_rewrite(taught: Path, quantize: str) -> None:
    proposer = ModelProposer(local(taught, quantize=quantize, sampling=Sampling()))
    rewrites: Sequence[Any] = proposer.propose(TARGET, MODULE, n=4)
    assert rewrites[0].source == "def total(values):\n    return sum(values)\n"
    assert rewrites[0].origin == str(taught)


@pytest.mark.slow
def test_a_reply_stops_at_the_end_of_its_code(taught: Path) -> None:
    [reply] = local(taught, sampling=Sampling()).generate(PROMPT, n=1)
    assert reply.endswith("```\n")
