"""A time budget that holds."""

from __future__ import annotations

import signal
import threading
import time

import pytest

from perfopt_cli.hooks.budget import BudgetOver, at_most


def test_a_wait_ends_when_the_budget_does() -> None:
    with pytest.raises(BudgetOver), at_most(0.05):
        threading.Event().wait(600)


def test_no_handler_of_errors_gets_it() -> None:
    assert not issubclass(BudgetOver, Exception)


def test_afterwards_all_is_as_before() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with at_most(600):
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 0
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) == before


def test_a_budget_that_is_spent_ends_at_once() -> None:
    with pytest.raises(BudgetOver), at_most(-5):
        time.sleep(600)
