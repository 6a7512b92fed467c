"""What replies cost: seconds, tokens a second and memory, by how weights are held and drawn.

Models of real shape with random weights, made here; each way to hold the weights
in a process of its own. Random weights write nothing sensible, so the output is
forced: a real rewrite's tokens are made the likeliest at each place (by a margin
that sampling can't miss), which gives prompt lookup what it would find in
practice. The pair is the one with the median gain of the file's.

    python benchmarks/generation.py [--pairs FILE.jsonl] [--shapes 0.5B 1.5B]
        [--kinds fp32 bf16 int8 nf4] [--tokens 64] [--threads N] [--cpu-time]
        [--work DIR] [--output FILE]
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import functools
import gc
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from generation_page import WAYS, section  # noqa: E402
from output_page import put_into  # noqa: E402
from small_pairs import make_pairs  # noqa: E402

from perfopt_cli.model.loading import Loaded, load, quiet, read_model, read_tokenizer  # noqa: E402
from perfopt_cli.model.lookup import Lookup  # noqa: E402
from perfopt_cli.model.prompt import plain_form  # noqa: E402

SHAPES = {
    "0.5B": {"hidden_size": 896, "intermediate_size": 4864, "num_hidden_layers": 24,
             "num_attention_heads": 14, "num_key_value_heads": 2},
    "1.5B": {"hidden_size": 1536, "intermediate_size": 8960, "num_hidden_layers": 28,
             "num_attention_heads": 12, "num_key_value_heads": 2},
    "tiny": {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2,
             "num_attention_heads": 4, "num_key_value_heads": 2},
}  # fmt: skip
KINDS = ("fp32", "bf16", "int8", "nf4")
SAMPLES = 8


@dataclass(frozen=True, slots=True)
class Script:
    """The prompt's tokens, and the reply that is forced."""

    prompt: list[int]
    reply: list[int]


def main() -> None:
    """Measure each shape and kind in its own process, and print or write the section."""
    parser = argparse.ArgumentParser(description="Measure what replies cost.")
    parser.add_argument("--pairs", type=Path, help="PIE pairs; made-up ones if not given")
    parser.add_argument("--shapes", nargs="+", choices=SHAPES, default=["0.5B", "1.5B"])
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--tokens", type=int, default=64, help="the length of a reply")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument(
        "--cpu-time", action="store_true", help="the process's time, for a machine that is busy"
    )
    parser.add_argument("--work", type=Path, help="where models are kept between runs")
    parser.add_argument("--output", type=Path, help="the page to write the section into")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measured(Path(options.one[0]), options.one[1], options)))
        return
    with tempfile.TemporaryDirectory(prefix="perfopt-generation-") as temporary:
        work = options.work or Path(temporary)
        found: dict[str, dict[str, dict[str, Any]]] = {}
        for shape in options.shapes:
            folder, told = make_model(work / shape, SHAPES[shape], options)
            found[shape] = {}
            for kind in options.kinds:
                found[shape][kind] = in_process(folder, kind, options) | told
                print(shape, kind, found[shape][kind], file=sys.stderr)
    text = section(found)
    if options.output:
        put_into(options.output, "generation", text)
    print(text)


def in_process(folder: Path, kind: str, options: argparse.Namespace) -> dict[str, Any]:
    """Measure one kind in a process of its own."""
    command = [sys.executable, __file__, "--one", str(folder), kind]
    command += ["--threads", str(options.threads)]
    if options.cpu_time:
        command.append("--cpu-time")
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"{kind} failed")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def make_model(
    folder: Path, shape: dict[str, int], options: argparse.Namespace
) -> tuple[Path, dict[str, float]]:
    """Make the checkpoint unless it is there, and its script; return what the script is like."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

    pairs = read_pairs(options.pairs)
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=8000,
        special_tokens=["<pad>", "</s>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([text for pair in pairs for text in pair], trainer)
    script, told = choose(pairs, tokenizer, options.tokens)
    if not (folder / "model.safetensors").exists():
        config = Qwen2Config(
            vocab_size=151_936, max_position_embeddings=32_768, tie_word_embeddings=True,
            bos_token_id=None, eos_token_id=1, pad_token_id=0, **shape,
        )  # fmt: skip
        torch.manual_seed(0)
        torch.set_default_dtype(torch.bfloat16)
        with quiet():
            Qwen2ForCausalLM(config).save_pretrained(folder)
        torch.set_default_dtype(torch.float32)
        gc.collect()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>"
    ).save_pretrained(folder)
    (folder / "script.json").write_text(json.dumps([script.prompt, script.reply]))
    return folder, told


def read_pairs(path: Path | None) -> list[tuple[str, str]]:
    """Return slow and fast programs."""
    if path is None:
        return [(pair.slow, pair.fast) for pair in make_pairs(300, 0, seed=0)[0]]
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [(tight(row["input"]), tight(row["target"])) for row in rows]


def tight(code: str) -> str:
    """Return code without its blank lines, of which the data set has one after each line."""
    return "".join(line.rstrip() + "\n" for line in code.splitlines() if line.strip())


def choose(
    pairs: Sequence[tuple[str, str]], tokenizer: Any, tokens: int
) -> tuple[Script, dict[str, float]]:
    """Return the pair with the median gain from prompt lookup, and what the gains are."""
    gains: list[tuple[float, list[int], list[int]]] = []
    for slow, fast in pairs:
        prompt = tokenizer.encode(plain_form(slow)).ids
        reply = tokenizer.encode(fast).ids[:tokens]
        if len(reply) == tokens and 200 <= len(prompt) <= 800:
            gains.append((tokens / steps_of(prompt, reply), prompt, reply))
    if not gains:
        sys.exit(f"no pair has a prompt of 200 to 800 tokens and a reply of {tokens}")
    gains.sort()
    gain, prompt, reply = gains[len(gains) // 2]
    all_gains = [one[0] for one in gains]
    told = {
        "pairs": len(gains),
        "gain": gain,
        "low": statistics.quantiles(all_gains, n=10)[0] if len(gains) > 1 else gain,
        "high": statistics.quantiles(all_gains, n=10)[-1] if len(gains) > 1 else gain,
        "prompt_tokens": len(prompt),
        "tokens": tokens,
    }
    return Script(prompt, reply), told


def steps_of(prompt: Sequence[int], reply: Sequence[int], most: int = 3) -> int:
    """Return in how many steps the reply is written with so many tokens guessed ahead."""
    lookup, done, steps = Lookup(prompt), 0, 0
    while done < len(reply):
        guessed = lookup.guess(min(most, len(reply) - done - 1))
        right = next(
            (n for n, token in enumerate(guessed) if token != reply[done + n]), len(guessed)
        )
        lookup.extend(reply[done : done + right + 1])
        done, steps = done + right + 1, steps + 1
    return steps


def measured(folder: Path, kind: str, options: argparse.Namespace) -> dict[str, Any]:
    """Load the model in this process, and return seconds and memory of each way to draw."""
    import torch

    with quiet():  # The libraries belong to the empty process.
        import bitsandbytes  # noqa: F401
        import peft  # noqa: F401
        from transformers import AutoModelForCausalLM  # noqa: F401

    if options.threads:
        torch.set_num_threads(options.threads)
    clock = time.process_time if options.cpu_time else time.perf_counter
    script = Script(*json.loads((folder / "script.json").read_text()))
    gc.collect()
    memory = Memory()
    loaded = opened(folder, kind)
    found: dict[str, Any] = {
        "device": loaded.device,
        "threads": torch.get_num_threads(),
        "clock": "seconds of the process" if options.cpu_time else "seconds by the clock",
        "loading": memory.peak(),
        "held": memory.now(),
    }
    memory.reset()
    own, usual = loaded.model.config._attn_implementation, "sdpa"
    force(loaded.model, script)
    with quiet(), torch.inference_mode():
        for name in WAYS:
            way = ways(loaded, script)[name]
            # transformers as it comes, with torch's attention, and perfopt as it runs.
            loaded.model.set_attn_implementation(usual if name.startswith("stock") else own)
            start = clock()
            took = way()
            seconds = clock() - start
            found[name] = {"seconds": seconds, "steps": took, "memory": memory.peak()}
            print(folder.name, kind, name, found[name], file=sys.stderr, flush=True)
            memory.reset()
    return found


def opened(folder: Path, kind: str) -> Loaded:
    """Return the model with its weights held so; fp32 is made for the comparison only."""
    if kind != "fp32":
        return load(kind, folder, None, {"bf16": "none"}.get(kind, kind))
    import torch

    from perfopt_cli.model.attention import use_grouped_attention

    with quiet():
        device = "cuda" if torch.cuda.is_available() else "cpu"
        model = read_model(folder, torch.float32, 0 if device == "cuda" else "cpu").eval()
        if device == "cpu":
            use_grouped_attention(model)
        return Loaded(kind, model, read_tokenizer(folder), device, "bf16")


def force(model: Any, script: Script) -> None:
    """Make the script's token the likeliest at each place of the reply."""
    import torch

    forward, first = model.forward, len(script.prompt) - 1
    reply = torch.tensor([*script.reply, script.reply[-1]], device=model.device)

    @functools.wraps(forward)
    def forced(**options: Any) -> Any:
        ids, places = options["input_ids"], options.get("position_ids")
        if places is None:
            past = options.get("past_key_values")
            start = past.get_seq_length() if past is not None else 0
            places = torch.arange(start, start + ids.shape[1], device=ids.device)[None]
        found = forward(**options)
        scores = found.logits
        places = places.expand(len(ids), -1)[:, -scores.shape[1] :] - first
        tokens = reply[places.clamp(0, len(reply) - 1)]
        scores.scatter_(-1, tokens[..., None], scores.amax().item() + 50)
        return found

    model.forward = forced


def ways(loaded: Loaded, script: Script) -> dict[str, Callable[[], int]]:
    """Return a function for each way to draw, that returns how many steps it took."""
    import torch

    model = loaded.model
    ids = torch.tensor([script.prompt], device=model.device)
    length = len(script.reply)

    def stock(samples: int, **options: Any) -> int:
        model.generate(
            input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=length,
            min_new_tokens=length, eos_token_id=None, pad_token_id=0,
            **(sampled | {"num_return_sequences": samples} if samples > 1 else greedy), **options,
        )  # fmt: skip
        return length

    greedy = {"do_sample": False}
    sampled = {"do_sample": True, "temperature": 0.8, "top_p": 0.95, "top_k": 0}
    return {
        "warm": lambda: ours(loaded, ids, 4, 1, lookup=True),
        "prompt": lambda: ours(loaded, ids, 0, 1, lookup=False),
        "stock": lambda: stock(1),
        "stock sampled": lambda: (model.generate(
            input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=length,
            eos_token_id=None, pad_token_id=0, **sampled), length)[1],
        "stock lookup": lambda: stock(1, prompt_lookup_num_tokens=10),
        "stock batch": lambda: stock(SAMPLES),
        "plain": lambda: ours(loaded, ids, length, 1, lookup=False),
        "lookup": lambda: ours(loaded, ids, length, 1, lookup=True),
        "batch": lambda: ours(loaded, ids, length, SAMPLES, lookup=False),
        "batch lookup": lambda: ours(loaded, ids, length, SAMPLES, lookup=True),
    }  # fmt: skip


def ours(loaded: Loaded, ids: Any, length: int, samples: int, *, lookup: bool) -> int:
    """Draw as perfopt does, and return the steps; a length of 0 reads the prompt only."""
    from perfopt_cli.model.decoding import ROOM, ROOM_ON_GPU, Manner, Writer, read_prompt

    reading = read_prompt(loaded.model, ids)
    if reading is None:
        sys.exit("perfopt's own loop can't run this model")
    if not length:
        return 0
    room = ROOM[loaded.weights] if loaded.device == "cpu" else ROOM_ON_GPU
    manner = Manner(0.8, 0.95, 0, length, frozenset(), room if lookup else 0)
    writer = Writer(reading, range(samples), manner, lambda written: False)
    writer.write()
    return writer.steps


class Memory:
    """This process's memory above what it was when this was made, in MiB; or the GPU's.

    On a CPU it is resident memory, pages of mapped files among it.
    """

    def __init__(self) -> None:
        self.empty = 0.0
        self.empty = self.now()

    def now(self) -> float:
        """Return what is held."""
        return self._read("VmRSS") - self.empty

    def peak(self) -> float:
        """Return the most since the last reset."""
        return self._read("VmHWM") - self.empty

    def reset(self) -> None:
        """Start a new peak."""
        import torch

        gc.collect()
        with contextlib.suppress(AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
        if torch.cuda.is_available():
            torch.cuda.reset_peak_memory_stats()
        Path("/proc/self/clear_refs").write_text("5")

    @staticmethod
    def _read(field: str) -> float:
        import torch

        if torch.cuda.is_available():
            most = torch.cuda.max_memory_allocated() if field == "VmHWM" else 0
            return max(most, torch.cuda.memory_allocated()) / 2**20
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(field))


if __name__ == "__main__":
    main()
