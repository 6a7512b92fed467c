"""A client can have perfopt work in the server's project and in its own roots, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfopt_cli.assistant.fence import local_path, make_fence
from perfopt_cli.core import PerfoptError


def project(folder: Path) -> Path:
    (folder / "pkg").mkdir(parents=True)
    (folder / "pyproject.toml").write_text("")
    (folder / "pkg" / "mod.py").write_text("def f(): pass\n")
    return folder.resolve()


def test_without_paths_it_is_the_servers_project(tmp_path: Path) -> None:
    root = project(tmp_path / "one")
    found, names = make_fence(root / "pkg", []).project([])
    assert (found.root, names) == (root, [])


def test_relative_paths_start_at_the_projects_root(tmp_path: Path) -> None:
    root = project(tmp_path / "one")
    _, names = make_fence(root / "pkg", []).project(["pkg/mod.py::f"])
    assert names == [f"{root}/pkg/mod.py::f"]


@pytest.mark.parametrize(
    "path", ["../two", "pkg/../../two/pkg/mod.py", "{}/two/pkg/mod.py::f", "/"]
)
def test_a_path_outside_the_project_is_refused(tmp_path: Path, path: str) -> None:
    root = project(tmp_path / "one")
    project(tmp_path / "two")
    with pytest.raises(PerfoptError, match="perfopt works there only"):
        make_fence(root, []).project([path.format(tmp_path)])


def test_a_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    root = project(tmp_path / "one")
    (root / "link").symlink_to(project(tmp_path / "two"))
    with pytest.raises(PerfoptError, match="perfopt works there only"):
        make_fence(root, []).project(["link/pkg"])


def test_dots_behind_a_link_lead_where_the_words_say(tmp_path: Path) -> None:
    root = project(tmp_path / "one" / "a")
    (root / "pkg" / "deep" / "er").mkdir(parents=True)
    (root / "link").symlink_to(root / "pkg" / "deep" / "er")
    # By the link it would be one/a/pkg, by the words it is one.
    with pytest.raises(PerfoptError, match="perfopt works there only"):
        make_fence(root, []).project(["link/../.."])


def test_a_home_sign_is_a_name_like_any_other(tmp_path: Path) -> None:
    root = project(tmp_path / "one")
    with pytest.raises(PerfoptError, match="no such file"):
        make_fence(root, []).project(["~/x.py"])


def test_another_project_inside_a_root_of_the_client_is_fine(tmp_path: Path) -> None:
    root, other = project(tmp_path / "one"), project(tmp_path / "two")
    found, _ = make_fence(root, [other.as_uri()]).project([f"{other}/pkg"])
    assert found.root == other


def test_a_root_inside_a_project_does_not_open_the_whole_project(tmp_path: Path) -> None:
    root, other = project(tmp_path / "one"), project(tmp_path / "two")
    with pytest.raises(PerfoptError, match=r"the project \S+two is not in"):
        make_fence(root, [(other / "pkg").as_uri()]).project([f"{other}/pkg/mod.py"])


def test_a_server_started_in_no_project_works_in_the_only_root(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    root = project(tmp_path / "one")
    found, _ = make_fence(tmp_path / "empty", [root.as_uri()]).project([])
    assert found.root == root


def test_a_server_started_in_no_project_says_how_to_start_it(tmp_path: Path) -> None:
    with pytest.raises(PerfoptError, match="perfopt mcp FOLDER"):
        make_fence(tmp_path, []).project([])


def test_roots_are_read_from_file_uris_of_this_machine(tmp_path: Path) -> None:
    folder = tmp_path / "with blank"
    folder.mkdir()
    assert local_path(folder.as_uri()) == folder.resolve()
    assert local_path("file://elsewhere/tmp") is None
    assert local_path("https://example.org/") is None
