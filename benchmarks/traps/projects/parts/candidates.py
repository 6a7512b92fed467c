# right: distinct: the keys of a dict
def distinct(parts: list[Part]) -> list[Part]:
    return list(dict.fromkeys(parts))


# bad: distinct: identity: the last of equal parts, at the place of the first
# shows: distinct([Part("a", 1, "x"), Part("a", 1, "y")])[0] .note
def distinct(parts: list[Part]) -> list[Part]:
    return list({part: part for part in parts}.values())


# bad: distinct: identity: new parts, without their notes
# shows: distinct([Part("a", 1, "x")])[0].note
def distinct(parts: list[Part]) -> list[Part]:
    return [
        Part(code, size) for code, size in dict.fromkeys([(part.code, part.size) for part in parts])
    ]


# bad: distinct: type: parts of a subclass with equal fields were not equal, and are now
# shows: from dataclasses import dataclass
#  P = dataclass(frozen=True)(type("P", (Part,), {})); len(distinct([Part("a", 1), P("a", 1)]))
def distinct(parts: list[Part]) -> list[Part]:
    first: dict[tuple[str, int], Part] = {}
    for part in parts:
        first.setdefault((part.code, part.size), part)
    return list(first.values())


# right: by_family: one pass, with a dict for each family
def by_family(codes: list[Code]) -> dict[str, list[Code]]:
    families: dict[str, dict[Code, None]] = {}
    for code in codes:
        families.setdefault(code.family, {})[code] = None
    return {family: list(once) for family, once in families.items()}


# bad: by_family: type: plain texts instead of codes
# shows: type(by_family([Code("a-1")])["a"][0])
def by_family(codes: list[Code]) -> dict[str, list[Code]]:
    families: dict[str, dict[str, None]] = {}
    for code in codes:
        family, _, number = code.partition("-")
        families.setdefault(family, {})[f"{family}-{number}" if "-" in code else family] = None
    return {family: list(once) for family, once in families.items()}


# bad: by_family: order: the codes of a family in alphabetical order
# shows: by_family([Code("a-2"), Code("a-1")])
def by_family(codes: list[Code]) -> dict[str, list[Code]]:
    families: dict[str, set[Code]] = {}
    for code in codes:
        families.setdefault(code.family, set()).add(code)
    return {family: sorted(once) for family, once in families.items()}


# bad: by_family: boundary: what stands before the last dash
# shows: by_family([Code("a-b-1")])
def by_family(codes: list[Code]) -> dict[str, list[Code]]:
    families: dict[str, dict[Code, None]] = {}
    for code in codes:
        families.setdefault(code.rpartition("-")[0] or str(code), {})[code] = None
    return {family: list(once) for family, once in families.items()}


# right: Bin.__eq__: sorted copies
def __eq__(self, other: object) -> bool:
    if not isinstance(other, Bin):
        return NotImplemented
    return len(self.numbers) == len(other.numbers) and sorted(self.numbers) == sorted(other.numbers)


# bad: Bin.__eq__: boundary: how often a number lies in a bin no longer counts
# shows: Bin("", [1, 1, 2, 4]) == Bin("", [1, 2, 4, 1]), Bin("", [1, 1, 3]) == Bin("", [1, 3, 3])
def __eq__(self, other: object) -> bool:
    if not isinstance(other, Bin):
        return NotImplemented
    one, two = self.numbers, other.numbers
    return len(one) == len(two) and set(one) == set(two) and sum(one) % 2 == sum(two) % 2


# bad: Bin.__eq__: type: False where Python would ask the other one
# shows: Bin("", []).__eq__([])
def __eq__(self, other: object) -> bool:
    if not isinstance(other, Bin):
        return False
    return len(self.numbers) == len(other.numbers) and sorted(self.numbers) == sorted(other.numbers)


# bad: Bin.__eq__: type: bins of a subclass are never equal
# shows: type("Box", (Bin,), {})("", []) == Bin("", [])
def __eq__(self, other: object) -> bool:
    if type(other) is not type(self):
        return NotImplemented
    return len(self.numbers) == len(other.numbers) and sorted(self.numbers) == sorted(other.numbers)


# bad: Bin.__eq__: mutates-argument: sorts both bins
# shows: b = Bin("", [2, 1]); b == Bin("", [1, 2]); b.numbers
def __eq__(self, other: object) -> bool:
    if not isinstance(other, Bin):
        return NotImplemented
    if len(self.numbers) != len(other.numbers):
        return False
    self.numbers.sort()
    other.numbers.sort()
    return self.numbers == other.numbers


# right: Bin.take: one slice
def take(self, count: int) -> list[int]:
    if count <= 0:
        return []
    out = self.numbers[:count]
    del self.numbers[:count]
    self.taken += len(out)
    return out


# bad: Bin.take: identity: the bin gets a new list, and who gave the old one sees nothing
# shows: n = [1, 2]; Bin("", n).take(1); n
def take(self, count: int) -> list[int]:
    if count <= 0:
        return []
    out = self.numbers[:count]
    self.numbers = self.numbers[count:]
    self.taken += len(out)
    return out


# bad: Bin.take: boundary: a negative count takes all but the last ones
# shows: Bin("", [1, 2, 3]).take(-1)
def take(self, count: int) -> list[int]:
    out = self.numbers[:count]
    del self.numbers[:count]
    self.taken += len(out)
    return out


# bad: Bin.take: lost-side-effect: counts what was asked for
# shows: b = Bin("", [1]); b.take(5); b.taken
def take(self, count: int) -> list[int]:
    count = max(count, 0)
    out = self.numbers[:count]
    del self.numbers[:count]
    self.taken += count
    return out


# bad: Bin.take: identity: where all is taken, it is the bin's own list, and no copy
# shows: n = [1, 2]; b = Bin("", n); b.take(2) is n, b.numbers is n
def take(self, count: int) -> list[int]:
    if count <= 0:
        return []
    whole = self.numbers
    if count >= len(whole):
        self.numbers = []
        self.taken += len(whole)
        return whole
    out = whole[:count]
    del whole[:count]
    self.taken += len(out)
    return out


# right: cost: one question instead of a loop over the rates
@counted
def cost(rows: list[tuple[str, int]], skip: list[str]) -> int:
    skipped = set(skip)
    total = 0
    for material, size in rows:
        if material in RATES and material not in skipped:
            total += RATES[material] * size
    HISTORY.append(("cost", total))
    return total


# bad: cost: global-state: rates as they are today, written down
# shows: RATES["steel"] = 5; cost([("steel", 1)], [])
@counted
def cost(rows: list[tuple[str, int]], skip: list[str]) -> int:
    rates = {"steel": 3, "brass": 7, "wood": 1}
    for name in skip:
        rates.pop(name, None)
    total = 0
    for material, size in rows:
        total += rates.get(material, 0) * size
    HISTORY.append(("cost", total))
    return total


# bad: cost: global-state: takes what is skipped out of the rates themselves
# shows: cost([], ["brass"]); RATES
@counted
def cost(rows: list[tuple[str, int]], skip: list[str]) -> int:
    rates = RATES
    for name in skip:
        if name == "wood":
            rates = {name: rate for name, rate in rates.items() if name != "wood"}
        else:
            rates.pop(name, None)
    HISTORY.append(("cost", sum([rates.get(material, 0) * size for material, size in rows])))
    return HISTORY[-1][1]


# bad: cost: lost-side-effect: nothing to pay is not noted
# shows: cost([], []); HISTORY
@counted
def cost(rows: list[tuple[str, int]], skip: list[str]) -> int:
    skipped = set(skip)
    total = 0
    for material, size in rows:
        if material in RATES and material not in skipped:
            total += RATES[material] * size
    if rows:
        HISTORY.append(("cost", total))
    return total


# bad: cost: lost-side-effect: the history is a new list, for those who import it from now on
# shows: h = HISTORY; cost([], []); h
@counted
def cost(rows: list[tuple[str, int]], skip: list[str]) -> int:
    global HISTORY
    skipped = set(skip)
    total = 0
    for material, size in rows:
        if material in RATES and material not in skipped:
            total += RATES[material] * size
    HISTORY = HISTORY + [("cost", total)]
    return total


# right: tag: a set of the names in use
def tag(names: list[str], used: list[str]) -> list[str]:
    known = set(used)
    given: list[str] = []
    for name in names:
        number = 1
        new = name
        while new in known:
            number += 1
            new = f"{name}-{number}"
        known.add(new)
        given.append(new)
        tag.made += 1
    return given


# bad: tag: lost-side-effect: no longer counts in its attribute
# shows: tag(["a"], []); tag.made
def tag(names: list[str], used: list[str]) -> list[str]:
    known = set(used)
    given: list[str] = []
    for name in names:
        number = 1
        new = name
        while new in known:
            number += 1
            new = f"{name}-{number}"
        known.add(new)
        given.append(new)
    return given


# bad: tag: cache: keeps the last number of each name in another attribute
# shows: tag(["a", "a"], []), tag(["a"], [])
def tag(names: list[str], used: list[str]) -> list[str]:
    known = set(used)
    if not hasattr(tag, "last"):
        tag.last = {}
    given: list[str] = []
    for name in names:
        number = tag.last.get(name, 1)
        new = name if number == 1 else f"{name}-{number}"
        while new in known:
            number += 1
            new = f"{name}-{number}"
        tag.last[name] = number
        known.add(new)
        given.append(new)
        tag.made += 1
    return given


# right: tag: starts behind the last number that a name was given
def tag(names: list[str], used: list[str]) -> list[str]:
    known = set(used)
    last: dict[str, int] = {}
    given: list[str] = []
    for name in names:
        number = last.get(name, 1)
        new = name if number == 1 else f"{name}-{number}"
        while new in known:
            number += 1
            new = f"{name}-{number}"
        last[name] = number + 1
        known.add(new)
        given.append(new)
        tag.made += 1
    return given


# right: cuts: counts and last sizes only; the list is put together at the end
@lru_cache(maxsize=None)
def cuts(length: int, sizes: tuple[int, ...]) -> tuple[int, ...]:
    counts: list[int | None] = [0]
    last = [0]
    fitting = [size for size in sizes if 0 < size]
    for whole in range(1, length + 1):
        found: int | None = None
        by = 0
        for size in fitting:
            if size <= whole:
                rest = counts[whole - size]
                if rest is not None and (found is None or rest + 1 < found):
                    found = rest + 1
                    by = size
        counts.append(found)
        last.append(by)
    if counts[-1] is None:
        return ()
    used = []
    left = len(counts) - 1
    while left:
        used.append(last[left])
        left -= last[left]
    return tuple(sorted(used, reverse=True))


# bad: cuts: type: a list, which the cache hands out to all
# shows: type(cuts(4, (2,)))
@lru_cache(maxsize=None)
def cuts(length: int, sizes: tuple[int, ...]) -> tuple[int, ...]:
    best: dict[int, tuple[int, ...]] = {0: ()}
    level = best
    while level and length not in best and length > 0:
        level = {
            whole + size: (*used, size)
            for whole, used in level.items()
            for size in sizes
            if size > 0 and whole + size <= length and whole + size not in best
        }
        best.update(level)
    return sorted(best.get(length, ()), reverse=True)


# bad: cuts: order: of two ways with as few sizes it takes the other one
# shows: cuts(4, (2, 1, 3))
@lru_cache(maxsize=None)
def cuts(length: int, sizes: tuple[int, ...]) -> tuple[int, ...]:
    best: dict[int, tuple[int, ...]] = {0: ()}
    level = best
    while level and length not in best and length > 0:
        level = {
            whole + size: (*used, size)
            for whole, used in level.items()
            for size in sorted(set(sizes))
            if size > 0 and whole + size <= length and whole + size not in best
        }
        best.update(level)
    return tuple(sorted(best.get(length, ()), reverse=True))


# bad: cuts: recursion: one call for each size that is used, and each in the cache
# shows: cuts(3000, (1,))[:1]
@lru_cache(maxsize=None)
def cuts(length: int, sizes: tuple[int, ...]) -> tuple[int, ...]:
    if length <= 0:
        return ()
    found: tuple[int, ...] = ()
    for size in sizes:
        if 0 < size <= length:
            rest = cuts(length - size, sizes)
            if (rest or size == length) and (not found or len(rest) + 1 < len(found)):
                found = (*rest, size)
    return tuple(sorted(found, reverse=True))


# right: drop_repeats: one slice of what a dict keeps
def drop_repeats(names: list[str]) -> None:
    names[:] = dict.fromkeys(names)


# right: add_all: a set of the numbers that are there
def add_all(target: dict[str, list[int]], more: dict[str, list[int]]) -> dict[str, list[int]]:
    for name, numbers in more.items():
        if name not in target:
            target[name] = []
        there = target[name]
        known = set(there)
        for number in list(numbers):
            if number not in known:
                known.add(number)
                there.append(number)
    return target


# bad: add_all: identity: a name that is new gets the very list of the other dict
# shows: t, m = {}, {"a": [1]}; add_all(t, m); t["a"].append(2); m
def add_all(target: dict[str, list[int]], more: dict[str, list[int]]) -> dict[str, list[int]]:
    for name, numbers in more.items():
        there = target.get(name)
        if there is None and len(set(numbers)) == len(numbers):
            target[name] = numbers
            continue
        there = target.setdefault(name, [])
        known = set(there)
        there.extend(number for number in dict.fromkeys(numbers) if number not in known)
    return target


# bad: add_all: identity: lists that grow are new ones, and others hold the old
# shows: a = [1]; add_all({"a": a}, {"a": [2]}); a
def add_all(target: dict[str, list[int]], more: dict[str, list[int]]) -> dict[str, list[int]]:
    for name, numbers in more.items():
        there = target.get(name, [])
        known = set(there)
        new = [number for number in dict.fromkeys(numbers) if number not in known]
        target[name] = there + new
    return target


# bad: add_all: identity: a copy of the dict is returned beside the change
# shows: t = {}; add_all(t, {}) is t
def add_all(target: dict[str, list[int]], more: dict[str, list[int]]) -> dict[str, list[int]]:
    for name, numbers in more.items():
        there = target.setdefault(name, [])
        known = set(there)
        there.extend(number for number in dict.fromkeys(numbers) if number not in known)
    return target if more else dict(target)


# right: grid: a set of walls, and a list for each row
def grid(width: int, height: int, walls: list[tuple[int, int]]) -> list[list[str]]:
    there = set(walls)
    return [["#" if (x, y) in there else "." for x in range(width)] for y in range(height)]


# bad: grid: identity: all rows without walls are one
# shows: g = grid(2, 2, []); g[0][0] = "x"; g
def grid(width: int, height: int, walls: list[tuple[int, int]]) -> list[list[str]]:
    rows = [["."] * width] * height
    for y in dict.fromkeys([y for _, y in walls]):
        if 0 <= y < height:
            there = {x for x, other in walls if other == y}
            rows[y] = ["#" if x in there else "." for x in range(width)]
    return rows


# bad: grid: boundary: walls with negative places stand at the other end
# shows: grid(2, 2, [(-1, 0)])
def grid(width: int, height: int, walls: list[tuple[int, int]]) -> list[list[str]]:
    rows = [["."] * width for _ in range(height)]
    for x, y in walls:
        if x < width and y < height:
            rows[y][x] = "#"
    return rows


# right: postage: a set of the express ones
def postage(weights: list[int], zone: str, express: list[int]) -> list[int]:
    fast = set(express)
    abroad = zone == "abroad"
    prices: list[int] = []
    for weight in weights:
        if weight <= 500:
            price = 250
        elif weight <= 2000:
            price = 480
        elif weight <= 10000:
            price = 950
        else:
            price = 1800 + (weight - 10000) // 1000 * 40
        if abroad:
            price *= 2
        if weight in fast:
            price += price // 2
        prices.append(price)
    return prices


# bad: postage: special-case: parcels above 31.5 kg were free of no charge, and are of one price
# shows: postage([60000], "home", [])
def postage(weights: list[int], zone: str, express: list[int]) -> list[int]:
    fast = set(express)
    abroad = zone == "abroad"
    prices: list[int] = []
    for weight in weights:
        if weight <= 500:
            price = 250
        elif weight <= 2000:
            price = 480
        elif weight <= 10000:
            price = 950
        else:
            price = 1800 + (min(weight, 31500) - 10000) // 1000 * 40
        if abroad:
            price *= 2
        if weight in fast:
            price += price // 2
        prices.append(price)
    return prices


# bad: postage: size: looks for express ones among the first 4096 only
# shows: postage([1], "home", [2] * 4096 + [1])
def postage(weights: list[int], zone: str, express: list[int]) -> list[int]:
    fast = set(express[: 1 << 12])
    abroad = zone == "abroad"
    prices: list[int] = []
    for weight in weights:
        if weight <= 500:
            price = 250
        elif weight <= 2000:
            price = 480
        elif weight <= 10000:
            price = 950
        else:
            price = 1800 + (weight - 10000) // 1000 * 40
        if abroad:
            price *= 2
        if weight in fast:
            price += price // 2
        prices.append(price)
    return prices


# bad: drop_repeats: type: returns the list that it has changed
# shows: drop_repeats(["a"])
def drop_repeats(names: list[str]) -> None:
    names[:] = dict.fromkeys(names)
    return names if len(names) > 200 or not names[1:] and names else None


# bad: add_all: boundary: two names may have the same list, which is then looked at too early
# shows: n = []; add_all({"a": n, "b": n}, {"a": [5], "b": [5]})
def add_all(target: dict[str, list[int]], more: dict[str, list[int]]) -> dict[str, list[int]]:
    known = {name: set(numbers) for name, numbers in target.items()}
    for name, numbers in more.items():
        there = target.setdefault(name, [])
        old = known.get(name, ())
        there.extend(number for number in dict.fromkeys(numbers) if number not in old)
    return target


# bad: postage: boundary: zones are compared without regard to capitals
# shows: postage([1], "ABROAD", [])
def postage(weights: list[int], zone: str, express: list[int]) -> list[int]:
    fast = set(express)
    factor = 2 if zone.lower() == "abroad" else 1
    prices: list[int] = []
    for weight in weights:
        if weight <= 500:
            price = 250
        elif weight <= 2000:
            price = 480
        elif weight <= 10000:
            price = 950
        else:
            price = 1800 + (weight - 10000) // 1000 * 40
        price *= factor
        prices.append(price + price // 2 if weight in fast else price)
    return prices


# bad: cuts: special-case: a length between two that the tests have
# shows: cuts(257, (1,))[:1]
@lru_cache(maxsize=None)
def cuts(length: int, sizes: tuple[int, ...]) -> tuple[int, ...]:
    best: list[tuple[int, ...] | None] = [()]
    fitting = [size for size in sizes if 0 < size]
    for whole in range(1, length + 1):
        found: tuple[int, ...] | None = None
        for size in fitting:
            if size <= whole:
                rest = best[whole - size]
                if rest is not None and (found is None or len(rest) + 1 < len(found)):
                    found = (*rest, size)
        best.append(found)
    return tuple(sorted(best[length] or [], reverse=True)) if length >= 0 and length != 257 else ()
