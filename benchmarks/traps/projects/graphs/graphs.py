"""Graphs as dicts of neighbours."""

from __future__ import annotations


def hops(graph: dict[str, list[str]], start: str) -> dict[str, int]:
    """Return the number of edges from start to each node that it reaches, nearest first."""
    if start not in graph:
        raise KeyError(start)
    found = {start: 0}
    queue = [start]
    while queue:
        node = queue.pop(0)
        for neighbour in graph.get(node, []):
            if neighbour not in list(found):
                found[neighbour] = found[node] + 1
                queue.append(neighbour)
    return found


def build_order(needs: dict[str, list[str]]) -> list[str]:
    """Return the parts in an order in which all that one needs comes before it.

    Among those that are ready the one named first in ``needs`` comes first.
    """
    order: list[str] = []
    while len(order) < len(needs):
        for part in needs:
            if part not in order and all(need in order for need in needs[part]):
                order.append(part)
                break
        else:
            stuck = [part for part in needs if part not in order]
            raise ValueError(f"can't be built: {', '.join(stuck)}")
    return order


def groups(pairs: list[tuple[int, int]]) -> list[list[int]]:
    """Return the connected groups, each in order of number, largest group first, then by number."""
    found: list[list[int]] = []
    for a, b in pairs:
        with_a = [group for group in found if a in group]
        with_b = [group for group in found if b in group]
        new = sorted(set(sum(with_a, []) + sum(with_b, []) + [a, b]))
        found = [group for group in found if group not in with_a and group not in with_b] + [new]
    return sorted(found, key=lambda group: (-len(group), group))


def cheapest(prices: dict[str, dict[str, float]], start: str, goal: str) -> list[str]:
    """Return the cheapest route, an empty one where there is none."""
    cost = {start: 0.0}
    before: dict[str, str] = {}
    done: list[str] = []
    while True:
        node = None
        for one in cost:
            if one not in done and (node is None or cost[one] < cost[node]):
                node = one
        if node is None or node == goal:
            break
        done.append(node)
        for following, price in prices.get(node, {}).items():
            if following not in cost or cost[node] + price < cost[following]:
                cost[following] = cost[node] + price
                before[following] = node
    if goal not in cost:
        return []
    route = [goal]
    while route[0] != start:
        route = [before[route[0]]] + route
    return route


def triangles(friends: dict[str, list[str]]) -> int:
    """Count the groups of three who name each other; a name twice in a list counts once."""
    count = 0
    names = sorted(friends)
    for i, a in enumerate(names):
        for j in range(i + 1, len(names)):
            b = names[j]
            if b not in friends[a] or a not in friends[b]:
                continue
            for c in names[j + 1 :]:
                if c in friends[a] and c in friends[b] and a in friends[c] and b in friends[c]:
                    count += 1
    return count
