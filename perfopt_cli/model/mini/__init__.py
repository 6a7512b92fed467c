"""A small model that perfopt ships: its language, its network, and what runs it."""
