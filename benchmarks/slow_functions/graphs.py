# slow: hops_from, restructure, 200
def hops_from(graph, start):
    queue = [(start, 0)]
    visited = []
    hops = {}
    while len(queue) > 0:
        node, distance = queue.pop(0)
        if node in visited:
            continue
        visited.append(node)
        hops[node] = distance
        for neighbour in graph.get(node, []):
            if neighbour not in visited:
                queue.append((neighbour, distance + 1))
    return hops
# fast
from collections import deque
def hops_from(graph, start):
    hops = {start: 0}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        distance = hops[node] + 1
        for neighbour in graph.get(node, ()):
            if neighbour not in hops:
                hops[neighbour] = distance
                queue.append(neighbour)
    return hops
# calls: {i: draw.numbers(4, 0, n) for i in range(n)}, 0


# slow: connected_groups, algorithm, 200
def connected_groups(people, friendships):
    group = {}
    for person in people:
        group[person] = person
    for a, b in friendships:
        old = group[b]
        new = group[a]
        for person in people:
            if group[person] == old:
                group[person] = new
    return len(set(group.values()))
# fast
def connected_groups(people, friendships):
    parent = {person: person for person in people}
    count = len(parent)
    for a, b in friendships:
        while parent[b] != b:
            parent[b] = b = parent[parent[b]]
        while parent[a] != a:
            parent[a] = a = parent[parent[a]]
        if a != b:
            parent[b] = a
            count -= 1
    return count
# calls: list(range(n)), [(draw.randrange(n), draw.randrange(n)) for _ in range(n)]


# slow: count_routes, algorithm, 12
def count_routes(roads, start, goal):
    if start == goal:
        return 1
    total = 0
    for town in roads.get(start, []):
        total = total + count_routes(roads, town, goal)
    return total
# fast
def count_routes(roads, start, goal):
    known = {goal: 1}
    def count(town):
        if town not in known:
            total = 0
            for after in roads.get(town, []):
                total += count(after)
            known[town] = total
        return known[town]
    return count(start)
# calls: {i: [i + 1, i + 2] + draw.numbers(1, i + 1, i + 3) for i in range(n)}, 0, n


# slow: build_order, algorithm, 60
def build_order(tasks):
    done = []
    while len(done) < len(tasks):
        ready = []
        for task in tasks:
            if task not in done:
                if all([dep in done for dep in tasks[task]]):
                    ready.append(task)
        if ready == []:
            raise ValueError("cycle")
        done.append(sorted(ready)[0])
    return done
# fast
import heapq
def build_order(tasks):
    waiting = {}
    users = {}
    for task, needs in tasks.items():
        distinct = set(needs)
        waiting[task] = len(distinct)
        for dep in distinct:
            users.setdefault(dep, []).append(task)
    ready = [task for task, count in waiting.items() if not count]
    heapq.heapify(ready)
    done = []
    while ready:
        task = heapq.heappop(ready)
        done.append(task)
        for user in users.get(task, ()):
            waiting[user] -= 1
            if not waiting[user]:
                heapq.heappush(ready, user)
    if len(done) < len(tasks):
        raise ValueError("cycle")
    return done
# calls: draw.shuffled_dict({f"t{i}": [f"t{draw.randrange(i)}" for _ in range(draw.randint(0, 3))] if i else [] for i in range(n)}),


# slow: adjacency_matrix, restructure, 50
def adjacency_matrix(size, edges):
    matrix = []
    for i in range(size):
        row = []
        for j in range(size):
            if (i, j) in edges or (j, i) in edges:
                row.append(1)
            else:
                row.append(0)
        matrix.append(row)
    return matrix
# fast
def adjacency_matrix(size, edges):
    matrix = [[0] * size for _ in range(size)]
    for i, j in edges:
        if 0 <= i < size and 0 <= j < size:
            matrix[i][j] = 1
            matrix[j][i] = 1
    return matrix
# calls: n, [(draw.randrange(n), draw.randrange(n)) for _ in range(2 * n)]


# slow: degrees, algorithm, 150
def degrees(nodes, edges):
    result = {}
    for node in nodes:
        result[node] = sum([1 for e in edges if e[0] == node or e[1] == node])
    return result
# fast
def degrees(nodes, edges):
    result = dict.fromkeys(nodes, 0)
    for a, b in edges:
        if a in result:
            result[a] += 1
        if b != a and b in result:
            result[b] += 1
    return result
# calls: list(range(n)), [(draw.randrange(n), draw.randrange(n)) for _ in range(2 * n)]


# slow: suggest_friends, restructure, 100
def suggest_friends(friends, user):
    suggestions = {}
    for other in friends:
        if other == user or other in friends[user]:
            continue
        common = []
        for f in friends[other]:
            if f in friends[user] and f not in common:
                common.append(f)
        if len(common) > 0:
            suggestions[other] = len(common)
    return sorted(suggestions.items(), key=lambda pair: (-pair[1], pair[0]))
# fast
def suggest_friends(friends, user):
    if not friends:
        return []
    mine = None
    suggestions = []
    for other, theirs in friends.items():
        if other == user:
            continue
        if mine is None:
            mine = set(friends[user])
        if other not in mine:
            common = len(mine.intersection(theirs))
            if common:
                suggestions.append((other, common))
    suggestions.sort(key=lambda pair: (-pair[1], pair[0]))
    return suggestions
# calls: {i: draw.numbers(n // 2, 0, n) for i in range(n)}, 0


# slow: cheapest_costs, local, 120
def cheapest_costs(network, start):
    costs = {start: 0}
    finished = []
    while True:
        nearest = None
        for node in costs:
            if node not in finished:
                if nearest is None or costs[node] < costs[nearest]:
                    nearest = node
        if nearest is None:
            return costs
        finished.append(nearest)
        for target, price in network.get(nearest, []):
            if target not in costs or costs[nearest] + price < costs[target]:
                costs[target] = costs[nearest] + price
# fast
def cheapest_costs(network, start):
    costs = {start: 0}
    finished = set()
    while True:
        nearest = None
        for node, cost in costs.items():
            if node not in finished and (nearest is None or cost < least):
                nearest = node
                least = cost
        if nearest is None:
            return costs
        finished.add(nearest)
        for target, price in network.get(nearest, ()):
            total = costs[nearest] + price
            if target not in costs or total < costs[target]:
                costs[target] = total
# calls: {i: [(draw.randrange(n), draw.randint(1, 60)) for _ in range(3)] for i in range(n)}, 0


# slow: triangles, restructure, 40
def triangles(edges):
    nodes = []
    for a, b in edges:
        if a not in nodes:
            nodes.append(a)
        if b not in nodes:
            nodes.append(b)
    count = 0
    for a in nodes:
        for b in nodes:
            for c in nodes:
                if a < b and b < c:
                    if (a, b) in edges and (b, c) in edges and (a, c) in edges:
                        count += 1
    return count
# fast
def triangles(edges):
    after = {}
    for a, b in edges:
        if a < b:
            after.setdefault(a, set()).add(b)
    nothing = set()
    return sum([len(found & after.get(b, nothing)) for found in after.values() for b in found])
# calls: [tuple(sorted(draw.sample(range(n + 2), 2))) for _ in range(2 * n)],
