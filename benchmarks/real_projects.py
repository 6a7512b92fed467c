"""Run ``perfopt optimize`` on well-known packages and write what came of it as a page.

Each package's source distribution is fetched with pip, unpacked into a work
folder and given a virtual environment; nothing is written to the packages or
to this repository but the page. See README.md beside this file.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from output_page import put_into
from real_projects_page import Machine, Result, Search, page

REPOSITORY = Path(__file__).resolve().parent.parent
PYTEST = "pytest==8.4.2"
SETUP_SECONDS = 600
SUITE_SECONDS = 300
SPARE_SECONDS = 300


@dataclass(frozen=True)
class Project:
    """A package to optimise: ``path`` is what PATH names, relative to the unpacked sdist.

    ``requirements`` are what its tests need beside pytest; ``pytest_args``
    leave tests out, and ``why`` says which and why.
    """

    name: str
    version: str
    path: str
    requirements: tuple[str, ...] = ()
    pytest_args: str = ""
    why: str = ""


PROJECTS = (
    Project("toolz", "1.0.0", "toolz"),
    Project("more-itertools", "10.5.0", "more_itertools"),
    Project(
        "boltons",
        "24.1.0",
        "boltons",
        pytest_args="--deselect=tests/test_fileutils.py::test_iter_find_files"
        " --deselect=tests/test_socketutils.py::test_socketutils_netstring"
        " --deselect=tests/test_socketutils.py::test_socketutils_netstring_timeout",
        why="two netstring tests of tests/test_socketutils.py open sockets, which the sandbox "
        "refuses; test_iter_find_files passes or fails by the letters of the folder it runs in",
    ),
    Project("sqlparse", "0.5.1", "sqlparse"),
    Project("mistune", "3.0.2", "src/mistune"),
    Project("tabulate", "0.9.0", "tabulate"),
    Project("jmespath", "1.0.1", "jmespath"),
    Project("inflection", "0.5.1", "inflection"),
    Project(
        "textdistance",
        "4.6.3",
        "textdistance",
        ("hypothesis==6.140.2", "numpy==2.2.6"),
        "--ignore=tests/test_external.py",
        "tests/test_external.py compares with other libraries, which are not installed",
    ),
    Project("idna", "3.7", "idna"),
    Project("parse", "1.20.2", "parse.py"),
    Project("funcy", "2.0", "funcy", ("whatever==0.7", "more-itertools==10.5.0")),
    Project(
        "Markdown",
        "3.6",
        "markdown",
        ("PyYAML==6.0.2",),
        "--ignore=tests/test_syntax/extensions/test_md_in_html.py",
        "tests/test_syntax/extensions/test_md_in_html.py has a class that pytest can't collect",
    ),
)


class SetupError(Exception):
    """A package could not be fetched, unpacked or installed, or its own tests fail."""


def main(argv: Sequence[str] | None = None) -> int:
    options = arguments().parse_args(argv)
    chosen = [one for one in PROJECTS if not options.only or one.name in options.only]
    unknown = set(options.only) - {one.name for one in PROJECTS}
    if unknown:
        print(f"no such project: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    search = Search(options.top, options.min_share, options.budget)
    with work_folder(options.work) as work:
        results = [result(one, work, search, options.reuse) for one in chosen]
    write(options.output, page(results, machine(), search))
    print(f"wrote {options.output}", file=sys.stderr)
    return 0


def write(file: Path, text: str) -> None:
    """Put the text into its place on a page that is there; else make a page of it alone."""
    if file.exists():
        put_into(file, "real_projects", text.rstrip("\n"))
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--work", type=Path, metavar="DIR", help="kept and used again; default: a temporary one"
    )
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="NAME", help="these packages, not all"
    )
    parser.add_argument(
        "--budget", type=float, metavar="SECONDS", help="for each package; default: no limit"
    )
    parser.add_argument("--top", type=int, default=1000, help="functions of each; default: 1000")
    parser.add_argument("--min-share", type=float, default=0, help="of tests' time; default: 0")
    parser.add_argument(
        "--reuse", action="store_true", help="take results that an earlier run left in --work"
    )
    parser.add_argument("--output", type=Path, default=REPOSITORY / "docs" / "benchmarks.md")
    return parser


@contextmanager
def work_folder(given: Path | None) -> Iterator[Path]:
    if given is None:
        with tempfile.TemporaryDirectory(prefix="perfopt-benchmarks-") as name:
            yield Path(name).resolve()
        return
    folder = given.resolve()
    if folder.is_relative_to(REPOSITORY):
        raise SystemExit(f"{folder} is inside the repository: name a folder outside it")
    folder.mkdir(parents=True, exist_ok=True)
    yield folder


def result(project: Project, work: Path, search: Search, reuse: bool) -> Result:
    """Return what perfopt made of the project, from a new run or a kept one."""
    kept = work / "results" / f"{project.name}-{project.version}.json"
    if reuse and kept.is_file():
        return Result(**json.loads(kept.read_text(encoding="utf-8")))
    print(f"{project.name} {project.version}", file=sys.stderr)
    try:
        found = measure(project, work, search)
    except (SetupError, subprocess.TimeoutExpired, OSError) as error:
        found = Result(project.name, project.version, error=str(error), left_out=project.why)
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(asdict(found), indent=1), encoding="utf-8")
    return found


def measure(project: Project, work: Path, search: Search) -> Result:
    """Set the project up, run its plain suite, then perfopt. Raises SetupError."""
    root = unpack(project, work)
    python = environment(project, work)
    suite = plain_suite(project, root, python)
    argv = command(project, root, python, search)
    limit = None if search.budget is None else search.budget + SPARE_SECONDS
    start = time.monotonic()
    done = subprocess.run(
        argv, cwd=REPOSITORY, env=clean_environment(), capture_output=True, text=True, timeout=limit
    )
    wall = time.monotonic() - start
    document, error = parse(done.returncode, done.stdout, done.stderr)
    return Result(
        project.name,
        project.version,
        suite_seconds=suite,
        wall_seconds=wall,
        document=document,
        error=error,
        left_out=project.why,
        notes=notes(done.stderr),
    )


def command(project: Project, root: Path, python: Path, search: Search) -> list[str]:
    """Return the argument list of the perfopt run."""
    argv = [sys.executable, "-m", "perfopt_cli", "optimize", str(root / project.path)]
    argv += ["--no-cache", "--python", str(python), *search.options()]
    if project.pytest_args:
        argv += ["--pytest-args", project.pytest_args]
    return argv


def parse(returncode: int, stdout: str, stderr: str) -> tuple[dict[str, object] | None, str]:
    """Return (document, "") of a run that went well, (None, what went wrong) of another."""
    if returncode == 0:
        try:
            return json.loads(stdout), ""
        except ValueError as error:
            return None, f"perfopt's output is not JSON: {error}"
    last = "\n".join(stderr.strip().splitlines()[-12:])
    return None, f"perfopt exited with {returncode}:\n{last}"


def notes(stderr: str) -> list[str]:
    """Return the remarks in perfopt's messages that say what it could not do."""
    return [line.strip() for line in stderr.splitlines() if line.strip().startswith("note: ")]


def unpack(project: Project, work: Path) -> Path:
    """Return the folder of the project's unpacked source distribution."""
    folder = work / "src" / f"{project.name}-{project.version}"
    if not folder.is_dir():
        archives = work / "sdist" / folder.name
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary"]
        pip += [project.name, "-d", str(archives), f"{project.name}=={project.version}"]
        must(pip, work)
        found = sorted(archives.glob("*.tar.gz"))
        if len(found) != 1:
            raise SetupError(f"{project.name}: expected one .tar.gz, found {len(found)}")
        with tempfile.TemporaryDirectory(dir=work) as name, tarfile.open(found[0]) as archive:
            archive.extractall(name, filter="data")
            (top,) = Path(name).iterdir()
            folder.parent.mkdir(exist_ok=True)
            top.rename(folder)
    return folder


def environment(project: Project, work: Path) -> Path:
    """Return the interpreter of the project's own virtual environment."""
    folder = work / "venv" / f"{project.name}-{project.version}"
    python = folder / "bin" / "python"
    ready = folder / "ready"
    if not ready.is_file():
        must([sys.executable, "-m", "venv", "--clear", str(folder)], work)
        pip = [str(python), "-m", "pip", "install", "-q", PYTEST, *project.requirements]
        must(pip, work)
        ready.touch()
    return python


def plain_suite(project: Project, root: Path, python: Path) -> float:
    """Run the project's tests without perfopt; return wall seconds. Raises SetupError."""
    argv = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    start = time.monotonic()
    must([*argv, *project.pytest_args.split()], root, seconds=SUITE_SECONDS)
    return time.monotonic() - start


def must(argv: Sequence[str], cwd: Path, *, seconds: float = SETUP_SECONDS) -> None:
    done = subprocess.run(
        argv, cwd=cwd, env=clean_environment(), capture_output=True, text=True, timeout=seconds
    )
    if done.returncode != 0:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-8:])
        raise SetupError(f"{' '.join(argv[:4])} … exited with {done.returncode}:\n{said}")


def clean_environment() -> dict[str, str]:
    """Return the environment less what would change another interpreter or its pytest."""
    drop = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTEST_ADDOPTS")
    return {name: value for name, value in os.environ.items() if name not in drop}


def machine() -> Machine:
    return Machine(
        f"{platform.system()} {platform.machine()}",
        os.cpu_count() or 1,
        platform.python_version(),
        PYTEST,
    )


if __name__ == "__main__":
    sys.exit(main())
