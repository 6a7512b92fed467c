from __future__ import annotations

import sys
from pathlib import Path

import pytest

from perfopt_cli.train import records
from perfopt_cli.train.evaluation.instructions import (
    InstructionCounter,
    find_valgrind,
    largest_input,
    read_count,
)
from perfopt_cli.train.records import Check

SUM = "print(sum(i * i for i in range(int(input()))))"


def test_the_count_is_read_from_the_log(tmp_path):
    log = tmp_path / "log"
    log.write_text("==2== Command: python\n==2== \n==2== I   refs:      28,739,375\n")
    assert read_count(log) == 28_739_375


@pytest.mark.parametrize("text", ["", "==2== I refs: 1\n==3== I refs: 2\n", "I refs: 12\n"])
def test_a_log_without_just_one_count_has_none(tmp_path, text):
    log = tmp_path / "log"
    log.write_text(text)
    assert read_count(log) is None


def test_a_log_that_is_not_there_has_no_count(tmp_path):
    assert read_count(tmp_path / "log") is None


def test_inputs_for_timing_go_before_those_of_the_tests():
    runs = (Check("1", "1"), Check("22", "4"))
    assert largest_input(records.Tests(runs)) == "22"
    assert largest_input(records.Tests(runs, inputs=("7",))) == "7"
    assert largest_input(records.Tests(asserts=("assert True",))) == ""


@pytest.mark.slow
@pytest.mark.skipif(find_valgrind() is None, reason="no valgrind")
def test_counts_repeat_and_grow_with_the_work():
    valgrind = find_valgrind()
    assert valgrind is not None
    with InstructionCounter(valgrind, Path(sys.executable)) as counter:
        small = counter.count(SUM, records.Tests((Check("100", ""),)))
        again = counter.count(SUM, records.Tests((Check("100", ""),)))
        large = counter.count(SUM, records.Tests((Check("9000", ""),)))
        failing = counter.count("raise ValueError", records.Tests((Check("", ""),)))
    assert small == again
    assert small is not None
    assert large is not None
    assert 0 < small < large
    assert failing is None
