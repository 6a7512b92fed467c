"""What counts as a changed setting of the process."""

from __future__ import annotations

from typing import Any

import pytest

from perfopt_cli.sandbox.worker.quiet import altered

BEFORE = ((True, (700, 10, 10), 5000), None, None, 0.005)


@pytest.mark.parametrize(
    ("after", "changed"),
    [
        (BEFORE, False),
        (((True, (700, 10, 10), 4999), None, None, 0.005), False),  # something was freed
        (((True, (700, 10, 10), 9000), None, None, 0.005), True),  # gc.freeze()
        (((False, (700, 10, 10), 5000), None, None, 0.005), True),
        (((True, (9999, 10, 10), 5000), None, None, 0.005), True),
        (((True, (700, 10, 10), 5000), None, None, 0.5), True),
    ],
)
def test_settings_are_altered_where_speed_may_hang_on_it(after: Any, changed: bool) -> None:
    assert altered(BEFORE, after) is changed
