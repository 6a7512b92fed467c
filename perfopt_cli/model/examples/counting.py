"""Pairs about counting, grouping and sorting."""

from __future__ import annotations

from perfopt_cli.model.examples.example import Example

PAIRS = (
    Example(
        "count_words",
        """\
def count_words(words):
    counts = {}
    for word in words:
        counts[word] = words.count(word)
    return counts
""",
        """\
from collections import Counter

def count_words(words):
    return dict(Counter(words))
""",
        "one pass counts all; `count` reads the whole list for each word",
    ),
    Example(
        "by_length",
        """\
def by_length(words):
    groups = {}
    for word in words:
        if len(word) not in groups.keys():
            groups[len(word)] = []
        groups[len(word)] = groups[len(word)] + [word]
    return groups
""",
        """\
def by_length(words):
    groups = {}
    for word in words:
        groups.setdefault(len(word), []).append(word)
    return groups
""",
        "`append` adds in place, where `+` copies the group",
    ),
    Example(
        "largest",
        """\
def largest(numbers, count):
    left = list(numbers)
    result = []
    while left and len(result) < count:
        biggest = max(left)
        left.remove(biggest)
        result.append(biggest)
    return result
""",
        """\
import heapq

def largest(numbers, count):
    return heapq.nlargest(count, numbers)
""",
        "a heap keeps the largest ones in a single pass",
    ),
    Example(
        "merge_sorted",
        """\
def merge_sorted(first, second):
    result = []
    a = list(first)
    b = list(second)
    while a and b:
        if a[0] <= b[0]:
            result.append(a.pop(0))
        else:
            result.append(b.pop(0))
    return result + a + b
""",
        """\
def merge_sorted(first, second):
    return sorted([*first, *second])
""",
        "`sorted` merges runs that are in order already; `pop(0)` moves the whole list",
    ),
    Example(
        "sort_numbers",
        """\
def sort_numbers(numbers):
    result = list(numbers)
    for i in range(len(result)):
        for j in range(len(result) - 1 - i):
            if result[j] > result[j + 1]:
                result[j], result[j + 1] = result[j + 1], result[j]
    return result
""",
        """\
def sort_numbers(numbers):
    return sorted(numbers)
""",
        "the built-in sort is stable too",
    ),
    Example(
        "count_pairs",
        """\
def count_pairs(values):
    pairs = 0
    for i in range(len(values)):
        for j in range(i + 1, len(values)):
            if values[i] == values[j]:
                pairs += 1
    return pairs
""",
        """\
from collections import Counter

def count_pairs(values):
    return sum(n * (n - 1) // 2 for n in Counter(values).values())
""",
        "n equal values make n (n - 1) / 2 pairs",
    ),
    Example(
        "shortest_steps",
        """\
def shortest_steps(graph, start, goal):
    queue = [(start, 0)]
    seen = [start]
    while queue:
        node, steps = queue.pop(0)
        if node == goal:
            return steps
        for other in graph.get(node, []):
            if other not in seen:
                seen.append(other)
                queue.append((other, steps + 1))
    return -1
""",
        """\
from collections import deque

def shortest_steps(graph, start, goal):
    queue = deque([(start, 0)])
    seen = {start}
    while queue:
        node, steps = queue.popleft()
        if node == goal:
            return steps
        for other in graph.get(node, ()):
            if other not in seen:
                seen.add(other)
                queue.append((other, steps + 1))
    return -1
""",
        "a deque gives its first item at once, and a set answers `in` at once",
    ),
)
