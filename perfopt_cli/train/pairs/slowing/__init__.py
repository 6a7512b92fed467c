"""Families of slow code: each finds idiomatic fast code in a function and writes it the slow way."""
