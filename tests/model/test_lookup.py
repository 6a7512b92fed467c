from __future__ import annotations

from perfopt_cli.model.lookup import Lookup


def test_what_followed_the_last_tokens_is_guessed() -> None:
    lookup = Lookup([1, 2, 3, 4, 5])
    lookup.extend([2, 3])
    assert lookup.guess(2) == [4, 5]


def test_a_longer_run_is_preferred_to_a_shorter_one() -> None:
    lookup = Lookup([3, 9, 2, 3, 8])
    lookup.extend([2, 3])
    assert lookup.guess(1) == [8]


def test_the_next_place_after_the_last_copy_is_preferred() -> None:
    lookup = Lookup([7, 1, 7, 2, 7, 3])
    lookup.extend([7])
    assert lookup.guess(1) == [1]
    lookup.extend([1, 7])
    assert lookup.guess(1) == [2]


def test_the_reply_itself_is_copied_from_too() -> None:
    lookup = Lookup([1])
    lookup.extend([5, 6, 5])
    assert lookup.guess(3) == [6, 5]


def test_nothing_is_guessed_where_nothing_is_known() -> None:
    assert Lookup([1, 2, 3]).guess(4) == []
    assert Lookup([]).guess(4) == []


def test_no_more_is_guessed_than_asked_for() -> None:
    lookup = Lookup([1, 1, 1, 1])
    assert lookup.guess(0) == []
    assert len(lookup.guess(2)) <= 2
