"""Find the hot functions of a project: run its own tests once under a profiler."""

from perfopt_cli.locate.arguments import test_arguments
from perfopt_cli.locate.baseline import check_baseline, compare_runs
from perfopt_cli.locate.run import Failure, Located, Workers
from perfopt_cli.locate.skips import skip_by_text
from perfopt_cli.locate.stage import locate

__all__ = [
    "Failure",
    "Located",
    "Workers",
    "check_baseline",
    "compare_runs",
    "locate",
    "skip_by_text",
    "test_arguments",
]
