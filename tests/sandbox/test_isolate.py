from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from sandboxes import LIMITS, WAYS, available, run, started

from perfopt_cli.core import Limits, SandboxError
from perfopt_cli.sandbox.confinement import KEPT_OUTPUT, Sandbox
from perfopt_cli.sandbox.exposure import resolve
from perfopt_cli.sandbox.isolate import (
    Policy,
    clean_environment,
    interpreter,
    open_sandbox,
    system_readable,
)
from perfopt_cli.sandbox.policy import Setup

linux = pytest.mark.skipif(sys.platform != "linux", reason="the attack is on Linux's own calls")

# Each tries one thing, with the folder outside as its argument, and prints "done".
ATTACKS = {
    "append to a file": "open(a + '/victim', 'a').write('x')",
    "write through a link in scratch": "os.symlink(a, 'link'); open('link/new', 'w')",
    "make a folder": "os.mkdir(a + '/new')",
    "rename a file away": "os.rename(a + '/victim', 'mine')",
    "rename a file into its place": "open('mine', 'w'); os.rename('mine', a + '/victim')",
    "link a file in": "os.link(a + '/victim', 'mine')",
    "list a folder": "os.listdir(a)",
    "read a file": "open(a + '/victim').read()",
    "read home": "open(home + '/secret').read()",
    "remove a folder": "os.rmdir(a + '/empty')",
    "read the parent's environment": "open(f'/proc/{parent}/environ', 'rb').read()",
    "read the parent's command line": "open(f'/proc/{parent}/cmdline', 'rb').read()",
    "make an internet socket": "socket.socket(socket.AF_INET)",
    "make an IPv6 socket": "socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)",
    "make a netlink socket": "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
    "connect to an abstract socket": "socket.socket(socket.AF_UNIX).connect(abstract)",
    "signal the parent": "os.kill(parent, 0)",
    "signal by pidfd": "signal.pidfd_send_signal(os.pidfd_open(parent), 0)",
    "look at the parent's memory limit": "resource.prlimit(parent, resource.RLIMIT_AS)",
    "pin the parent to a processor": "os.sched_setaffinity(parent, {0})",
    "trace the parent": "c(libc.ptrace(0x4206, parent, 0, 0))",
    "be traced": "c(libc.ptrace(0, 0, 0, 0))",
    "enter a new user namespace": "c(libc.unshare(0x10000000))",
    "enter a new network as root": "c(libc.unshare(0x40000000))",
    "add a key": "c(libc.syscall(KEYCTL, 0, -3, 0))",
}
PRELUDE = """
import os, signal, socket, sys, resource, ctypes, platform
a, home, parent, abstract = sys.argv[1], sys.argv[2], int(sys.argv[3]), '\\0' + sys.argv[4]
libc = ctypes.CDLL(None, use_errno=True)
KEYCTL = {'x86_64': 250, 'aarch64': 219}[platform.machine()]
def c(result):
    if result == -1:
        raise OSError(ctypes.get_errno(), '')
"""
FINALE = """
try:
    attack()
except (OSError, AttributeError) as error:
    print('refused', error)
else:
    print('done')
"""


@contextlib.contextmanager
def victims(folder: Path) -> Iterator[list[str]]:
    """Yield the arguments of an attack: things outside that every user may touch."""
    outside, home = folder / "outside", folder / "home"
    for place in outside, home, outside / "empty", folder / "scratch":
        place.mkdir()
        place.chmod(0o777)
    for file in outside / "victim", home / "secret":
        file.write_text("canary")
        file.chmod(0o666)
    name = f"perfopt-test-{os.getpid()}-{time.monotonic_ns()}"
    # A child of the test, so that a successful attack hits nobody else.
    parent = subprocess.Popen([sys.executable, "-I", "-S", "-c", "input()"], stdin=subprocess.PIPE)
    with socket.socket(socket.AF_UNIX) as listener, parent:
        listener.bind("\0" + name)
        listener.listen()
        try:
            yield [str(outside), str(home), str(parent.pid), name]
        finally:
            parent.kill()


def attempt(sandbox: Sandbox, names: Iterable[str], folder: Path) -> dict[str, str]:
    """Make the attacks in one program and return what each printed."""
    bodies = "".join(f"def attack():\n    {ATTACKS[name]}\n{FINALE}\n" for name in names)
    with victims(folder) as arguments:
        done = run(sandbox, PRELUDE + bodies, folder / "scratch", *arguments)
    assert done.returncode == 0, done.stderr
    return dict(zip(names, done.stdout.decode().splitlines(), strict=True))


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], dict[str, str]]:
    """Return what all attacks printed under one way, in one program for speed."""

    @cache
    def made(way: str) -> dict[str, str]:
        return attempt(available(way), ATTACKS, tmp_path_factory.mktemp(way))

    return made


@linux
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ATTACKS)
def test_a_sandboxed_program_cannot(
    name: str, way: str, outcomes: Callable[[str], dict[str, str]]
) -> None:
    assert outcomes(way)[name].startswith("refused")


@linux
@pytest.mark.parametrize(
    "name",
    [name for name in ATTACKS if "namespace" not in name and "as root" not in name],
)
def test_without_a_sandbox_the_same_program_can(name: str, tmp_path: Path) -> None:
    if name == "trace the parent" and os.geteuid() != 0:
        pytest.skip("some systems let only root trace a process that is no child")
    assert attempt(unconfined(), [name], tmp_path) == {name: "done"}


def unconfined() -> Sandbox:
    return Sandbox(Setup("none", Path(sys.executable)))


ALL = [*WAYS, "none"]


def any_sandbox(way: str) -> Sandbox:
    return unconfined() if way == "none" else available(way)


@pytest.mark.parametrize("way", ALL)
def test_a_program_reads_its_input_and_writes_scratch(way: str, tmp_path: Path) -> None:
    code = "import sys; open('made', 'w').write(sys.stdin.read()); print('said')"
    done = run(any_sandbox(way), code, tmp_path, stdin=b"told" * 50_000)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"said\n", b"")
    assert (tmp_path / "made").read_text() == "told" * 50_000


@pytest.mark.parametrize("way", ALL)
def test_the_return_code_is_the_programs_own(way: str, tmp_path: Path) -> None:
    assert run(any_sandbox(way), "raise SystemExit(3)", tmp_path).returncode == 3


@pytest.mark.parametrize("way", ALL)
def test_death_by_a_signal_is_a_negative_return_code(way: str, tmp_path: Path) -> None:
    code = "import os; os.kill(os.getpid(), 9)"
    assert run(any_sandbox(way), code, tmp_path).returncode == -signal.SIGKILL


@pytest.mark.parametrize("way", ALL)
def test_a_hang_ends_at_the_limit(way: str, tmp_path: Path) -> None:
    code = "import time; print('here', flush=True); time.sleep(600)"
    done = run(any_sandbox(way), code, tmp_path, limits=replace(LIMITS, seconds=0.6))
    assert done.timed_out
    assert done.seconds < 60
    assert done.stdout in (b"here\n", b"")


@pytest.mark.parametrize("way", ALL)
def test_output_beyond_the_bound_is_dropped_and_the_program_ends(way: str, tmp_path: Path) -> None:
    code = f"import os, sys; [os.write(n, b'x' * 65536) for n in (1, 2) for _ in range({KEPT_OUTPUT // 65536 + 9})]"
    done = run(any_sandbox(way), code, tmp_path)
    assert (len(done.stdout), len(done.stderr)) == (KEPT_OUTPUT, KEPT_OUTPUT)
    assert done.returncode == 0


@pytest.mark.parametrize("way", ALL)
def test_a_conversation_over_the_pipes_works_while_the_program_runs(
    way: str, tmp_path: Path
) -> None:
    code = "import sys\nfor line in sys.stdin: print(line.upper(), end='', flush=True)"
    with started(any_sandbox(way), code, tmp_path) as process:
        for word in b"one\n", b"two\n":
            process.stdin.write(word)
            process.stdin.flush()
            assert process.stdout.readline() == word.upper()


@pytest.mark.parametrize("way", ALL)
def test_standard_error_goes_to_the_file(way: str, tmp_path: Path) -> None:
    with started(any_sandbox(way), "import os; os.write(2, b'trouble')", tmp_path) as process:
        process.wait(30)
    assert (tmp_path / "stderr").read_bytes() == b"trouble"


DAEMON = """
import fcntl, os, signal
reading, writing = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        fcntl.flock(os.open('lock', os.O_CREAT | os.O_RDWR), fcntl.LOCK_EX)
        for number in signal.SIGTERM, signal.SIGHUP, signal.SIGINT:
            signal.signal(number, signal.SIG_IGN)
        signal.alarm(120)
        os.write(writing, b'1')
        while True:
            signal.pause()
    os._exit(0)
os.read(reading, 1)
print('ready', flush=True)
"""


def held(lock: Path) -> bool:
    """Return whether a process still holds the lock; the kernel frees it with its holder."""
    with open(lock, "rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@linux
@pytest.mark.parametrize("way", ALL)
def test_a_daemon_dies_when_its_program_ends(way: str, tmp_path: Path) -> None:
    assert run(any_sandbox(way), DAEMON, tmp_path).stdout == b"ready\n"
    assert not held(tmp_path / "lock")


@linux
@pytest.mark.parametrize("way", ALL)
def test_stop_ends_a_daemon_and_may_be_called_again(way: str, tmp_path: Path) -> None:
    sandbox = any_sandbox(way)
    with started(sandbox, f"{DAEMON}\nsignal.pause()", tmp_path) as process:
        assert process.stdout.readline() == b"ready\n"
        assert held(tmp_path / "lock")
        sandbox.stop(process)
        assert not held(tmp_path / "lock")
        sandbox.stop(process)
        assert process.returncode is not None


@linux
@pytest.mark.parametrize("way", ALL)
def test_stop_right_after_start_leaves_nothing(way: str, tmp_path: Path) -> None:
    sandbox = any_sandbox(way)
    for _ in range(5):
        with started(sandbox, "import time; time.sleep(600)", tmp_path) as process:
            sandbox.stop(process)
    assert not mentions(str(tmp_path))


def mentions(text: str) -> list[str]:
    """Return the processes with the text in their command line or environment."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            words = Path(f"/proc/{pid}/cmdline").read_bytes()
            if (pid != str(os.getpid()) and os.fsencode(text).hex() in words.decode("latin1")) or (
                pid != str(os.getpid()) and os.fsencode(text) in words
            ):
                found.append(pid)
    return found


KILLED_CALLER = """
import sys, time
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from sandboxes import available, started
from test_isolate import DAEMON, any_sandbox
with started(any_sandbox(sys.argv[1]), DAEMON + "\\nsignal.pause()", Path.cwd()) as process:
    print(process.stdout.readline().decode(), end='', flush=True)
    time.sleep(600)
"""


@linux
@pytest.mark.parametrize("way", ALL)
def test_everything_dies_when_the_caller_is_killed(way: str, tmp_path: Path) -> None:
    any_sandbox(way)
    here = Path(__file__).parent
    command = [sys.executable, "-c", KILLED_CALLER, way, str(here), str(here.parent.parent)]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE) as caller:
        assert caller.stdout is not None
        assert caller.stdout.readline() == b"ready\n"
        assert held(tmp_path / "lock")
        caller.kill()
    deadline = time.monotonic() + 30
    while held(tmp_path / "lock") and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not held(tmp_path / "lock")


@linux
@pytest.mark.parametrize("way", ALL)
def test_a_fork_bomb_ends_with_its_sandbox(way: str, tmp_path: Path) -> None:
    # Should it escape, it is at most 256 processes that live for a minute.
    code = """
import os, signal, time
open('lock', 'w').close()
import fcntl
fcntl.flock(os.open('lock', os.O_RDWR), fcntl.LOCK_SH)
signal.alarm(60)
for _ in range(8):
    try:
        os.fork()
    except OSError:
        time.sleep(0.01)
    signal.alarm(60)
while True:
    time.sleep(1)
"""
    done = run(any_sandbox(way), code, tmp_path, limits=replace(LIMITS, seconds=0.6))
    assert done.timed_out or done.returncode == -signal.SIGTERM
    assert not held(tmp_path / "lock")


@pytest.mark.parametrize("way", ALL)
def test_processes_within_the_limit_are_allowed(way: str, tmp_path: Path) -> None:
    code = "import os\nfor _ in range(10):\n  if not os.fork(): os._exit(0)\nprint('forked')"
    assert run(any_sandbox(way), code, tmp_path).stdout == b"forked\n"


@linux
@pytest.mark.parametrize("way", ALL)
def test_memory_and_file_size_are_bound_in_every_kind(way: str, tmp_path: Path) -> None:
    code = """
try:
    bytearray(1 << 30)
except MemoryError:
    print('memory')
try:
    open('large', 'wb', buffering=0).truncate(1 << 24)
except OSError as error:
    print('file', error.errno)
"""
    assert run(any_sandbox(way), code, tmp_path).stdout == b"memory\nfile 27\n"


@linux
@pytest.mark.parametrize("way", WAYS)
def test_asyncio_runs(way: str, tmp_path: Path) -> None:
    code = "import asyncio; print(asyncio.run(asyncio.sleep(0, 'ran')))"
    done = run(available(way), code, tmp_path)
    assert done.stdout == b"ran\n", done.stderr


@linux
@pytest.mark.parametrize("way", WAYS)
def test_files_can_be_copied_and_moved_in_scratch(way: str, tmp_path: Path) -> None:
    code = """
import os, shutil, tempfile
with tempfile.TemporaryDirectory() as folder:
    open('one', 'w').write('1')
    shutil.copy2('one', folder)
    os.makedirs('deep/er')
    shutil.move('one', 'deep/er/one')
    print(open(folder + '/one').read(), open('deep/er/one').read())
"""
    done = run(available(way), code, tmp_path)
    assert done.stdout == b"1 1\n", done.stderr


@linux
@pytest.mark.parametrize("way", WAYS)
def test_programs_of_the_system_can_be_run(way: str, tmp_path: Path) -> None:
    code = "import subprocess; print(subprocess.run(['ls'], stdout=subprocess.PIPE).returncode)"
    assert run(available(way), code, tmp_path).stdout == b"0\n"


@linux
@pytest.mark.parametrize("way", WAYS)
def test_password_hashes_stay_closed_to_a_program_that_keeps_a_capability(
    way: str, tmp_path: Path
) -> None:
    code = "try: open('/etc/shadow').read(); print('read')\nexcept OSError: print('refused')"
    assert run(available(way), code, tmp_path).stdout == b"refused\n"


@linux
@pytest.mark.parametrize("way", ["bwrap", "namespaces", "bare"])
def test_a_readable_folder_below_a_closed_one_is_read_and_not_written(
    way: str, tmp_path: Path
) -> None:
    closed, scratch = tmp_path / "closed", tmp_path / "scratch"
    (closed / "project").mkdir(parents=True)
    (closed / "project/file").write_text("content")
    (closed / "other").write_text("secret")
    for path, mode in (closed / "project/file", 0o600), (closed, 0o700):
        path.chmod(mode)
    scratch.mkdir()
    code = """
import sys
print(open(sys.argv[1] + '/project/file').read())
for name, mode in ('/other', 'r'), ('/project/file', 'a'), ('/project/new', 'w'):
    try:
        open(sys.argv[1] + name, mode)
    except OSError:
        print('refused')
"""
    done = run(available(way), code, scratch, closed, readable=(closed / "project",))
    assert done.stdout == b"content\nrefused\nrefused\nrefused\n", done.stderr


@linux
@pytest.mark.parametrize("way", ["bwrap", "namespaces", "bare"])
def test_an_environment_behind_links_can_be_used(way: str, tmp_path: Path) -> None:
    venv.EnvBuilder(symlinks=True).create(tmp_path / "real")
    (tmp_path / "environment").symlink_to("real")
    python = tmp_path / "environment/bin/python"
    sandbox = available(way, str(python))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    done = sandbox.run(
        [str(python), "-I", "-B", "-c", "import sys; print(sys.prefix)"],
        cwd=scratch,
        env={},
        policy=Policy((tmp_path / "environment",), (scratch,), LIMITS),
    )
    assert done.stdout.decode().strip() in (str(tmp_path / "environment"), str(tmp_path / "real"))


@linux
@pytest.mark.parametrize("way", ["bwrap", "namespaces", "bare", "bare-own"])
def test_with_the_network_a_connection_works_and_a_local_socket_does_not(
    way: str, tmp_path: Path
) -> None:
    code = """
import socket, sys
socket.create_connection(('127.0.0.1', int(sys.argv[1])), timeout=10).sendall(b'hello')
try:
    socket.socket(socket.AF_UNIX)
except OSError:
    print('refused')
"""
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = run(available(way), code, tmp_path, server.getsockname()[1], network=True)
        assert done.stdout == b"refused\n", done.stderr
        with server.accept()[0] as connection:
            assert connection.recv(9) == b"hello"


@linux
@pytest.mark.skipif(os.geteuid() != 0, reason="only root's programs change their user")
@pytest.mark.parametrize("way", ["bwrap", "namespaces", "bare"])
def test_a_file_with_a_second_name_outside_keeps_its_owner(way: str, tmp_path: Path) -> None:
    scratch, outside = tmp_path / "scratch", tmp_path / "outside"
    scratch.mkdir()
    outside.write_text("mine")
    os.link(outside, scratch / "linked")
    code = "try: open('linked', 'w')\nexcept OSError: print('refused')"
    assert run(available(way), code, scratch).stdout == b"refused\n"
    assert outside.stat().st_uid == os.geteuid()


def test_a_relative_program_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="absolute"):
        unconfined().run(["python"], cwd=tmp_path, env={}, policy=Policy((), (), Limits()))


def test_a_missing_program_is_return_code_126_and_says_so(tmp_path: Path) -> None:
    done = unconfined().run(
        [str(tmp_path / "missing")], cwd=tmp_path, env={}, policy=Policy((), (), Limits())
    )
    assert done.returncode == 126
    assert b"perfopt jail: FileNotFoundError" in done.stderr


def test_no_sandbox_says_so(tmp_path: Path) -> None:
    sandbox = open_sandbox("none", python=Path(sys.executable), scratch=tmp_path)
    assert sandbox.kind == "none"
    assert "No sandbox" in sandbox.notes[0]


def test_an_unknown_choice_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="choose one of auto, bwrap, landlock, none"):
        open_sandbox("docker", python=Path(sys.executable), scratch=tmp_path)


def test_a_missing_bubblewrap_is_an_error_that_tells_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxError, match="apt install bubblewrap") as caught:
        open_sandbox("bwrap", python=Path(sys.executable), scratch=tmp_path)
    assert caught.value.exit_code == 4


def test_a_bubblewrap_that_fails_is_named_with_what_it_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho bwrap: no permission >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxError, match=r"bwrap: .*no permission"):
        open_sandbox("bwrap", python=Path(sys.executable), scratch=tmp_path)


@linux
def test_auto_falls_back_to_landlock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    available("bare")
    monkeypatch.setenv("PATH", str(tmp_path))
    sandbox = open_sandbox("auto", python=Path(sys.executable), scratch=tmp_path)
    assert sandbox.kind == "landlock"


def test_the_environment_keeps_language_and_path_alone(tmp_path: Path) -> None:
    dirty = {
        "PATH": "/bin",
        "LC_ALL": "C.UTF-8",
        "OMP_NUM_THREADS": "2",
        "GITHUB_TOKEN": "t",
        "AWS_SECRET_ACCESS_KEY": "k",
        "SSH_AUTH_SOCK": "/run/agent",
        "DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/bus",
        "https_proxy": "http://user:password@proxy",
        "VIRTUAL_ENV": "/hook",
        "PYTHONHOME": "/x",
        "GIT_DIR": "/x",
        "PYTEST_ADDOPTS": "-x",
        "HOME": "/home/user",
    }
    clean = clean_environment(dirty, home=tmp_path / "home", tmp=tmp_path)
    assert {name for name in clean if name in dirty} == {
        "PATH",
        "LC_ALL",
        "OMP_NUM_THREADS",
        "HOME",
    }
    assert clean["HOME"] == str(tmp_path / "home")
    assert clean["TMPDIR"] == str(tmp_path)
    assert clean["PYTHONDONTWRITEBYTECODE"] == "1"


def test_the_system_folders_hold_no_keys() -> None:
    readable = system_readable()
    for path in (
        "/etc/shadow",
        "/etc/ssh",
        "/etc/ssl/private",
        "/home",
        "/root",
        "/var",
        "/run/user",
    ):
        assert not any(Path(path).is_relative_to(folder) for folder in readable)


def test_an_interpreter_in_the_home_folder_does_not_open_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    venv.EnvBuilder(symlinks=True).create(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    _, readable = interpreter(tmp_path / "bin/python")
    assert tmp_path not in readable
    assert tmp_path / "bin" in readable


def test_resolving_tells_every_link_on_the_way(tmp_path: Path) -> None:
    (tmp_path / "real/deep").mkdir(parents=True)
    (tmp_path / "one").symlink_to("real")
    (tmp_path / "two").symlink_to(tmp_path / "one")
    real, links = resolve(tmp_path / "two" / "deep")
    assert real == (tmp_path / "real/deep").resolve()
    assert links[tmp_path / "one"] == "real"
    assert links[tmp_path / "two"] == str(tmp_path / "one")


ELSEWHERE = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import perfopt_cli.core
sys.modules['fcntl'] = sys.modules['resource'] = None
sys.platform = 'darwin'
from perfopt_cli.sandbox.isolate import open_sandbox
try:
    open_sandbox('auto', python=Path(sys.executable), scratch=Path('.'))
except perfopt_cli.core.SandboxError as error:
    print(error)
"""


def test_on_other_systems_it_can_be_imported_and_says_what_to_do(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", ELSEWHERE, str(root)]
    said = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert "Linux container" in said.stdout, said.stderr
    assert "--sandbox none" in said.stdout
