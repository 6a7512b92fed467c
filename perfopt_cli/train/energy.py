"""What a run takes from the socket: counters of GPU and processor, or an estimate said to be one.

GPU: NVML's energy counter (Volta and later), of all visible GPUs, through the
module ``pynvml`` of nvidia-ml-py; where there is a GPU and that can't be read,
the result says that it is not counted. Processor: RAPL's counters of packages
and memory below /sys/class/powercap, which most kernels show to root only.
Without them processor time is multiplied by ``CORE_WATTS``.
"""

from __future__ import annotations

import importlib
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from perfopt_cli.core import PerfoptError
from perfopt_cli.train.rundir import read_json, write_json

CORE_WATTS = 10.0
"""Assumed power of one busy processor core with its share of the rest of the machine."""

POWERCAP = Path("/sys/class/powercap")

DEVICES = Path("/dev")


class Counter(Protocol):
    """Counts joules from when it was made."""

    name: str
    measured: bool

    def joules(self) -> float:
        """Return the joules so far."""


class Nvml:
    """The energy counters of the visible GPUs."""

    measured = True

    def __init__(self, nvml: Any, visible: str | None) -> None:
        nvml.nvmlInit()
        count = nvml.nvmlDeviceGetCount()
        chosen = (visible or "").split(",")
        if not all(one.strip().isdigit() for one in chosen):
            chosen = [str(number) for number in range(count)]
        self._nvml = nvml
        self._handles = [nvml.nvmlDeviceGetHandleByIndex(int(one)) for one in chosen]
        self.name = f"{len(self._handles)} GPU, NVML"
        self._start = self._read()

    def _read(self) -> float:
        read = self._nvml.nvmlDeviceGetTotalEnergyConsumption
        return float(sum(read(handle) for handle in self._handles)) / 1000

    def joules(self) -> float:
        """Return the joules so far."""
        return self._read() - self._start


class Rapl:
    """The energy counters of processor packages and memory. Raises OSError where unreadable."""

    name = "processor and memory, RAPL"
    measured = True

    def __init__(self, root: Path = POWERCAP) -> None:
        self._zones = [zone for zone in sorted(root.glob("intel-rapl:*")) if _counts(zone)]
        if not self._zones:
            raise FileNotFoundError(str(root))
        self._last = [_number(zone / "energy_uj") for zone in self._zones]
        self._range = [_number(zone / "max_energy_range_uj") for zone in self._zones]
        self._sum = 0

    def joules(self) -> float:
        """Return the joules so far; to be called before a counter wraps twice (some minutes)."""
        for place, zone in enumerate(self._zones):
            now = _number(zone / "energy_uj")
            step = now - self._last[place]
            self._sum += step if step >= 0 else step + self._range[place]
            self._last[place] = now
        return self._sum / 1e6


def _counts(zone: Path) -> bool:
    # The parts core and uncore are in the package's figure already.
    name = (zone / "name").read_text().strip()
    return name.startswith("package") or name == "dram"


def _number(path: Path) -> int:
    return int(path.read_text())


class Estimate:
    """Processor time of this process and its finished children, times an assumed power."""

    name = f"processor, estimated at {CORE_WATTS:g} W a busy core"
    measured = False

    def __init__(self) -> None:
        self._start = self._seconds()

    def _seconds(self) -> float:
        return sum(os.times()[:4])

    def joules(self) -> float:
        """Return the joules so far."""
        return (self._seconds() - self._start) * CORE_WATTS


class Uncounted:
    """Stands for GPUs whose energy can't be read, so that the sum is not taken for the whole."""

    name = "GPU, not counted"
    measured = False

    def joules(self) -> float:
        """Return 0."""
        return 0.0


def find_counters(
    load: Callable[[str], Any] = importlib.import_module,
    powercap: Path = POWERCAP,
    environ: Mapping[str, str] = os.environ,
    devices: Path = DEVICES,
) -> list[Counter]:
    """Return what this machine can be measured with."""
    found: list[Counter] = []
    try:
        nvml = load("pynvml")
    except ImportError:
        nvml = None
    if nvml is not None:
        with suppress(nvml.NVMLError):
            found.append(Nvml(nvml, environ.get("CUDA_VISIBLE_DEVICES")))
    if not found and any(devices.glob("nvidia[0-9]*")):
        found.append(Uncounted())
    try:
        found.append(Rapl(powercap))
    except (OSError, ValueError):
        found.append(Estimate())
    return found


@dataclass(frozen=True, slots=True)
class Energy:
    """What was used: joules by counter, wall seconds; ``measured`` if nothing is an estimate."""

    seconds: float
    joules: float
    parts: dict[str, float]
    measured: bool

    @property
    def watts(self) -> float:
        """The mean power."""
        return self.joules / self.seconds if self.seconds else 0.0

    @property
    def text(self) -> str:
        """The same in a line."""
        if not self.parts:
            return "not measured"
        kind = "measured" if self.measured else "estimated in part or in whole"
        parts = ", ".join(f"{name}: {joules / 1000:.4g} kJ" for name, joules in self.parts.items())
        return (
            f"{self.joules / 1e6:.4g} MJ ({kind}), {self.watts:.0f} W, "
            f"{self.seconds / 3600:.3g} h; {parts}"
        )


class Meter:
    """Counts energy within its block, and writes it into a file of its own every few seconds."""

    def __init__(
        self, folder: Path, counters: Sequence[Counter], *, interval: float = 10.0
    ) -> None:
        self._file = folder / f"{time.time_ns()}-{os.getpid()}.json"
        self._counters = counters
        self._interval = interval
        self._begun = time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="energy", daemon=True)

    def __enter__(self) -> Meter:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._interval):
            self.write()
        self.write()

    def write(self) -> None:
        """Write what was counted so far; a full disk is told by those who write results."""
        parts = {one.name: one.joules() for one in self._counters}
        measured = all(one.measured for one in self._counters)
        seconds = time.monotonic() - self._begun
        with suppress(OSError):
            used = Energy(seconds, sum(parts.values()), parts, measured)
            write_json(self._file, asdict(used))


def total(folder: Path) -> Energy:
    """Return what all processes that worked in the run folder used together."""
    seconds, parts, measured = 0.0, dict[str, float](), True
    for file in sorted(folder.glob("*.json")):
        try:
            one = read_json(file)
        except PerfoptError:
            continue
        if one is not None:
            seconds += one["seconds"]
            measured = measured and one["measured"]
            for name, joules in one["parts"].items():
                parts[name] = parts.get(name, 0.0) + joules
    return Energy(seconds, sum(parts.values()), parts, measured)
