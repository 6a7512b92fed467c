"""Pairs of slow and fast functions, made to train on."""
