"""Records and protocols that every stage shares.

The records form a chain: a ``Target`` (a hot function) gets ``Rewrite``s, a
``Rewrite`` gets a ``Verdict``, a verdict may carry a ``Timing`` with its raw
samples, and an ``Outcome`` is what the user is told about one candidate.
It imports nothing else of perfopt.
"""

from perfopt_cli.core.errors import (
    BaselineError,
    ExitCode,
    OutOfTime,
    PerfoptError,
    ReplyFailed,
    SandboxError,
)
from perfopt_cli.core.facts import Argument, Callee, Facts, HotLine, Known, Seen
from perfopt_cli.core.protocols import Backend, Listener, Proposer
from perfopt_cli.core.runs import (
    Baseline,
    Completed,
    Judged,
    Limits,
    Outcome,
    Review,
    Summary,
    Workload,
)
from perfopt_cli.core.verdicts import (
    CoveringTests,
    Quad,
    Reason,
    Rewrite,
    Sized,
    Speedup,
    Status,
    Support,
    Target,
    Timing,
    Verdict,
)

__all__ = [
    "Argument",
    "Backend",
    "Baseline",
    "BaselineError",
    "Callee",
    "Completed",
    "CoveringTests",
    "ExitCode",
    "Facts",
    "HotLine",
    "Judged",
    "Known",
    "Limits",
    "Listener",
    "OutOfTime",
    "Outcome",
    "PerfoptError",
    "Proposer",
    "Quad",
    "Reason",
    "ReplyFailed",
    "Review",
    "Rewrite",
    "SandboxError",
    "Seen",
    "Sized",
    "Speedup",
    "Status",
    "Summary",
    "Support",
    "Target",
    "Timing",
    "Verdict",
    "Workload",
]
