"""What is known of a value: a kind, which uses of it vote for."""

from __future__ import annotations

from collections import Counter


class Kind:
    """What is known of one value; kinds that turn out to be of the same value are joined."""

    def __init__(self) -> None:
        self.link: Kind | None = None
        self.votes: Counter[str] = Counter()
        self.attributes: dict[str, Kind] = {}
        self.parts: dict[str, Kind] = {}
        self.fields: dict[int, Kind] = {}
        self.keys: dict[str, Kind] = {}
        self.words: set[str] = set()

    @property
    def root(self) -> Kind:
        """The kind that stands for all it was joined with."""
        one = self
        while one.link is not None:
            one = one.link
        return one

    def part(self, name: str) -> Kind:
        """Return the kind of the items (e), keys (y) or results (r)."""
        return self.root.parts.setdefault(name, Kind()).root

    def attribute(self, name: str) -> Kind:
        """Return the kind of an attribute."""
        return self.root.attributes.setdefault(name, Kind()).root

    def vote(self, name: str, weight: int = 2) -> Kind:
        """Say what a use tells."""
        self.root.votes[name] += weight
        return self

    def join(self, other: Kind) -> None:
        """Say that two values have one kind."""
        one, two = self.root, other.root
        if one is two:
            return
        two.link = one
        one.votes += two.votes
        one.words |= two.words
        for mine, its in (
            (one.attributes, two.attributes),
            (one.parts, two.parts),
            (one.fields, two.fields),
            (one.keys, two.keys),
        ):
            for name, kind in its.items():
                if name in mine:
                    mine[name].join(kind)  # type: ignore[index]
                else:
                    mine[name] = kind  # type: ignore[index]
