"""Find the interpreter that the project's own tests run in."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from perfopt_cli.core import PerfoptError
from perfopt_cli.project.find import Project

OLDEST = (3, 9)
# These are of the hook's or the tool's environment, and lead a child astray.
_LYING = ("VIRTUAL_ENV", "PYTHONHOME", "GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX")
# With -c the first entry is the current folder, where any module may hide one of the library's.
_START = (
    "import sys\n"
    "sys.path[:] = [entry for entry in sys.path if entry]\n"
    "print('perfopt-version:%d.%d.%d' % sys.version_info[:3])\n"
    "if sys.version_info >= (3, 9):\n"
    "    exec(sys.argv[1])\n"
)


@dataclass(frozen=True, slots=True)
class Interpreter:
    """The user's interpreter. ``origin`` says where perfopt got its path.

    ``sys_path`` is as at its start in the project's root, less the current
    folder; ``pythonpath`` the entries that PYTHONPATH gave. ``plugins`` holds
    the versions of pytest plugins by name, less ``pytest-`` (``xdist``,
    ``cov``, ``hypothesis``). ``editable`` maps an import name to the folder or
    module of an editable install; ``hooks`` names import hooks of editable
    installs that give no such map; ``links`` are the targets of links in
    site-packages.
    """

    path: Path
    origin: str
    version: tuple[int, int, int]
    prefix: Path
    base_prefix: Path
    sys_path: tuple[str, ...] = ()
    pythonpath: tuple[str, ...] = ()
    pytest_version: str | None = None
    plugins: dict[str, str] = field(default_factory=dict)
    editable: dict[str, str] = field(default_factory=dict)
    hooks: tuple[str, ...] = ()
    links: tuple[str, ...] = ()

    def has(self, plugin: str) -> bool:
        """Say whether a pytest plugin is there, by its name less ``pytest-``."""
        return plugin in self.plugins


def find_python(
    project: Project, configured: str | None, environ: Mapping[str, str]
) -> Interpreter:
    """Return the first interpreter that can run the project's tests.

    Order: ``configured`` (a path relative to the root, or a name on PATH);
    the project's environment (uv's UV_PROJECT_ENVIRONMENT, ``.venv`` or
    ``venv`` in the root, then in the git top level, pixi's and pdm's place);
    the active environment where perfopt is part of it; PATH without perfopt's
    own environment; the interpreter that runs perfopt. The first two must do:
    an unfit one is an error. poetry and hatch keep their environments
    elsewhere and are not asked.
    """
    if configured:
        return _fit(probe_python(_configured(project, configured, environ), project.root, environ))
    own = next(_project_environments(project, environ), None)
    if own:
        return _fit(probe_python(own[0], project.root, environ, origin=own[1]))
    refused: list[PerfoptError] = []
    for path, origin in _others(environ):
        found = _tried(path, origin, project, environ)
        if isinstance(found, Interpreter):
            return found
        refused.append(found)
    raise refused[0]


def _tried(
    path: Path, origin: str, project: Project, environ: Mapping[str, str]
) -> Interpreter | PerfoptError:
    try:
        return _fit(probe_python(path, project.root, environ, origin=origin))
    except PerfoptError as error:
        return error


def probe_python(
    path: Path, root: Path, environ: Mapping[str, str], *, origin: str = "--python"
) -> Interpreter:
    """Ask an interpreter what it is. Raises PerfoptError where it gives no answer or is too old."""
    source = Path(__file__).with_name("probe.py").read_text(encoding="utf-8")
    command = [str(path), "-B", "-W", "ignore", "-c", _START, source]
    try:
        ran = subprocess.run(
            command,
            cwd=root,
            env=child_environ(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PerfoptError(f"{path} ({origin}) does not run: {error}") from None
    answers = dict(
        line.removeprefix("perfopt-").split(":", 1)
        for line in ran.stdout.decode(errors="replace").splitlines()
        if line.startswith(("perfopt-version:", "perfopt-probe:"))
    )
    if "probe" in answers:
        return _interpreter(path, origin, json.loads(answers["probe"]))
    if "version" in answers and _too_old(answers["version"]):
        raise PerfoptError(
            f"{path} ({origin}) is Python {answers['version']}; perfopt needs 3.9 or later there: "
            "name another interpreter with --python"
        )
    said = ran.stderr.decode(errors="replace").strip().splitlines()[-1:]
    raise PerfoptError(f"{path} ({origin}) is no working Python interpreter: {' '.join(said)}")


def child_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for the user's interpreter, free of the hook's and perfopt's own."""
    child = {name: value for name, value in environ.items() if name not in _LYING}
    if "PATH" in child:
        child["PATH"] = os.pathsep.join(_path_folders(environ))
    return child


def _too_old(version: str) -> bool:
    return tuple(int(part) for part in version.split(".")) < OLDEST


def _interpreter(path: Path, origin: str, answer: dict[str, object]) -> Interpreter:
    texts = {
        name: tuple(map(str, value)) for name, value in answer.items() if isinstance(value, list)
    }
    tables = {
        name: {str(key): str(item) for key, item in value.items()}
        for name, value in answer.items()
        if isinstance(value, dict)
    }
    major, minor, micro = map(int, texts["version"])
    pytest_version = answer["pytest_version"]
    return Interpreter(
        # What runs in the end: the path may be a shim of pyenv, asdf or mise.
        path=Path(str(answer["executable"] or path)),
        origin=origin,
        version=(major, minor, micro),
        prefix=Path(str(answer["prefix"])),
        base_prefix=Path(str(answer["base_prefix"])),
        sys_path=texts["sys_path"],
        pythonpath=texts["pythonpath"],
        pytest_version=None if pytest_version is None else str(pytest_version),
        plugins=tables["plugins"],
        editable=tables["editable"],
        hooks=texts["hooks"],
        links=texts["links"],
    )


def _fit(found: Interpreter) -> Interpreter:
    if found.pytest_version is None:
        raise PerfoptError(
            f"{found.path} ({found.origin}) has no pytest: run `{found.path} -m pip install pytest`"
            " or name the project's interpreter with --python"
        )
    return found


def _configured(project: Project, text: str, environ: Mapping[str, str]) -> Path:
    name = os.path.expanduser(text)
    if os.sep not in name:
        found = shutil.which(name, path=environ.get("PATH"))
        if found is None:
            raise PerfoptError(f"{text}: no such interpreter on PATH (--python or its setting)")
        return Path(found)
    path = project.root / name
    inside = _bin(path) if path.is_dir() else path
    if inside is None or not inside.exists():
        raise PerfoptError(f"{path}: no such interpreter (--python or its setting)")
    return inside


def _bin(environment: Path) -> Path | None:
    """Return the interpreter of a virtual environment's folder."""
    places = (environment / "bin" / "python", environment / "Scripts" / "python.exe")
    return next((place for place in places if place.exists()), None)


def _project_environments(
    project: Project, environ: Mapping[str, str]
) -> Iterator[tuple[Path, str]]:
    folders = [project.root / ".venv", project.root / "venv"]
    if project.git:
        folders += [project.git / ".venv", project.git / "venv"]
    if environ.get("UV_PROJECT_ENVIRONMENT"):
        folders.insert(0, project.root / environ["UV_PROJECT_ENVIRONMENT"])
    folders.append(project.root / ".pixi" / "envs" / "default")
    for folder in folders:
        found = _bin(folder)
        if found:
            yield found, str(folder)
    noted = project.root / ".pdm-python"
    if noted.is_file():
        path = Path(noted.read_text(encoding="utf-8").strip())
        if path.is_file():
            yield path, str(noted)


def _others(environ: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    own = Path(sys.executable)
    if not _is_tool_environment(environ) and environ.get("VIRTUAL_ENV"):
        yield own, "the active environment"
    seen = set()
    for folder in _path_folders(environ):
        for name in ("python3", "python"):
            path = Path(folder, name)
            if path.is_file() and os.access(path, os.X_OK) and path not in seen:
                seen.add(path)
                yield path, "PATH"
    yield own, "the interpreter that runs perfopt"


def _path_folders(environ: Mapping[str, str]) -> list[str]:
    """Return the folders of PATH, less that of an environment made for perfopt alone."""
    folders = [folder for folder in environ.get("PATH", "").split(os.pathsep) if folder]
    if not _is_tool_environment(environ):
        return folders
    own = {Path(sys.prefix, "bin").resolve(), Path(sys.prefix, "Scripts").resolve()}
    return [folder for folder in folders if Path(folder).resolve() not in own]


def _is_tool_environment(environ: Mapping[str, str]) -> bool:
    """Say whether perfopt runs in an environment of its own (pre-commit, pipx, uv tool).

    pre-commit sets VIRTUAL_ENV to that environment, so there it means nothing.
    """
    if sys.prefix == sys.base_prefix:
        return False
    active = environ.get("VIRTUAL_ENV")
    same = bool(active) and Path(active or "").resolve() == Path(sys.prefix).resolve()
    return not same or environ.get("PRE_COMMIT") is not None
