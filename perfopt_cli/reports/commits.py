"""Applied rewrites as git commits: one for each, with the evidence in its message.

A commit is made of the index, in which only the rewritten file is changed; the
working tree, which has all rewrites already, is not touched. The repository's
hooks run as for any other commit.
"""

from __future__ import annotations

import os
import subprocess
import textwrap
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from perfopt_cli.apply import stored_texts
from perfopt_cli.core import Outcome, PerfoptError, Verdict
from perfopt_cli.phrases import factor
from perfopt_cli.project import Project
from perfopt_cli.reports import words
from perfopt_cli.reports.record import Record
from perfopt_cli.source import decode_source, splice

LINE = 72
SHOWN = 3
PLACES = frozenset({"GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX"})


class GitError(Exception):
    """What git said when it refused."""


def check_clean(project: Project, files: Sequence[Path]) -> None:
    """Raise PerfoptError unless nothing is staged, and none of the files has other changes.

    Files that git does not know are no obstacle: they are not committed.
    """
    if project.git is None:
        raise PerfoptError(f"--commit: {project.root} is in no git repository")
    try:
        staged = _git(project, "diff", "--cached", "--name-only", "-z").split(b"\0")
        changed = _git(project, "diff", "--name-only", "-z", "--relative").split(b"\0")
    except GitError as error:
        raise PerfoptError(f"--commit: git can't read {project.git}: {error}") from None
    if names := [os.fsdecode(name) for name in staged if name]:
        raise PerfoptError(
            f"--commit: there are staged changes ({_some(names)}): commit them, or take them out "
            "of the index with git restore --staged"
        )
    wanted = {os.fsencode(project.relative(path)) for path in files}
    if names := sorted(os.fsdecode(name) for name in changed if name in wanted):
        raise PerfoptError(
            f"--commit: files that may be rewritten have uncommitted changes ({_some(names)}): "
            "commit or stash them first"
        )


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def commit_each(record: Record, project: Project, note: Callable[[str], None]) -> Iterator[str]:
    """Commit each rewrite of the run that has just been written, and yield its subject.

    A file that git doesn't know is left out with a note. Raises PerfoptError
    where git or a hook refuses: the rewrites stay applied, and what was
    committed before stays; the index is as it was.
    """
    if not words.kept(record):
        return
    check_clean(project, ())
    texts = stored_texts(project.root, record.run)
    assert record.summary is not None
    applied = [one for one in record.summary.outcomes if one.applied]
    for path in dict.fromkeys(one.target.path for one in applied):
        mine = [one for one in applied if one.target.path == path]
        try:
            mode, blob = _entry(project, path)
        except GitError:
            note(f"{path} is not committed: git does not track it")
            continue
        old, new = texts[path]
        if _hashed(project, path, old) != blob:
            note(f"{path} is not committed: the commit has another text than was judged")
            continue
        for outcome, data in zip(mine, states(old, new, mine), strict=True):
            yield _commit(project, path, mode, data, outcome, record)


def states(old: bytes, new: bytes, outcomes: Sequence[Outcome]) -> list[bytes]:
    """Return the file after each rewrite, from its text before all and after all of them."""
    source = decode_source(old)
    text = source.text
    found = []
    for outcome in outcomes[:-1]:
        assert outcome.verdict is not None
        rewrite = outcome.verdict.rewrite
        text = splice(text, rewrite.target.qualname, rewrite.source, rewrite.imports)
        found.append(source.encode(text))
    return [*found, new]


def _commit(
    project: Project, path: str, mode: str, data: bytes, outcome: Outcome, record: Record
) -> str:
    assert outcome.verdict is not None
    assert record.summary is not None
    text = message(outcome.verdict, record.summary.baseline.tests, record)
    name = _in_repository(project, path)
    try:
        blob = _hashed(project, path, data)
        _git(project, "update-index", "--cacheinfo", f"{mode},{blob},{name}")
        try:
            told = ("--quiet", "--cleanup=whitespace", "--file=-")
            _git(project, "commit", *told, stdin=text.encode("utf-8", "backslashreplace"))
        except GitError:
            _git(project, "reset", "--quiet", "--", f":(top,literal){name}")
            raise
    except GitError as error:
        raise PerfoptError(
            f"the rewrites are applied, but git refused to commit that of {path}: {error}\n"
            "Commit the rest yourself, or take all back with: "
            f"perfopt undo {record.run}"
        ) from None
    return text.partition("\n")[0]


def message(verdict: Verdict, tests: int, record: Record) -> str:
    """Return a commit's message."""
    target = verdict.rewrite.target
    ratio = f"{verdict.speedup.ratio:.1f}x " if verdict.speedup else ""
    name = words.visible(target.qualname)
    subject = f"Make {name} {ratio}faster"
    if len(subject) > LINE:
        subject = f"Make {name[: LINE - len(subject) - 1]}… {ratio}faster"
    rows = [
        f"- {label}: {text}"
        for label, text in (
            ("Speedup (95 %)", factor(verdict.speedup)),
            *words.evidence(verdict, tests),
        )
    ]
    sizes = verdict.timing.sizes if verdict.timing else ()
    rows += [f"- On {one.inputs} inputs: {one.ratio:.2f}x" for one in sizes]
    wrapped = [
        line
        for row in rows
        for line in textwrap.wrap(words.visible(row), LINE, subsequent_indent="  ")
    ]
    return "\n".join(
        (
            subject,
            "",
            *textwrap.wrap(f"{words.visible(target.path)}: a rewrite that was proved.", LINE),
            "",
            *wrapped,
            "",
            f"Perfopt-Run: {record.run}",
            f"Perfopt-Candidate: {words.visible(words.candidate(verdict))}",
            "",
        )
    )


def _entry(project: Project, path: str) -> tuple[str, str]:
    """Return mode and hash of a file in the index. Raises GitError where it is not there."""
    out = _git(project, "ls-files", "-z", "--stage", "--error-unmatch", "--", f":(literal){path}")
    mode, blob, _ = os.fsdecode(out).split(" ", 2)
    return mode, blob


def _hashed(project: Project, path: str, data: bytes) -> str:
    """Put a file's text into the repository, by the filters that git add uses; return its hash."""
    command = ("hash-object", "-w", "--stdin", f"--path={_in_repository(project, path)}")
    return _git(project, *command, stdin=data, top=True).decode().strip()


def _in_repository(project: Project, path: str) -> str:
    assert project.git is not None
    return (project.root / path).relative_to(project.git.resolve()).as_posix()


def _git(project: Project, *words: str, stdin: bytes = b"", top: bool = False) -> bytes:
    """Run git in the project's folder, or the repository's top. Raises GitError."""
    # A hook's variables would lead git to the index of another commit.
    environ = {name: text for name, text in os.environ.items() if name not in PLACES}
    folder = project.git if top and project.git else project.root
    try:
        done = subprocess.run(
            ["git", *words], cwd=folder, env=environ, input=stdin, capture_output=True, check=False
        )
    except OSError as error:
        raise GitError(f"git can't be started: {error.strerror}") from None
    if done.returncode:
        said = (done.stderr or done.stdout).decode("utf-8", "backslashreplace").strip()
        raise GitError(said or f"git {words[0]} ends with {done.returncode}")
    return done.stdout
