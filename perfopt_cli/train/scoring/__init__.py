"""Run programs in the sandbox, and say how good they are."""
