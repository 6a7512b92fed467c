# right: hops: a deque, and the dict itself is asked
from collections import deque
def hops(graph: dict[str, list[str]], start: str) -> dict[str, int]:
    if start not in graph:
        raise KeyError(start)
    found = {start: 0}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        distance = found[node] + 1
        for neighbour in graph.get(node, ()):
            if neighbour not in found:
                found[neighbour] = distance
                queue.append(neighbour)
    return found


# right: hops: layer by layer
def hops(graph: dict[str, list[str]], start: str) -> dict[str, int]:
    if start not in graph:
        raise KeyError(start)
    found = {start: 0}
    layer = [start]
    distance = 0
    while layer:
        distance += 1
        following = []
        for node in layer:
            for neighbour in graph.get(node, ()):
                if neighbour not in found:
                    found[neighbour] = distance
                    following.append(neighbour)
        layer = following
    return found


# bad: hops: order: takes the last of the queue, so nodes are found by depth and not by distance
# shows: hops({"a": ["b", "c"], "c": ["d"], "d": ["e"], "b": ["e"]}, "a")
def hops(graph: dict[str, list[str]], start: str) -> dict[str, int]:
    if start not in graph:
        raise KeyError(start)
    found = {start: 0}
    queue = [start]
    while queue:
        node = queue.pop()
        for neighbour in graph.get(node, ()):
            if neighbour not in found or found[neighbour] > found[node] + 1:
                found[neighbour] = found[node] + 1
                queue.append(neighbour)
    return dict(sorted(found.items(), key=lambda item: item[1]))


# bad: hops: order: neighbours of a layer come in the order of a set
# shows: list(hops({"a": [f"n{i}" for i in range(12)]}, "a"))
def hops(graph: dict[str, list[str]], start: str) -> dict[str, int]:
    if start not in graph:
        raise KeyError(start)
    found = {start: 0}
    layer = {start}
    distance = 0
    while layer:
        distance += 1
        layer = {other for node in layer for other in graph.get(node, ())} - found.keys()
        found.update(dict.fromkeys(layer, distance))
    return found


# bad: hops: exception-new: a node that has no entry of its own raises
# shows: hops({"a": ["b"]}, "a")
from collections import deque
def hops(graph: dict[str, list[str]], start: str) -> dict[str, int]:
    found = {start: 0}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        for neighbour in graph[node]:
            if neighbour not in found:
                found[neighbour] = found[node] + 1
                queue.append(neighbour)
    return found


# bad: hops: exception-lost: a start that is not in the graph reaches itself
# shows: hops({}, "a")
from collections import deque
def hops(graph: dict[str, list[str]], start: str) -> dict[str, int]:
    found = {start: 0}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        for neighbour in graph.get(node, ()):
            if neighbour not in found:
                found[neighbour] = found[node] + 1
                queue.append(neighbour)
    return found


# bad: hops: size: gives up after 128 layers
# shows: len(hops({str(i): [str(i + 1)] for i in range(300)}, "0"))
def hops(graph: dict[str, list[str]], start: str) -> dict[str, int]:
    if start not in graph:
        raise KeyError(start)
    found = {start: 0}
    layer = [start]
    for distance in range(1, 129):
        following = []
        for node in layer:
            for neighbour in graph.get(node, ()):
                if neighbour not in found:
                    found[neighbour] = distance
                    following.append(neighbour)
        layer = following
        if not layer:
            break
    return found


# right: build_order: a set beside the list
def build_order(needs: dict[str, list[str]]) -> list[str]:
    order: list[str] = []
    built: set[str] = set()
    waiting = list(needs)
    while waiting:
        for i, part in enumerate(waiting):
            for need in needs[part]:
                if need not in built:
                    break
            else:
                order.append(part)
                built.add(part)
                del waiting[i]
                break
        else:
            raise ValueError(f"can't be built: {', '.join(waiting)}")
    return order


# right: build_order: a heap of what is ready, by place
import heapq
def build_order(needs: dict[str, list[str]]) -> list[str]:
    parts = list(needs)
    place = {part: i for i, part in enumerate(parts)}
    missing = []
    used: dict[str, list[int]] = {}
    for i, part in enumerate(parts):
        wanted = set(needs[part])
        missing.append(len(wanted))
        for need in wanted:
            used.setdefault(need, []).append(i)
    ready = [i for i, count in enumerate(missing) if count == 0]
    order = []
    while ready:
        i = heapq.heappop(ready)
        order.append(parts[i])
        for j in used.get(parts[i], ()):
            missing[j] -= 1
            if missing[j] == 0:
                heapq.heappush(ready, j)
    if len(order) < len(parts):
        built = set(order)
        raise ValueError(f"can't be built: {', '.join([p for p in parts if p not in built])}")
    return order


# bad: build_order: order: parts come in rounds, where the original starts again from the first
# shows: build_order({"c": ["b"], "b": [], "a": []})
def build_order(needs: dict[str, list[str]]) -> list[str]:
    order: list[str] = []
    built: set[str] = set()
    waiting = list(needs)
    while waiting:
        ready = [part for part in waiting if built.issuperset(needs[part])]
        if not ready:
            raise ValueError(f"can't be built: {', '.join(waiting)}")
        order += ready
        built.update(ready)
        waiting = [part for part in waiting if part not in built]
    return order


# bad: build_order: order: depth first, which puts needs right before the part that wants them
# shows: build_order({"c": ["b"], "a": [], "b": []})
def build_order(needs: dict[str, list[str]]) -> list[str]:
    order: dict[str, None] = {}
    open_parts: set[str] = set()

    def build(part: str) -> None:
        if part in order:
            return
        if part in open_parts or part not in needs:
            stuck = ", ".join([one for one in needs if one not in order])
            raise ValueError(f"can't be built: {stuck}")
        open_parts.add(part)
        for need in needs[part]:
            build(need)
        order[part] = None

    for part in needs:
        build(part)
    return list(order)


# bad: build_order: exception-text: names only parts of the circle, not what waits for it
# shows: build_order({"a": ["a"], "b": ["a"]})
def build_order(needs: dict[str, list[str]]) -> list[str]:
    order: list[str] = []
    built: set[str] = set()
    waiting = list(needs)
    while waiting:
        for i, part in enumerate(waiting):
            if built.issuperset(needs[part]):
                order.append(part)
                built.add(part)
                del waiting[i]
                break
        else:
            wanted = {need for part in waiting for need in needs[part]}
            stuck = [part for part in waiting if part in wanted] or waiting
            raise ValueError(f"can't be built: {', '.join(stuck)}")
    return order


# bad: build_order: boundary: a need that is listed twice is never met
# shows: build_order({"a": ["b", "b"], "b": []})
import heapq
def build_order(needs: dict[str, list[str]]) -> list[str]:
    parts = list(needs)
    missing = [len(needs[part]) for part in parts]
    used: dict[str, set[int]] = {}
    for i, part in enumerate(parts):
        for need in needs[part]:
            used.setdefault(need, set()).add(i)
    ready = [i for i, count in enumerate(missing) if count == 0]
    order = []
    while ready:
        i = heapq.heappop(ready)
        order.append(parts[i])
        for j in used.get(parts[i], ()):
            missing[j] -= 1
            if missing[j] == 0:
                heapq.heappush(ready, j)
    if len(order) < len(parts):
        built = set(order)
        raise ValueError(f"can't be built: {', '.join([p for p in parts if p not in built])}")
    return order


# right: groups: neighbours, then one walk from each number
def groups(pairs: list[tuple[int, int]]) -> list[list[int]]:
    near: dict[int, list[int]] = {}
    for a, b in pairs:
        near.setdefault(a, []).append(b)
        near.setdefault(b, []).append(a)
    seen: set[int] = set()
    found = []
    for number in near:
        if number in seen:
            continue
        seen.add(number)
        group = [number]
        for one in group:
            for other in near[one]:
                if other not in seen:
                    seen.add(other)
                    group.append(other)
        group.sort()
        found.append(group)
    return sorted(found, key=lambda group: (-len(group), group))


# bad: groups: order: groups of the same size in the order in which they were found
# shows: groups([(5, 6), (1, 2)])
def groups(pairs: list[tuple[int, int]]) -> list[list[int]]:
    near: dict[int, list[int]] = {}
    for a, b in pairs:
        near.setdefault(a, []).append(b)
        near.setdefault(b, []).append(a)
    seen: set[int] = set()
    found = []
    for number in near:
        if number not in seen:
            seen.add(number)
            group = [number]
            for one in group:
                for other in near[one]:
                    if other not in seen:
                        seen.add(other)
                        group.append(other)
            found.append(sorted(group))
    return sorted(found, key=len, reverse=True)


# bad: groups: recursion: a long chain of pairs goes beyond the recursion limit
# shows: len(groups([(i, i + 1) for i in range(2000)]))
def groups(pairs: list[tuple[int, int]]) -> list[list[int]]:
    near: dict[int, list[int]] = {}
    for a, b in pairs:
        near.setdefault(a, []).append(b)
        near.setdefault(b, []).append(a)
    seen: set[int] = set()

    def walk(number: int, group: list[int]) -> None:
        seen.add(number)
        group.append(number)
        for other in near[number]:
            if other not in seen:
                walk(other, group)

    found: list[list[int]] = []
    for number in near:
        if number not in seen:
            group: list[int] = []
            walk(number, group)
            found.append(sorted(group))
    return sorted(found, key=lambda group: (-len(group), group))


# bad: groups: boundary: the groups of both numbers are not joined when both are known
# shows: groups([(1, 2), (3, 4), (2, 3)])
def groups(pairs: list[tuple[int, int]]) -> list[list[int]]:
    place: dict[int, int] = {}
    members: list[list[int]] = []
    for a, b in pairs:
        where = place.get(a, place.get(b))
        if where is None:
            where = len(members)
            members.append([])
        for number in (a, b):
            if number not in place:
                place[number] = where
                members[where].append(number)
    return sorted([sorted(group) for group in members], key=lambda group: (-len(group), group))


# right: cheapest: a heap whose ties go to the node that was found first
import heapq
def cheapest(prices: dict[str, dict[str, float]], start: str, goal: str) -> list[str]:
    cost = {start: 0.0}
    place = {start: 0}
    before: dict[str, str] = {}
    done: set[str] = set()
    heap = [(0.0, 0, start)]
    while heap:
        so_far, _, node = heapq.heappop(heap)
        if node in done:
            continue
        if node == goal:
            break
        done.add(node)
        for following, price in prices.get(node, {}).items():
            total = so_far + price
            if following not in cost or total < cost[following]:
                place.setdefault(following, len(place))
                cost[following] = total
                before[following] = node
                heapq.heappush(heap, (total, place[following], following))
    if goal not in cost:
        return []
    route = [goal]
    while route[-1] != start:
        route.append(before[route[-1]])
    route.reverse()
    return route


# bad: cheapest: order: of routes that cost the same, the one by the name that sorts first
# shows: cheapest({"a": {"z": 1.0, "b": 1.0}, "z": {"g": 1.0}, "b": {"g": 1.0}}, "a", "g")
import heapq
def cheapest(prices: dict[str, dict[str, float]], start: str, goal: str) -> list[str]:
    cost = {start: 0.0}
    before: dict[str, str] = {}
    done: set[str] = set()
    heap = [(0.0, start)]
    while heap:
        so_far, node = heapq.heappop(heap)
        if node in done:
            continue
        if node == goal:
            break
        done.add(node)
        for following, price in prices.get(node, {}).items():
            total = so_far + price
            if following not in cost or total < cost[following]:
                cost[following] = total
                before[following] = node
                heapq.heappush(heap, (total, following))
    if goal not in cost:
        return []
    route = [goal]
    while route[-1] != start:
        route.append(before[route[-1]])
    return route[::-1]


# bad: cheapest: boundary: stops when the goal is first seen, not when it is the nearest
# shows: cheapest({"a": {"g": 5.0, "b": 1.0}, "b": {"g": 1.0}}, "a", "g")
import heapq
def cheapest(prices: dict[str, dict[str, float]], start: str, goal: str) -> list[str]:
    cost = {start: 0.0}
    place = {start: 0}
    before: dict[str, str] = {}
    heap = [(0.0, 0, start)]
    done: set[str] = set()
    while heap and goal not in cost:
        so_far, _, node = heapq.heappop(heap)
        if node in done:
            continue
        done.add(node)
        for following, price in prices.get(node, {}).items():
            total = so_far + price
            if following not in cost or total < cost[following]:
                place.setdefault(following, len(place))
                cost[following] = total
                before[following] = node
                heapq.heappush(heap, (total, place[following], following))
    if goal not in cost:
        return []
    route = [goal]
    while route[-1] != start:
        route.append(before[route[-1]])
    return route[::-1]


# right: triangles: sets of those who name each other
def triangles(friends: dict[str, list[str]]) -> int:
    if len(friends) < 3:
        return 0
    sets = {name: set(named) for name, named in friends.items()}
    later = {
        a: {b for b in named if b > a and b in sets and a in sets[b]} for a, named in sets.items()
    }
    return sum([len(near & later[b]) for near in later.values() for b in near])


# bad: triangles: boundary: it is enough that one names the other
# shows: triangles({"a": ["b", "c"], "b": ["c"], "c": ["a"]})
def triangles(friends: dict[str, list[str]]) -> int:
    later: dict[str, set[str]] = {name: set() for name in friends}
    for name, named in friends.items():
        for other in named:
            if other in later and other != name:
                low, high = sorted((name, other))
                later[low].add(high)
    return sum([len(near & later[b]) for near in later.values() for b in near])


# bad: triangles: type: an empty graph gives 0.0, and every count is a float
# shows: triangles({})
def triangles(friends: dict[str, list[str]]) -> int:
    sets = {name: set(named) for name, named in friends.items()}
    near = {a: {b for b in sets[a] if b != a and b in sets and a in sets[b]} for a in sets}
    return sum([len(near[a] & near[b]) for a in near for b in near[a]]) / 6
