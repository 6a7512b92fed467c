"""Graphs in the forms that functions take them: a dict of parents, of neighbours, a list of edges.

Tests have small ones that end well. Made here: long chains, circles that leave
the start out, random edges, edges of equal weight.
"""

from .changes import DICTS, copied

NODES = (str, int)
MOST_OLD = 40
SHAPES = 5
LIKELY = (0.1, 0.2, 0.4)


class Graph:
    """One form of a graph: ``fits``, ``nodes`` and ``make`` it."""

    def fits(self, value):
        """Tell whether the value has this form."""
        return bool(value) and type(value) in DICTS and self.form(value) is not None

    def nodes(self, value):
        """Return the nodes that the value names."""
        return list(value)

    def make(self, value, rng, most, shape):
        """Return (another graph, its nodes); ``shape`` numbers the kind of graph.

        The node to start from is the last.
        """
        shape %= SHAPES
        old = self.nodes(value)
        old = rng.sample(old, min(len(old), MOST_OLD))
        if shape == 0:
            nodes = chain_of(old, rng.randint(most // 2, most))
            edges = list(zip(nodes[1:], nodes))
        elif shape == 1:  # a circle that is led to, and does not come back to the start
            nodes = old if len(old) > 2 else chain_of(old, 5)
            edges = [*zip(nodes[1:], nodes), (nodes[0], nodes[len(nodes) // 2])]
        elif shape == 2:  # many ways of the same length from the last to the first
            nodes = old if len(old) > 3 else chain_of(old, 8)
            layers = layers_of(nodes, rng)
            pairs = zip(layers[1:], layers)
            edges = [(one, other) for late, early in pairs for one in late for other in early]
            rng.shuffle(edges)
        else:
            nodes = old if len(old) > 1 else chain_of(old, 6)
            likely = rng.choice(LIKELY)
            edges = [(one, other) for one in nodes for other in nodes if rng.random() < likely]
            rng.shuffle(edges)
            if shape == 4 and len(nodes) > 1:
                edges = [(one, rng.choice(nodes)) for one in nodes]
        return self.build(value, nodes, edges, rng), nodes


class Parents(Graph):
    """A dict of each node's parent."""

    def form(self, value):
        """Return the value of a node without a parent, or None where the form is another."""
        kinds = {type(key) for key in value} | {type(item) for item in value.values()}
        if len(kinds - {type(None)}) != 1 or not kinds & {*NODES}:
            return None
        ends = [item for item in value.values() if item not in value]
        linked = len(ends) < len(value)
        return (ends,) if linked else None

    def build(self, value, nodes, edges, rng):
        """Return the dict; the first edge of a node counts."""
        (ends,) = self.form(value)
        made = {}
        for one, other in edges:
            made.setdefault(one, other)
        for node in nodes:
            made.setdefault(node, rng.choice(ends) if ends else nodes[0])
        return type(value)(made)


class Neighbours(Graph):
    """A dict of each node's neighbours: lists, tuples, sets, or dicts of weights."""

    def form(self, value):
        """Return the kind of the neighbours and a weight, or None where the form is another."""
        kinds = {type(item) for item in value.values()}
        keys = {type(key) for key in value}
        if len(kinds) != 1 or len(keys) != 1 or not keys <= {*NODES}:
            return None
        (kind,) = kinds
        if kind not in (list, tuple, set, frozenset, dict):
            return None
        inner = [item for held in value.values() for item in held]
        if not inner or any(type(item) not in keys for item in inner):
            return None
        weights = [w for held in value.values() for w in held.values()] if kind is dict else []
        return kind, weights

    def build(self, value, nodes, edges, rng):
        """Return the dict, with weights that were there."""
        kind, weights = self.form(value)
        same = rng.random() < 0.5
        made = {node: [] for node in nodes}
        for one, other in edges:
            made[one].append(other)
        if kind is not dict:
            return type(value)({node: kind(held) for node, held in made.items()})
        found = {}
        for node, held in made.items():
            found[node] = {
                other: copied(weights[0] if same else rng.choice(weights)) for other in held
            }
        return type(value)(found)


class Edges(Graph):
    """A list of pairs of nodes, with or without more fields."""

    def fits(self, value):
        """Tell whether the value has this form."""
        if type(value) is not list or not value:
            return False
        return all(
            type(item) is tuple and len(item) > 1 and type(item[0]) is type(item[1]) in NODES
            for item in value[:50]
        )

    def nodes(self, value):
        """Return the nodes in the order of their first edge."""
        return list(dict.fromkeys(node for item in value for node in item[:2]))

    def build(self, value, nodes, edges, rng):
        """Return the list, with further fields that were there."""
        same = rng.random() < 0.5
        return [
            (one, other, *copied((value[0] if same else rng.choice(value))[2:]))
            for one, other in edges
        ]


GRAPHS = (Parents(), Neighbours(), Edges())


def layers_of(nodes, rng):
    """Return the nodes in layers: the first, some of two or three, the last."""
    layers, rest = [nodes[:1]], nodes[1:-1]
    while rest:
        size = rng.randint(2, 3)
        layers.append(rest[:size])
        rest = rest[size:]
    return [*layers, nodes[-1:]]


def chain_of(nodes, count):
    """Return so many nodes like these."""
    if nodes and type(nodes[0]) is int:
        return list(range(count))
    return [f"n{number}" for number in range(count)]
