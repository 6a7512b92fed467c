"""Isolation, and the gates a candidate passes inside it."""
