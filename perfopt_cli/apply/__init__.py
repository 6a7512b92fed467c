"""Write accepted rewrites to the user's files, so that they can be taken back."""

from perfopt_cli.apply.journal import Run, list_runs, run_folder, state_folder, stored_texts
from perfopt_cli.apply.plan import Edit, diff, plan
from perfopt_cli.apply.write import FileResult, FileState, undo, write

__all__ = [
    "Edit",
    "FileResult",
    "FileState",
    "Run",
    "diff",
    "list_runs",
    "plan",
    "run_folder",
    "state_folder",
    "stored_texts",
    "undo",
    "write",
]
