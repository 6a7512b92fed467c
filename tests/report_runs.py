"""Records of runs for the tests of reports."""

from __future__ import annotations

from pathlib import Path

from perfopt_cli.core import (
    Baseline,
    CoveringTests,
    Judged,
    Outcome,
    Quad,
    Reason,
    Review,
    Rewrite,
    Sized,
    Speedup,
    Status,
    Summary,
    Support,
    Target,
    Timing,
    Verdict,
)
from perfopt_cli.reports.record import Record

OLD = "def hot(words):\n    out = []\n    for word in words:\n        out.append(word)\n    return out\n"
NEW = "def hot(words):\n    return list(words)\n"
DIFF = (
    "--- a/pkg/mod.py\n+++ b/pkg/mod.py\n@@ -2,6 +2,3 @@\n \n def hot(words):\n-    out = []\n"
    "-    for word in words:\n-        out.append(word)\n-    return out\n+    return list(words)\n"
)
HOT = Target(
    "pkg/mod.py", "hot", 3, OLD, "pkg.mod", 0.6, 0.9, 1200, 0.5, 0.1, ("t.py::a", "t.py::b")
)
COLD = Target("pkg/mod.py", "cold", 30, "def cold(): ...\n", skip="no test reaches it")
QUADS = tuple(Quad(2000 + n, 1000, 2100 + n, 1050, 0, 10) for n in range(12))
TIMING = Timing(
    (QUADS, QUADS),
    Speedup(2.0, 1.9, 2.1),
    (Sized("small", 120.0, 0.9), Sized("large", 4.2e6, 3.5)),
    CoveringTests(2, 2, 1.4),
)
SUPPORT = Support(26, 300, 9, 8, ("`<` as `<=` in line 4",), ("the branch in line 7",))


def accepted(target: Target = HOT, source: str = NEW) -> Verdict:
    rewrite = Rewrite(target, source, ("import itertools",), "rules:copy", 0)
    return Verdict(rewrite, Status.ACCEPTED, Reason.FASTER, "", 2.5, timing=TIMING, support=SUPPORT)


def diverged(
    detail: str = "hot([]) differs", paste: str = "from pkg.mod import hot\nhot([])"
) -> Verdict:
    rewrite = Rewrite(HOT, "def hot(words):\n    return words\n", (), "model", 1)
    return Verdict(rewrite, Status.REJECTED, Reason.DIVERGED, detail, paste=paste)


def summary(*outcomes: Outcome, targets: tuple[Target, ...] = (HOT, COLD)) -> Summary:
    baseline = Baseline({"t.py::a": "passed", "t.py::b": "passed", "t.py::c": "failed"}, 1.5)
    return Summary(
        "2026-01-02T03-04-05Z-ab12",
        Path("/usr/bin/python3"),
        baseline,
        targets,
        tuple(one for one in targets if one.skip is None),
        outcomes,
        "".join(one.diff for one in outcomes),
    )


def optimized(**changes: object) -> Record:
    """A run that found one rewrite, and refused a candidate."""
    outcomes = Outcome(HOT, accepted(), True, DIFF), Outcome(HOT, diverged())
    parts: dict[str, object] = {
        "words": ("optimize", "--check"),
        "created": 1.8e9,
        "root": "/home/me/project",
        "commit": "a" * 40,
        "runs_on": "Linux",
        "notes": ("a note",),
        "summary": summary(*outcomes),
    }
    return Record(**{**parts, **changes})  # type: ignore[arg-type]


def reviewed(**changes: object) -> Record:
    """A change with a function that is not equivalent, one that is slower, and one not judged."""
    slower = Timing((QUADS,), Speedup(0.5, 0.4, 0.6))
    rewrite = Rewrite(HOT, NEW, (), "verify", 0)
    cold = Rewrite(COLD, "def cold():\n    return 1\n", (), "verify", 1)
    same = Verdict(rewrite, Status.ACCEPTED, Reason.EQUIVALENT, "slower", timing=slower)
    unknown = Verdict(cold, Status.ABSTAINED, Reason.UNTESTED, "no test reaches it")
    judged = (
        Judged(same, 3, equivalent=True, faster=False),
        Judged(unknown, 30),
        Judged(diverged(), 4, equivalent=False),
    )
    review = Review(
        "2026-01-02T03-04-05Z-cd34",
        Path("/usr/bin/python3"),
        "b" * 40,
        judged=judged,
        problems=("pkg/other.py:7: it does not parse: invalid syntax",),
        notes=("pkg/mod.py:9: fresh is new; not judged by itself",),
    )
    parts: dict[str, object] = {
        "words": ("verify", "--speed"),
        "created": 1.8e9,
        "root": "/home/me/project",
        "review": review,
    }
    return Record(**{**parts, **changes})  # type: ignore[arg-type]
