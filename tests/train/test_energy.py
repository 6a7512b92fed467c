from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from perfopt_cli.train.energy import CORE_WATTS, Estimate, Meter, Rapl, find_counters, total


class Nvml:
    """Two GPUs, each of which uses a joule whenever it is read."""

    class NVMLError(Exception):
        pass

    def __init__(self, *, works: bool = True) -> None:
        self.works = works
        self.read = {0: 5_000, 1: 7_000}

    def nvmlInit(self) -> None:
        if not self.works:
            raise self.NVMLError

    def nvmlDeviceGetCount(self) -> int:
        return 2

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:
        return index

    def nvmlDeviceGetTotalEnergyConsumption(self, handle: int) -> int:
        self.read[handle] += 1_000
        return self.read[handle]


def none(name: str) -> Any:
    raise ImportError(name)


def zone(root: Path, number: str, name: str, joules: float) -> Path:
    folder = root / f"intel-rapl:{number}"
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in (("name", name), ("max_energy_range_uj", "100000000")):
        (folder / file).write_text(f"{text}\n")
    (folder / "energy_uj").write_text(f"{int(joules * 1e6)}\n")
    return folder


def test_rapl_sums_packages_and_memory_but_not_their_parts(tmp_path: Path) -> None:
    for number, name in (("0", "package-0"), ("0:0", "core"), ("0:1", "dram")):
        zone(tmp_path, number, name, 10)
    counter = Rapl(tmp_path)
    for number, name in (("0", "package-0"), ("0:0", "core"), ("0:1", "dram")):
        zone(tmp_path, number, name, 12)
    assert counter.joules() == pytest.approx(4)


def test_rapl_counts_on_when_a_counter_wraps(tmp_path: Path) -> None:
    zone(tmp_path, "0", "package-0", 99)
    counter = Rapl(tmp_path)
    zone(tmp_path, "0", "package-0", 2)
    assert counter.joules() == pytest.approx(3)


def test_the_visible_gpus_are_measured(tmp_path: Path) -> None:
    [gpu, processor] = find_counters(lambda _: Nvml(), tmp_path, {"CUDA_VISIBLE_DEVICES": "1"})
    assert gpu.name == "1 GPU, NVML"
    assert (gpu.joules(), gpu.measured) == (1.0, True)
    assert not processor.measured


def test_without_counters_it_is_an_estimate_that_says_so(tmp_path: Path) -> None:
    for load in (none, lambda _: Nvml(works=False)):
        [only] = find_counters(load, tmp_path, {}, tmp_path)
        assert isinstance(only, Estimate)
        assert "estimated" in only.name


def test_a_gpu_that_cannot_be_read_is_said_to_be_left_out(tmp_path: Path) -> None:
    zone(tmp_path, "0", "package-0", 10)
    (tmp_path / "nvidia0").touch()
    for load in (none, lambda _: Nvml(works=False)):
        gpu, processor = counters = find_counters(load, tmp_path, {}, tmp_path)
        assert (gpu.name, gpu.joules()) == ("GPU, not counted", 0.0)
        assert processor.measured
        with Meter(tmp_path / "energy", counters):
            pass
        used = total(tmp_path / "energy")
        assert "GPU, not counted: 0 kJ" in used.text
        assert not used.measured


def test_an_estimate_is_processor_time_times_an_assumed_power() -> None:
    counter = Estimate()
    begun = time.process_time()
    while time.process_time() - begun < 0.06:
        pass
    assert counter.joules() >= 0.03 * CORE_WATTS  # a clock of 10 ms ticks


def test_a_run_in_several_processes_is_summed(tmp_path: Path) -> None:
    for joules in (1000.0, 2000.0):
        parts = {"GPU": joules}
        row = {"seconds": 10.0, "joules": joules, "parts": parts, "measured": joules < 1500}
        (tmp_path / f"{joules}.json").write_text(json.dumps(row))
    used = total(tmp_path)
    assert (used.joules, used.seconds, used.watts, used.measured) == (3000.0, 20.0, 150.0, False)
    assert used.text.startswith("0.003 MJ (estimated in part or in whole), 150 W")


def test_what_a_killed_process_used_is_on_the_disk_already(tmp_path: Path) -> None:
    meter = Meter(tmp_path, [Estimate()], interval=0.01)
    with meter:
        deadline = time.monotonic() + 10
        while not list(tmp_path.glob("*.json")) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert total(tmp_path).seconds > 0


def test_a_run_without_a_file_was_not_measured(tmp_path: Path) -> None:
    assert total(tmp_path).text == "not measured"
