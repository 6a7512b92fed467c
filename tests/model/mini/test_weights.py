"""Which folder is asked, and what a project's own files may be."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from perfopt_cli.core import PerfoptError
from perfopt_cli.model.mini.weights import (
    FILES,
    OWN,
    check_libraries,
    exported,
    find_weights,
    folder_of,
    identity_of,
    is_mini,
    is_there,
    missing_libraries,
    write_manifest,
)


def model(folder: Path, numbers: str = "1") -> Path:
    folder.mkdir(parents=True)
    for name in FILES:
        (folder / name).write_text(numbers if name.endswith(".safetensors") else name)
    write_manifest(folder, ("a",))
    return folder


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    return model(tmp_path / "shipped")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return model(tmp_path / "project" / OWN, "2")


@pytest.mark.parametrize(
    ("spec", "names"), [("mini", True), ("mini:/x", True), ("minimal", False), ("./mini", False)]
)
def test_mini_is_a_spec_of_its_own(spec: str, *, names: bool) -> None:
    assert is_mini(spec) is names


def test_the_shipped_model_is_asked_where_the_project_has_none(
    shipped: Path, tmp_path: Path
) -> None:
    assert find_weights(None, shipped) == shipped
    assert find_weights(tmp_path, shipped) == shipped
    assert folder_of("mini", tmp_path, by_user=True, shipped=shipped) == shipped


def test_a_run_of_training_is_asked_as_it_was_exported(shipped: Path, tmp_path: Path) -> None:
    assert exported(tmp_path) == exported(shipped) == shipped
    assert exported(tmp_path / "elsewhere") is None


def test_a_checkpoint_that_was_not_exported_is_named_as_one(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "perfopt-mini"}')
    with pytest.raises(PerfoptError, match="as training has it"):
        exported(tmp_path)


def test_a_projects_own_model_goes_first(shipped: Path, own: Path) -> None:
    assert find_weights(own.parent.parent, shipped) == own
    assert folder_of("mini", own.parent.parent, by_user=False, shipped=shipped) == own


@pytest.mark.parametrize("name", ["encoder.onnx", "decoder.onnx"])
def test_graphs_of_a_project_are_never_run_unasked(shipped: Path, own: Path, name: str) -> None:
    (own / name).write_text("mine!")
    root = own.parent.parent
    assert find_weights(root, shipped) == shipped
    with pytest.raises(PerfoptError, match="whose graphs are not perfopt's own; --model mini:"):
        folder_of(f"mini:{OWN}", root, by_user=False, shipped=shipped)
    assert folder_of(f"mini:{own}", root, by_user=True, shipped=shipped) == own


@pytest.mark.parametrize("name", [*FILES, "."])
def test_links_of_a_project_are_not_followed(shipped: Path, own: Path, name: str) -> None:
    path = own / name
    elsewhere = own.parent.parent / "elsewhere"
    shutil.move(path, elsewhere)
    (own if name == "." else path).symlink_to(elsewhere)
    assert is_there(own)
    assert find_weights(own.parent.parent, shipped) == shipped


def test_where_perfopt_brings_none_a_projects_own_is_taken_only_by_name(own: Path) -> None:
    nothing = own.parent / "nothing"
    root = own.parent.parent
    assert find_weights(root, nothing) == nothing
    assert folder_of(f"mini:{own}", root, by_user=True, shipped=nothing) == own


def test_settings_name_a_folder_from_the_projects_root(shipped: Path, own: Path) -> None:
    root = own.parent.parent
    assert folder_of(f"mini:{OWN}", root, by_user=False, shipped=shipped) == own
    missing = folder_of("mini:none", root, by_user=False, shipped=shipped)
    assert missing == root / "none"


def test_other_files_have_another_identity(shipped: Path, own: Path, tmp_path: Path) -> None:
    assert identity_of(shipped) != identity_of(own)
    assert identity_of(tmp_path) is None


def test_libraries_that_are_missing_are_named() -> None:
    assert missing_libraries(lambda name: None if name == "numpy" else object()) == ["numpy"]
    check_libraries(lambda name: object())
    wanted = r'onnxruntime and numpy: pip install "perfopt\[mini\]"'
    with pytest.raises(PerfoptError, match=wanted):
        check_libraries(lambda name: None)
