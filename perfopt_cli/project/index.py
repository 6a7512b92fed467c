"""What the commit in the making holds: git's index, read through a copy of it.

Nothing of the repository is written: not the index, which git would refresh,
nor an object. Git is started by itself here, as GitPython takes longer to
import than a hook with nothing to do may run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from perfopt_cli.core import PerfoptError
from perfopt_cli.project.find import Project

# These lead git to the repository of whoever called, which may be another one.
_PLACES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR")
_DIFF = ("diff", "-z", "--no-ext-diff", "--no-color", "--ignore-submodules=all", "--relative")


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A file that the index changes against a commit.

    ``name`` is relative to the project's root; ``old_name`` is that in the
    commit. ``blob`` and ``old_blob`` are git's names of what the file holds;
    ``old_blob`` is None for a new one. ``regular`` is false for a link.
    """

    name: str
    blob: str
    old_name: str
    old_blob: str | None
    regular: bool = True


@dataclass(frozen=True, slots=True)
class Index:
    """A copy of the index of a project's repository, at ``file``; ``git_dir`` is the real one's."""

    project: Project
    git_dir: Path
    file: Path

    def run(self, *words: str, stdin: bytes = b"") -> bytes:
        """Run git on this index, in the project's root. Raises PerfoptError where it fails."""
        done = run_plain(self.project.root, *words, index=self.file, stdin=stdin)
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
            raise PerfoptError(f"git {words[0]} fails in {self.project.root}: {' '.join(said)}")
        return done.stdout

    def names(self, *words: str) -> list[str]:
        """Return the names that git puts out, each with a null byte behind it."""
        return [os.fsdecode(one) for one in self.run(*words).split(b"\0") if one]

    def changes(self, commit: str | None = None) -> Iterator[StagedFile]:
        """Yield the files that differ from a commit (HEAD, if there is one), but for those gone."""
        words = ("--cached", "--raw", "--no-abbrev", "-M", "--diff-filter=AMRT")
        fields = iter(self.names(*_DIFF, *words, *filter(None, [commit]), "--", "."))
        for head in fields:
            _, mode, old_blob, blob, status = head.split(" ")
            old_name = next(fields)
            name = next(fields) if status[0] == "R" else old_name
            old = None if status[0] == "A" else old_blob
            yield StagedFile(name, blob, old_name, old, regular=mode.startswith("100"))

    def merged(self) -> list[str]:
        """Return the commits that the commit in the making merges into HEAD."""
        try:
            return (self.git_dir / "MERGE_HEAD").read_text().split()
        except OSError:
            return []

    def blobs(self, names: Iterable[str], most: int) -> dict[str, bytes]:
        """Return what these blobs hold, less those of more than ``most`` bytes."""
        asked = sorted(set(names))
        told = self.run("cat-file", "--batch-check", stdin=_lines(asked)).decode().splitlines()
        sizes = {name: int(line.split(" ")[2]) for name, line in zip(asked, told, strict=True)}
        wanted = [name for name in asked if sizes[name] <= most]
        data = self.run("cat-file", "--batch", stdin=_lines(wanted)) if wanted else b""
        found, at = {}, 0
        for name in wanted:
            begin = data.index(b"\n", at) + 1
            at = begin + sizes[name] + 1
            found[name] = data[begin : at - 1]
        return found

    def differing(self) -> tuple[set[str], set[str]]:
        """Return the names of files that the working tree has otherwise, and of those only there.

        What git ignores is in neither. Files to be added later (``git add -N``)
        are only in the working tree; a folder is named as a whole if all in it is.
        """
        fields = iter(self.names(*_DIFF, "--name-status", "--no-renames", "--", "."))
        states = {name: status for status, name in zip(fields, fields, strict=True)}
        later = {name for name, status in states.items() if status == "A"}
        listing = ("ls-files", "-z", "--others", "--exclude-standard", "--directory", "--", ".")
        others = {name.rstrip("/") for name in self.names(*listing)}
        return states.keys() - later, later | others

    def check_out(self, names: Iterable[str], folder: Path) -> Path:
        """Write files as they are in the index; return the folder that stands for the root."""
        assert self.project.git is not None
        top = self.project.git.resolve()
        listed = b"".join(os.fsencode(name) + b"\0" for name in sorted(names))
        root = folder / self.project.root.relative_to(top)
        root.mkdir(parents=True)
        command = ("checkout-index", "--force", "-z", "--stdin", f"--prefix={folder}/")
        self.run(*command, stdin=listed)
        return root


def open_index(project: Project, scratch: Path, environ: Mapping[str, str]) -> Index | None:
    """Copy the index of the commit in the making into a folder; None where nothing is staged yet.

    It is the one that GIT_INDEX_FILE names where a hook runs: that of a
    partial commit is not the repository's. Raises PerfoptError where there is
    no repository, or git can't read it.
    """
    if project.git is None:
        raise PerfoptError(_no_repository(project.root))
    done = run_plain(project.root, "rev-parse", "--absolute-git-dir")
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        raise PerfoptError(f"git can't read the repository {project.git}: {said}")
    git_dir = Path(os.fsdecode(done.stdout.rstrip(b"\n")))
    used = git_dir / "index"
    own = project.git / environ.get("GIT_DIR", git_dir)
    if environ.get("GIT_INDEX_FILE") and own.resolve() == git_dir.resolve():
        used = project.git / environ["GIT_INDEX_FILE"]
    try:
        return Index(project, git_dir, Path(shutil.copy2(used, scratch / "index")))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PerfoptError(f"{used}: cannot be read: {error.strerror}") from error


def run_plain(
    folder: Path, *words: str, index: Path | None = None, stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """Run git in a folder, with the repository that the folder is in. Raises PerfoptError."""
    kept = {name: value for name, value in os.environ.items() if name not in _PLACES}
    environ = {**kept, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    if index is not None:
        environ["GIT_INDEX_FILE"] = str(index)
    try:
        return subprocess.run(
            ["git", *words], cwd=folder, env=environ, input=stdin, capture_output=True, check=False
        )
    except OSError as error:
        raise PerfoptError(f"git can't be started: {error.strerror}") from None


def _lines(names: Iterable[str]) -> bytes:
    return "".join(f"{name}\n" for name in names).encode()


def is_bare(folder: Path) -> bool:
    """Tell whether the folder is in a repository that has no working tree."""
    try:
        return run_plain(folder, "rev-parse", "--is-bare-repository").stdout.strip() == b"true"
    except PerfoptError:  # no git
        return False


def _no_repository(folder: Path) -> str:
    if is_bare(folder):
        return f"{folder} is a bare repository: nothing is staged in it; run perfopt in a clone"
    return f"{folder} is in no git repository: perfopt hook looks at what is staged for a commit"
