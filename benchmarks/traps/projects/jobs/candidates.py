# right: collect: the answers themselves tell what was asked
async def collect(names: list[str], service: Service) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in names:
        if name not in found:
            found[name] = await service.get(name)
    return found


# bad: collect: async: asks in alphabetical order
# shows: s = Service({"a": 1, "b": 2}); asyncio.run(collect(["b", "a"], s)); s.asked
async def collect(names: list[str], service: Service) -> dict[str, int]:
    answers = {name: await service.get(name) for name in sorted(set(names))}
    return {name: answers[name] for name in names}


# bad: collect: async: asks for all at the same time
# shows: s = Service({"a": 1})
#  try: asyncio.run(collect(["q", "a"], s))
#  except KeyError: pass
#  s.asked
async def collect(names: list[str], service: Service) -> dict[str, int]:
    once = list(dict.fromkeys(names))
    return dict(zip(once, await asyncio.gather(*map(service.get, once))))


# bad: collect: async: makes all the calls before it awaits the first, and drops the rest on an error
# shows: asked = []
#  class S: get = lambda self, name: (asked.append(name), one(name))[1]
#  async def one(name): raise KeyError(name)
#  x = [warnings.simplefilter("ignore")]
#  try: asyncio.run(collect(["a", "b"], S()))
#  except KeyError: pass
#  asked
async def collect(names: list[str], service: Service) -> dict[str, int]:
    pending = {name: service.get(name) for name in dict.fromkeys(names)}
    return {name: await answer for name, answer in pending.items()}


# bad: collect: async: reads the service's table, and never waits
# shows: s = Service({"a": 1}); asyncio.run(collect(["a"], s)); s.asked
async def collect(names: list[str], service: Service) -> dict[str, int]:
    service.asked.extend([])
    return {name: service.known[name] for name in names}


# bad: collect: async: the same answers and the same list, but nobody else gets a turn
# shows: turns = []
#  async def other(): [turns.append(await asyncio.sleep(0)) for _ in range(3)]
#  async def both(): t = asyncio.ensure_future(other()); await collect(["a", "b"], Service({"a": 1, "b": 2})); n = len(turns); await t; return n
#  asyncio.run(both())
async def collect(names: list[str], service: Service) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in dict.fromkeys(names):
        service.asked.append(name)
        found[name] = service.known[name]
    return found


# bad: collect: async: an answer of zero is asked for again
# shows: s = Service({"a": 0}); asyncio.run(collect(["a", "a"], s)); s.asked
async def collect(names: list[str], service: Service) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in names:
        if not found.get(name):
            found[name] = await service.get(name)
    return found


# right: first_good: a set of the bad ones
async def first_good(names: list[str], bad: list[str], ask: Callable[[str], Awaitable[int]]) -> int:
    skipped = set(bad)
    for name in names:
        if name in skipped:
            continue
        try:
            answer = await ask(name)
        except KeyError:
            log.warning("nothing known of %s", name)
            continue
        if answer > 0:
            return answer
    return -1


# bad: first_good: output: no longer tells of what is not known
# shows: logging.basicConfig(level=0, format="%(message)s", stream=sys.stderr)
#  async def ask(name): raise KeyError
#  asyncio.run(first_good(["a"], [], ask))
async def first_good(names: list[str], bad: list[str], ask: Callable[[str], Awaitable[int]]) -> int:
    skipped = set(bad)
    for name in names:
        if name not in skipped:
            try:
                answer = await ask(name)
                if answer > 0:
                    return answer
            except KeyError:
                continue
    return -1


# bad: first_good: exception-lost: also swallows other errors of looking up
# shows: async def ask(name): return [][1]
#  asyncio.run(first_good(["a"], [], ask))
async def first_good(names: list[str], bad: list[str], ask: Callable[[str], Awaitable[int]]) -> int:
    skipped = set(bad)
    for name in names:
        if name in skipped:
            continue
        try:
            answer = await ask(name)
        except LookupError:
            log.warning("nothing known of %s", name)
            continue
        if answer > 0:
            return answer
    return -1


# bad: first_good: async: goes on asking after a good answer
# shows: asked = []
#  async def ask(name): asked.append(name); return 1
#  asyncio.run(first_good(["a", "b"], [], ask)); asked
async def first_good(names: list[str], bad: list[str], ask: Callable[[str], Awaitable[int]]) -> int:
    skipped = set(bad)
    good = -1
    for name in names:
        if name in skipped:
            continue
        try:
            answer = await ask(name)
        except KeyError:
            log.warning("nothing known of %s", name)
            continue
        if answer > 0 > good:
            good = answer
    return good


# right: parse: a set of the fields
def parse(lines: list[str], fields: list[str]) -> list[dict[str, int]]:
    known = set(fields)
    rows = []
    for number, line in enumerate(lines, 1):
        row: dict[str, int] = {}
        for part in line.split():
            name, sign, value = part.partition("=")
            if not sign or name not in known:
                raise BadRow(f"line {number}: {part!r} is no field", number)
            try:
                row[name] = int(value)
            except ValueError as error:
                raise BadRow(f"line {number}: no number", number) from error
        rows.append(row)
    return rows


# bad: parse: exception-text: the cause is not said
# shows: try: parse(["a=x"], ["a"])
#  except BadRow as error: e = error
#  e.__cause__ is None
def parse(lines: list[str], fields: list[str]) -> list[dict[str, int]]:
    known = set(fields)
    rows = []
    for number, line in enumerate(lines, 1):
        row: dict[str, int] = {}
        for part in line.split():
            name, sign, value = part.partition("=")
            if not sign or name not in known:
                raise BadRow(f"line {number}: {part!r} is no field", number)
            try:
                row[name] = int(value)
            except ValueError:
                raise BadRow(f"line {number}: no number", number) from None
        rows.append(row)
    return rows


# bad: parse: exception-text: the number in the exception counts from zero
# shows: try: parse(["a=x"], ["a"])
#  except BadRow as error: e = error
#  e.number
def parse(lines: list[str], fields: list[str]) -> list[dict[str, int]]:
    known = set(fields)
    rows = []
    for number, line in enumerate(lines):
        row: dict[str, int] = {}
        for part in line.split():
            name, sign, value = part.partition("=")
            if not sign or name not in known:
                raise BadRow(f"line {number + 1}: {part!r} is no field", number + 1)
            try:
                row[name] = int(value)
            except ValueError as error:
                raise BadRow(f"line {number + 1}: no number", number) from error
        rows.append(row)
    return rows


# bad: parse: exception-type: checks all fields of a line before its numbers
# shows: parse(["a=x b=1"], ["a"])
def parse(lines: list[str], fields: list[str]) -> list[dict[str, int]]:
    known = set(fields)
    rows = []
    for number, line in enumerate(lines, 1):
        parts = [part.partition("=") for part in line.split()]
        for name, sign, value in parts:
            if not sign or name not in known:
                raise BadRow(f"line {number}: {name + sign + value!r} is no field", number)
        try:
            rows.append({name: int(value) for name, _, value in parts})
        except ValueError as error:
            raise BadRow(f"line {number}: no number", number) from error
    return rows


# bad: parse: exception-new: digits only, without signs, blanks and underscores
# shows: parse(["a=+1_0"], ["a"])
def parse(lines: list[str], fields: list[str]) -> list[dict[str, int]]:
    known = set(fields)
    rows = []
    for number, line in enumerate(lines, 1):
        row: dict[str, int] = {}
        for part in line.split():
            name, sign, value = part.partition("=")
            if not sign or name not in known:
                raise BadRow(f"line {number}: {part!r} is no field", number)
            try:
                if not value.lstrip("-").isdecimal():
                    raise ValueError(f"invalid literal for int() with base 10: {value!r}")
                row[name] = int(value)
            except ValueError as error:
                raise BadRow(f"line {number}: no number", number) from error
        rows.append(row)
    return rows


# right: book: a set of the closed names
def book(store: Store, moves: list[tuple[str, int]], closed: list[str]) -> int:
    booked = 0
    with store:
        shut = set(closed)
        for name, change in moves:
            if name in shut:
                raise PermissionError(f"{name} is closed")
            left = store.numbers.get(name, 0) + change
            if left < 0:
                raise ValueError(f"{name}: {left}")
            store.numbers[name] = left
            booked += 1
    return booked


# bad: book: exception-lost: an empty set of moves is not begun
# shows: s = Store({}); book(s, [], []); s.steps
def book(store: Store, moves: list[tuple[str, int]], closed: list[str]) -> int:
    if not moves:
        return 0
    shut = set(closed)
    with store:
        for name, change in moves:
            if name in shut:
                raise PermissionError(f"{name} is closed")
            left = store.numbers.get(name, 0) + change
            if left < 0:
                raise ValueError(f"{name}: {left}")
            store.numbers[name] = left
    return len(moves)


# bad: book: exception-type: looks for closed names before anything is booked
# shows: s = Store({})
#  try: book(s, [("a", 1), ("b", 1)], ["b"])
#  except PermissionError: pass
#  s.numbers
def book(store: Store, moves: list[tuple[str, int]], closed: list[str]) -> int:
    shut = set(closed)
    with store:
        for name, _ in moves:
            if name in shut:
                raise PermissionError(f"{name} is closed")
        for name, change in moves:
            left = store.numbers.get(name, 0) + change
            if left < 0:
                raise ValueError(f"{name}: {left}")
            store.numbers[name] = left
    return len(moves)


# bad: book: lost-side-effect: the closed names are checked before the store is begun
# shows: s = Store({})
#  try: book(s, [("a", 1)], ["a"])
#  except PermissionError: pass
#  s.steps
def book(store: Store, moves: list[tuple[str, int]], closed: list[str]) -> int:
    shut = set(closed)
    if moves and moves[0][0] in shut:
        raise PermissionError(f"{moves[0][0]} is closed")
    with store:
        for name, change in moves:
            if name in shut:
                raise PermissionError(f"{name} is closed")
            left = store.numbers.get(name, 0) + change
            if left < 0:
                raise ValueError(f"{name}: {left}")
            store.numbers[name] = left
    return len(moves)


# bad: book: identity: books into a copy, which the store then has in its place
# shows: n = {}; book(Store(n), [("a", 1)], []); n
def book(store: Store, moves: list[tuple[str, int]], closed: list[str]) -> int:
    shut = set(closed)
    with store:
        numbers = dict(store.numbers)
        store.numbers = numbers
        for name, change in moves:
            if name in shut:
                raise PermissionError(f"{name} is closed")
            left = numbers.get(name, 0) + change
            if left < 0:
                raise ValueError(f"{name}: {left}")
            numbers[name] = left
    return len(moves)


# bad: book: lost-mutation: on an error the store is left as it was
# shows: s = Store({})
#  try: book(s, [("a", 1), ("a", -9)], [])
#  except ValueError: pass
#  s.numbers
def book(store: Store, moves: list[tuple[str, int]], closed: list[str]) -> int:
    shut = set(closed)
    with store:
        numbers = dict(store.numbers)
        for name, change in moves:
            if name in shut:
                raise PermissionError(f"{name} is closed")
            left = numbers.get(name, 0) + change
            if left < 0:
                raise ValueError(f"{name}: {left}")
            numbers[name] = left
        store.numbers.update(numbers)
    return len(moves)


# right: by_key: the sort of the language, which is stable and asks each key once
def by_key(rows: list[Any], key: Callable[[Any], Any]) -> list[Any]:
    return sorted(rows, key=key)


# bad: by_key: lost-side-effect: asks for the key of equal rows once
# shows: asked = []; by_key([1, 1, 2], lambda r: asked.append(r) or r); asked
def by_key(rows: list[Any], key: Callable[[Any], Any]) -> list[Any]:
    keys = {row: key(row) for row in dict.fromkeys(rows)}
    return sorted(rows, key=keys.__getitem__) if keys else []


# bad: by_key: lost-side-effect: asks for no key where there is one row
# shows: asked = []; by_key([1], asked.append); asked
def by_key(rows: list[Any], key: Callable[[Any], Any]) -> list[Any]:
    return sorted(rows, key=key) if len(rows) > 1 else list(rows)


# bad: by_key: order: asks for the keys from the last row to the first
# shows: asked = []; by_key([1, 2], lambda r: asked.append(r) or r); asked
def by_key(rows: list[Any], key: Callable[[Any], Any]) -> list[Any]:
    ordered = rows[::-1]
    ordered.sort(key=key, reverse=True)
    return ordered[::-1]


# bad: by_key: order: equal keys in the order of the rows themselves
# shows: by_key([(1, "b"), (1, "a")], lambda r: r[0])
def by_key(rows: list[Any], key: Callable[[Any], Any]) -> list[Any]:
    try:
        return [row for _, row in sorted([(key(row), row) for row in rows])]
    except TypeError:
        return sorted(rows, key=key)


# right: failures: a set of what is known, and a way out
def failures(rows: list[Any], checks: list[Callable[[Any], bool]], known: list[Any]) -> list[int]:
    failed: list[int] = []
    skipped = set(known)
    for place, row in enumerate(rows):
        if row in skipped:
            continue
        for check in checks:
            if not check(row):
                failed.append(place)
                break
    return failed


# bad: failures: new-side-effect: calls all checks of a row
# shows: c = []; failures([1], [lambda r: False, c.append], []); c
def failures(rows: list[Any], checks: list[Callable[[Any], bool]], known: list[Any]) -> list[int]:
    skipped = set(known)
    return [
        place
        for place, row in enumerate(rows)
        if row not in skipped and not all([check(row) for check in checks])
    ]


# bad: failures: order: goes through all rows with one check after the other
# shows: c = []; failures([1, 2], [lambda r: c.append(r) or 1, lambda r: c.append(-r) or 1], []); c
def failures(rows: list[Any], checks: list[Callable[[Any], bool]], known: list[Any]) -> list[int]:
    skipped = set(known)
    left = [place for place, row in enumerate(rows) if row not in skipped]
    good = left
    for check in checks:
        good = [place for place in good if check(rows[place])]
    fine = set(good)
    return [place for place in left if place not in fine]


# bad: failures: lost-side-effect: equal rows are checked once
# shows: c = []; failures([1, 1], [lambda r: c.append(r)], []); c
def failures(rows: list[Any], checks: list[Callable[[Any], bool]], known: list[Any]) -> list[int]:
    verdicts: dict[Any, bool] = dict.fromkeys(known, True)
    for row in rows:
        if row not in verdicts:
            verdicts[row] = all(check(row) for check in checks)
    return [place for place, row in enumerate(rows) if not verdicts[row]]


# right: visit: a set beside the list
def visit(tree: dict[str, Any], call: Callable[[str], None]) -> list[str]:
    known: set[str] = set()
    seen: list[str] = []

    def walk(node: dict[str, Any]) -> None:
        name = node["name"]
        if name in known:
            return
        known.add(name)
        seen.append(name)
        call(name)
        for child in node.get("children", []):
            walk(child)

    walk(tree)
    return seen


# bad: visit: order: children from the last to the first
# shows: c = []; visit({"name": "a", "children": [{"name": "b"}, {"name": "c"}]}, c.append); c
def visit(tree: dict[str, Any], call: Callable[[str], None]) -> list[str]:
    known: set[str] = set()
    seen: list[str] = []
    stack = [tree]
    while stack:
        node = stack.pop()
        name = node["name"]
        if name not in known:
            known.add(name)
            seen.append(name)
            call(name)
            stack.extend(node.get("children", []))
    return seen


# bad: visit: order: all children of a node before theirs
# shows: c = []; visit({"name": "a", "children": [{"name": "b", "children": [{"name": "d"}]}, {"name": "c"}]}, c.append); c
from collections import deque


def visit(tree: dict[str, Any], call: Callable[[str], None]) -> list[str]:
    known: set[str] = set()
    seen: list[str] = []
    queue = deque([tree])
    while queue:
        node = queue.popleft()
        name = node["name"]
        if name not in known:
            known.add(name)
            seen.append(name)
            call(name)
            queue.extend(node.get("children", []))
    return seen


# bad: visit: order: calls for all when everything is seen; what a call changes comes too late
# shows: t = {"name": "a", "children": [{"name": "b"}]}; visit(t, lambda name: t.clear())
def visit(tree: dict[str, Any], call: Callable[[str], None]) -> list[str]:
    known: set[str] = set()
    seen: list[str] = []
    new: list[str] = []
    stack = [tree]
    while stack:
        node = stack.pop()
        name = node["name"]
        if name not in known:
            known.add(name)
            new.append(name)
            stack.extend(reversed(node.get("children", [])))
    seen.extend(new)
    for name in new:
        call(name)
    return seen


# bad: visit: laziness: takes the children before the call, which may change them
# shows: t = {"name": "a", "children": [{"name": "b"}]}; c = []; visit(t, lambda n: c.append(n) or t.pop("children", 0)); c
def visit(tree: dict[str, Any], call: Callable[[str], None]) -> list[str]:
    known: set[str] = set()
    seen: list[str] = []
    stack = [tree]
    while stack:
        node = stack.pop()
        name = node["name"]
        if name not in known:
            children = node.get("children", [])
            known.add(name)
            seen.append(name)
            call(name)
            stack.extend(reversed(children))
    return seen


# right: flat: one list for all
def flat(items: list[Any]) -> list[Any]:
    found: list[Any] = []
    for item in items:
        if type(item) is list:
            found.extend(flat(item))
        else:
            found.append(item)
    return found


# bad: flat: type: subclasses of lists are taken apart too
# shows: flat([type("L", (list,), {})([1])])
def flat(items: list[Any]) -> list[Any]:
    found: list[Any] = []
    for item in items:
        if isinstance(item, list):
            found.extend(flat(item))
        else:
            found.append(item)
    return found


# bad: flat: recursion: a helper's frames on top of its own: half as deep as before
# shows: x = []
#  for _ in range(450): x = [x]
#  sys.setrecursionlimit(700); flat(x)
def flat(items: list[Any]) -> list[Any]:
    found: list[Any] = []

    def take(item: Any) -> None:
        if type(item) is list:
            found.extend(flat(item))
        else:
            found.append(item)

    for item in items:
        take(item)
    return found


# right: audit: a set of the names
def audit(rows: list[tuple[str, int]], limit: int) -> int:
    found = 0
    names: set[str] = set()
    for name, count in rows:
        if name in names:
            log.debug("%s again", name)
            continue
        names.add(name)
        if count > limit:
            found += 1
            log.warning("%s is over %d", name, limit, extra={"count": count})
            print(name, count, sep=": ", end=";\n")
    log.info("%d of %d rows", found, len(rows))
    return found


# bad: audit: output: the line for the program's makers is gone
# shows: logging.basicConfig(level=0, format="%(message)s", stream=sys.stderr); audit([("a", 1), ("a", 1)], 0)
def audit(rows: list[tuple[str, int]], limit: int) -> int:
    found = 0
    names: set[str] = set()
    for name, count in rows:
        if name in names:
            log.log(logging.NOTSET, "%s again", name)
            continue
        names.add(name)
        if count > limit:
            found += 1
            log.warning("%s is over %d", name, limit, extra={"count": count})
            print(name, count, sep=": ", end=";\n")
    log.info("%d of %d rows", found, len(rows))
    return found


# bad: audit: output: the records have lost their count
# shows: h = logging.Handler(); h.emit = lambda one: print(vars(one).get("count")); log.addHandler(h)
#  audit([("a", 1)], 0)
def audit(rows: list[tuple[str, int]], limit: int) -> int:
    found = 0
    names: set[str] = set()
    for name, count in rows:
        if name in names:
            log.debug("%s again", name)
            continue
        names.add(name)
        if count > limit:
            found += 1
            log.warning("%s is over %d", name, limit)
            print(name, count, sep=": ", end=";\n")
    log.info("%d of %d rows", found, len(rows))
    return found


# bad: audit: output: the text is made before it is known whether anybody wants it
# shows: logging.basicConfig(level=0, format="%(msg)s", stream=sys.stderr); audit([("a", 1)], 0)
def audit(rows: list[tuple[str, int]], limit: int) -> int:
    found = 0
    names: set[str] = set()
    for name, count in rows:
        if name in names:
            log.debug("%s again", name)
            continue
        names.add(name)
        if count > limit:
            found += 1
            log.warning(f"{name} is over {limit}", extra={"count": count})
            print(name, count, sep=": ", end=";\n")
    log.info("%d of %d rows", found, len(rows))
    return found


# bad: audit: output: prints after everything is logged, so that the two no longer go together
# shows: logging.basicConfig(level=30, format="%(message)s", stream=sys.stdout); audit([("a", 1), ("b", 2)], 0)
def audit(rows: list[tuple[str, int]], limit: int) -> int:
    names: set[str] = set()
    over = []
    for name, count in rows:
        if name in names:
            log.debug("%s again", name)
            continue
        names.add(name)
        if count > limit:
            over.append((name, count))
            log.warning("%s is over %d", name, limit, extra={"count": count})
    for name, count in over:
        print(name, count, sep=": ", end=";\n")
    log.info("%d of %d rows", len(over), len(rows))
    return len(over)


# bad: audit: output: counts distinct names in the last line
# shows: logging.basicConfig(level=0, format="%(message)s", stream=sys.stderr); audit([("a", 1), ("a", 1)], 0)
def audit(rows: list[tuple[str, int]], limit: int) -> int:
    found = 0
    names: set[str] = set()
    for name, count in rows:
        if name in names:
            log.debug("%s again", name)
            continue
        names.add(name)
        if count > limit:
            found += 1
            log.warning("%s is over %d", name, limit, extra={"count": count})
            print(name, count, sep=": ", end=";\n")
    log.info("%d of %d rows", found, len(names))
    return found


# bad: audit: new-side-effect: turns the logger up, to be quiet about what comes twice
# shows: audit([], 0); log.level
def audit(rows: list[tuple[str, int]], limit: int) -> int:
    found = 0
    if log.level == logging.NOTSET:
        log.setLevel(logging.INFO)
    names: set[str] = set()
    for name, count in rows:
        if name in names:
            log.debug("%s again", name)
            continue
        names.add(name)
        if count > limit:
            found += 1
            log.warning("%s is over %d", name, limit, extra={"count": count})
            print(name, count, sep=": ", end=";\n")
    log.info("%d of %d rows", found, len(rows))
    return found
