# right: running_balances: one running total, the same additions in the same order
def running_balances(amounts: list[float], opening: float) -> list[float]:
    balances = []
    total = opening
    for amount in amounts:
        total += amount
        balances.append(round(total, 2))
    return balances


# right: running_balances: accumulate from the opening balance, which is dropped again
from itertools import accumulate, islice
def running_balances(amounts: list[float], opening: float) -> list[float]:
    return [round(total, 2) for total in islice(accumulate(amounts, initial=opening), 1, None)]


# bad: running_balances: float: carries the rounded balance on, so that fractions of cents are lost
# shows: running_balances([0.004, 0.004, 0.004], 0.0)
def running_balances(amounts: list[float], opening: float) -> list[float]:
    balances = []
    total = opening
    for amount in amounts:
        total = round(total + amount, 2)
        balances.append(total)
    return balances


# bad: running_balances: float: adds the opening balance last, so a half cent rounds the other way
# shows: [running_balances([i / 1000 + j for j in (0.1, 0.2)], i / 8) for i in range(2000)]
def running_balances(amounts: list[float], opening: float) -> list[float]:
    balances = []
    total = 0.0
    for amount in amounts:
        total += amount
        balances.append(round(opening + total, 2))
    return balances


# bad: running_balances: boundary: no booking gives the opening balance instead of nothing
# shows: running_balances([], 5.0)
from itertools import accumulate
def running_balances(amounts: list[float], opening: float) -> list[float]:
    if not amounts:
        return [round(opening, 2)]
    first, *others = amounts
    return [round(total, 2) for total in accumulate(others, initial=opening + first)]


# bad: running_balances: mutates-argument: sums up in the caller's list
# shows: a = [1.0, 2.0]; running_balances(a, 0.5); a
def running_balances(amounts: list[float], opening: float) -> list[float]:
    total = opening
    for i, amount in enumerate(amounts):
        total += amount
        amounts[i] = round(total, 2)
    return list(amounts)


# bad: running_balances: cache: remembers balances in an attribute of the function
# shows: running_balances([1.0], 0.0); hasattr(running_balances, "known")
def running_balances(amounts: list[float], opening: float) -> list[float]:
    known = running_balances.__dict__.setdefault("known", {})
    key = (tuple(amounts), opening)
    if key not in known:
        total = opening
        balances = []
        for amount in amounts:
            total += amount
            balances.append(round(total, 2))
        known[key] = balances
    return known[key]


# right: totals_by_account: one pass with get
def totals_by_account(entries: list[tuple[str, float]]) -> dict[str, float]:
    totals: dict[str, float] = {}
    for account, amount in entries:
        totals[account] = totals.get(account, 0.0) + amount
    return totals


# bad: totals_by_account: float: the first amount is not added to 0.0, which makes -0.0 stay
# shows: totals_by_account([("a", -0.0)])
def totals_by_account(entries: list[tuple[str, float]]) -> dict[str, float]:
    totals: dict[str, float] = {}
    for account, amount in entries:
        if account in totals:
            totals[account] += amount
        else:
            totals[account] = amount
    return totals


# bad: totals_by_account: type: a total of whole numbers is an int
# shows: totals_by_account([("a", 1), ("a", 2)])
def totals_by_account(entries: list[tuple[str, float]]) -> dict[str, float]:
    totals: dict[str, float] = {}
    for account, amount in entries:
        totals[account] = totals.get(account, 0) + amount
    return totals


# bad: totals_by_account: float: fsum rounds once, the original after each addition
# shows: totals_by_account([("a", 0.1)] * 10)
from math import fsum
def totals_by_account(entries: list[tuple[str, float]]) -> dict[str, float]:
    groups: dict[str, list[float]] = {}
    for account, amount in entries:
        groups.setdefault(account, []).append(amount)
    return {account: fsum(group) for account, group in groups.items()}


# bad: totals_by_account: type: returns a defaultdict, which answers for unknown accounts
# shows: totals_by_account([("a", 1.0)])
from collections import defaultdict
def totals_by_account(entries: list[tuple[str, float]]) -> dict[str, float]:
    totals: dict[str, float] = defaultdict(float)
    for account, amount in entries:
        totals[account] += amount
    return totals


# bad: totals_by_account: order: accounts come in alphabetical order
# shows: totals_by_account([("b", 1.0), ("a", 2.0)])
from itertools import groupby
from operator import itemgetter
def totals_by_account(entries: list[tuple[str, float]]) -> dict[str, float]:
    totals: dict[str, float] = {}
    for account, group in groupby(sorted(entries, key=itemgetter(0)), key=itemgetter(0)):
        total = 0.0
        for _, amount in group:
            total += amount
        totals[account] = total
    return totals


# right: unmatched: a plain dict of counts
def unmatched(invoices: list[str], payments: list[str]) -> list[str]:
    waiting: dict[str, int] = {}
    for number in payments:
        waiting[number] = waiting.get(number, 0) + 1
    missing = []
    for number in invoices:
        left = waiting.get(number, 0)
        if left:
            waiting[number] = left - 1
        else:
            missing.append(number)
    return missing


# bad: unmatched: boundary: one payment settles all invoices of its number
# shows: unmatched(["R-1", "R-1"], ["R-1"])
def unmatched(invoices: list[str], payments: list[str]) -> list[str]:
    paid = set(payments)
    return [number for number in invoices if number not in paid]


# bad: unmatched: mutates-argument: takes the payments out of the caller's list
# shows: p = ["R-1", "R-2"]; unmatched(["R-2"], p); p
def unmatched(invoices: list[str], payments: list[str]) -> list[str]:
    known = set(payments)
    missing = []
    for number in invoices:
        if number in known and number in payments:
            payments.remove(number)
        else:
            missing.append(number)
    return missing


# bad: unmatched: order: repeated numbers stand together at the place of the first
# shows: unmatched(["R-1", "R-2", "R-1"], [])
from collections import Counter
def unmatched(invoices: list[str], payments: list[str]) -> list[str]:
    return list((Counter(invoices) - Counter(payments)).elements())


# bad: unmatched: identity: returns the caller's own list where there are no payments
# shows: i = ["R-1"]; unmatched(i, []) is i
from collections import Counter
def unmatched(invoices: list[str], payments: list[str]) -> list[str]:
    if not payments:
        return invoices
    waiting = Counter(payments)
    missing = []
    for number in invoices:
        if waiting[number] > 0:
            waiting[number] -= 1
        else:
            missing.append(number)
    return missing


# right: split_amount: the total once, and one stable sort by remainder
def split_amount(cents: int, weights: list[int]) -> list[int]:
    total = sum(weights)
    if not weights or total <= 0:
        raise ValueError(f"nothing to split {cents} by: {weights}")
    shares = [cents * weight // total for weight in weights]
    left = cents - sum(shares)
    if left:
        rests = [cents * weight % total for weight in weights]
        for i in sorted(range(len(weights)), key=lambda i: rests[i], reverse=True)[:left]:
            shares[i] += 1
    return shares


# right: split_amount: divmod and a sort of negated remainders
def split_amount(cents: int, weights: list[int]) -> list[int]:
    total = sum(weights)
    if not weights or total <= 0:
        raise ValueError(f"nothing to split {cents} by: {weights}")
    shares = []
    rests = []
    for i, weight in enumerate(weights):
        share, rest = divmod(cents * weight, total)
        shares.append(share)
        rests.append((-rest, i))
    rests.sort()
    for _, i in rests[: cents - sum(shares)]:
        shares[i] += 1
    return shares


# bad: split_amount: order: among equal remainders the last ones get the cents
# shows: split_amount(100, [1, 1, 1])
def split_amount(cents: int, weights: list[int]) -> list[int]:
    total = sum(weights)
    if not weights or total <= 0:
        raise ValueError(f"nothing to split {cents} by: {weights}")
    shares = []
    rests = []
    for i, weight in enumerate(weights):
        share, rest = divmod(cents * weight, total)
        shares.append(share)
        rests.append((rest, i))
    rests.sort(reverse=True)
    for _, i in rests[: cents - sum(shares)]:
        shares[i] += 1
    return shares


# bad: split_amount: float: float division is off for amounts above 2 ** 53
# shows: split_amount(10**17 + 3, [1, 2])
from math import floor
def split_amount(cents: int, weights: list[int]) -> list[int]:
    total = sum(weights)
    if not weights or total <= 0:
        raise ValueError(f"nothing to split {cents} by: {weights}")
    shares = [floor(cents * weight / total) for weight in weights]
    rests = [cents * weight % total for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: -rests[i])
    for i in order[: cents - sum(shares)]:
        shares[i] += 1
    return shares


# bad: split_amount: exception-text: the message no longer names the amount
# shows: split_amount(100, [])
def split_amount(cents: int, weights: list[int]) -> list[int]:
    total = sum(weights)
    if total <= 0:
        raise ValueError(f"nothing to split by: {weights}")
    shares = [cents * weight // total for weight in weights]
    rests = [cents * weight % total for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: -rests[i])
    for i in order[: cents - sum(shares)]:
        shares[i] += 1
    return shares


# bad: split_amount: exception-type: weights of zero raise ZeroDivisionError
# shows: split_amount(100, [0, 0])
def split_amount(cents: int, weights: list[int]) -> list[int]:
    if not weights:
        raise ValueError(f"nothing to split {cents} by: {weights}")
    total = sum(weights)
    shares = [cents * weight // total for weight in weights]
    rests = [cents * weight % total for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: -rests[i])
    for i in order[: cents - sum(shares)]:
        shares[i] += 1
    return shares


# right: account_path: a set beside the list, and one join
def account_path(accounts: dict[str, str], name: str) -> str:
    path = [name]
    seen = {name}
    parent = accounts[name]
    while parent != "":
        if parent in seen:
            raise ValueError(f"account {name} is below itself")
        seen.add(parent)
        path.append(parent)
        parent = accounts[parent]
    path.reverse()
    return ":".join(path)


# bad: account_path: exception-lost: notices only a circle that the account itself is part of
# shows: account_path({"x": "a", "a": "b", "b": "a"}, "x")
def account_path(accounts: dict[str, str], name: str) -> str:
    path = [name]
    parent = accounts[name]
    while parent != "" and len(path) <= len(accounts):
        if parent == name:
            raise ValueError(f"account {name} is below itself")
        path.append(parent)
        parent = accounts[parent]
    return ":".join(reversed(path))


# bad: account_path: exception-lost: an unknown parent counts as a top account
# shows: account_path({"a": "b"}, "a")
def account_path(accounts: dict[str, str], name: str) -> str:
    path = [name]
    seen = {name}
    parent = accounts[name]
    while parent:
        if parent in seen:
            raise ValueError(f"account {name} is below itself")
        seen.add(parent)
        path.append(parent)
        parent = accounts.get(parent, "")
    return ":".join(reversed(path))


# bad: account_path: exception-text: names the account where the circle closes
# shows: account_path({"x": "a", "a": "b", "b": "a"}, "x")
def account_path(accounts: dict[str, str], name: str) -> str:
    path = [name]
    seen = {name}
    parent = accounts[name]
    while parent:
        if parent in seen:
            raise ValueError(f"account {parent} is below itself")
        seen.add(parent)
        path.append(parent)
        parent = accounts[parent]
    return ":".join(reversed(path))


# bad: account_path: recursion: an account deeper than the recursion limit raises RecursionError
# shows: account_path({"0": "", **{str(i): str(i - 1) for i in range(1, 3000)}}, "2999").count(":")
def account_path(accounts: dict[str, str], name: str) -> str:
    seen = set()

    def path(one: str) -> str:
        seen.add(one)
        parent = accounts[one]
        if parent == "":
            return one
        if parent in seen:
            raise ValueError(f"account {name} is below itself")
        return path(parent) + ":" + one

    return path(name)
