"""The figures of benchmarks/generation.py as Markdown."""

from __future__ import annotations

from typing import Any

WAYS = {
    "warm": "",
    "prompt": "the prompt alone",
    "stock": "transformers' `generate`, greedy",
    "stock sampled": "transformers' `generate`, sampled",
    "stock lookup": "transformers' prompt lookup, greedy",
    "plain": "perfopt, no lookup",
    "lookup": "perfopt",
    "stock batch": "transformers' `generate`, one batch",
    "batch": "perfopt, no lookup",
    "batch lookup": "perfopt",
}
MANY = ("stock batch", "batch", "batch lookup")
Found = dict[str, dict[str, dict[str, Any]]]


def section(found: Found, samples: int = 8) -> str:
    """Return tables of seconds, of memory, and of what the goals came to, for each shape."""
    first = next(iter(next(iter(found.values())).values()))
    lines = [
        f"On {'a GPU' if first['device'] == 'cuda' else 'a CPU'}, {first['threads']} threads, "
        f"{first['clock']}. "
        f"A prompt of {first['prompt_tokens']} tokens, replies of {first['tokens']}. "
        f"Of {first['pairs']} pairs, the one with the median gain from lookup with 3 tokens "
        f"guessed: {first['gain']:.1f} tokens a step (a tenth of the pairs have less than "
        f"{first['low']:.1f}, a tenth more than {first['high']:.1f}).",
    ]
    for shape, kinds in found.items():
        lines += ["", f"**{shape}**: seconds (tokens a second)", "", *_seconds(kinds, samples)]
        lines += ["", f"**{shape}**: MiB above an empty process", "", *_memory(kinds)]
        lines += ["", f"**{shape}**: the goals", "", *_goals(kinds, samples)]
    return "\n".join(lines)


def _head(kinds: dict[str, dict[str, Any]], *more: str) -> list[str]:
    columns = [*more, *kinds]
    return [
        "| " + " | ".join(columns) + " |",
        "| " + " | ".join(["---"] * len(more) + ["---:"] * len(kinds)) + " |",
    ]


def _seconds(kinds: dict[str, dict[str, Any]], samples: int) -> list[str]:
    lines = _head(kinds, "", "replies")
    for name, title in WAYS.items():
        if not title:
            continue
        count = 0 if name == "prompt" else samples if name in MANY else 1
        cells = []
        for told in kinds.values():
            seconds = told[name]["seconds"]
            rate = count * told["tokens"] / seconds
            cells.append(f"{seconds:.1f} ({rate:.1f})" if count else f"{seconds:.1f}")
        lines.append(f"| {title} | {count or '-'} | {' | '.join(cells)} |")
    return lines


def _memory(kinds: dict[str, dict[str, Any]]) -> list[str]:
    lines = _head(kinds, "")
    rows = {
        "most while loading": lambda told: told["loading"],
        "once loaded": lambda told: told["held"],
        "most at 1 reply": lambda told: told["lookup"]["memory"],
        "most at 8 replies": lambda told: told["batch lookup"]["memory"],
        "transformers, 1 reply": lambda told: told["stock"]["memory"],
        "transformers, 8 replies": lambda told: told["stock batch"]["memory"],
    }
    for title, get in rows.items():
        lines.append(f"| {title} | {' | '.join(f'{get(told):.0f}' for told in kinds.values())} |")
    return lines


def _goals(kinds: dict[str, dict[str, Any]], samples: int) -> list[str]:
    lines = _head(kinds, "")

    def ratio(upper: str, lower: str, times: int = 1) -> str:
        return " | ".join(
            f"{times * told[upper]['seconds'] / told[lower]['seconds']:.2f}"
            for told in kinds.values()
        )

    lines.append(f"| {samples} replies cost as much as … of one | {ratio('batch', 'plain')} |")
    lines.append(
        f"| {samples} replies one by one by `generate`, against perfopt | "
        f"{ratio('stock sampled', 'batch lookup', samples)} |"
    )
    lines.append(f"| one reply by `generate`, against perfopt | {ratio('stock', 'lookup')} |")
    if "bf16" in kinds:
        base = kinds["bf16"]["lookup"]["memory"]
        cells = [f"{told['lookup']['memory'] / base:.2f}" for told in kinds.values()]
        lines.append(f"| memory at 1 reply, of bf16's | {' | '.join(cells)} |")
    return lines
