"""Pairs of a slow and a fast function, and which of them are like a given one."""
