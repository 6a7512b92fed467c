"""``perfopt model pull`` against a hub on this machine; no weights are loaded."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bare
import pytest
from fakehub import NEXT, REVISION, FakeHub, serve

from perfopt_cli.core import PerfoptError, Proposer, Verdict
from perfopt_cli.model.default import HINT, HINT_MINI, HINT_OFF, SWITCH, bring, default_specs
from perfopt_cli.model.hub import Hub
from perfopt_cli.model.local import LocalModel
from perfopt_cli.model.mini.weights import FILES, OWN, missing_libraries, write_manifest
from perfopt_cli.model.propose import ModelProposer
from perfopt_cli.model.pull import SPARE, Pulled, fetch, pull
from perfopt_cli.model.shelf import Presence, Shelf

ROOT = Path(__file__).parent.parent.parent
NOWHERE = ROOT / "nowhere"
NAME = "org/tiny"
WEIGHTS = bytes(range(256)) * 4000


class Heard:
    """A listener that remembers."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.notes: list[str] = []
        self.done = -1

    def stage(self, text: str) -> None:
        self.said.append(text)

    def tests(self, done: int, total: int) -> None:
        self.done = done

    def verdict(self, verdict: Verdict) -> None:
        raise AssertionError

    def note(self, text: str) -> None:
        self.notes.append(text)


def write(folder: Path, **files: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_bytes(content)
    return folder


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository as they are: a model, and much that perfopt has no use for."""
    folder = write(
        tmp_path / "repository",
        config__json=b'{"model_type": "qwen2"}',
        tokenizer__json=b"{}",
        model__safetensors=WEIGHTS,
        pytorch_model__bin=b"pickle",
        modeling_own__py=b"import os",
        LICENSE=b"Apache",
        README__md=b"# Tiny",
    )
    write(folder / "onnx", model__safetensors=b"other")
    return folder


@pytest.fixture
def hub(repository: Path) -> Iterator[FakeHub]:
    with serve(FakeHub({NAME: repository})) as made:
        yield made


@pytest.fixture
def environ(hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    own = {
        "HF_ENDPOINT": hub.endpoint,
        "HF_HOME": str(tmp_path / "hf"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "HOME": str(tmp_path),
    }
    for name in ("HF_TOKEN", "HF_HUB_CACHE", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    return own


def pulled(environ: dict[str, str], name: str = NAME, **options: Any) -> Pulled:
    options = {"wait": lambda _: None, "listener": Heard(), **options}
    return pull(name, shelf=Shelf(environ), hub=Hub(environ), **options)


def test_a_pull_brings_weights_tokenizer_and_configuration_and_nothing_else(
    environ: dict[str, str],
) -> None:
    folder = pulled(environ).folder
    names = {path.name for path in folder.iterdir()} - {".lock"}
    assert names == {"config.json", "tokenizer.json", "model.safetensors", "LICENSE"}
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS


def test_the_size_and_the_place_are_said_before_the_first_file(
    environ: dict[str, str], hub: FakeHub
) -> None:
    heard = Heard()
    pulled(environ, listener=heard)
    assert heard.said == [
        f"downloading {NAME} (1.0 MB) from {hub.endpoint} to {Shelf(environ).place(NAME, REVISION)}"
    ]
    assert heard.done == 1


def test_the_commit_is_pinned_and_asked_for_by_its_hash(
    environ: dict[str, str], hub: FakeHub
) -> None:
    assert pulled(environ).revision == REVISION
    assert Shelf(environ).read().models[NAME].revision == REVISION
    assert {path.split("/")[4] for path in hub.paths()[1:]} == {REVISION}


def test_a_second_pull_asks_the_hub_for_nothing(environ: dict[str, str], hub: FakeHub) -> None:
    pulled(environ)
    hub.requests.clear()
    again = pulled(environ)
    assert (again.downloaded, again.size > len(WEIGHTS), hub.paths()) == (0, True, [])


def test_the_pin_stays_when_the_branch_moves_on(environ: dict[str, str], hub: FakeHub) -> None:
    folder = pulled(environ).folder
    (folder / "model.safetensors").unlink()
    hub.revisions = {"main": NEXT, "old": REVISION}
    assert pulled(environ).revision == REVISION


def test_another_revision_is_pinned_where_it_is_asked_for(
    environ: dict[str, str], hub: FakeHub
) -> None:
    pulled(environ)
    hub.revisions["main"] = NEXT
    assert pulled(environ, revision="main").revision == NEXT
    assert Shelf(environ).read().models[NAME].revision == NEXT


def test_a_lost_connection_is_taken_up_where_it_ended(
    environ: dict[str, str], hub: FakeHub
) -> None:
    hub.cut, hub.cuts = 300_000, 2
    folder = pulled(environ).folder
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    asked = [
        headers.get("Range") for path, headers in hub.requests if path.endswith("model.safetensors")
    ]
    assert asked == [None, "bytes=300000-", "bytes=600000-"]


def test_a_pull_that_failed_goes_on_with_what_arrived(
    environ: dict[str, str], hub: FakeHub
) -> None:
    hub.cut, hub.cuts = 0, 10**6
    part = Shelf(environ).place(NAME, REVISION) / "model.safetensors.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(WEIGHTS[:700_000])
    with pytest.raises(PerfoptError, match=r"not whole, and the same command goes on with it"):
        pulled(environ)
    assert Shelf(environ).presence(NAME) is Presence.PARTIAL
    assert Shelf(environ).read().default is None
    hub.cuts = 0
    hub.requests.clear()
    heard = Heard()
    again = pulled(environ, listener=heard)
    assert again.downloaded == len(WEIGHTS) - 700_000
    assert "700.0 kB of them are here" in heard.said[0]
    assert (again.folder / "model.safetensors").read_bytes() == WEIGHTS


def test_a_server_that_knows_no_ranges_starts_the_file_anew(
    environ: dict[str, str], hub: FakeHub
) -> None:
    hub.ranges = False
    hub.cut, hub.cuts = 300_000, 1
    folder = pulled(environ).folder
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS


@pytest.mark.parametrize("file", ["model.safetensors", "config.json"])
def test_a_damaged_file_is_removed(environ: dict[str, str], hub: FakeHub, file: str) -> None:
    hub.damaged = file
    with pytest.raises(PerfoptError, match=f"{file} of org/tiny arrived damaged and was removed"):
        pulled(environ)
    assert not list(Shelf(environ).place(NAME, REVISION).glob(f"{file}*"))


def test_ctrl_c_keeps_what_arrived_and_says_so(environ: dict[str, str]) -> None:
    class Impatient(Heard):
        def tests(self, done: int, total: int) -> None:
            if done:
                raise KeyboardInterrupt

    heard = Impatient()
    with pytest.raises(KeyboardInterrupt):
        pulled(environ, listener=heard)
    assert heard.notes == [f"what has arrived is kept: perfopt model pull {NAME} goes on"]
    assert Shelf(environ).presence(NAME) is Presence.PARTIAL


def test_too_little_room_is_said_before_anything_is_downloaded(
    environ: dict[str, str], hub: FakeHub
) -> None:
    with pytest.raises(PerfoptError, match=r"takes 1\.0 MB.* has 67\.1 MB left; make room"):
        pulled(environ, free=lambda _: SPARE + 1000)
    assert not [path for path in hub.paths() if "/resolve/" in path]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is always full")
def test_a_disk_that_gets_full_is_said_and_what_arrived_kept(environ: dict[str, str]) -> None:
    folder = Shelf(environ).place(NAME, REVISION)
    folder.mkdir(parents=True)
    (folder / "model.safetensors.part").symlink_to("/dev/full")
    with pytest.raises(PerfoptError, match=r"is full; what has arrived is kept"):
        pulled(environ)


def test_a_name_that_the_hub_lacks_is_said(environ: dict[str, str]) -> None:
    with pytest.raises(
        PerfoptError, match=r"the hub has no model org/none .*a token; check the name"
    ):
        pulled(environ, "org/none")


def test_a_revision_that_the_hub_lacks_is_said(environ: dict[str, str]) -> None:
    with pytest.raises(PerfoptError, match=r"org/tiny has no revision v9"):
        pulled(environ, revision="v9")


@pytest.mark.parametrize("token", ["", "wrong"])
def test_a_gated_model_says_how_to_get_in(
    environ: dict[str, str], hub: FakeHub, token: str
) -> None:
    hub.token = "right"
    with pytest.raises(PerfoptError, match=r"gated.*accept its terms at .*then set HF_TOKEN"):
        pulled({**environ, "HF_TOKEN": token})


def test_a_token_of_the_environment_opens_a_gated_model(
    environ: dict[str, str], hub: FakeHub
) -> None:
    hub.token = "right"
    assert pulled({**environ, "HF_TOKEN": "right"}).downloaded > 0


def test_a_token_that_was_stored_by_a_login_is_used(environ: dict[str, str], hub: FakeHub) -> None:
    hub.token = "stored"
    write(Path(environ["HF_HOME"]), token=b"stored\n")
    assert pulled(environ).downloaded > 0


def test_the_token_is_not_handed_to_another_host(
    environ: dict[str, str], hub: FakeHub, repository: Path
) -> None:
    with serve(FakeHub({NAME: repository})) as elsewhere:
        hub.redirected = elsewhere.endpoint
        pulled({**environ, "HF_TOKEN": "secret"})
        assert "Authorization" in hub.requests[0][1]
        assert [set(headers) & {"Authorization"} for _, headers in elsewhere.requests] == [set()]


def test_the_token_goes_along_where_the_hub_moves_a_file_within_itself(
    environ: dict[str, str], hub: FakeHub
) -> None:
    hub.token, hub.moved = "right", True
    assert pulled({**environ, "HF_TOKEN": "right"}).downloaded > 0
    assert [path for path in hub.paths() if path.endswith("config.json?moved")]


def test_requests_name_perfopt_and_the_model_and_nothing_else(
    environ: dict[str, str], hub: FakeHub
) -> None:
    pulled(environ)
    for path, headers in hub.requests:
        assert NAME in path
        assert set(headers) <= {"Host", "User-Agent", "Accept-Encoding", "Connection", "Range"}


def test_no_network_is_said(environ: dict[str, str]) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(
            PerfoptError, match=r"can't be reached \(.*refused\); check the network"
        ):
            pulled({**environ, "HF_ENDPOINT": nobody})


def test_a_log_in_page_in_place_of_the_hub_is_said(environ: dict[str, str], hub: FakeHub) -> None:
    hub.portal = True
    with pytest.raises(PerfoptError, match="does not answer as the Hugging Face hub does"):
        pulled(environ)


def test_offline_nothing_is_asked(environ: dict[str, str], hub: FakeHub) -> None:
    with pytest.raises(PerfoptError, match=r"HF_HUB_OFFLINE is set, and org/tiny is not on this"):
        pulled({**environ, "HF_HUB_OFFLINE": "1"})
    assert hub.paths() == []


def in_the_hubs_cache(environ: dict[str, str], revision: str = REVISION) -> Path:
    repository = Path(environ["HF_HOME"], "hub", "models--org--tiny")
    write(repository / "refs", main=revision.encode())
    return write(
        repository / "snapshots" / revision,
        config__json=b'{"model_type": "qwen2"}',
        tokenizer__json=b"{}",
        model__safetensors=WEIGHTS,
        LICENSE=b"Apache",
    )


@pytest.mark.parametrize("offline", ["", "1"])
def test_what_the_hubs_own_cache_has_is_not_downloaded_again(
    environ: dict[str, str], hub: FakeHub, offline: str
) -> None:
    snapshot = in_the_hubs_cache(environ)
    found = pulled({**environ, "HF_HUB_OFFLINE": offline})
    assert (found.folder, found.downloaded, found.revision) == (snapshot, 0, REVISION)
    assert not [path for path in hub.paths() if "/resolve/" in path]
    assert Shelf(environ).presence(NAME) is Presence.PULLED


REFUSED = {
    "weights in pickle files only": (
        {"config__json": b"{}", "tokenizer__json": b"{}", "pytorch_model__bin": b"x"},
        r"pickle files only \(pytorch_model.bin\).*nothing was downloaded.*safetensors",
    ),
    "GGUF weights": ({"tiny__gguf": b"x"}, r"GGUF weights.*serve this one"),
    "an adapter": ({"adapter_config__json": b"{}"}, r"is a peft adapter, not a model; pull its"),
    "no weights": ({"config__json": b"{}", "tokenizer__json": b"{}"}, r"has no weights"),
    "no tokenizer": ({"config__json": b"{}", "model__safetensors": b"x"}, r"has no tokenizer"),
    "a data set": ({"data__csv": b"x"}, r"is not a transformers model"),
}


@pytest.mark.parametrize(("files", "said"), REFUSED.values(), ids=REFUSED)
def test_a_repository_is_refused_that_has(
    environ: dict[str, str], hub: FakeHub, tmp_path: Path, files: dict[str, bytes], said: str
) -> None:
    hub.folders["org/odd"] = write(tmp_path / "odd", **files)
    with pytest.raises(PerfoptError, match=said):
        pulled(environ, "org/odd")
    assert not [path for path in hub.paths() if "/resolve/" in path]


def test_shards_are_taken_and_other_copies_of_the_weights_left(
    environ: dict[str, str], hub: FakeHub, repository: Path
) -> None:
    (repository / "model.safetensors").unlink()
    for name in ("model-00001-of-00002", "model-00002-of-00002", "consolidated"):
        (repository / f"{name}.safetensors").write_bytes(name.encode())
    (repository / "model.safetensors.index.json").write_text("{}")
    folder = pulled(environ).folder
    assert sorted(path.name for path in folder.glob("*.safetensors")) == [
        "model-00001-of-00002.safetensors",
        "model-00002-of-00002.safetensors",
    ]


@pytest.mark.parametrize("name", ["Qwen2.5-Coder-1.5B-Instrct", "a/b/c", "../x", "http://a/b"])
def test_what_is_no_hub_name_is_refused_at_once(
    environ: dict[str, str], hub: FakeHub, name: str
) -> None:
    with pytest.raises(PerfoptError, match="is no name of a model on the hub"):
        pulled(environ, name)
    assert hub.paths() == []


def test_a_broken_record_is_said(environ: dict[str, str]) -> None:
    write(Path(environ["XDG_DATA_HOME"], "perfopt", "models"), models__json=b"{")
    with pytest.raises(PerfoptError, match=r"models.json can't be read .*remove it"):
        pulled(environ)


def test_fetch_takes_what_is_here_and_says_what_it_downloads(
    environ: dict[str, str], hub: FakeHub
) -> None:
    heard = Heard()
    folder = fetch(NAME, heard)
    assert len(heard.said) == 1
    assert Shelf(environ).read().default is None, "naming a model once makes it no default"
    hub.requests.clear()
    assert fetch(NAME, heard) == folder
    assert hub.paths() == []


def test_fetch_says_that_the_name_came_from_the_model_option(environ: dict[str, str]) -> None:
    with pytest.raises(PerfoptError, match=r"^--model org/none: there is no such folder, .*check"):
        fetch("org/none")


def test_the_model_that_was_pulled_last_is_the_default(
    environ: dict[str, str], hub: FakeHub, repository: Path
) -> None:
    if importlib.util.find_spec("torch") is None:
        pytest.skip("the libraries for local models are not installed")
    hub.folders["org/other"] = repository
    said: list[str] = []
    for name in (NAME, "org/other", NAME):
        pulled(environ, name)
        assert default_specs(said.append, hint=True, small=NOWHERE) == ("rules", name)
    assert said == []


def test_without_a_model_rules_are_the_default_and_a_hint_says_how_to_get_one(
    environ: dict[str, str],
) -> None:
    said: list[str] = []
    assert default_specs(said.append, hint=False, small=NOWHERE) == ("rules",)
    assert said == []
    assert default_specs(said.append, hint=True, small=NOWHERE) == ("rules",)
    assert said == [HINT]
    assert "perfopt model pull Qwen/" in HINT


def test_a_default_whose_files_are_gone_is_left_out_and_said(environ: dict[str, str]) -> None:
    (pulled(environ).folder / "model.safetensors").unlink()
    said: list[str] = []
    assert default_specs(said.append, hint=False, small=NOWHERE) == ("rules",)
    assert said == [
        "the default model is left out: its files are not all here; perfopt model pull org/tiny"
    ]


def small_model(folder: Path) -> Path:
    folder.mkdir()
    for name in FILES:
        (folder / name).write_text("")
    write_manifest(folder, ())
    return folder


@pytest.fixture
def by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SWITCH, "on")


def test_the_small_model_that_perfopt_brings_is_not_asked_unless_it_is_switched_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(SWITCH, raising=False)
    if missing_libraries():
        pytest.skip("the libraries of the small model are not installed")
    small, said = small_model(tmp_path / "small"), list[str]()
    assert default_specs(said.append, hint=True, small=small) == ("rules",)
    assert said == [HINT_OFF]
    assert "--model mini" in HINT_OFF


def test_a_projects_own_small_model_is_asked_all_the_same(tmp_path: Path) -> None:
    if missing_libraries():
        pytest.skip("the libraries of the small model are not installed")
    small = small_model(tmp_path / "small")
    (tmp_path / OWN.parent).mkdir()
    small_model(tmp_path / OWN)
    assert default_specs(str, hint=False, root=tmp_path, small=small) == ("rules", "mini")


@pytest.mark.usefixtures("by_default")
def test_the_small_model_is_asked_after_the_rules_and_before_one_that_was_pulled(
    environ: dict[str, str], tmp_path: Path
) -> None:
    if missing_libraries():
        pytest.skip("the libraries of the small model are not installed")
    small, said = small_model(tmp_path / "small"), list[str]()
    assert default_specs(said.append, hint=True, small=small) == ("rules", "mini")
    if importlib.util.find_spec("torch") is not None:
        pulled(environ)
        assert default_specs(said.append, hint=True, small=small) == ("rules", "mini", NAME)
    assert said == []


@pytest.mark.usefixtures("by_default")
def test_without_its_libraries_the_small_model_is_left_out_and_a_hint_says_how_to_get_them(
    environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    small, said = small_model(tmp_path / "small"), list[str]()
    assert default_specs(said.append, hint=False, small=small) == ("rules",)
    assert said == []
    assert default_specs(said.append, hint=True, small=small) == ("rules",)
    assert said == [HINT_MINI]
    assert 'pip install "perfopt[mini]"' in HINT_MINI


def sources(*names: str) -> list[Proposer]:
    return [ModelProposer(LocalModel(name)) for name in names]


def test_a_model_on_the_command_line_is_downloaded_before_the_run(
    environ: dict[str, str],
) -> None:
    heard, asked = Heard(), sources(NAME)
    assert bring(asked, heard, by_user=True) == asked
    assert Shelf(environ).presence(NAME) is Presence.PULLED
    assert "(1.0 MB)" in heard.said[0]


def test_a_model_that_only_the_project_names_is_not_downloaded(
    environ: dict[str, str], hub: FakeHub
) -> None:
    with pytest.raises(PerfoptError, match=r"settings name the model org/tiny.*perfopt model pull"):
        bring(sources(NAME), Heard(), by_user=False)
    assert hub.paths() == []
    pulled(environ)
    assert len(bring(sources(NAME), Heard(), by_user=False)) == 1


def test_the_run_goes_on_without_a_model_that_can_not_be_had(environ: dict[str, str]) -> None:
    heard, asked = Heard(), sources("org/none", NAME)
    assert bring(asked, heard, by_user=True) == asked[1:]
    [note] = heard.notes
    assert note.startswith("--model org/none: ")
    assert note.endswith("the run goes on with the other sources")


def perfopt(environ: dict[str, str], *words: str, cwd: Path | None = None) -> Any:
    return subprocess.run(
        [sys.executable, "-m", "perfopt_cli", *words],
        cwd=cwd,
        env={**os.environ, **environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_commands_pull_list_and_show(environ: dict[str, str]) -> None:
    done = perfopt(environ, "model", "pull", NAME, "--format", "json")
    assert done.returncode == 0, done.stderr
    row = json.loads(done.stdout)
    assert (row["name"], row["revision"], row["state"]) == (NAME, REVISION, "pulled")
    assert row["downloaded"] > len(WEIGHTS)
    listed = json.loads(perfopt(environ, "model", "list", "--format", "json").stdout)["models"]
    [mine] = [one for one in listed if one["name"] == NAME]
    assert (mine["default"], mine["licence"]) == (True, "apache-2.0")
    shown = perfopt(environ, "model", "show", NAME)
    assert f"revision     {REVISION}" in shown.stdout


def test_a_failed_pull_ends_with_a_line_and_the_code_of_wrong_use(environ: dict[str, str]) -> None:
    done = perfopt(environ, "model", "pull", "org/none")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("perfopt: error: the hub has no model org/none")


def test_ctrl_c_ends_the_command_and_the_next_pull_goes_on(
    environ: dict[str, str], hub: FakeHub
) -> None:
    hub.cut, hub.cuts, hub.stalls = 600_000, 1, threading.Event()
    part = Shelf(environ).place(NAME, REVISION) / "model.safetensors.part"
    command = subprocess.Popen(
        [sys.executable, "-m", "perfopt_cli", "model", "pull", NAME],
        env={**os.environ, **environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        while command.poll() is None and not (part.exists() and part.stat().st_size):
            time.sleep(0.05)
        command.send_signal(signal.SIGINT)
        _, said = command.communicate(timeout=60)
    finally:
        command.kill()
        hub.stalls.set()
    assert command.returncode == 130, said
    assert "what has arrived is kept" in said
    arrived = part.stat().st_size
    assert pulled(environ).downloaded == len(WEIGHTS) - arrived


def test_list_loads_no_heavy_library(environ: dict[str, str]) -> None:
    code = (
        "import sys; sys.argv = ['perfopt', 'model', 'list', '--format', 'json']\n"
        "import perfopt_cli.main as command\n"
        "try: command.main()\n"
        "finally: print(*{'torch', 'transformers', 'huggingface_hub'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["models"]
    assert done.stderr.split() == []


def test_the_hubs_own_library_finds_the_fake_hub_to_be_one(
    environ: dict[str, str], hub: FakeHub, tmp_path: Path
) -> None:
    pytest.importorskip("huggingface_hub")
    code = (
        "from huggingface_hub import HfApi, hf_hub_download\n"
        f"info = HfApi().model_info({NAME!r}, revision='main', files_metadata=True)\n"
        "print(info.sha, *[one.size for one in info.siblings if one.lfs and 'onnx' not in one.rfilename])\n"
        f"print(hf_hub_download({NAME!r}, 'model.safetensors', revision=info.sha))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env={**os.environ, **environ, "HF_HUB_DISABLE_TELEMETRY": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    first, path = done.stdout.splitlines()
    assert first == f"{REVISION} {len(WEIGHTS)}"
    assert Path(path).read_bytes() == WEIGHTS


@pytest.mark.slow
def test_doctor_names_the_models_that_were_pulled(environ: dict[str, str], tmp_path: Path) -> None:
    pulled(environ)
    done = perfopt(environ, "doctor", "--format", "json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = {one["name"]: one["text"] for one in json.loads(done.stdout)["findings"]}
    assert found["models"] == f"{NAME} (the default)"


@pytest.mark.slow
def test_optimize_asks_the_pulled_model_after_the_rules(
    environ: dict[str, str], hub: FakeHub, tiny: Any, tmp_path: Path
) -> None:
    hub.folders["org/random"] = tiny.causal()
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["."]\n')
    (project / "mod.py").write_text("def total(items):\n    return sum(list(items))\n")
    (project / "test_mod.py").write_text(
        "from mod import total\n\ndef test_total():\n"
        "    for n in range(300):\n        assert total(range(n)) == n * (n - 1) // 2\n"
    )
    words = ("optimize", "--python", bare.python(), "--candidates", "1")
    before = perfopt(environ, *words, cwd=project)
    assert before.returncode == 0, before.stderr
    assert "perfopt model pull" in before.stderr
    assert perfopt(environ, "model", "pull", "org/random", "-q").returncode == 0
    after = perfopt(environ, *words, cwd=project)
    assert after.returncode == 0, after.stderr
    assert "perfopt model pull" not in after.stderr
    assert "org/random, " in after.stderr
    assert "on cpu" in after.stderr or "on cuda" in after.stderr
    settings = project / "pyproject.toml"
    settings.write_text(settings.read_text() + '[tool.perfopt]\nmodel = ["rules"]\n')
    alone = perfopt(environ, *words, cwd=project)
    assert alone.returncode == 0, alone.stderr
    assert "org/random" not in alone.stderr
