"""A project's state: everything that a verdict can depend on, and the store of what is kept."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perfopt_cli.config import Settings
from perfopt_cli.core import PerfoptError
from perfopt_cli.pipeline.cache.store import Store, cache_folder, key
from perfopt_cli.pipeline.cache.surroundings import surroundings
from perfopt_cli.pipeline.cache.tree import Known, Tree, read_tree
from perfopt_cli.project import Interpreter, Project
from perfopt_cli.sandbox.isolate import system_readable

TREES = "trees"


@dataclass(frozen=True, slots=True)
class State:
    """A project's files, and what is around them; ``name`` stands for both in the store."""

    store: Store
    tree: Tree
    around: Mapping[str, Any]

    @property
    def name(self) -> str:
        """A short name for this state and no other."""
        return key(self.tree.digest, self.around)


def read_state(project: Project, interpreter: Interpreter, settings: Settings) -> State:
    """Look at everything. Raises PerfoptError where nothing can be kept."""
    folder = cache_folder(os.environ)
    check_apart(folder, project, (*readable_paths(interpreter), *system_readable()))
    store = Store(folder)
    tree = tree_of(project, store)
    around = surroundings(project, interpreter, settings, os.environ, tree.outside)
    return State(store, tree, around)


def tree_of(project: Project, store: Store) -> Tree:
    """Read the project's files, those that changed since the last time."""
    name = key(str(project.root))
    old = store.read(TREES, name)
    known = Known(old if isinstance(old, dict) else {})
    tree = read_tree(project.files, known)
    if known.new != known.old and project.contents is None:
        store.write(TREES, name, known.new)
    return tree


def check_apart(folder: Path, project: Project, readable: Sequence[Path]) -> None:
    """Raise PerfoptError where the folder comes with the project, or candidates can read it."""
    place = folder.resolve()
    for other in (project.root, project.git or project.root):
        if place.is_relative_to(other.resolve()):
            raise PerfoptError(f"{folder} is inside the project")
    for other in readable:
        if place.is_relative_to(other.resolve()):
            raise PerfoptError(f"{folder} is inside {other}, which the tests can read")


def readable_paths(interpreter: Interpreter) -> tuple[Path, ...]:
    """Return what a worker must read beside the system: the interpreter and what it imports."""
    folders = [interpreter.prefix, interpreter.base_prefix]
    folders += [interpreter.path.parent, interpreter.path.resolve().parent]
    names = [*interpreter.sys_path, *interpreter.links, *interpreter.editable.values()]
    found = dict.fromkeys([*folders, *map(Path, names)])
    return tuple(path for path in found if path.exists())
