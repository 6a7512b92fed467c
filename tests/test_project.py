import importlib.util
import json
import os
import socket
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from perfopt_cli.core import PerfoptError
from perfopt_cli.project import (
    Interpreter,
    Project,
    child_environ,
    copy_project,
    find_project,
    find_python,
    git_note,
    probe_python,
    python_files,
    python_path,
    select,
    snapshot,
    unmapped,
)

BARE = {"PATH": "/usr/bin:/bin"}


def fill(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n")
    return root


def git(root: Path, *command: str) -> None:
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
    subprocess.run(["git", *identity, *command], cwd=root, check=True, capture_output=True)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    root = tmp_path.resolve() / "shop"
    return fill(root, "pyproject.toml", "shop/__init__.py", "shop/order.py", "tests/test_order.py")


def project_of(*paths: Path | str, cwd: Path) -> Project:
    return find_project(select(paths, cwd), cwd)


# The root


def test_the_root_is_the_nearest_folder_with_a_marker(shop: Path) -> None:
    assert project_of("shop/order.py", cwd=shop) == Project(shop)
    assert project_of(cwd=shop / "shop").root == shop
    assert project_of(shop / "shop", "tests", cwd=shop).root == shop


@pytest.mark.parametrize("marker", ["setup.cfg", "setup.py", "pytest.ini", "tox.ini"])
def test_other_markers_count_too(tmp_path: Path, marker: str) -> None:
    fill(tmp_path, marker, "a/b/c.py")
    assert project_of("a/b/c.py", cwd=tmp_path).root == tmp_path.resolve()


def test_a_project_inside_a_repository_is_its_own(shop: Path) -> None:
    git(shop, "init")
    fill(shop, "examples/toys/pyproject.toml", "examples/toys/toy.py")
    assert project_of("examples/toys/toy.py", cwd=shop) == Project(shop / "examples/toys", shop)


def test_markers_above_the_repository_do_not_count(shop: Path) -> None:
    inner = fill(shop / "inner", "a/b.py")
    git(inner, "init")
    assert project_of("a/b.py", cwd=inner) == Project(inner, inner)


def test_without_a_marker_the_current_folder_is_the_root(tmp_path: Path) -> None:
    fill(tmp_path, "a/b.py")
    assert project_of("a/b.py", cwd=tmp_path).root == tmp_path.resolve()


def test_a_path_outside_any_project_is_refused(tmp_path: Path) -> None:
    fill(tmp_path, "a/b.py", "c/d.py")
    with pytest.raises(PerfoptError, match=r"b\.py: in no project"):
        project_of("../a/b.py", cwd=tmp_path / "c")


def test_paths_of_two_projects_are_refused(shop: Path) -> None:
    other = fill(shop.parent / "other", "pyproject.toml", "x.py")
    with pytest.raises(PerfoptError, match="name paths of one project"):
        project_of("shop", other / "x.py", cwd=shop)


# Selections


def test_a_function_is_selected_by_file_and_name(shop: Path) -> None:
    one, two = select(["shop/order.py::Order.total", "shop/order.py::Order::total"], shop)
    assert one == two
    assert (one.path, one.qualname) == (shop / "shop/order.py", "Order.total")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("shop/none.py", "no such file or folder"),
        ("none.py::f", "no such file or folder"),
        ("pyproject.toml", "not a Python file"),
        ("shop::f", "wanted FILE::QUALNAME"),
        ("shop/order.py::", "wanted FILE::QUALNAME"),
        ("::f", "no such file or folder"),
    ],
)
def test_a_path_that_selects_nothing_is_named(shop: Path, text: str, says: str) -> None:
    with pytest.raises(PerfoptError, match=says) as error:
        select([text], shop)
    assert str(error.value).startswith(text)


# Python files


def files_of(root: Path, *paths: str, exclude: tuple[str, ...] = ()) -> list[str]:
    selections = select(paths, root)
    project = find_project(selections, root)
    return [project.relative(path) for path in python_files(project, selections, exclude)]


def test_only_the_projects_own_code_is_considered(shop: Path) -> None:
    fill(
        shop,
        "conftest.py",
        "shop/test_order.py",
        "shop/order_test.py",
        "shop/notes.txt",
        "shop/test/helper.py",
        "env/pyvenv.cfg",
        "env/lib/a.py",
        ".hidden/a.py",
        "lib/site-packages/a.py",
        "build/lib/a.py",
        "node_modules/a.py",
    )
    assert files_of(shop) == ["shop/__init__.py", "shop/order.py"]


def test_tests_that_are_named_are_considered(shop: Path) -> None:
    fill(shop, "tests/helper.py", "tests/sub/test_more.py")
    assert files_of(shop, "tests/test_order.py") == ["tests/test_order.py"]
    assert files_of(shop, "tests") == [
        "tests/helper.py",
        "tests/sub/test_more.py",
        "tests/test_order.py",
    ]


def test_only_what_an_include_glob_matches_is_looked_at(shop: Path) -> None:
    fill(shop, "src/a.py", "src/gen_b.py", "scripts/c.py")
    project = find_project((), shop)
    found = python_files(project, (), ("*/gen_*",), ("src/*",))
    assert [project.relative(path) for path in found] == ["src/a.py"]


def test_excluded_globs_are_left_out_unless_named(shop: Path) -> None:
    fill(shop, "vendor/a/b.py", "shop/gen_x.py")
    assert files_of(shop, exclude=("vendor/", "*/gen_*.py")) == [
        "shop/__init__.py",
        "shop/order.py",
    ]
    assert files_of(shop, "vendor/a/b.py", exclude=("vendor",)) == ["vendor/a/b.py"]


def test_what_git_ignores_is_left_out(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(shop, "init")
    fill(shop, "shop/new.py", "shop/_version.py", "gen/é.py")
    (shop / ".gitignore").write_text("_version.py\n/gen\n")
    git(shop, "add", "shop/order.py")
    # As in a hook of another repository.
    monkeypatch.setenv("GIT_DIR", str(shop.parent))
    monkeypatch.setenv("GIT_INDEX_FILE", str(shop.parent / "index"))
    assert files_of(shop) == ["shop/__init__.py", "shop/new.py", "shop/order.py"]
    assert files_of(shop, "shop/_version.py") == ["shop/_version.py"]


def test_git_files_of_a_nested_project_are_found(shop: Path) -> None:
    git(shop, "init")
    fill(shop, "examples/toys/pyproject.toml", "examples/toys/toy.py", "examples/toys/tmp.py")
    (shop / ".gitignore").write_text("tmp.py\n")
    assert files_of(shop, "examples/toys") == ["toy.py"]


def test_a_folder_without_python_files_is_refused(shop: Path) -> None:
    fill(shop, "docs/index.md")
    with pytest.raises(PerfoptError, match="docs: no Python file"):
        files_of(shop, "docs")


def test_a_snapshot_shows_a_changed_and_a_missing_file(shop: Path) -> None:
    paths = [shop / "shop/order.py", shop / "shop/__init__.py", shop / "pyproject.toml"]
    before = snapshot(paths)
    paths[0].write_text("x = 1\n")
    paths[1].unlink()
    after = snapshot(paths)
    assert [before[path] == after[path] for path in paths] == [False, False, True]


def test_git_notes_tell_of_changed_files(shop: Path) -> None:
    git(shop, "init")
    fill(shop, "pkg/pyproject.toml", "pkg/a.py", "pkg/b.py", "pkg/old.py")
    git(shop, "add", ".")
    git(shop, "commit", "-m", "x")
    assert git_note(Project(shop, shop)) == (None, ())
    fill(shop, "pkg/new.py")
    (shop / "pkg/a.py").write_text("x = 2\n")
    (shop / "shop/order.py").write_text("x = 2\n")
    git(shop, "mv", "pkg/old.py", "pkg/moved.py")
    assert git_note(Project(shop / "pkg", shop)) == (None, ("a.py", "moved.py"))


def test_a_project_outside_git_is_noted(shop: Path) -> None:
    note, changed = git_note(Project(shop))
    assert note is not None
    assert note.startswith("not a git repository")
    assert changed == ()


# Interpreters


def environment(folder: Path, *, pytest_version: str | None = "8.0") -> Path:
    """Make a virtual environment whose pytest is a file, and return its interpreter."""
    venv.create(folder, symlinks=True)
    if pytest_version:
        distribution(folder, "pytest", pytest_version)
        (site(folder) / "pytest.py").write_text("raise SystemExit('imported')\n")
    return folder / "bin" / "python"


def site(folder: Path) -> Path:
    return next(folder.glob("lib/python*/site-packages"))


def distribution(folder: Path, name: str, version: str, entry_points: str = "") -> None:
    info = site(folder) / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (info / "entry_points.txt").write_text(entry_points)


def test_the_projects_own_environment_is_found(shop: Path) -> None:
    python = environment(shop / ".venv")
    found = find_python(Project(shop), None, BARE)
    assert (found.path, found.origin) == (python, str(shop / ".venv"))
    assert found.version == sys.version_info[:3]
    assert found.prefix == shop / ".venv"
    assert found.base_prefix == Path(sys.base_prefix)
    assert found.pytest_version == "8.0"


def test_the_roots_environment_comes_before_the_repositorys(shop: Path) -> None:
    nested = fill(shop / "nested", "pyproject.toml")
    environment(shop / "venv")
    project = Project(nested, shop)
    assert find_python(project, None, BARE).path == shop / "venv/bin/python"
    environment(nested / ".venv")
    assert find_python(project, None, BARE).path == nested / ".venv/bin/python"


def test_a_configured_interpreter_comes_first(shop: Path) -> None:
    environment(shop / ".venv")
    other = environment(shop / "other")
    for text in ("other/bin/python", "./other", str(other)):
        assert find_python(Project(shop), text, BARE).path == other


def test_a_configured_name_is_looked_up_on_path(shop: Path) -> None:
    other = environment(shop / "other")
    other.with_name("snake").symlink_to("python")
    environ = {"PATH": str(other.parent)}
    assert find_python(Project(shop), "snake", environ).path == other.with_name("snake")


@pytest.mark.parametrize("text", ["no-such-python", "no/such/python", "shop"])
def test_a_configured_interpreter_that_is_not_there_is_named(shop: Path, text: str) -> None:
    (shop / text).mkdir(exist_ok=True) if text == "shop" else None
    with pytest.raises(PerfoptError, match=f"{text}"):
        find_python(Project(shop), text, BARE)


def test_an_environment_without_pytest_is_an_error_with_a_remedy(shop: Path) -> None:
    python = environment(shop / ".venv", pytest_version=None)
    with pytest.raises(PerfoptError) as error:
        find_python(Project(shop), None, BARE)
    assert f"`{python} -m pip install pytest`" in str(error.value)
    assert "--python" in str(error.value)


def test_uv_and_pdm_name_their_environments(shop: Path) -> None:
    uv, pdm = environment(shop / "uv"), environment(shop / "pdm")
    (shop / ".pdm-python").write_text(f"{pdm}\n")
    assert find_python(Project(shop), None, BARE).path == pdm
    named = BARE | {"UV_PROJECT_ENVIRONMENT": "uv"}
    assert find_python(Project(shop), None, named).path == uv


def test_path_is_searched_for_the_first_with_pytest(shop: Path, tmp_path: Path) -> None:
    without = environment(tmp_path / "without", pytest_version=None)
    with_it = environment(tmp_path / "with")
    environ = {"PATH": f"{without.parent}:{with_it.parent}"}
    found = find_python(Project(shop), None, environ)
    assert (found.path, found.origin) == (with_it.with_name("python3"), "PATH")


def test_the_active_environment_that_holds_perfopt_is_right(shop: Path, tmp_path: Path) -> None:
    other = environment(tmp_path / "other")
    environ = {"PATH": str(other.parent), "VIRTUAL_ENV": sys.prefix}
    assert find_python(Project(shop), None, environ).path == Path(sys.executable)


def test_a_hooks_own_environment_is_passed_over(shop: Path, tmp_path: Path) -> None:
    other = environment(tmp_path / "other")
    path = f"{Path(sys.prefix, 'bin')}:{other.parent}"
    environ = {"PATH": path, "VIRTUAL_ENV": sys.prefix, "PRE_COMMIT": "1"}
    assert find_python(Project(shop), None, environ).path == other.with_name("python3")
    assert child_environ(environ)["PATH"] == str(other.parent)


def test_the_last_resort_is_the_interpreter_that_runs_perfopt(shop: Path) -> None:
    assert find_python(Project(shop), None, {"PATH": ""}).path == Path(sys.executable)


def test_children_get_no_variables_of_the_hook() -> None:
    environ = {
        "HOME": "/h",
        "VIRTUAL_ENV": "/v",
        "PYTHONHOME": "/p",
        "GIT_DIR": "/g",
        "GIT_INDEX_FILE": "/i",
    }
    assert child_environ(environ) == {"HOME": "/h"}


def test_plugins_are_listed_without_importing_them(shop: Path) -> None:
    python = environment(shop / ".venv")
    hook = "[pytest11]\nx = no_such_module\n"
    distribution(shop / ".venv", "pytest-xdist", "3.5", hook)
    distribution(shop / ".venv", "hypothesis", "6.1", hook)
    distribution(shop / ".venv", "pytest-less", "1.0", "[console_scripts]\nx = y:z\n")
    found = probe_python(python, shop, BARE)
    assert found.plugins == {"xdist": "3.5", "hypothesis": "6.1"}
    assert found.has("xdist")
    assert not found.has("cov")


def test_modules_of_the_project_do_not_disturb_the_probe(shop: Path) -> None:
    fill(shop, "pytest.py")
    for name in ("json", "os", "importlib", "typing"):
        (shop / f"{name}.py").write_text("raise SystemExit(3)\n")
    python = environment(shop / ".venv", pytest_version=None)
    assert probe_python(python, shop, BARE).pytest_version is None


def test_noise_of_the_environment_does_not_disturb_the_probe(shop: Path) -> None:
    python = environment(shop / ".venv")
    (site(shop / ".venv") / "noise.pth").write_text("import sys; print('hello', 1)\n")
    assert probe_python(python, shop, BARE).pytest_version == "8.0"


def script(path: Path, body: str) -> Path:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def test_an_old_python_is_refused_by_its_version(shop: Path) -> None:
    script(shop / "old", "echo perfopt-version:3.8.18")
    with pytest.raises(PerfoptError, match=r"old \(--python\) is Python 3\.8\.18; .*3\.9"):
        find_python(Project(shop), "./old", BARE)


def test_a_program_that_is_no_python_is_refused(shop: Path) -> None:
    fake = script(shop / "fake", "echo oh no >&2; exit 3")
    with pytest.raises(PerfoptError, match="no working Python interpreter: oh no"):
        probe_python(fake, shop, BARE)
    with pytest.raises(PerfoptError, match="does not run"):
        probe_python(shop / "pyproject.toml", shop, BARE)


# Copies


@contextmanager
def unprivileged() -> Iterator[None]:
    """Be nobody for a while: root reads everything."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def tree(root: Path) -> list[str]:
    return sorted(
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if not path.is_dir() or path.is_symlink()
    )


def test_a_copy_holds_the_tree_less_what_is_not_the_projects(shop: Path, tmp_path: Path) -> None:
    git(shop, "init")
    (shop / ".gitignore").write_text("_version.py\n")
    fill(
        shop,
        "shop/_version.py",
        "shop.egg-info/PKG-INFO",
        "shop/build/__init__.py",
        ".coveragerc",
        ".env-of-mine/pyvenv.cfg",
        "venv/pyvenv.cfg",
        "node_modules/x.js",
        "shop/__pycache__/x.pyc",
        ".tox/x",
        ".perfopt/x",
        "build/lib/x.py",
        "dist/x.whl",
        "sub/.git",
    )
    (shop / "empty").mkdir()
    copy = copy_project(Project(shop, shop), tmp_path / "copy")
    assert tree(copy) == [
        ".coveragerc",
        ".gitignore",
        "pyproject.toml",
        "shop.egg-info/PKG-INFO",
        "shop/__init__.py",
        "shop/_version.py",
        "shop/build/__init__.py",
        "shop/order.py",
        "tests/test_order.py",
    ]
    assert (copy / "empty").is_dir()


def test_a_package_named_build_is_copied(shop: Path, tmp_path: Path) -> None:
    fill(shop, "build/__init__.py")
    assert (copy_project(Project(shop), tmp_path / "copy") / "build/__init__.py").is_file()


def test_a_copy_keeps_times_and_modes(shop: Path, tmp_path: Path) -> None:
    path = shop / "shop/order.py"
    path.chmod(0o750)
    os.utime(path, ns=(10**18, 10**18))
    os.utime(shop / "shop", ns=(10**18, 10**18))
    (shop / "shop").chmod(0o555)
    copy = copy_project(Project(shop), tmp_path / "copy")
    (shop / "shop").chmod(0o755)
    for name, mode in (("shop/order.py", 0o750), ("shop", 0o555)):
        status = (copy / name).stat()
        assert (status.st_mtime_ns, status.st_mode & 0o777) == (10**18, mode)


def test_links_point_inside_the_copy_or_where_they_did(shop: Path, tmp_path: Path) -> None:
    outside = fill(tmp_path, "outside.txt") / "outside.txt"
    fill(shop, "venv/pyvenv.cfg", "venv/x")
    links = {
        "relative": "shop/order.py",
        "roundabout": "../shop/shop/order.py",
        "absolute": str(shop / "shop"),
        "out": "../outside.txt",
        "out_absolute": str(outside),
        "into_venv": "venv/x",
        "dangling": "nowhere",
        "shop/up": "../pyproject.toml",
    }
    for name, target in links.items():
        (shop / name).symlink_to(target)
    copy = copy_project(Project(shop), tmp_path / "deep/er/copy")
    held = {name: Path(os.readlink(copy / name)) for name in links}
    assert all((copy / name).is_symlink() for name in links)
    assert (copy / "relative").resolve() == copy / "shop/order.py"
    assert (copy / "roundabout").resolve() == copy / "shop/order.py"
    assert (copy / "absolute").resolve() == copy / "shop"
    assert (copy / "shop/up").resolve() == copy / "pyproject.toml"
    assert (held["out"], held["out_absolute"]) == (outside, outside)
    assert held["into_venv"] == shop / "venv/x"
    assert held["dangling"] == Path("nowhere")


def test_sockets_and_pipes_are_skipped(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(shop / "pipe")
    monkeypatch.chdir(shop)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        names = tree(copy_project(Project(shop), tmp_path / "copy"))
    assert "pipe" not in names
    assert "socket" not in names


def test_a_copy_inside_the_project_does_not_hold_itself(shop: Path) -> None:
    copy = copy_project(Project(shop), shop / "tmp/copy")
    assert not (copy / "tmp/copy").exists()


def test_a_folder_in_use_is_not_copied_into(shop: Path) -> None:
    with pytest.raises(PerfoptError, match="not empty"):
        copy_project(Project(shop), shop / "shop")


def test_an_unreadable_file_is_named(shop: Path, tmp_path: Path) -> None:
    for folder in (shop, *shop.parents):
        if folder.stat().st_uid == os.geteuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    shop.parent.chmod(0o777)
    (shop / "shop/order.py").chmod(0)
    with (
        unprivileged(),
        pytest.raises(PerfoptError, match=r"shop/order\.py: the project can't be copied"),
    ):
        copy_project(Project(shop), tmp_path / "copy")


# Imports from the copy


def imports(interpreter: Interpreter, path: list[str], name: str, cwd: Path) -> str:
    """Import a module as a child would, and return its file."""
    command = f"import {name}; print({name}.__file__)"
    ran = subprocess.run(
        [interpreter.path, "-c", command],
        cwd=cwd,
        env={"PYTHONPATH": os.pathsep.join(path)},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.strip()


def test_a_pth_install_is_imported_from_the_copy(shop: Path, tmp_path: Path) -> None:
    fill(shop, "src/goods/__init__.py")
    python = environment(shop / ".venv")
    (site(shop / ".venv") / "goods.pth").write_text(f"{shop / 'src'}\n")
    found = find_python(Project(shop), None, BARE)
    copy = copy_project(Project(shop), tmp_path / "copy")
    path = python_path(found, Project(shop), copy)
    assert path == [str(copy / "src")]
    assert imports(found, [], "goods", Path("/")) == str(shop / "src/goods/__init__.py")
    assert imports(found, path, "goods", Path("/")) == str(copy / "src/goods/__init__.py")
    assert found.path == python
    assert unmapped(found, Project(shop)) == []


FINDER = """
import importlib.util, sys
MAPPING = {mapping}
class Finder:
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name in MAPPING:
            return importlib.util.spec_from_file_location(name, MAPPING[name] + "/__init__.py")
def install():
    sys.meta_path.append(Finder)
"""


def test_a_finder_install_is_imported_from_the_copy(shop: Path, tmp_path: Path) -> None:
    environment(shop / ".venv")
    folder = site(shop / ".venv")
    mapping = {"shop": str(shop / "shop"), "alias": str(shop / "tests")}
    name = "__editable___shop_1_finder"
    (folder / f"{name}.py").write_text(FINDER.format(mapping=mapping))
    (folder / "__editable__.shop-1.pth").write_text(f"import {name}; {name}.install()\n")
    found = find_python(Project(shop), None, BARE)
    assert found.editable == mapping
    copy = copy_project(Project(shop), tmp_path / "copy")
    path = python_path(found, Project(shop), copy)
    assert imports(found, [], "shop", Path("/")) == str(shop / "shop/__init__.py")
    assert imports(found, path, "shop", Path("/")) == str(copy / "shop/__init__.py")
    assert unmapped(found, Project(shop)) == ["alias"]


def test_a_linked_install_is_imported_from_the_copy(shop: Path, tmp_path: Path) -> None:
    environment(shop / ".venv")
    (site(shop / ".venv") / "shop").symlink_to(shop / "shop")
    found = find_python(Project(shop), None, BARE)
    copy = copy_project(Project(shop), tmp_path / "copy")
    path = python_path(found, Project(shop), copy)
    assert imports(found, path, "shop", Path("/")) == str(copy / "shop/__init__.py")


def test_the_users_pythonpath_is_mapped_and_kept_in_order(shop: Path, tmp_path: Path) -> None:
    environment(shop / ".venv")
    (site(shop / ".venv") / "shop.pth").write_text(f"{shop}\n")
    elsewhere = fill(tmp_path / "elsewhere", "x.py")
    entries = [str(elsewhere), "tests", str(shop / "build")]
    (shop / "build").mkdir()
    environ = BARE | {"PYTHONPATH": os.pathsep.join(entries)}
    found = find_python(Project(shop), None, environ)
    copy = copy_project(Project(shop), tmp_path / "copy")
    assert python_path(found, Project(shop), copy) == [
        str(elsewhere),
        str(copy / "tests"),
        str(shop / "build"),
        str(copy),
    ]


def test_the_probe_answers_in_one_line_of_json() -> None:
    spec = importlib.util.find_spec("perfopt_cli.project.probe")
    assert spec is not None
    assert spec.origin is not None
    ran = subprocess.run([sys.executable, spec.origin], capture_output=True, text=True, check=True)
    mark, _, answer = ran.stdout.partition(":")
    assert (mark, ran.stdout.count("\n")) == ("perfopt-probe", 1)
    assert json.loads(answer)["version"] == list(sys.version_info[:3])
