"""Files of a store are taken only whole, in their place and from the user's own hand."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path

import pytest

from perfopt_cli.core import PerfoptError
from perfopt_cli.pipeline.cache.store import Store, cache_folder


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "cache" / "perfopt")


def written(store: Store, group: str = "group", name: str = "one") -> Path:
    assert store.write(group, name, {"a": [1, None, "é\udc80"]})
    return store.folder / group / f"{name}.json"


def test_what_is_written_can_be_read(store: Store) -> None:
    written(store)
    assert store.read("group", "one") == {"a": [1, None, "é\udc80"]}


def test_what_was_never_written_is_none(store: Store) -> None:
    assert store.read("group", "one") is None


def test_only_the_user_can_look_into_it(store: Store) -> None:
    path = written(store)
    modes = [place.stat().st_mode & 0o077 for place in (store.folder, path.parent, path)]
    assert modes == [0, 0, 0]


@pytest.mark.parametrize("length", [0, 1, 40, 118])
def test_a_file_that_was_cut_short_is_ignored(store: Store, length: int) -> None:
    path = written(store)
    assert path.stat().st_size > 118
    path.write_bytes(path.read_bytes()[:length])
    assert store.read("group", "one") is None


def test_a_file_with_a_changed_word_is_ignored(store: Store) -> None:
    path = written(store)
    path.write_text(path.read_text().replace("[1,", "[2,"))
    assert store.read("group", "one") is None


def test_a_file_under_another_name_is_ignored(store: Store) -> None:
    path = written(store)
    path.rename(path.with_name("two.json"))
    assert store.read("group", "two") is None
    assert store.read("group", "one") is None


@pytest.mark.parametrize("text", ["[]", "null", "[" * 100_000, '{"check": 1}'])
def test_foreign_json_is_ignored(store: Store, text: str) -> None:
    written(store).write_text(text)
    assert store.read("group", "one") is None


def test_a_file_that_others_may_write_to_is_ignored(store: Store) -> None:
    written(store).chmod(0o620)
    assert store.read("group", "one") is None


def test_a_link_is_not_followed(store: Store, tmp_path: Path) -> None:
    path = written(store)
    path.rename(tmp_path / "elsewhere.json")
    path.symlink_to(tmp_path / "elsewhere.json")
    assert store.read("group", "one") is None


def test_a_pipe_does_not_stop_it(store: Store) -> None:
    path = written(store)
    path.unlink()
    os.mkfifo(path, 0o600)
    assert store.read("group", "one") is None


def test_a_folder_that_others_may_write_to_is_refused(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o770)
    with pytest.raises(PerfoptError, match="not yours alone"):
        Store(tmp_path / "open")


def test_a_folder_that_can_not_be_made_is_an_error_with_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PerfoptError, match="can't be made"):
        Store(tmp_path / "file" / "perfopt")


def test_writing_that_fails_says_so_and_leaves_nothing(store: Store) -> None:
    (store.folder / "group").write_text("in the way")
    assert not store.write("group", "one", 1)
    assert [path.name for path in store.folder.iterdir()] == ["group"]


def test_readers_never_see_half_of_what_others_write(store: Store) -> None:
    written(store)
    values = [{"a": [number] * 3000} for number in range(8)]
    writers = [
        threading.Thread(target=store.write, args=("group", "one", value)) for value in values * 4
    ]
    seen = []
    for writer in writers:
        writer.start()
        seen.append(store.read("group", "one"))
    for writer in writers:
        writer.join()
    assert None not in seen
    assert store.read("group", "one") in values


def test_groups_that_are_long_unused_are_cleared_up(store: Store) -> None:
    old, new = written(store, "old"), written(store, "new")
    os.utime(old.parent, (1, time.time() - 1000))
    store.prune(oldest=500)
    assert (old.exists(), new.exists()) == (False, True)


def test_where_there_is_too_much_the_longest_unused_goes_first(store: Store) -> None:
    paths = [written(store, name) for name in ("one", "two", "three")]
    for age, path in enumerate(paths):
        os.utime(path.parent, (1, time.time() - 10 * age))
    store.prune(most=2 * paths[0].stat().st_size)
    assert [path.exists() for path in paths] == [True, True, False]


def test_use_counts_as_young(store: Store) -> None:
    path = written(store)
    os.utime(path.parent, (1, 1))
    store.touch("group")
    store.prune(oldest=500)
    assert path.exists()


def test_its_size_is_known(store: Store) -> None:
    one, other = written(store), written(store, "other")
    assert store.size() == (2, one.stat().st_size + other.stat().st_size)


def test_what_is_on_disk_is_json_and_no_code(store: Store) -> None:
    assert set(json.loads(written(store).read_text())) == {"check", "data"}


@pytest.mark.parametrize(
    ("environ", "platform", "folder"),
    [
        ({"HOME": "/h"}, "linux", "/h/.cache/perfopt"),
        ({"HOME": "/h", "XDG_CACHE_HOME": "/x"}, "linux", "/x/perfopt"),
        ({"HOME": "/h", "XDG_CACHE_HOME": "x"}, "linux", "/h/.cache/perfopt"),
        ({"HOME": "/h", "XDG_CACHE_HOME": ""}, "linux", "/h/.cache/perfopt"),
        ({"HOME": "/h"}, "darwin", "/h/Library/Caches/perfopt"),
    ],
)
def test_it_is_where_the_system_has_caches(
    environ: dict[str, str], platform: str, folder: str
) -> None:
    assert cache_folder(environ, platform) == Path(folder)


def test_without_a_home_variable_the_users_home_counts() -> None:
    assert cache_folder({}, sys.platform).is_relative_to(Path.home())
