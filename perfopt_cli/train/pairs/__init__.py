"""Pairs of slow and fast code, made and measured."""
