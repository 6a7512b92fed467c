"""What the hook said of the same functions in a project of the same state.

The verdicts themselves are kept by the run. An answer spares even asking the
rules for their candidates, and what has to be imported for that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from perfopt_cli.config import Settings
from perfopt_cli.core import ExitCode, PerfoptError
from perfopt_cli.hooks.pre_commit import Found
from perfopt_cli.pipeline.cache.state import State, read_state, tree_of
from perfopt_cli.pipeline.cache.store import key
from perfopt_cli.project import Interpreter, Project, Touched

# What a whole answer does not depend on.
OF_NO_EFFECT = ("budget", "hook_budget", "cache", "jobs", "record", "model", "adapter", "python")


class Answers:
    """The answer about these functions; where ``touched`` is None nothing is known or kept."""

    def __init__(
        self,
        project: Project,
        interpreter: Interpreter,
        settings: Settings,
        touched: Sequence[Touched] | None,
    ) -> None:
        self._project = project
        self._reading = settings.cache
        self._state: State | None = None
        self._name = ""
        if touched is None:
            return
        try:
            self._state = read_state(project, interpreter, settings)
        except PerfoptError:
            return  # The run says so.
        chosen = {k: v for k, v in asdict(settings).items() if k not in OF_NO_EFFECT}
        functions = [[one.path, one.qualname, one.old_text] for one in touched]
        self._name = f"hook-{key(chosen, functions)}"

    def known(self) -> Found | None:
        """Return what was said."""
        if self._state is None or not self._reading:
            return None
        data = self._state.store.read(self._state.name, self._name)
        if not isinstance(data, dict) or data.keys() != {"code", "lines", "report"}:
            return None
        self._state.store.touch(self._state.name)
        return Found(ExitCode(data["code"]), tuple(data["lines"]), data["report"])

    def keep(self, found: Found) -> None:
        """Keep what is said, if the project is as it was when that was asked."""
        if self._state is None:
            return
        try:
            same = tree_of(self._project, self._state.store).digest == self._state.tree.digest
        except PerfoptError:
            return
        if same:
            data = {"code": found.exit_code.value, "lines": found.lines, "report": found.report}
            self._state.store.write(self._state.name, self._name, data)
