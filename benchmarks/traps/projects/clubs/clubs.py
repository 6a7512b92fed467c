"""Members of clubs, their visits and their bookings."""

from __future__ import annotations

from typing import Any


class Register:
    """All members of a club, in the order in which they joined."""

    opened = 0
    fees = {"gold": 30, "silver": 20, "basic": 12}

    class Visits:
        """Who came on which day."""

        def __init__(self, rows: list[tuple[int, int]]) -> None:
            self.rows = rows
            self.busiest_day = -1

        def by_day(self) -> dict[int, list[int]]:
            """Return the members of each day, days in order; note the day with the most."""
            days: dict[int, list[int]] = {}
            for day in sorted([day for day, _ in self.rows]):
                if day not in days:
                    days[day] = [number for other, number in self.rows if other == day]
            most = 0
            for day, numbers in days.items():
                if len(numbers) > most:
                    most = len(numbers)
                    self.busiest_day = day
            return days

    def __init__(self, members: list[tuple[int, str, str]]) -> None:
        Register.opened += 1
        self.members = members
        self.lookups = 0
        self.misses: list[int] = []

    def names(self, numbers: list[int]) -> list[str]:
        """Return the names of the numbers; those of nobody are noted and left out."""
        found = []
        for number in numbers:
            self.lookups += 1
            for known, name, _ in self.members:
                if known == number:
                    found.append(name)
                    break
            else:
                self.misses.append(number)
        return found

    @property
    def levels(self) -> dict[str, list[str]]:
        """The names of each level, levels in order of their first members."""
        found: dict[str, list[str]] = {}
        for _, _, level in self.members:
            found[level] = [name for _, name, other in self.members if other == level]
        return found

    @property
    def income(self) -> int:
        """The fees of all members; levels without a fee pay the basic one."""
        total = 0
        for _, _, level in self.members:
            known = [name for name in self.fees]
            total += self.fees[level] if level in known else self.fees["basic"]
        return total

    @staticmethod
    def common(first: list[int], second: list[int]) -> list[int]:
        """Return the numbers in both lists, as often as in the first."""
        return [number for number in first if number in second]

    @classmethod
    def merged(cls, registers: list[Register]) -> Register:
        """Return one register of all members; of equal numbers the first member stays."""
        rows: list[tuple[int, str, str]] = []
        for register in registers:
            for row in register.members:
                if row[0] not in [number for number, _, _ in rows]:
                    rows.append(row)
        return cls(rows)

    def leave(self, numbers: list[int]) -> int:
        """Take the members with these numbers out; return how many there were."""
        gone = 0
        for number in numbers:
            for row in list(self.members):
                if row[0] == number:
                    self.members.remove(row)
                    gone += 1
        return gone

    def fee(self, level: str) -> int:
        """Return the fee of a level; a club for families takes less."""
        return self.fees.get(level, self.fees["basic"])

    def invoices(self, year: int) -> list[dict[str, Any]]:
        """Return an invoice for each name, in order of names; a name is billed once."""
        rows: list[dict[str, Any]] = []
        for _, name, level in sorted(self.members, key=lambda row: row[1]):
            if name not in [row["name"] for row in rows]:
                rows.append({"name": name, "year": year, "fee": self.fee(level)})
        return rows


class FamilyRegister(Register):
    """A club where families pay less."""

    fees = {"gold": 24, "basic": 10}

    def fee(self, level: str) -> int:
        return super().fee(level) - 2
