"""What runs of the project's tests need, opened when the first of them is to be run.

Where all is known from earlier runs nothing is copied, and no process started.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from perfopt_cli.config import Settings
from perfopt_cli.core import Baseline, BaselineError, Listener, PerfoptError, Target
from perfopt_cli.locate import Located
from perfopt_cli.pipeline.cache.kept import Kept
from perfopt_cli.pipeline.workshop import Workshop, note_located, open_workshop
from perfopt_cli.project import Interpreter, Project, copy_project
from perfopt_cli.sandbox.place import code_state
from perfopt_cli.sandbox.recording import Recording
from perfopt_cli.sandbox.session import Session
from perfopt_cli.sandbox.verify import Verifier
from perfopt_cli.source import SourceText, read_source


@dataclass(frozen=True, slots=True)
class Opened:
    """The workshop with the working copy in it. ``fresh``: the copy's code as it came."""

    shop: Workshop
    session: Session
    arguments: list[str]
    fresh: frozenset[str]


class Lab:
    """The workshop of a run, and the gates in it; ``stack`` closes it.

    ``located`` is there after ``locate``. Raises SandboxError where there is
    no isolation once something has to be run.
    """

    def __init__(
        self,
        project: Project,
        interpreter: Interpreter,
        settings: Settings,
        listener: Listener,
        kept: Kept,
        stack: ExitStack,
    ) -> None:
        self.project = project
        self.listener = listener
        self.kept = kept
        self.located = Located(Baseline({}, 0.0))
        self._parts = project, interpreter, settings, listener
        self._stack = stack
        self._opened: Opened | None = None
        self._gates: tuple[Verifier, Recording] | None = None

    @property
    def folder(self) -> Path:
        """Where the project's files are as they are judged: the copy, if there is one."""
        return self._opened.shop.place.copy if self._opened else self.project.files

    def module(self, path: str) -> SourceText:
        """Read a file as it is judged. Raises PerfoptError where it has changed meanwhile."""
        source = read_source(self.folder / path)
        tree = self.kept.tree
        if self._opened is None and tree is not None and tree.files.get(path) != source.digest:
            raise PerfoptError(f"{path} was changed while perfopt read it: run it again")
        return source

    def digest(self, path: str) -> str:
        """Return the SHA-256 of a file as it was judged."""
        tree = self.kept.tree
        return tree.files[path] if tree is not None else self.module(path).digest

    def locate(self, files: Sequence[str], functions: Collection[tuple[str, str]]) -> Located:
        """Say what the tests show of these files' functions; run them where that isn't known.

        Raises as ``Workshop.locate``.
        """
        wanted = [list(files), sorted(functions)]
        found = self.kept.located(wanted)
        if found is not None:
            _, interpreter, _, _ = self._parts
            note_located(found, interpreter, self.project, self.listener)
            self.located = found
            return found
        opened = self._open()
        shop = opened.shop
        self.located = shop.locate(opened.session, opened.arguments, files, functions)
        self.kept.keep_located(wanted, self.located, shop.place.scratch)
        return self.located

    def gates(self, chosen: Sequence[Target]) -> tuple[Verifier, Recording]:
        """Return the verifier, and the calls of all chosen targets; both are made once.

        Raises BaselineError where the tests are flaky.
        """
        if self._gates is None:
            opened = self._open()
            verifier = Verifier(
                opened.session,
                self.located.baseline,
                opened.arguments,
                self._renew,
                self.located.seconds,
                programs=opened.shop.programs(),
            )
            try:
                recording = opened.shop.record(verifier, chosen)
            except BaselineError:
                # What was kept of these tests may be what is wrong.
                self.kept.forget()
                raise
            present = code_state(opened.shop.place.copy)
            verifier.artefacts = frozenset({*present} - opened.fresh)
            self._gates = verifier, recording
        return self._gates

    def stop(self) -> None:
        """End all workers; threads that still judge get Stopped."""
        if self._opened is not None:
            self._opened.session.stop()

    def _open(self) -> Opened:
        if self._opened is None:
            shop = self._stack.enter_context(open_workshop(*self._parts))
            self.listener.stage("copying the project")
            copy = copy_project(self.project, shop.place.copy)
            self.kept.check_copy(copy)
            fresh = frozenset(code_state(copy))
            self._opened = Opened(shop, *shop.open_session(), fresh)
            self._stack.callback(self.kept.prune)
        return self._opened

    def _renew(self) -> None:
        assert self._opened is not None
        copy = self._opened.shop.place.copy
        shutil.rmtree(copy)
        copy_project(self.project, copy)
        self.kept.check_renewed(copy)
