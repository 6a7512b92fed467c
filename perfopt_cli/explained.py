"""What each setting of ``[tool.perfopt]`` means, for the reference."""

from __future__ import annotations

MEANINGS = {
    "model": "Where rewrites come from, cheapest first. Empty: `rules`, and the model that "
    "`perfopt model pull` brought last.",
    "adapter": "A peft adapter on the local model.",
    "quantize": "How the local model's weights are held.",
    "candidates": "Candidates for each function and model.",
    "top": "How many functions are worked on, hottest first.",
    "min_share": "The least share of the tests' time that a function must have.",
    "min_speedup": "The least speedup that must be proved: the lower end of its interval.",
    "budget": "The time a run may take. What is not judged by then is left to the next.",
    "python": "The project's interpreter. Unset: `.venv` or `venv`, then `PATH`.",
    "pytest_args": "Handed to the project's pytest.",
    "workload": "Command lines of the project's own programs that are profiled and recorded beside "
    "the tests: [workloads](workloads.md).",
    "all_candidates": "Judge every candidate; don't stop at a function's first good one.",
    "sandbox": "How candidates are kept from doing harm. `auto` stops where nothing is to be had. "
    "`perfopt mcp` takes `none` from its command line only.",
    "network": "Let tests, and candidates with them, have the network.",
    "hook_budget": "The time the pre-commit hook may take.",
    "hook_regression": "What the hook does about a function that the commit makes slower.",
    "include": "Globs of the files that are looked at, relative to the project's root. Empty: all.",
    "exclude": "Globs of files that are left alone, relative to the project's root.",
    "float_ulps": "By how many units in the last place floats may differ and count as equal.",
    "record": "Keep each verdict in `.perfopt/verdicts.jsonl`, to train on.",
    "cache": "Take over verdicts of earlier runs on the same files.",
    "rounds": "How often a function's sources are asked: first, and again with what came of it.",
    "jobs": "How many candidates are judged at once. Unset: as many as there are cores.",
}
