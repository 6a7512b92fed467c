"""Bookings, balances and open items."""

from __future__ import annotations


def running_balances(amounts: list[float], opening: float) -> list[float]:
    """Return the balance after each booking, rounded to cents."""
    balances = []
    for last in range(len(amounts)):
        total = opening
        for amount in amounts[: last + 1]:
            total += amount
        balances.append(round(total, 2))
    return balances


def totals_by_account(entries: list[tuple[str, float]]) -> dict[str, float]:
    """Return the sum of each account, accounts in order of their first booking."""
    totals: dict[str, float] = {}
    for account, _ in entries:
        if account in totals:
            continue
        total = 0.0
        for name, amount in entries:
            if name == account:
                total += amount
        totals[account] = total
    return totals


def unmatched(invoices: list[str], payments: list[str]) -> list[str]:
    """Return the invoices that no payment settles; one payment settles one invoice."""
    waiting = list(payments)
    missing = []
    for number in invoices:
        if number in waiting:
            waiting.remove(number)
        else:
            missing.append(number)
    return missing


def split_amount(cents: int, weights: list[int]) -> list[int]:
    """Split an amount by weight; cents left over go to the largest remainders, first come first."""
    if not weights or sum(weights) <= 0:
        raise ValueError(f"nothing to split {cents} by: {weights}")
    shares = [cents * weight // sum(weights) for weight in weights]
    taken: list[int] = []
    while sum(shares) < cents:
        best, best_rest = -1, -1
        for i, weight in enumerate(weights):
            rest = cents * weight % sum(weights)
            if i not in taken and rest > best_rest:
                best, best_rest = i, rest
        taken.append(best)
        shares[best] += 1
    return shares


def account_path(accounts: dict[str, str], name: str) -> str:
    """Return the names from the top account down to this one, with colons between."""
    path = name
    seen = [name]
    while accounts[seen[-1]] != "":
        parent = accounts[seen[-1]]
        if parent in seen:
            raise ValueError(f"account {name} is below itself")
        seen.append(parent)
        path = parent + ":" + path
    return path


def chart(accounts: dict[str, str]) -> list[str]:
    """Return the paths of all accounts, in alphabetical order."""
    return sorted(account_path(accounts, name) for name in accounts)
