"""Programs run as Python runs a script, and none can do harm or cheat."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sandboxes import WAYS, available, pythons
from workers import version_of

from perfopt_cli.train.programs import Job, Ran, digest_of, heavy_imports
from perfopt_cli.train.scoring.execute import Bench, Benches


def interpreters() -> list[str]:
    """This interpreter, the oldest and the newest one."""
    found = sorted(pythons(), key=version_of)
    return list(dict.fromkeys((sys.executable, found[0], found[-1])))


@pytest.fixture(scope="module", params=interpreters())
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with closing(Benches(Path(request.param), "auto")) as benches:
        yield benches.make()


def run(bench: Bench, text: str, given: str = "", seconds: float = 5.0) -> Ran:
    return bench.run(Job(text), given, seconds=seconds)


def printed(bench: Bench, text: str, given: str = "") -> str:
    ran = run(bench, text, given)
    assert ran.fine, ran.trouble
    return ran.shown


@pytest.mark.parametrize(
    "text",
    [
        "print(input(), input())",
        "import sys; print(*sys.stdin.read().split())",
        "import sys; print(*sys.stdin.buffer.read().decode().split())",
        "print(*open(0).read().split())",
        "import os; print(*os.read(0, 100).decode().split())",
        "import sys; print(*(line.strip() for line in sys.stdin))",
        "import sys\ninput = sys.stdin.readline\nprint(input().strip(), input().strip())",
        "print(*open('/dev/stdin').read().split())",
    ],
)
def test_a_program_reads_its_stdin_in_any_way(bench: Bench, text: str) -> None:
    assert printed(bench, text, "a\nb\n") == "a b\n"


@pytest.mark.parametrize(
    "text",
    [
        "print('x')",
        "import sys; sys.stdout.write('x')",
        "import sys; sys.stdout.buffer.write(b'x')",
        "import os; os.write(1, b'x')",
        "out = open(1, 'w'); out.write('x')",
        "import atexit, sys; atexit.register(lambda: sys.stdout.write('x'))",
        "import threading, time\nthreading.Thread(target=lambda: (time.sleep(.05), print('x'))).start()",
        "import io, sys\nheld = sys.stdout\nsys.stdout = io.StringIO()\nprint('x')\nheld.write(sys.stdout.getvalue())\nheld.flush()",
        "def main():\n    print('x')\nif __name__ == '__main__':\n    main()",
        "import sys\nprint('x')\nsys.exit()",
        "import sys\nprint('x')\nsys.exit(0)\nprint('y')",
        "print('x')\nexit()",
    ],
)
def test_what_a_program_prints_arrives_however_it_prints(bench: Bench, text: str) -> None:
    assert run(bench, text).digest == digest_of("x"), run(bench, text)


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("input()", "EOFError"),
        ("import sys; print('x'); sys.exit(3)", "exit status 3"),
        ("import sys; sys.exit('no good')", "no good"),
        ("raise ValueError('so')", "ValueError: so"),
        ("def f(n): return f(n + 1)\nf(0)", "RecursionError"),
        ("import os; os.kill(os.getpid(), 11)", "signal 11"),
        ("x = bytearray(8 << 30)", "MemoryError"),
        ("while True: print('x' * 1000000)", "File too large"),
    ],
)
def test_a_program_that_fails_says_how(bench: Bench, text: str, trouble: str) -> None:
    ran = run(bench, text)
    assert not ran.fine
    assert trouble in ran.trouble


@pytest.mark.parametrize(
    "text", ["def f(:", "x = (", "return 3", "print 'x'", "x = '\0'", "'\udc80'", "(" * 5000]
)
def test_what_is_no_program_does_not_compile(bench: Bench, text: str) -> None:
    assert run(bench, text).ending == "broken"


@pytest.mark.parametrize(
    "text",
    [
        "while True: pass",
        "import time; time.sleep(60)",
        "import signal\nfor n in range(1, 32):\n    try: signal.signal(n, signal.SIG_IGN)\n    except (OSError, ValueError): pass\nwhile True: pass",
        "try:\n    while True: pass\nfinally:\n    while True: pass",
        "import atexit, time\natexit.register(time.sleep, 60)",
        "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()",
    ],
)
def test_a_program_that_never_ends_is_ended(bench: Bench, text: str) -> None:
    began = time.monotonic()
    assert run(bench, text, seconds=0.3).ending == "timed out"
    assert time.monotonic() - began < 30
    assert printed(bench, "print(1)") == "1\n"


FORK_BOMB = """
import os
while True:
    try:
        os.fork()
    except OSError:
        pass
"""

DAEMON = """
import os, sys, time
print("x", flush=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(60)
    os._exit(0)
"""


def test_a_fork_bomb_ends_with_its_limit(bench: Bench) -> None:
    assert not run(bench, FORK_BOMB, seconds=0.5).fine
    assert printed(bench, "print(1)") == "1\n"


def test_a_program_that_leaves_a_process_running_is_noticed_and_ended(bench: Bench) -> None:
    ran = run(bench, DAEMON)
    assert ran.stray
    assert "left a process" in ran.trouble
    listing = "import os; print(sum(name.isdigit() for name in os.listdir('/proc')))"
    alone = printed(bench, listing)
    run(bench, DAEMON)
    assert printed(bench, listing) == alone


@pytest.mark.parametrize(
    "text",
    [
        "import builtins; builtins.print = None; builtins.planted = 1",
        "import math; math.sqrt = None; math.planted = 1",
        "import sys; sys.modules['planted'] = sys; sys.path.insert(0, '/planted')",
        "import time; time.perf_counter = time.process_time = lambda: 0",
        "import os; os.environ['PLANTED'] = '1'",
        "import sys; sys.setrecursionlimit(100)",
        "import random; random.seed(3)",
    ],
)
def test_nothing_is_left_for_the_next_program(bench: Bench, text: str) -> None:
    look = """
import builtins, math, os, random, sys, time
clean = not hasattr(builtins, "planted") and not hasattr(math, "planted")
print(clean, "planted" in sys.modules, "PLANTED" in os.environ, "/planted" in sys.path)
print(time.perf_counter() > 0, sys.getrecursionlimit() > 900)
"""
    run(bench, text)
    assert printed(bench, look) == "True False False False\nTrue True\n"


@pytest.mark.parametrize("folder", [".", "/tmp", "/dev/shm", "os.path.expanduser('~')"])
def test_a_file_written_is_not_there_for_the_next_program(bench: Bench, folder: str) -> None:
    place = folder if folder.startswith("os.") else repr(folder)
    path = f"import os\npath = os.path.join({place}, 'perfopt-planted')\n"
    run(bench, path + "open(path, 'w').write('x')")
    assert printed(bench, path + "print(os.path.exists(path))") == "False\n"


def test_shared_memory_left_behind_is_gone_for_the_next_program(bench: Bench) -> None:
    make = "import ctypes\nprint(ctypes.CDLL(None).shmget({key}, 4096, {flags}) >= 0)"
    run(bench, make.format(key=77, flags=0o1666))
    assert printed(bench, make.format(key=77, flags=0o666)) == "False\n"


@pytest.mark.parametrize(
    "text",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9), 1)",
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('8.8.8.8', 53))",
        "import urllib.request; urllib.request.urlopen('http://example.com', timeout=1)",
    ],
)
def test_there_is_no_network(bench: Bench, text: str) -> None:
    assert not run(bench, text).fine


def test_a_program_that_kills_those_above_it_fails_alone(bench: Bench) -> None:
    kill = "import os, signal, time\nprint('x', flush=True)\nos.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(1)"
    assert not run(bench, kill).fine
    assert printed(bench, "print(1)") == "1\n"


def test_a_program_finds_neither_inputs_nor_outputs_of_others_in_its_memory(bench: Bench) -> None:
    secret = "anana" * 4
    given = secret.upper()
    assert printed(bench, "print(input().lower())", given) == secret + "\n"
    # Shifted by one, so that the search does not come upon itself.
    search = """
shifted = bytes((byte + 1) % 256 for byte in range(256))
found = []
for line in open("/proc/self/maps"):
    place, rights = line.split()[:2]
    if rights.startswith("r") and "[v" not in line:
        first, end = (int(word, 16) for word in place.split("-"))
        try:
            with open("/proc/self/mem", "rb", 0) as memory:
                memory.seek(first)
                data = memory.read(end - first)
        except OSError:
            continue
        data = data.translate(shifted)
        found += [b"bobob" * 3 in data, b"BOBOB" * 3 in data, b"qsjou)joqvu" in data]
print(len(found) > 10, any(found))
"""
    assert printed(bench, search) == "True False\n"


def test_a_program_can_t_look_into_the_processes_above_it(bench: Bench) -> None:
    look = """
import os
tried = 0
for pid in os.listdir("/proc"):
    if pid.isdigit() and int(pid) != os.getpid():
        for name in ["mem", "environ", "maps", *(f"fd/{number}" for number in range(30))]:
            tried += 1
            try:
                open(f"/proc/{pid}/{name}", "rb").read(1)
            except OSError:
                continue
            print("open", pid, name)
print(tried > 60)
"""
    assert printed(bench, look) == "True\n"


def test_descriptors_of_others_are_closed(bench: Bench) -> None:
    look = """
import os
found = []
for number in range(3, 256):
    try:
        os.fstat(number)
        found.append(number)
    except OSError:
        pass
print(len(found))
"""
    assert printed(bench, look) == "1\n"


def test_time_is_measured_from_outside(bench: Bench) -> None:
    text = """
import time
time.process_time = time.perf_counter = time.thread_time = lambda: 0.0
time.process_time_ns = time.perf_counter_ns = time.thread_time_ns = lambda: 0
total = 0
for i in range(300000):
    total += i
"""
    assert run(bench, text).cpu > 3 * run(bench, "pass").cpu


def test_time_counts_that_of_processes_it_waits_for(bench: Bench) -> None:
    text = """
import os
pid = os.fork()
if pid == 0:
    for i in range(600000):
        pass
    os._exit(0)
os.waitpid(pid, 0)
"""
    assert run(bench, text).cpu > 3 * run(bench, "pass").cpu


def test_the_output_is_compared_without_white_space_at_line_ends() -> None:
    assert digest_of("1 2 \n3\n") == digest_of("1 2\n3")
    assert digest_of("1\r\n2\n\n\n") == digest_of("1\n2\n")
    assert digest_of("1 2") != digest_of("1  2")
    assert digest_of("1\n\n2") != digest_of("1\n2")
    assert digest_of(" 1") != digest_of("1")
    assert digest_of("1.0") != digest_of("1")


def test_the_worker_says_the_same_of_an_output(bench: Bench) -> None:
    text = "1 2 \t\r\n\n \n3\x0c \n é \n\n"
    assert run(bench, f"print({text!r})").digest == digest_of(text)


def test_a_program_has_the_depth_of_calls_of_a_script(bench: Bench) -> None:
    text = "def f(n): return n and 1 + f(n - 1)\nprint(f(990))"
    assert printed(bench, text) == "990\n"


def test_a_deep_recursion_on_a_thread_with_a_large_stack_works(bench: Bench) -> None:
    text = """
import sys, threading
sys.setrecursionlimit(10 ** 6)
threading.stack_size(256 * 2 ** 20)
def f(n): return n and 1 + f(n - 1)
thread = threading.Thread(target=lambda: print(f(50000)))
thread.start()
thread.join()
"""
    assert printed(bench, text) == "50000\n"


def test_modules_that_are_not_part_of_a_program_s_time() -> None:
    assert heavy_imports("import numpy as np\nfrom scipy import sparse\n") == ("numpy", "scipy")
    assert heavy_imports("from scipy.sparse.csgraph import dijkstra") == ("scipy", "scipy.sparse")
    assert heavy_imports("x = 'import numpy'") == ()


@pytest.mark.parametrize("way", WAYS)
def test_programs_run_in_every_kind_of_sandbox(way: str, tmp_path: Path) -> None:
    sandbox = available(way)
    with Bench(Path(sys.executable), sandbox, tmp_path) as bench:
        assert printed(bench, "print(int(input()) * 2)", "21") == "42\n"
        assert run(bench, "while True: pass", seconds=0.2).ending == "timed out"
        assert not run(
            bench, "import os; os.fork() or os.execv('/bin/sleep', ['sleep', '60'])"
        ).fine
        assert not run(bench, "open('planted', 'w')").fine
        assert printed(bench, "print(int(input()) * 2)", "21") == "42\n"


def test_many_programs_and_inputs_are_forgotten_again(bench: Bench) -> None:
    for number in range(150):
        assert printed(bench, f"print(input(), {number})", f"{number}\n") == f"{number} {number}\n"
    assert printed(bench, "print(input(), 0)", "0\n") == "0 0\n"


def test_any_text_may_be_an_input_or_a_program(bench: Bench) -> None:
    for text in ("\0", "\ud800", "\udcff", "é\u2028\x85\r", ""):
        assert run(bench, "import sys; sys.stdin.buffer.read()", text).fine
        assert run(bench, text).ending in ("ended", "broken")
        assert digest_of(text)


def test_a_closed_bench_runs_nothing() -> None:
    with closing(Benches(Path(sys.executable), "none")) as benches:
        bench = benches.make()
    with pytest.raises(Exception, match="closed"):
        run(bench, "pass")
