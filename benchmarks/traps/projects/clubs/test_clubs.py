import random

import pytest

from clubs import FamilyRegister, Register

NAMES = ["Ada", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hal", "Ida"]
LEVELS = ["gold", "silver", "basic", "guest"]


def members(dice, n):
    return [
        (dice.randint(1, 2 * n), f"{dice.choice(NAMES)} {dice.randint(1, n)}", dice.choice(LEVELS))
        for _ in range(n)
    ]


@pytest.fixture
def dice():
    return random.Random(3)


@pytest.mark.parametrize("n", [0, 1, 5, 30, 80, 120])
def test_names(dice, n):
    register = Register(members(dice, n))
    numbers = [dice.randint(1, 2 * n) for _ in range(n)]
    found = register.names(numbers)
    assert register.lookups == n
    assert len(found) + len(register.misses) == n


def test_misses_are_noted():
    register = Register([(1, "Ada", "gold"), (2, "Ben", "basic")])
    assert register.names([2, 9, 1]) == ["Ben", "Ada"]
    assert register.names([8]) == []
    assert register.misses == [9, 8]


@pytest.mark.parametrize("n", [0, 1, 5, 30, 100])
def test_levels(dice, n):
    rows = members(dice, n)
    levels = Register(rows).levels
    assert sum(map(len, levels.values())) == n
    assert list(levels) == list(dict.fromkeys(level for _, _, level in rows))


@pytest.mark.parametrize("n", [0, 1, 5, 60, 200])
def test_income(dice, n):
    rows = members(dice, n)
    fees = {**Register.fees, "guest": 12}
    assert Register(rows).income == sum(fees[level] for _, _, level in rows)


def test_income_of_families():
    assert FamilyRegister([(1, "Ada", "gold"), (2, "Ben", "silver")]).income == 34


@pytest.mark.parametrize("n", [0, 1, 5, 40, 120, 200])
def test_common(dice, n):
    first, second = ([dice.randint(1, 2 * n) for _ in range(n)] for _ in range(2))
    assert set(Register.common(first, second)) == set(first) & set(second)


def test_common_repeats():
    assert Register.common([1, 2, 1, 3], [3, 1]) == [1, 1, 3]


@pytest.mark.parametrize("sizes", [(), (3,), (0, 2), (5, 9, 4), (30, 20), (40, 10, 30)])
def test_merged(dice, sizes):
    registers = [Register(members(dice, n)) for n in sizes]
    before = Register.opened
    merged = Register.merged(registers)
    numbers = [row[0] for row in merged.members]
    assert len(numbers) == len(set(numbers))
    assert Register.opened == before + 1


def test_the_first_stays():
    one, two = Register([(1, "Ada", "gold")]), Register([(1, "Ben", "gold"), (2, "Cleo", "gold")])
    assert Register.merged([one, two]).members == [(1, "Ada", "gold"), (2, "Cleo", "gold")]


@pytest.mark.parametrize("n", [0, 1, 6, 40, 90])
def test_leave(dice, n):
    register = Register(members(dice, n))
    numbers = [dice.randint(1, 2 * n) for _ in range(n)]
    gone = register.leave(numbers)
    assert len(register.members) == n - gone
    assert not {row[0] for row in register.members} & set(numbers)


def test_leave_twice():
    register = Register([(1, "Ada", "gold"), (2, "Ben", "basic"), (1, "Ada", "gold")])
    assert register.leave([1, 1]) == 2
    assert register.leave([1]) == 0
    assert register.members == [(2, "Ben", "basic")]


@pytest.mark.parametrize("n", [0, 1, 5, 30, 70])
def test_invoices(dice, n):
    rows = members(dice, n)
    invoices = Register(rows).invoices(2024)
    assert [one["name"] for one in invoices] == sorted({name for _, name, _ in rows})
    assert all(one["fee"] in (30, 20, 12) and one["year"] == 2024 for one in invoices)


def test_invoices_of_families():
    register = FamilyRegister([(2, "Ben", "gold"), (1, "Ada", "basic"), (3, "Ben", "basic")])
    assert [one["fee"] for one in register.invoices(2023)] == [8, 22]


@pytest.mark.parametrize("n", [0, 1, 6, 40, 150])
def test_by_day(dice, n):
    visits = Register.Visits([(dice.randint(1, 30), dice.randint(1, 99)) for _ in range(n)])
    days = visits.by_day()
    assert list(days) == sorted(days)
    assert sum(map(len, days.values())) == n
    assert (visits.busiest_day == -1) == (n == 0)


def test_the_first_busiest_day():
    visits = Register.Visits([(3, 1), (2, 5), (3, 2), (2, 6)])
    assert visits.by_day() == {2: [5, 6], 3: [1, 2]}
    assert visits.busiest_day == 2
