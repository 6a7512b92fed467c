# right: Register.names: a dict of the first members of each number
def names(self, numbers: list[int]) -> list[str]:
    by_number: dict[int, str] = {}
    for known, name, _ in self.members:
        by_number.setdefault(known, name)
    found = []
    for number in numbers:
        if number in by_number:
            found.append(by_number[number])
        else:
            self.misses.append(number)
    self.lookups += len(numbers)
    return found


# bad: Register.names: boundary: of members with equal numbers the last one answers
# shows: Register([(1, "a", ""), (1, "b", "")]).names([1])
def names(self, numbers: list[int]) -> list[str]:
    by_number = {known: name for known, name, _ in self.members}
    found = []
    for number in numbers:
        self.lookups += 1
        if number in by_number:
            found.append(by_number[number])
        else:
            self.misses.append(number)
    return found


# bad: Register.names: lost-side-effect: counts a number that comes again only once
# shows: r = Register([(1, "a", "")]); r.names([1, 1]); r.lookups
def names(self, numbers: list[int]) -> list[str]:
    by_number = {known: name for known, name, _ in reversed(self.members)}
    found = []
    for number in numbers:
        if number in by_number:
            found.append(by_number[number])
        else:
            self.misses.append(number)
    self.lookups += len(set(numbers))
    return found


# bad: Register.names: identity: puts a new list of misses in the place of the one that others hold
# shows: r = Register([]); m = r.misses; r.names([1]); m
def names(self, numbers: list[int]) -> list[str]:
    by_number = {known: name for known, name, _ in reversed(self.members)}
    self.lookups += len(numbers)
    self.misses = self.misses + [number for number in numbers if number not in by_number]
    return [by_number[number] for number in numbers if number in by_number]


# bad: Register.names: cache: keeps the table in the instance, where later members are missing
# shows: r = Register([]); r.names([1]); r.members.append((1, "a", "")); r.names([1])
def names(self, numbers: list[int]) -> list[str]:
    if "_table" not in self.__dict__:
        self._table = {known: name for known, name, _ in reversed(self.members)}
    self.lookups += len(numbers)
    self.misses.extend(number for number in numbers if number not in self._table)
    return [self._table[number] for number in numbers if number in self._table]


# right: Register.levels: one pass
@property
def levels(self) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for _, name, level in self.members:
        if level in found:
            found[level].append(name)
        else:
            found[level] = [name]
    return found


# bad: Register.levels: type: a defaultdict, which answers for levels that are not there
# shows: Register([]).levels["gold"]
from collections import defaultdict


@property
def levels(self) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for _, name, level in self.members:
        found[level].append(name)
    return found


# right: Register.income: the dict itself is asked
@property
def income(self) -> int:
    fees = self.fees
    total = 0
    for _, _, level in self.members:
        total += fees[level] if level in fees else fees["basic"]
    return total


# bad: Register.income: global-state: the fees of this class, also for the clubs of families
# shows: FamilyRegister([(1, "a", "gold"), (2, "b", "silver")]).income
@property
def income(self) -> int:
    fees = Register.fees
    return sum([fees[level] if level in fees else fees["basic"] for _, _, level in self.members])


# bad: Register.income: special-case: asks the method, which takes off two for families
# shows: FamilyRegister([(1, "a", "gold")]).income
@property
def income(self) -> int:
    total = 0
    for _, _, level in self.members:
        total += self.fee(level)
    return total


# right: Register.common: a set of the second
@staticmethod
def common(first: list[int], second: list[int]) -> list[int]:
    wanted = set(second)
    return [number for number in first if number in wanted]


# bad: Register.common: order: in no order, and each once
# shows: Register.common([3, 1, 3], [1, 3])
@staticmethod
def common(first: list[int], second: list[int]) -> list[int]:
    return list(set(first) & set(second))


# right: Register.merged: a dict by number
@classmethod
def merged(cls, registers: list[Register]) -> Register:
    rows: dict[int, tuple[int, str, str]] = {}
    for register in registers:
        for row in register.members:
            if row[0] not in rows:
                rows[row[0]] = row
    return cls(list(rows.values()))


# bad: Register.merged: type: always a Register, also when a subclass is asked
# shows: type(FamilyRegister.merged([]))
@classmethod
def merged(cls, registers: list[Register]) -> Register:
    rows: dict[int, tuple[int, str, str]] = {}
    for register in registers:
        for row in register.members:
            rows.setdefault(row[0], row)
    return Register(list(rows.values()))


# bad: Register.merged: identity: one register without equal numbers is returned itself
# shows: r = Register([(1, "a", "")]); Register.merged([r]) is r
@classmethod
def merged(cls, registers: list[Register]) -> Register:
    rows = {row[0]: row for one in reversed(registers) for row in reversed(one.members)}
    if len(registers) == 1 and len(rows) == len(registers[0].members):
        return registers[0]
    return cls(list({row[0]: rows[row[0]] for one in registers for row in one.members}.values()))


# bad: Register.merged: identity: the new register shares the list of the only old one
# shows: r = Register([(1, "a", "")]); m = Register.merged([r]); m.members.clear(); r.members
@classmethod
def merged(cls, registers: list[Register]) -> Register:
    rows: dict[int, tuple[int, str, str]] = {}
    for register in registers:
        for row in register.members:
            rows.setdefault(row[0], row)
    whole = [one.members for one in registers if len(one.members) == len(rows)]
    same = len(registers) == 1 and whole and list(rows.values()) == whole[0]
    return cls(whole[0] if same else list(rows.values()))


# bad: Register.merged: lost-side-effect: does not count as opened
# shows: n = Register.opened; Register.merged([]); Register.opened - n
@classmethod
def merged(cls, registers: list[Register]) -> Register:
    rows: dict[int, tuple[int, str, str]] = {}
    for register in registers:
        for row in register.members:
            rows.setdefault(row[0], row)
    made = cls(list(rows.values()))
    Register.opened -= 1
    return made


# right: Register.leave: one pass over the members
def leave(self, numbers: list[int]) -> int:
    before = len(self.members)
    gone = set(numbers)
    if gone:
        self.members[:] = [row for row in self.members if row[0] not in gone]
    return before - len(self.members)


# bad: Register.leave: identity: a new list, so that who gave the old one sees no change
# shows: rows = [(1, "a", "")]; Register(rows).leave([1]); rows
def leave(self, numbers: list[int]) -> int:
    before = len(self.members)
    gone = set(numbers)
    self.members = [row for row in self.members if row[0] not in gone]
    return before - len(self.members)


# bad: Register.leave: boundary: counts numbers instead of members
# shows: Register([(1, "a", ""), (1, "b", "")]).leave([1])
def leave(self, numbers: list[int]) -> int:
    gone = {row[0] for row in self.members}.intersection(numbers)
    self.members[:] = [row for row in self.members if row[0] not in gone]
    return len(gone)


# right: Register.invoices: a set of the names
def invoices(self, year: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    done: set[str] = set()
    for _, name, level in sorted(self.members, key=lambda row: row[1]):
        if name not in done:
            done.add(name)
            rows.append({"name": name, "year": year, "fee": self.fee(level)})
    return rows


# bad: Register.invoices: special-case: the fee from the table, past the method that subclasses change
# shows: FamilyRegister([(1, "a", "gold")]).invoices(1)
def invoices(self, year: int) -> list[dict[str, Any]]:
    first: dict[str, str] = {}
    for _, name, level in self.members:
        first.setdefault(name, level)
    basic = self.fees["basic"]
    return [
        {"name": name, "year": year, "fee": self.fees.get(first[name], basic)}
        for name in sorted(first)
    ]


# bad: Register.invoices: order: sorts whole rows, so that the lowest number of a name counts
# shows: Register([(2, "a", "gold"), (1, "a", "basic")]).invoices(1)
def invoices(self, year: int) -> list[dict[str, Any]]:
    done: dict[str, str] = {}
    for _, name, level in sorted(self.members):
        done.setdefault(name, level)
    return [{"name": name, "year": year, "fee": self.fee(done[name])} for name in sorted(done)]


# right: Register.Visits.by_day: one pass, and sorted days
def by_day(self) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for day, number in self.rows:
        if day in found:
            found[day].append(number)
        else:
            found[day] = [number]
    days = {day: found[day] for day in sorted(found)}
    most = 0
    for day, numbers in days.items():
        if len(numbers) > most:
            most = len(numbers)
            self.busiest_day = day
    return days


# bad: Register.Visits.by_day: boundary: of equally busy days the last one is noted
# shows: v = Register.Visits([(1, 1), (2, 1)]); v.by_day(); v.busiest_day
def by_day(self) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for day, number in sorted(self.rows, key=lambda row: row[0]):
        found.setdefault(day, []).append(number)
    most = 0
    for day in found:
        if len(found[day]) >= most:
            most = len(found[day])
            self.busiest_day = day
    return found


# bad: Register.Visits.by_day: new-side-effect: forgets the busiest day where there are no rows
# shows: v = Register.Visits([]); v.busiest_day = 4; v.by_day(); v.busiest_day
def by_day(self) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for day, number in sorted(self.rows, key=lambda row: row[0]):
        found.setdefault(day, []).append(number)
    self.busiest_day = max(found, key=lambda day: len(found[day]), default=-1)
    return found


# bad: Register.Visits.by_day: mutates-argument: sorts the rows in place
# shows: v = Register.Visits([(2, 1), (1, 1)]); v.by_day(); v.rows
def by_day(self) -> dict[int, list[int]]:
    self.rows.sort(key=lambda row: row[0])
    found: dict[int, list[int]] = {}
    for day, number in self.rows:
        found.setdefault(day, []).append(number)
    most = 0
    for day, numbers in found.items():
        if len(numbers) > most:
            most = len(numbers)
            self.busiest_day = day
    return found
