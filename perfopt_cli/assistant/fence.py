"""Which folders a client may have perfopt work in."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from perfopt_cli.core import PerfoptError
from perfopt_cli.project import Project, find_project, select
from perfopt_cli.project.find import MARKERS


@dataclass(frozen=True, slots=True)
class Fence:
    """The project that the server was started for, and the client's roots; paths are resolved.

    ``home`` is None where the server's folder is in no project.
    """

    folder: Path
    home: Path | None
    roots: tuple[Path, ...] = ()

    def project(self, paths: Sequence[str]) -> tuple[Project, list[str]]:
        """Return the project that the paths are in, and the paths as absolute ones.

        Relative paths start at the project of the server, or else at the only
        root. Raises PerfoptError for a path, or a project, that is outside.
        """
        start = self._start(paths)
        named = [self._inside(start, text) for text in paths]
        project = find_project(select(named, start), start)
        if not self._allowed(project.root):
            raise PerfoptError(
                f"the project {project.root} is not in {self._folders()}: perfopt works there only"
            )
        return project, named

    def _start(self, paths: Sequence[str]) -> Path:
        if self.home is not None:
            return self.home
        if len(self.roots) == 1:
            return self.roots[0]
        if paths and all(Path(text).is_absolute() for text in paths) and self.roots:
            return self.roots[0]
        raise PerfoptError(
            f"{self.folder} is in no project (no {', '.join(MARKERS)} or .git): start the server "
            "as perfopt mcp FOLDER with the project's folder, or name absolute paths inside a root"
        )

    def _inside(self, start: Path, text: str) -> str:
        name, mark, qualname = text.partition("::")
        if "\0" in text:
            raise PerfoptError(f"{text!r} is no path")
        path = Path(os.path.abspath(start / name))
        if not self._allowed(path.resolve()):
            raise PerfoptError(f"{text} is not inside {self._folders()}: perfopt works there only")
        return f"{path}{mark}{qualname}"

    def _allowed(self, path: Path) -> bool:
        homes = () if self.home is None else (self.home,)
        return any(path.is_relative_to(folder) for folder in (*homes, *self.roots))

    def _folders(self) -> str:
        homes = () if self.home is None else (self.home,)
        return " or ".join(str(folder) for folder in dict.fromkeys((*homes, *self.roots)))


def make_fence(folder: Path, uris: Sequence[str]) -> Fence:
    """Return the fence for a server in ``folder`` and a client with these roots.

    Roots that are no local folders are left out.
    """
    folder = folder.resolve()
    root = find_project((), folder).root
    known = any((root / marker).exists() for marker in (*MARKERS, ".git"))
    found = tuple(path for path in map(local_path, uris) if path is not None and path.is_dir())
    return Fence(folder, root if known else None, found)


def local_path(uri: str) -> Path | None:
    """Return the resolved path of a ``file:`` URI of this machine, None for any other."""
    parts = urlsplit(uri)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
        return None
    path = Path(unquote(parts.path))
    return path.resolve() if path.is_absolute() and "\0" not in str(path) else None
