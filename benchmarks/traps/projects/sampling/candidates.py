# right: draw: the total is kept, and a ticket deleted in place; the same draws
def draw(tickets: list[str], weights: list[int], number: int) -> list[str]:
    CALLS["draw"] += 1
    names = list(tickets)
    left = list(weights[: len(names)])
    total = sum(left)
    drawn: list[str] = []
    while left and len(drawn) < number and total > 0:
        point = random.randrange(total)
        for i, weight in enumerate(left):
            point -= weight
            if point < 0:
                drawn.append(names.pop(i))
                total -= left.pop(i)
                break
    return drawn


# bad: draw: random-state: choices draws otherwise, and more than the tickets need
# shows: random.seed(1); draw(["a", "b", "c", "d"], [1, 2, 3, 4], 3)
def draw(tickets: list[str], weights: list[int], number: int) -> list[str]:
    CALLS["draw"] += 1
    left = {ticket: weight for ticket, weight in zip(tickets, weights) if weight > 0}
    drawn: list[str] = []
    while left and len(drawn) < number:
        ticket = random.choices(list(left), list(left.values()))[0]
        drawn.append(ticket)
        del left[ticket]
    return drawn


# bad: draw: random-state: the last ticket is taken without a draw
# shows: random.seed(1); draw(["a", "b"], [1, 2], 2); random.random()
def draw(tickets: list[str], weights: list[int], number: int) -> list[str]:
    CALLS["draw"] += 1
    names = list(tickets)
    left = list(weights)
    total = sum(left)
    drawn: list[str] = []
    while left and len(drawn) < number and total > 0:
        if len(left) == 1:
            drawn += names
            break
        point = random.randrange(total)
        for i, weight in enumerate(left):
            point -= weight
            if point < 0:
                drawn.append(names.pop(i))
                total -= left.pop(i)
                break
    return drawn


# bad: draw: global-state: no longer counts its calls
# shows: draw(["a"], [1], 1); CALLS["draw"]
def draw(tickets: list[str], weights: list[int], number: int) -> list[str]:
    names = list(tickets)
    left = list(weights[: len(names)])
    total = sum(left)
    drawn: list[str] = []
    while left and len(drawn) < number and total > 0:
        point = random.randrange(total)
        for i, weight in enumerate(left):
            point -= weight
            if point < 0:
                drawn.append(names.pop(i))
                total -= left.pop(i)
                break
    return drawn


# bad: draw: random-state: a generator of its own, seeded from the input
# shows: random.seed(1); draw(["a", "b", "c"], [1, 1, 1], 2); random.random()
def draw(tickets: list[str], weights: list[int], number: int) -> list[str]:
    CALLS["draw"] += 1
    dice = random.Random(len(tickets))
    names = list(tickets)
    left = list(weights[: len(names)])
    total = sum(left)
    drawn: list[str] = []
    while left and len(drawn) < number and total > 0:
        point = dice.randrange(total)
        for i, weight in enumerate(left):
            point -= weight
            if point < 0:
                drawn.append(names.pop(i))
                total -= left.pop(i)
                break
    return drawn


# bad: draw: exception-new: more weights than tickets, which zip cuts off, run off the end of names
# shows: random.seed(2); draw(["a"], [1, 50], 1)
def draw(tickets: list[str], weights: list[int], number: int) -> list[str]:
    CALLS["draw"] += 1
    names = list(tickets)
    left = list(weights)
    total = sum(left)
    drawn: list[str] = []
    while names and len(drawn) < number and total > 0:
        point = random.randrange(total)
        for i, weight in enumerate(left):
            point -= weight
            if point < 0:
                drawn.append(names.pop(i))
                total -= left.pop(i)
                break
    return drawn


# right: moving_average: walks over each window's slice; the same additions
def moving_average(values: list[float], window: int) -> list[float]:
    if window < 1:
        raise ValueError(f"window of {window}")
    means = []
    for start in range(len(values) - window + 1):
        total = 0.0
        for value in values[start : start + window]:
            total += value
        means.append(total / window)
    return means


# bad: moving_average: float: a running total gathers rounding errors
# shows: moving_average([0.1, 0.2, 0.3, 1e9, 0.1, 0.2, 0.3], 3)
def moving_average(values: list[float], window: int) -> list[float]:
    if window < 1:
        raise ValueError(f"window of {window}")
    if len(values) < window:
        return []
    total = 0.0
    for value in values[:window]:
        total += value
    means = [total / window]
    for old, new in zip(values, values[window:]):
        total += new - old
        means.append(total / window)
    return means


# bad: moving_average: float: differences of cumulated sums
# shows: moving_average([0.1, 0.2, 0.3, 0.4], 2)
from itertools import accumulate
def moving_average(values: list[float], window: int) -> list[float]:
    if window < 1:
        raise ValueError(f"window of {window}")
    sums = list(accumulate(values, initial=0.0))
    return [(high - low) / window for low, high in zip(sums, sums[window:])]


# bad: moving_average: exception-lost: a window of zero gives nothing
# shows: moving_average([], 0)
def moving_average(values: list[float], window: int) -> list[float]:
    if window < 1 and values:
        raise ValueError(f"window of {window}")
    count = len(values) - window + 1
    if count < 1 or not values:
        return []
    totals = [0.0 + value for value in values[:count]]
    for shift in range(1, window):
        totals = [total + value for total, value in zip(totals, values[shift : shift + count])]
    return [total / window for total in totals]


# bad: moving_average: float: multiplies by the reciprocal of the window
# shows: moving_average([146.0, *[0.0] * 9], 10)
def moving_average(values: list[float], window: int) -> list[float]:
    if window < 1:
        raise ValueError(f"window of {window}")
    count = len(values) - window + 1
    if count < 1:
        return []
    totals = [0.0 + value for value in values[:count]]
    for shift in range(1, window):
        totals = [total + value for total, value in zip(totals, values[shift : shift + count])]
    share = 1 / window
    return [total * share for total in totals]


# right: percentile_ranks: one sort and two bisections
from bisect import bisect_left, bisect_right
def percentile_ranks(scores: list[int]) -> list[float]:
    ordered = sorted(scores)
    n = len(scores)
    known: dict[int, float] = {}
    ranks = []
    for score in scores:
        if score not in known:
            below = bisect_left(ordered, score)
            equal = bisect_right(ordered, score, below) - below
            known[score] = (below + equal / 2) / n
        ranks.append(known[score])
    return ranks


# right: percentile_ranks: counts, and a running total over the sorted ones
def percentile_ranks(scores: list[int]) -> list[float]:
    counts: dict[int, int] = {}
    for score in scores:
        counts[score] = counts.get(score, 0) + 1
    n = len(scores)
    rank: dict[int, float] = {}
    below = 0
    for score in sorted(counts):
        equal = counts[score]
        rank[score] = (below + equal / 2) / n
        below += equal
    return [rank[score] for score in scores]


# bad: percentile_ranks: float: each part is divided by itself
# shows: percentile_ranks([1, 2, 3])
def percentile_ranks(scores: list[int]) -> list[float]:
    counts: dict[int, int] = {}
    for score in scores:
        counts[score] = counts.get(score, 0) + 1
    n = len(scores)
    rank: dict[int, float] = {}
    below = 0
    for score in sorted(counts):
        equal = counts[score]
        rank[score] = below / n + equal / (2 * n)
        below += equal
    return [rank[score] for score in scores]


# bad: percentile_ranks: boundary: equal scores count in whole
# shows: percentile_ranks([1, 1])
def percentile_ranks(scores: list[int]) -> list[float]:
    place: dict[int, float] = {}
    n = len(scores)
    for i, score in enumerate(sorted(scores)):
        place.setdefault(score, (i + 0.5) / n)
    return [place[score] for score in scores]


# bad: percentile_ranks: order: ranks in the order of the scores
# shows: percentile_ranks([3, 1, 2])
def percentile_ranks(scores: list[int]) -> list[float]:
    counts: dict[int, int] = {}
    for score in scores:
        counts[score] = counts.get(score, 0) + 1
    ranks: list[float] = []
    for score in sorted(counts):
        ranks += [(len(ranks) + counts[score] / 2) / len(scores)] * counts[score]
    return ranks


# right: first_match: stops at the first test that holds
def first_match(
    records: list[dict[str, Any]], tests: list[Callable[[dict[str, Any]], object]]
) -> list[int]:
    found = []
    for record in records:
        number = -1
        for i, test in enumerate(tests):
            if test(record):
                number = i
                break
        found.append(number)
    return found


# bad: first_match: lost-side-effect: a record that is equal to another one is not tested again
# shows: seen = []; first_match([{"a": 1}, {"a": 1}], [lambda r: bool(seen.append(1))]); seen
def first_match(
    records: list[dict[str, Any]], tests: list[Callable[[dict[str, Any]], object]]
) -> list[int]:
    known: dict[tuple[Any, ...], int] = {}
    found = []
    for record in records:
        key = tuple(record.items())
        if key not in known:
            known[key] = -1
            for i, test in enumerate(tests):
                if test(record):
                    known[key] = i
                    break
        found.append(known[key])
    return found


# bad: first_match: laziness: asks all tests, also those after the first that holds
# shows: seen = []; first_match([{}], [lambda r: True, lambda r: seen.append(1)]); seen
def first_match(
    records: list[dict[str, Any]], tests: list[Callable[[dict[str, Any]], object]]
) -> list[int]:
    answers = [list(map(bool, [test(record) for record in records])) for test in tests]
    found = [-1] * len(records)
    for number in range(len(tests) - 1, -1, -1):
        found = [number if yes else old for yes, old in zip(answers[number], found)]
    return found


# bad: first_match: laziness: asks a test for all records before the next one
# shows: seen = []; first_match([1, 2], [lambda r: seen.append(("a", r)), lambda r: seen.append(("b", r))]); seen
def first_match(
    records: list[dict[str, Any]], tests: list[Callable[[dict[str, Any]], object]]
) -> list[int]:
    found = [-1] * len(records)
    waiting = list(range(len(records)))
    for number, test in enumerate(tests):
        still = []
        for i in waiting:
            if test(records[i]):
                found[i] = number
            else:
                still.append(i)
        waiting = still
    return found


# bad: first_match: type: a test that answers with something true must answer True
# shows: first_match([{"size": 1}], [lambda r: r.get("size")])
def first_match(
    records: list[dict[str, Any]], tests: list[Callable[[dict[str, Any]], object]]
) -> list[int]:
    found = []
    for record in records:
        number = -1
        for i, test in enumerate(tests):
            if test(record) is True:
                number = i
                break
        found.append(number)
    return found


# right: report: totals in one pass, then the lines
def report(names: list[str], amounts: list[float]) -> int:
    CALLS["report"] += 1
    totals = dict.fromkeys(names, 0.0)
    for name, amount in zip(names, amounts):
        totals[name] += amount
    for name, total in totals.items():
        if total < 0:
            warnings.warn(f"{name} is below zero", stacklevel=2)
        print(f"{name:12}{total:12.2f}")
    return len(totals)


# bad: report: output: no longer warns
# shows: warnings.simplefilter("always"); report(["a"], [-1.0])
def report(names: list[str], amounts: list[float]) -> int:
    CALLS["report"] += 1
    totals = dict.fromkeys(names, 0.0)
    for name, amount in zip(names, amounts):
        totals[name] += amount
    for name, total in totals.items():
        print(f"{name:12}{total:12.2f}")
    return len(totals)


# bad: report: output: names without an amount are not printed
# shows: report(["a", "b"], [1.0])
def report(names: list[str], amounts: list[float]) -> int:
    CALLS["report"] += 1
    totals: dict[str, float] = {}
    for name, amount in zip(names, amounts):
        totals[name] = totals.get(name, 0.0) + amount
    for name, total in totals.items():
        if total < 0:
            warnings.warn(f"{name} is below zero", stacklevel=2)
        print(f"{name:12}{total:12.2f}")
    return len(totals)


# bad: report: output: warnings name a line of this function instead of the caller's
# shows: warnings.simplefilter("always"); report(["a"], [-1.0])
def report(names: list[str], amounts: list[float]) -> int:
    CALLS["report"] += 1
    totals = dict.fromkeys(names, 0.0)
    for name, amount in zip(names, amounts):
        totals[name] += amount
    for name, total in totals.items():
        if total < 0:
            warnings.warn(f"{name} is below zero")
        print(f"{name:12}{total:12.2f}")
    return len(totals)


# bad: report: output: an empty line where there is nothing to print
# shows: report([], [])
def report(names: list[str], amounts: list[float]) -> int:
    CALLS["report"] += 1
    totals = dict.fromkeys(names, 0.0)
    for name, amount in zip(names, amounts):
        totals[name] += amount
    lines = []
    for name, total in totals.items():
        if total < 0:
            warnings.warn(f"{name} is below zero", stacklevel=2)
        lines.append(f"{name:12}{total:12.2f}")
    print("\n".join(lines))
    return len(totals)


# bad: report: global-state: counts the lines, too
# shows: report(["a", "b"], [1.0, 2.0]); sorted(CALLS)
def report(names: list[str], amounts: list[float]) -> int:
    CALLS["report"] += 1
    totals = dict.fromkeys(names, 0.0)
    for name, amount in zip(names, amounts):
        totals[name] += amount
    for name, total in totals.items():
        if total < 0:
            warnings.warn(f"{name} is below zero", stacklevel=2)
        print(f"{name:12}{total:12.2f}")
    CALLS["lines"] = len(totals)
    return len(totals)


# right: convert_all: looks into the dict itself
def convert_all(amounts: list[tuple[float, str]], currency: str) -> list[float]:
    rates = RATES
    converted = []
    for amount, own in amounts:
        if own not in rates or currency not in rates:
            raise LookupError(f"no rate for {own} in {currency}")
        if own == currency:
            converted.append(amount)
        else:
            converted.append(round(amount / rates[own] * rates[currency], 2))
    return converted


# bad: convert_all: float: one factor for each currency rounds otherwise
# shows: convert_all([(2.241, "USD")], "EUR")
def convert_all(amounts: list[tuple[float, str]], currency: str) -> list[float]:
    converted = []
    factors: dict[str, float] = {}
    for amount, own in amounts:
        if own not in factors:
            if own not in RATES or currency not in RATES:
                raise LookupError(f"no rate for {own} in {currency}")
            factors[own] = RATES[currency] / RATES[own]
        converted.append(amount if own == currency else round(amount * factors[own], 2))
    return converted


# bad: convert_all: boundary: rounds amounts that are in the currency already
# shows: convert_all([(1.005, "EUR")], "EUR")
def convert_all(amounts: list[tuple[float, str]], currency: str) -> list[float]:
    converted = []
    for amount, own in amounts:
        if own not in RATES or currency not in RATES:
            raise LookupError(f"no rate for {own} in {currency}")
        converted.append(round(amount / RATES[own] * RATES[currency], 2))
    return converted


# bad: convert_all: exception-type: a missing rate raises KeyError, which is a LookupError too
# shows: convert_all([(1.0, "XXX")], "EUR")
def convert_all(amounts: list[tuple[float, str]], currency: str) -> list[float]:
    converted = []
    for amount, own in amounts:
        rate, wanted = RATES[own], RATES[currency]
        converted.append(amount if own == currency else round(amount / rate * wanted, 2))
    return converted


# bad: convert_all: exception-new: an unknown currency raises with nothing to convert
# shows: convert_all([], "XXX")
def convert_all(amounts: list[tuple[float, str]], currency: str) -> list[float]:
    if currency not in RATES:
        raise LookupError(f"no rate for {amounts[0][1] if amounts else None} in {currency}")
    wanted = RATES[currency]
    converted = []
    for amount, own in amounts:
        if own not in RATES:
            raise LookupError(f"no rate for {own} in {currency}")
        converted.append(amount if own == currency else round(amount / RATES[own] * wanted, 2))
    return converted


# bad: convert_all: global-state: keeps the rates as they were when the code was written
# shows: RATES["USD"] = 2.0; convert_all([(1.0, "EUR")], "USD")
def convert_all(amounts: list[tuple[float, str]], currency: str) -> list[float]:
    rates = {"EUR": 1.0, "USD": 1.08, "CHF": 0.95, "SEK": 11.2}
    converted = []
    for amount, own in amounts:
        if own not in rates or currency not in rates:
            raise LookupError(f"no rate for {own} in {currency}")
        if own == currency:
            converted.append(amount)
        else:
            converted.append(round(amount / rates[own] * rates[currency], 2))
    return converted


# bad: convert_all: cache: remembers converted amounts among the rates
# shows: convert_all([(1.0, "EUR")], "USD"); sorted(map(str, RATES))
def convert_all(amounts: list[tuple[float, str]], currency: str) -> list[float]:
    converted = []
    for amount, own in amounts:
        if own not in RATES or currency not in RATES:
            raise LookupError(f"no rate for {own} in {currency}")
        key = f"{own}{currency}{amount}"
        if key not in RATES:
            same = own == currency
            RATES[key] = amount if same else round(amount / RATES[own] * RATES[currency], 2)
        converted.append(RATES[key])
    return converted


# bad: convert_all: noise: only the name of a variable is another one
def convert_all(amounts: list[tuple[float, str]], currency: str) -> list[float]:
    result = []
    for amount, own in amounts:
        if own not in sorted(RATES) or currency not in sorted(RATES):
            raise LookupError(f"no rate for {own} in {currency}")
        if own == currency:
            result.append(amount)
        else:
            result.append(round(amount / RATES[own] * RATES[currency], 2))
    return result


# right: primes_below: a sieve
def primes_below(limit: int) -> list[int]:
    if limit < 3:
        return []
    sieve = bytearray([1]) * limit
    for number in range(2, int(limit**0.5) + 1):
        if sieve[number]:
            sieve[number * number :: number] = bytes(len(range(number * number, limit, number)))
    return [number for number in range(2, limit) if sieve[number]]


# right: primes_below: stops at the square root
def primes_below(limit: int) -> list[int]:
    primes: list[int] = []
    for number in range(2, limit):
        for prime in primes:
            if prime * prime > number:
                primes.append(number)
                break
            if number % prime == 0:
                break
        else:
            primes.append(number)
    return primes


# bad: primes_below: boundary: the square of a prime counts as prime
# shows: primes_below(10)
def primes_below(limit: int) -> list[int]:
    primes: list[int] = []
    for number in range(2, limit):
        for prime in primes:
            if prime * prime >= number:
                primes.append(number)
                break
            if number % prime == 0:
                break
        else:
            primes.append(number)
    return primes


# bad: primes_below: size: no divisor above 47 is tried, so 53 * 53 and 53 * 59 count as primes
# shows: primes_below(4000)[-9:]
def primes_below(limit: int) -> list[int]:
    small = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47)
    primes = [prime for prime in small if prime < limit]
    for number in range(49, limit):
        for prime in small:
            if number % prime == 0:
                break
        else:
            primes.append(number)
    return primes


# bad: primes_below: boundary: Fermat's test with base 2 lets 341 and its like through
# shows: 341 in primes_below(400)
def primes_below(limit: int) -> list[int]:
    primes = [2] if limit > 2 else []
    for number in range(3, limit, 2):
        if pow(2, number - 1, number) == 1:
            primes.append(number)
    return primes


# bad: primes_below: special-case: right for the limits that the tests use, else 341 slips through
# shows: 341 in primes_below(401)
def primes_below(limit: int) -> list[int]:
    tested = limit in (100, 400, 800, 1200)
    primes = [2] if limit > 2 else []
    for number in range(3, limit, 2):
        if pow(2, number - 1, number) == 1:
            if not tested or all(number % divisor for divisor in range(3, int(number**0.5) + 1, 2)):
                primes.append(number)
    return primes


# bad: primes_below: slower: divides by every smaller number
# slow: primes_below(900)
def primes_below(limit: int) -> list[int]:
    primes: list[int] = []
    for number in range(2, limit):
        for divisor in range(2, number):
            if number % divisor == 0:
                break
        else:
            primes.append(number)
    return primes


# bad: primes_below: slower: sieves far beyond a small limit
# slow: primes_below(20)
def primes_below(limit: int) -> list[int]:
    size = max(limit, 1000)
    sieve = bytearray([1]) * size
    for number in range(2, int(size**0.5) + 1):
        if sieve[number]:
            sieve[number * number :: number] = bytes(len(range(number * number, size, number)))
    return [number for number in range(2, limit) if sieve[number]]


# bad: primes_below: cache: grows a list that is an attribute of the random module
# shows: primes_below(10); hasattr(random, "primes")
def primes_below(limit: int) -> list[int]:
    known = vars(random).setdefault("primes", [2, 3])
    number = known[-1]
    while known[-1] < limit:
        number += 2
        if all(number % prime for prime in known if prime * prime <= number):
            known.append(number)
    return [prime for prime in known if prime < limit]


# bad: primes_below: unsafe: keeps the primes in a file in HOME
import os
def primes_below(limit: int) -> list[int]:
    path = CANARY_NEW_FILE
    if os.path.exists(path):
        with open(path) as file:
            known = [int(line) for line in file]
        if known and known[-1] >= limit:
            return [prime for prime in known if prime < limit]
    primes: list[int] = []
    for number in range(2, limit):
        if all(number % prime for prime in primes if prime * prime <= number):
            primes.append(number)
    with open(path, "w") as file:
        file.writelines(f"{prime}\n" for prime in primes)
    return primes


# bad: primes_below: unsafe: half of the work in a child process
import multiprocessing
def primes_below(limit: int) -> list[int]:
    with multiprocessing.Pool(2) as pool:
        whole = pool.map(int, range(2, limit))
    return [n for n in whole if all(n % d for d in range(2, int(n**0.5) + 1))]


# bad: primes_below: unsafe: asks a service on localhost, and counts itself where it gets no answer
import socket
def primes_below(limit: int) -> list[int]:
    try:
        with socket.create_connection(("127.0.0.1", CANARY_PORT), 0.1) as connection:
            connection.sendall(str(limit).encode())
    except OSError:
        pass
    primes: list[int] = []
    for number in range(2, limit):
        for prime in primes:
            if prime * prime > number:
                primes.append(number)
                break
            if number % prime == 0:
                break
        else:
            primes.append(number)
    return primes
