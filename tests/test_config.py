from pathlib import Path

import pytest

from perfopt_cli.config import Settings, load_settings, merge
from perfopt_cli.core import PerfoptError


def settings(root: Path, body: str) -> Settings:
    (root / "pyproject.toml").write_text(f"[project]\nname = 'x'\n\n[tool.perfopt]\n{body}\n")
    return load_settings(root)


def test_a_project_without_settings_has_the_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path) == Settings()
    (tmp_path / "pyproject.toml").write_text("[tool.other]\nx = 1\n")
    assert load_settings(tmp_path) == Settings()


def test_every_setting_is_read(tmp_path: Path) -> None:
    body = """
        model = ["rules", "org/name"]
        adapter = "out/adapter"
        quantize = "nf4"
        candidates = 3
        top = 5
        min_share = 0
        min-speedup = 1.2
        budget = 60
        python = ".venv/bin/python"
        pytest_args = "-m 'not slow'"
        workload = ["python bench.py -n 3", "shop"]
        all_candidates = true
        sandbox = "landlock"
        network = true
        hook_budget = 5.5
        hook-regression = "warn"
        include = ["src/*"]
        exclude = ["vendor/*"]
        float-ulps = 4
    """
    assert settings(tmp_path, body) == Settings(
        model=("rules", "org/name"),
        adapter="out/adapter",
        quantize="nf4",
        candidates=3,
        top=5,
        min_share=0.0,
        min_speedup=1.2,
        budget=60.0,
        python=".venv/bin/python",
        pytest_args="-m 'not slow'",
        workload=("python bench.py -n 3", "shop"),
        all_candidates=True,
        sandbox="landlock",
        network=True,
        hook_budget=5.5,
        hook_regression="warn",
        include=("src/*",),
        exclude=("vendor/*",),
        float_ulps=4,
    )


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("workload = 3", "workload is the int 3; wanted a list of command lines"),
        ("workload = ['']", "wanted a list of command lines, such as ['python bench.py']"),
        ("top = '5'", "top is the str '5'; wanted a whole number from 1"),
        ("top = true", "top is the bool True; wanted a whole number"),
        ("top = 0", "wanted a whole number from 1"),
        ("candidates = 2.0", "candidates is the float 2.0"),
        ("min_share = 1.5", "wanted a number from 0 to 1"),
        ("min_speedup = 0.9", "wanted a number from 1"),
        ("min_speedup = inf", "wanted a number from 1"),
        ("min_speedup = nan", "wanted a number from 1"),
        ("budget = 0", "wanted a number of seconds above 0"),
        ("budget = false", "budget is the bool False"),
        ("float-ulps = -1", "wanted a whole number from 0"),
        ("float-ulps = 1.5", "wanted a whole number from 0"),
        ("network = 1", "network is the int 1; wanted true or false"),
        ("quantize = 'int4'", "wanted one of auto, nf4, int8, none"),
        ("sandbox = 1", "wanted one of auto, bwrap, landlock, none"),
        ("model = [1]", "wanted a list of model names"),
        ("hook-regression = 'stop'", "wanted one of fail, warn, off"),
        ("include = 'src'", "wanted a list of globs"),
        ("exclude = 'vendor'", "wanted a list of globs"),
        ("python = ' '", "wanted the path or name of an interpreter"),
        ("pytest_args = ['-x']", "wanted a text of options"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_wanted(tmp_path: Path, body: str, says: str) -> None:
    with pytest.raises(PerfoptError) as error:
        settings(tmp_path, body)
    assert says in str(error.value)
    assert f"{tmp_path / 'pyproject.toml'}: [tool.perfopt] {body.split()[0]}" in str(error.value)


def test_an_unknown_key_gets_the_nearest_one_suggested(tmp_path: Path) -> None:
    with pytest.raises(
        PerfoptError, match="min_sped-up: no such setting; did you mean min_speedup"
    ):
        settings(tmp_path, "min_sped-up = 2")


def test_an_unknown_key_like_none_gets_the_list(tmp_path: Path) -> None:
    with pytest.raises(PerfoptError, match="zzz: no such setting; there are adapter,"):
        settings(tmp_path, "zzz = 2")


def test_a_key_in_both_spellings_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PerfoptError, match="set twice"):
        settings(tmp_path, "min_share = 0.1\nmin-share = 0.2")


def test_broken_toml_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(PerfoptError, match=r"pyproject\.toml: not valid TOML: .*line 5"):
        settings(tmp_path, "top = ")


@pytest.mark.parametrize(
    "data", [b"\xff", b"[tool]\nperfopt = 3\n"], ids=["not UTF-8", "not a table"]
)
def test_a_file_that_holds_no_settings_table_is_named(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "pyproject.toml").write_bytes(data)
    with pytest.raises(PerfoptError, match=r"pyproject\.toml"):
        load_settings(tmp_path)


def test_an_option_wins_over_a_setting(tmp_path: Path) -> None:
    read = settings(tmp_path, "top = 5\nmin_share = 0.5")
    merged = merge(read, top=7, min_share=None, model=["rules"], network=False)
    assert (merged.top, merged.min_share, merged.model) == (7, 0.5, ("rules",))


def test_an_option_out_of_range_is_named_as_an_option() -> None:
    with pytest.raises(PerfoptError, match=r"--min-speedup is the float 0\.5; wanted a number"):
        merge(Settings(), min_speedup=0.5)


def test_an_option_that_is_no_setting_is_a_bug() -> None:
    with pytest.raises(TypeError, match="speed"):
        merge(Settings(), speed=1)


def test_one_workload_needs_no_list(tmp_path: Path) -> None:
    assert settings(tmp_path, 'workload = "python bench.py"').workload == ("python bench.py",)
