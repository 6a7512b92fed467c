"""What git knows of a project's files."""

from __future__ import annotations

import os
from pathlib import Path

from perfopt_cli.project.find import Project


def listed(project: Project) -> set[Path] | None:
    """Return the files under the root that git does not ignore, or None without a repository."""
    out = run_git(
        project, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "."
    )
    return None if out is None else {project.root / name for name in out.split("\0") if name}


def git_note(project: Project) -> tuple[str | None, tuple[str, ...]]:
    """Return what a user should know of the repository, or None, and the files with changes.

    The files are relative to the root and tracked; new ones don't count.
    """
    if project.git is None:
        return "not a git repository: perfopt undo is the only way back", ()
    out = run_git(project, "status", "--porcelain", "-z", "--untracked-files=no", "--", ".")
    if out is None:
        return "git can't read this repository", ()
    top = os.path.relpath(project.root, project.git)
    entries = iter(out.split("\0"))
    changed = []
    for entry in entries:
        if entry:
            changed.append(Path(os.path.relpath(entry[3:], top)).as_posix())
            if entry[0] in "RC":
                next(entries, None)
    return None, tuple(changed)


def run_git(
    project: Project,
    *command: str,
    staged: bool = False,
    index: Path | None = None,
    names: Path | None = None,
) -> str | None:
    """Run git in the root. None where there is no git, no repository or no trust in its owner.

    ``staged``: look at the index of the commit in progress, if a hook runs in
    one. ``index``: a file to be used instead of the repository's index.
    ``names``: a file that git reads as its stdin.
    """
    if project.git is None:
        return None
    try:
        # Imported here: it takes longer than a short command has, and fails without a git program.
        import git
    except ImportError:
        return None
    try:
        with git.Repo(project.root, search_parent_directories=True) as repo:
            # A hook's variables name the index and folder of the commit in progress.
            place = {"GIT_DIR": str(repo.git_dir), "GIT_WORK_TREE": str(project.git)}
            own = os.path.join(repo.git_dir, "index")
            used = os.environ.get("GIT_INDEX_FILE", own) if staged else str(index or own)
            place |= {"GIT_INDEX_FILE": used}
            with open(names or os.devnull, "rb") as stdin:
                out = git.Git(project.root).execute(
                    ["git", *command], istream=stdin, env=place, strip_newline_in_stdout=False
                )
    except (git.GitError, OSError, ValueError):
        return None
    return out if isinstance(out, str) else None
