"""What each setting of ``[tool.perfopt]`` means: for the reference, and for ``perfopt init``.

The first sentence is short and stands by itself. The order is that of what is
most often set.
"""

from __future__ import annotations

MEANINGS = {
    "python": "The project's interpreter. Unset: `.venv` or `venv`, then `PATH`.",
    "pytest_args": "Handed to the project's pytest.",
    "workload": "Command lines of programs to profile and record beside the tests. See "
    "[workloads](workloads.md).",
    "include": "Globs of the files that are looked at; empty: all. Relative to the project's root.",
    "exclude": "Globs of files that are left alone; tests always are. Relative to the project's "
    "root.",
    "min_speedup": "The least speedup that must be proved. It is the lower end of its interval "
    "that counts.",
    "min_share": "The least share of the time of tests and workloads that a function must have.",
    "top": "How many functions are worked on, hottest first.",
    "budget": "Seconds that a run may take; functions get shares of it. What is not judged by "
    "then is left to the next.",
    "hook_budget": "Seconds that the pre-commit hook may take.",
    "hook_regression": "What the hook does about a function that the commit makes slower.",
    "model": "Where rewrites come from, cheapest first. Empty: `rules`, `mini` where the project "
    "has its own in `.perfopt/mini` or `PERFOPT_MINI=on` is in the environment, and the model that "
    "`perfopt model pull` brought last. The hook asks the built-in rules only.",
    "adapter": "A peft adapter on the local model.",
    "quantize": "How the local model's weights are held.",
    "candidates": "Candidates for each function and model.",
    "rounds": "How often a function's sources are asked: first, and again with what came of it.",
    "all_candidates": "Judge every candidate; don't stop at a function's first good one.",
    "jobs": "How many candidates are judged at once. Unset: as many as there are cores.",
    "cache": "Take over verdicts of earlier runs on the same files.",
    "record": "Keep each verdict in `.perfopt/verdicts.jsonl`, to train on.",
    "float_ulps": "By how many units in the last place floats may differ and count as equal.",
    "network": "Let tests, and candidates with them, have the network.",
    "sandbox": "How candidates are kept from doing harm. `auto` stops where nothing is to be had. "
    "`perfopt mcp` takes `none` from its command line only.",
}


def in_short(name: str) -> str:
    """Return the first sentence of a setting's meaning, as plain text without its full stop."""
    first, _, _ = MEANINGS[name].partition(". ")
    return first.removesuffix(".").replace("`", "")
