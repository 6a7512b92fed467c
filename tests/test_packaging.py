"""What is installed, what is shipped as source, and what the versions are pinned to."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
LINKS = ("model", "train", "sandbox", "hooks")
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv*", ".*_cache", ".hypothesis", ".perfopt", "__pycache__", "*.egg-info"
)


def left_out(folder: str, names: list[str]) -> set[str]:
    """Return what is no part of the tree; at its top, that is also what others may be making."""
    made = {"build", "dist"} if Path(folder) == ROOT else set()
    return LEFT_OUT(folder, names) | made


def project() -> dict[str, object]:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert isinstance(table, dict)
    return table


def package_files(root: Path) -> set[str]:
    return {
        path.relative_to(root).as_posix()
        for path in (root / "perfopt_cli").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist of a copy of the tree, and the wheel built from that sdist."""
    folder = tmp_path_factory.mktemp("built")
    tree = folder / "tree"
    shutil.copytree(ROOT, tree, symlinks=True, ignore=left_out)
    argv = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(tree)]
    env = {key: value for key, value in os.environ.items() if key != "PYTHONWARNINGS"}
    done = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def wheel_names(built: Path) -> set[str]:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_package_and_no_other(built: Path) -> None:
    names = {name for name in wheel_names(built) if ".dist-info/" not in name}
    assert names == package_files(ROOT)


@pytest.mark.slow
def test_the_wheel_installs_one_top_level_package(built: Path) -> None:
    tops = {name.split("/")[0] for name in wheel_names(built)}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"perfopt_cli"}
    assert len(tops) == 2


@pytest.mark.slow
def test_the_wheel_carries_the_license_and_the_command(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        texts = {name.split("/", 1)[1]: archive.read(name) for name in archive.namelist()}
    assert texts["licenses/LICENSE"] == (ROOT / "LICENSE").read_bytes()
    assert b"perfopt = perfopt_cli.main:main" in texts["entry_points.txt"]


@pytest.mark.slow
def test_the_sdist_holds_the_tests_and_the_examples(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {
        path.relative_to(ROOT).as_posix()
        for folder in ("tests", "examples")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and not re.search(r"__pycache__|_cache/|\.pyc$", path.as_posix())
    }
    assert wanted <= names
    assert {"LICENSE", "CHANGELOG.md", "Makefile", "constraints.txt", "README.md"} <= names
    assert not any("__pycache__" in name for name in names)


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="an sdist has no links")
@pytest.mark.parametrize("name", LINKS)
def test_the_folder_at_the_top_is_a_relative_link_into_the_package(name: str) -> None:
    assert os.readlink(ROOT / name) == f"perfopt_cli/{name}"
    assert (ROOT / name / "__init__.py").is_file()


def requirements(lines: object) -> list[str]:
    assert isinstance(lines, list)
    # Pins are made on Python 3.11, where tomli is not needed.
    return [line for line in lines if not line.startswith(("perfopt[", "tomli"))]


def test_every_dependency_is_pinned() -> None:
    pins = (ROOT / "constraints.txt").read_text().lower().replace("_", "-").splitlines()
    pinned = {line.partition("==")[0] for line in pins if not line.startswith("#")}
    table = project()
    extras = table["optional-dependencies"]
    assert isinstance(extras, dict)
    lists = [
        table["dependencies"],
        *(extras[name] for name in ("mini", "model", "train", "mcp", "docs", "dev")),
    ]
    named = [line for lines in lists for line in requirements(lines)]
    names = {re.split(r"[^A-Za-z0-9_-]", line)[0].lower().replace("_", "-") for line in named}
    assert {"typer", "torch", "onnxruntime", "ruff"} <= names
    assert names <= pinned


def test_pins_name_versions_that_anyone_can_install() -> None:
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        if not line.startswith("#"):
            pattern = r'[A-Za-z0-9._-]+==[0-9][0-9a-z.]*( ; python_version >= "3\.11")?'
            assert re.fullmatch(pattern, line), line
