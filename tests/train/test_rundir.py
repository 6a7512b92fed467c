from __future__ import annotations

import threading
from pathlib import Path

import pytest

from perfopt_cli.core import PerfoptError
from perfopt_cli.train.config import TrainConfig
from perfopt_cli.train.rundir import Log, read_json, write_json
from perfopt_cli.train.team import Team, find_team
from perfopt_cli.train.units import Unit, units_of


def test_each_rl_step_is_a_part_of_its_own() -> None:
    units = units_of(TrainConfig(steps=2))
    assert [unit.name for unit in units] == ["sft", "rrhf-1", "rrhf-2"]
    assert units[1] == Unit("rrhf", 1)


def test_a_log_drops_the_line_that_a_kill_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    Log(path).append([{"a": 1}, {"a": 2}])
    with path.open("a") as file:
        file.write('{"a": 3')
    log = Log(path)
    assert log.rows == [{"a": 1}, {"a": 2}]
    log.append([{"a": 4}])
    assert Log(path).rows == [{"a": 1}, {"a": 2}, {"a": 4}]


def test_a_last_line_without_its_end_is_not_trusted(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text('{"a": 1}\n{"a": 12}')
    assert Log(tmp_path / "log.jsonl").rows == [{"a": 1}]


def test_a_file_that_is_no_json_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "done.json").write_text("{")
    with pytest.raises(PerfoptError, match=r"done\.json can't be read.*delete it"):
        read_json(tmp_path / "done.json")


def test_one_process_decides_and_the_others_wait_for_it(tmp_path: Path) -> None:
    path = tmp_path / "chosen.json"
    found: list[dict[str, int]] = []
    waiting = threading.Thread(
        target=lambda: found.append(Team(1, 2).once(path, lambda: {"chosen": 99}))
    )
    waiting.start()
    assert Team(0, 2).once(path, lambda: {"chosen": 1}) == {"chosen": 1}
    waiting.join(10)
    assert found == [{"chosen": 1}]


def test_what_was_decided_is_not_decided_again(tmp_path: Path) -> None:
    write_json(tmp_path / "chosen.json", {"chosen": 1})
    assert Team().once(tmp_path / "chosen.json", lambda: {"chosen": 2}) == {"chosen": 1}


def test_numbered_work_is_shared_out_and_none_is_left() -> None:
    teams = [Team(rank, 3) for rank in range(3)]
    assert all(sum(team.has(number) for team in teams) == 1 for number in range(10))


def test_the_place_in_the_team_is_the_launchers() -> None:
    assert find_team({"RANK": "2", "WORLD_SIZE": "4"}) == Team(2, 4)
    assert find_team({}).leads
