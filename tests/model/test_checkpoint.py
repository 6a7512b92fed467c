from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from perfopt_cli.core import PerfoptError
from perfopt_cli.model.checkpoint import (
    check_adapter,
    check_available,
    check_model,
    check_quantize,
    check_whole,
    cpu_has_avx512_bf16,
    looks_like_hub_name,
    pick_weights,
)

EMPTY = (2).to_bytes(8, "little") + b"{}"
"""A safetensors file without weights."""


def make(folder: Path, *names: str, config: str = "{}") -> Path:
    for name in names:
        if name.endswith(".safetensors"):
            (folder / name).write_bytes(EMPTY)
        else:
            (folder / name).write_text(config if name.endswith("config.json") else "")
    return folder


def test_a_model_folder_is_fine(tmp_path: Path) -> None:
    check_model(make(tmp_path, "config.json", "model.safetensors", "tokenizer.json"))


BAD_MODELS = {
    "an empty folder": ((), r"is not a transformers model: it has no config\.json"),
    "an adapter": (("adapter_config.json",), r"holds a peft adapter.* --adapter"),
    "pickles only": (
        ("config.json", "pytorch_model.bin", "tokenizer.json"),
        r"pickle files only \(pytorch_model\.bin\).* convert it to safetensors",
    ),
    "no weights": (("config.json", "tokenizer.json"), r"has no weights \(\*\.safetensors\)"),
    "no tokenizer": (("config.json", "model.safetensors"), r"has no tokenizer .*copy"),
}


@pytest.mark.parametrize(("names", "message"), BAD_MODELS.values(), ids=BAD_MODELS)
def test_a_folder_that_will_not_do_is_reported(
    tmp_path: Path, names: tuple[str, ...], message: str
) -> None:
    with pytest.raises(PerfoptError, match=message) as error:
        check_model(make(tmp_path, *names))
    assert str(tmp_path) in str(error.value)


def weights(size: int, held: int) -> bytes:
    header = json.dumps({"a": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}})
    return len(header).to_bytes(8, "little") + header.encode() + bytes(held)


def test_weights_that_are_all_there_are_fine(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(weights(40, 40))
    check_whole(tmp_path)


BROKEN = {
    "cut short": (weights(40, 30), r"model\.safetensors is cut short: \d+ bytes of \d+; .*again"),
    "cut in the header": (weights(40, 40)[:20], r"is not a safetensors file .*again"),
    "empty": (b"", r"is not a safetensors file .*again"),
    "a web page": (b"<!DOCTYPE html><html>not found</html>", r"is not a safetensors file"),
    "a list": ((2).to_bytes(8, "little") + b"[]", r"is not a safetensors file"),
}


@pytest.mark.parametrize(("content", "message"), BROKEN.values(), ids=BROKEN)
def test_broken_weights_are_reported_with_what_to_do(
    tmp_path: Path, content: bytes, message: str
) -> None:
    (tmp_path / "model.safetensors").write_bytes(content)
    with pytest.raises(PerfoptError, match=message):
        check_whole(tmp_path)


def test_a_part_of_the_weights_that_is_missing_is_reported(tmp_path: Path) -> None:
    make(tmp_path, "model-00001-of-00002.safetensors")
    parts = {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps({"weight_map": parts}))
    with pytest.raises(PerfoptError, match=r"lacks model-00002-of-00002\.safetensors, one of 2"):
        check_whole(tmp_path)


def test_a_missing_folder_is_reported(tmp_path: Path) -> None:
    with pytest.raises(PerfoptError, match=r"none does not exist; check --model"):
        check_model(tmp_path / "none")


def test_a_file_in_place_of_a_folder_is_reported(tmp_path: Path) -> None:
    with pytest.raises(PerfoptError, match="is a file, not a folder"):
        check_model(make(tmp_path, "model.gguf") / "model.gguf")


@pytest.mark.parametrize("config", ["{", "[]"])
def test_a_config_that_can_not_be_read_is_reported(tmp_path: Path, config: str) -> None:
    with pytest.raises(PerfoptError, match=r"config\.json (can't be read|is not a JSON object)"):
        check_model(make(tmp_path, "config.json", "model.safetensors", config=config))


BAD_ADAPTERS = {
    "an empty folder": ((), "is not a peft adapter"),
    "pickles only": (("adapter_config.json", "adapter_model.bin"), "pickle files only"),
    "no weights": (("adapter_config.json", "x.safetensors"), r"has no weights \(adapter_model"),
}


@pytest.mark.parametrize(("names", "message"), BAD_ADAPTERS.values(), ids=BAD_ADAPTERS)
def test_an_adapter_that_will_not_do_is_reported(
    tmp_path: Path, names: tuple[str, ...], message: str
) -> None:
    with pytest.raises(PerfoptError, match=message):
        check_adapter(make(tmp_path, *names))


def test_a_missing_adapter_is_reported(tmp_path: Path) -> None:
    with pytest.raises(PerfoptError, match="does not exist; check --adapter"):
        check_adapter(tmp_path / "none")


def test_missing_libraries_are_reported_with_the_command_that_installs_them() -> None:
    with pytest.raises(PerfoptError) as error:
        check_available(lambda name: None if name in ("torch", "peft") else name)
    assert 'pip install "perfopt[model]"' in str(error.value)
    assert "(torch, peft)" in str(error.value)


def test_no_library_is_missing_where_all_are_found() -> None:
    check_available(lambda name: name)


def test_the_quick_checks_import_nothing_heavy(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from perfopt_cli.core import PerfoptError\n"
        "from perfopt_cli.model.sources import open_proposers\n"
        "try:\n"
        f"    open_proposers([{str(tmp_path / 'none')!r}], adapter=None, quantize='auto', root=Path())\n"
        "except PerfoptError:\n"
        "    print(sorted({'torch', 'transformers', 'peft', 'bitsandbytes'} & set(sys.modules)))\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_an_unknown_quantisation_is_reported_with_the_known_ones() -> None:
    with pytest.raises(PerfoptError, match="--quantize int4: use one of auto, nf4, int8, none"):
        check_quantize("int4")


@pytest.mark.parametrize(
    ("spec", "is_name"),
    [
        ("org/name", True),
        ("Qwen/Qwen2.5-Coder-1.5B-Instruct", True),
        ("name", False),
        ("a/b/c", False),
        ("./a", False),
        ("../a", False),
        ("/a/b", False),
        ("cands/a.jsonl", False),
        ("a b/c", False),
        ("http://a/b", False),
    ],
)
def test_a_hub_name_has_an_owner_and_a_name(spec: str, is_name: bool) -> None:
    assert looks_like_hub_name(spec) is is_name


@pytest.mark.parametrize(
    ("quantize", "cuda", "avx512_bf16", "stored", "weights"),
    [
        ("auto", True, False, False, "nf4"),
        ("auto", False, True, False, "nf4"),
        ("auto", False, False, False, "bf16"),
        ("none", True, True, False, "bf16"),
        ("nf4", False, False, False, "nf4"),
        ("int8", False, False, False, "int8"),
        ("auto", True, True, True, "stored"),
        ("nf4", True, True, True, "stored"),
    ],
)
def test_weights_are_held_as_asked_or_as_the_device_likes_them(
    quantize: str, cuda: bool, avx512_bf16: bool, stored: bool, weights: str
) -> None:
    picked, why = pick_weights(quantize, cuda=cuda, avx512_bf16=avx512_bf16, stored=stored)
    assert picked == weights
    assert bool(why) is (quantize == "auto" or stored)


@pytest.mark.parametrize(
    ("flags", "has"),
    [("flags: avx512f avx512_bf16 amx", True), ("flags: avx512f avx512_bf16x", False), ("", False)],
)
def test_the_processor_tells_whether_it_multiplies_bf16(
    tmp_path: Path, flags: str, has: bool
) -> None:
    (tmp_path / "cpuinfo").write_text(flags)
    assert cpu_has_avx512_bf16(tmp_path / "cpuinfo") is has


def test_a_machine_without_cpuinfo_counts_as_one_without_bf16(tmp_path: Path) -> None:
    assert cpu_has_avx512_bf16(tmp_path / "none") is False
