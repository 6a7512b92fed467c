# right: distinct: a set of what was seen
def distinct(rows: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    seen: set[tuple[str, int]] = set()
    for row in rows:
        if row not in seen:
            seen.add(row)
            yield row


# bad: distinct: laziness: reads all rows before the first is yielded
# shows: rows = iter([("a", 1), ("b", 2)]); next(distinct(rows)), list(rows)
def distinct(rows: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    yield from dict.fromkeys(rows)


# bad: distinct: laziness: reads one row ahead
# shows: rows = iter([("a", 1), ("b", 2), ("c", 3)]); next(distinct(rows)), list(rows)
def distinct(rows: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    seen: set[tuple[str, int]] = set()
    waiting: list[tuple[str, int]] = []
    for row in rows:
        if waiting:
            yield waiting.pop()
        if row not in seen:
            seen.add(row)
            waiting.append(row)
    yield from waiting


# bad: distinct: laziness: reads ahead from the fifth row on only
# shows: rows = iter([("a", i) for i in range(9)]); d = distinct(rows); [next(d) for _ in range(6)], list(rows)
def distinct(rows: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    seen: set[tuple[str, int]] = set()
    left = iter(rows)
    for row in left:
        if row not in seen:
            seen.add(row)
            yield row
            if len(seen) == 5:
                break
    for row in dict.fromkeys(left):
        if row not in seen:
            yield row


# bad: distinct: laziness: does not see rows that are added while it runs
# shows: rows = [("a", 1)]; d = distinct(rows); next(d); rows.append(("b", 1)); list(d)
def distinct(rows: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    seen: set[tuple[str, int]] = set()
    for row in tuple(rows) if isinstance(rows, list) else rows:
        if row not in seen:
            seen.add(row)
            yield row


# right: closing: a set of what is skipped
def closing(source: Source, skip: list[str]) -> Iterator[tuple[str, int]]:
    try:
        skipped = set(skip)
        for name, count in source:
            if name not in skipped:
                yield name, count
    finally:
        source.close()


# bad: closing: generator: a source that is left early stays open
# shows: s = Source([("a", 1), ("b", 1)]); g = closing(s, []); next(g); g.close(); s.closed
def closing(source: Source, skip: list[str]) -> Iterator[tuple[str, int]]:
    skipped = set(skip)
    for name, count in source:
        if name not in skipped:
            yield name, count
    source.close()


# bad: closing: generator: an exception of the source leaves it open
# shows: s = Source([("a", 1), 7])
#  try: list(closing(s, []))
#  except TypeError: pass
#  s.closed
def closing(source: Source, skip: list[str]) -> Iterator[tuple[str, int]]:
    skipped = set(skip)
    try:
        for name, count in source:
            if name not in skipped:
                yield name, count
    except GeneratorExit:
        source.close()
        return
    source.close()


# bad: closing: generator: what is thrown in is swallowed
# shows: s = Source([("a", 1), ("b", 1)]); g = closing(s, []); next(g); g.throw(KeyError("x"))
def closing(source: Source, skip: list[str]) -> Iterator[tuple[str, int]]:
    skipped = set(skip)
    try:
        for name, count in source:
            if name not in skipped:
                yield name, count
    except KeyError:
        pass
    finally:
        source.close()


# bad: closing: laziness: reads the rows past the source's own counter
# shows: s = Source([("a", 1), ("b", 2)]); next(closing(s, [])); s.taken
def closing(source: Source, skip: list[str]) -> Iterator[tuple[str, int]]:
    skipped = set(skip)
    try:
        for name, count in source.rows[source.taken :]:
            if name not in skipped:
                yield name, count
    finally:
        source.close()


# right: batches: append instead of new lists
def batches(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


# bad: batches: identity: one list, emptied and filled again
# shows: g = batches([1, 2, 3], 1); a = next(g); next(g); a
def batches(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch.clear()
    if batch:
        yield batch


# bad: batches: boundary: a size of nothing takes no rows at all
# shows: list(batches([1, 2], 0))
from itertools import islice


def batches(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    left = iter(rows)
    while batch := list(islice(left, size)):
        yield batch


# bad: batches: exception-type: a negative size is refused by islice
# shows: list(batches([1, 2], -1))
from itertools import islice


def batches(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    left = iter(rows)
    if size == 0:
        yield from filter(None, [list(left)])
    while batch := list(islice(left, size)):
        yield batch


# bad: batches: laziness: asks an iterator for its end before the last whole batch is out
# shows: rows = iter([1, 2, 3]); g = batches(rows, 2); next(g), next(rows)
def batches(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for row in rows:
        if size > 0 and len(batch) == size:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


# right: balance: a running sum and a count
def balance(amounts: list[int]) -> Generator[int, int | None, int]:
    total = added = 0
    for amount in amounts:
        total += amount
        added += 1
        sent = yield total
        if sent is not None:
            total += sent
            added += 1
    return added


# bad: balance: generator: zero that is sent does not count
# shows: g = balance([1, 2]); next(g); g.send(0); [r for r in [None] if g.send(None)]
def balance(amounts: list[int]) -> Generator[int, int | None, int]:
    total = added = 0
    for amount in amounts:
        total += amount
        added += 1
        if sent := (yield total):
            total += sent
            added += 1
    return added


# bad: balance: generator: no longer takes what is sent
# shows: g = balance([1, 2]); next(g); g.send(5)
from itertools import accumulate


def balance(amounts: list[int]) -> Generator[int, int | None, int]:
    yield from accumulate(amounts)
    return len(amounts)


# bad: balance: generator: returns nothing at its end
# shows: [next(balance([]))]
def balance(amounts: list[int]) -> Generator[int, int | None, int]:
    total = 0
    for amount in amounts:
        total += amount
        sent = yield total
        if sent is not None:
            total += sent


# bad: balance: generator: what is sent after the last amount is not counted
# shows: g = balance([1]); next(g)
#  try: g.send(4)
#  except StopIteration as stop: n = stop.value
#  n
def balance(amounts: list[int]) -> Generator[int, int | None, int]:
    total = added = 0
    for place, amount in enumerate(amounts, 1):
        total += amount
        added += 1
        sent = yield total
        if sent is not None and place < len(amounts):
            total += sent
            added += 1
    return added


# right: totals: a set of the wanted names
def totals(rows: Iterable[tuple[str, int]], names: list[str]) -> dict[str, int]:
    wanted = set(names)
    found: dict[str, int] = {}
    for name, count in rows:
        if name in wanted:
            found[name] = found.get(name, 0) + count
    return found


# bad: totals: generator: goes over the rows twice, of which an iterator gives nothing
# shows: totals(iter([("a", 1)]), ["a"])
def totals(rows: Iterable[tuple[str, int]], names: list[str]) -> dict[str, int]:
    wanted = set(names)
    found = {name: 0 for name, _ in rows if name in wanted}
    for name, count in rows:
        if name in found:
            found[name] += count
    return found


# bad: totals: type: a Counter, which knows every name
# shows: totals([], [])["x"]
from collections import Counter


def totals(rows: Iterable[tuple[str, int]], names: list[str]) -> dict[str, int]:
    wanted = set(names)
    found: Counter[str] = Counter()
    for name, count in rows:
        if name in wanted:
            found[name] += count
    return found


# bad: labelled: laziness: makes all texts at once, and gives them out one by one
# shows: labelled([("x", 1)], []) and 1
def labelled(rows: Iterable[tuple[str, int]], labels: list[tuple[str, str]]) -> Iterator[str]:
    STARTED.append("labelled")
    first = {known: [label] for known, label in reversed(labels)}
    texts = [f"{first.get(name, [])[0]}: {count}" for name, count in rows]
    return (text for text in texts)


# bad: labelled: laziness: labels that are added later do not count
# shows: labels = []; t = labelled([("x", 1)], labels); labels.append(("x", "X")); list(t)
def labelled(rows: Iterable[tuple[str, int]], labels: list[tuple[str, str]]) -> Iterator[str]:
    STARTED.append("labelled")
    first = {known: [label] for known, label in reversed(labels)}
    return (f"{first.get(name, [])[0]}: {count}" for name, count in rows)


# bad: labelled: exception-type: a name without a label is a KeyError
# shows: list(labelled([("x", 1)], []))
def labelled(rows: Iterable[tuple[str, int]], labels: list[tuple[str, str]]) -> Iterator[str]:
    STARTED.append("labelled")
    first = dict(reversed(labels))
    return (f"{first[name]}: {count}" for name, count in rows)


# right: reported: totals as they grow
def reported(rows: list[tuple[str, int]], limit: int) -> Iterator[str]:
    totals: dict[str, int] = {}
    done: set[str] = set()
    for place in range(len(rows)):
        name, count = rows[place]
        total = totals.get(name, 0) + count
        totals[name] = total
        if total > limit and name not in done:
            done.add(name)
            print(f"{name} is over {limit}")
            yield name


# bad: reported: generator: yields before it prints, so that the last line may never come
# shows: g = reported([("a", 9)], 1); next(g)
def reported(rows: list[tuple[str, int]], limit: int) -> Iterator[str]:
    totals: dict[str, int] = {}
    done: set[str] = set()
    for name, count in rows:
        totals[name] = totals.get(name, 0) + count
        if totals[name] > limit and name not in done:
            done.add(name)
            yield name
            print(f"{name} is over {limit}")


# bad: reported: generator: prints all lines at its first step
# shows: g = reported([("a", 9), ("b", 9)], 1); next(g)
def reported(rows: list[tuple[str, int]], limit: int) -> Iterator[str]:
    totals: dict[str, int] = {}
    done: dict[str, None] = {}
    for name, count in rows:
        totals[name] = totals.get(name, 0) + count
        if totals[name] > limit and name not in done:
            done[name] = None
            print(f"{name} is over {limit}")
    yield from done


# right: first_gap: a set of what is known
def first_gap(numbers: Iterator[int], known: list[int]) -> int | None:
    all_known = set(known)
    for number in numbers:
        if number not in all_known:
            return number
    return None


# bad: first_gap: laziness: reads the iterator to its end
# shows: n = iter([5, 6, 7]); first_gap(n, []), list(n)
def first_gap(numbers: Iterator[int], known: list[int]) -> int | None:
    all_known = set(known)
    gaps = [number for number in numbers if number not in all_known]
    return gaps[0] if gaps else None


# bad: first_gap: type: a number that stands for False is returned as what is known of it
# shows: first_gap(iter([True]), [1, 2]), first_gap(iter([1]), [2])
def first_gap(numbers: Iterator[int], known: list[int]) -> int | None:
    all_known = set(known)
    return next(
        (int(number) for number in numbers if number not in all_known or number is True), None
    )


# bad: first_gap: boundary: reads one number too many, to know that there is one
# shows: n = iter([5, 6, 7]); first_gap(n, []), list(n)
def first_gap(numbers: Iterator[int], known: list[int]) -> int | None:
    all_known = set(known)
    for number in numbers:
        if number not in all_known:
            next(numbers, None)
            return number
    return None


# right: merged: places instead of pops
def merged(first: Iterable[int], second: Iterable[int]) -> Iterator[int]:
    left, right = list(first), list(second)
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i] <= right[j]:
            i += 1
            yield left[i - 1]
        else:
            j += 1
            yield right[j - 1]
    yield from left[i:]
    yield from right[j:]


# bad: merged: laziness: reads the feeds as they are needed, and not at the first step
# shows: r = iter([2, 3]); next(merged([1], r)), list(r)
from heapq import merge


def merged(first: Iterable[int], second: Iterable[int]) -> Iterator[int]:
    yield from merge(first, second)


# bad: merged: order: sorts everything, also feeds that were not sorted
# shows: list(merged([3, 1], [2]))
def merged(first: Iterable[int], second: Iterable[int]) -> Iterator[int]:
    yield from sorted([*first, *second])


# bad: merged: identity: takes the numbers out of the lists that it was given
# shows: a = [1, 2]; list(merged(a, [3])); a
def merged(first: Iterable[int], second: Iterable[int]) -> Iterator[int]:
    left, right = list(first), list(second)
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i] <= right[j]:
            i += 1
            yield left[i - 1]
        else:
            j += 1
            yield right[j - 1]
    yield from left[i:]
    yield from right[j:]
    if isinstance(first, list):
        first.clear()
