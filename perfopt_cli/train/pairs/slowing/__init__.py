"""Families of slow code: each finds fast, idiomatic code in a function and writes it slowly."""
