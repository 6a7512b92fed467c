"""A small project whose one function has a faster way, as many tests need it."""

from __future__ import annotations

MODULE = """
    def count_known(words: list[str], known: list[str]) -> int:
        count = 0
        for word in words:
            if word in known:
                count += 1
        return count
"""


def suite_of(module: str) -> str:
    """Return its tests, indented as MODULE is; the function is in the module of this name."""
    return f"""
    import pytest
    from {module} import count_known

    @pytest.mark.parametrize("size", range(0, 180, 6))
    def test_count(size):
        known = [f"w{{i}}" for i in range(size)]
        words = [f"w{{i}}" for i in range(0, 2 * size, 2)]
        assert count_known(words, known) == (size + 1) // 2
"""
