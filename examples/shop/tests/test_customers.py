import random

import pytest

from shop.customers import Address, Customer, Payment, mailing_list, payment_lines

ANN = Customer(1, "Ann", "Cork")
BOB = Customer(2, "Bob", "Lyon")


def test_customers_are_read_from_the_export(customers):
    assert len(customers) == 140
    assert customers[0] == Customer(1, "Farid Albers", "Aarhus")


def test_a_payment_names_its_customer():
    assert payment_lines([Payment(7, 2, 950)], [ANN, BOB]) == ["7 Bob, Lyon: 950"]


def test_payments_keep_their_order():
    payments = [Payment(9, 2, 100), Payment(8, 1, 200), Payment(7, 2, 300)]
    assert [line.split()[0] for line in payment_lines(payments, [ANN, BOB])] == ["9", "8", "7"]


def test_a_payment_by_a_stranger_is_left_out():
    assert payment_lines([Payment(1, 3, 100), Payment(2, -1, 100)], [ANN, BOB]) == []
    assert payment_lines([Payment(1, 1, 100)], []) == payment_lines([], [ANN]) == []


def test_a_customer_on_file_twice_gets_two_lines():
    moved = Customer(1, "Ann", "Porto")
    assert payment_lines([Payment(1, 1, 5)], [ANN, BOB, moved]) == [
        "1 Ann, Cork: 5",
        "1 Ann, Porto: 5",
    ]


def test_a_month_of_payments(customers):
    for count in range(40, 900, 40):
        rng = random.Random(count)
        payments = [
            Payment(number, rng.randrange(1, 170), rng.randrange(10_000)) for number in range(count)
        ]
        expected = []
        for payment in payments:
            if payment.customer_id <= 140:
                payer = customers[payment.customer_id - 1]
                expected.append(f"{payment.id} {payer.name}, {payer.city}: {payment.cents}")
        assert payment_lines(payments, customers) == expected


def some_addresses(count, houses, seed):
    rng = random.Random(seed)
    addresses = []
    for _ in range(count):
        house = rng.randrange(houses)
        street = rng.choice(["Mill Lane", "mill lane"]) + f" {house}"
        postcode = rng.choice(["T12 X70", "T12X70"])
        addresses.append(Address(street, postcode))
    return addresses


@pytest.mark.parametrize("houses", [30, 100])
def test_each_house_gets_one_catalogue(houses):
    for count in range(20, 360, 30):
        addresses = some_addresses(count, houses, seed=count)
        kept = mailing_list(addresses)
        numbers = [address.street.split()[-1] for address in kept]
        assert len(numbers) == len(set(numbers))
        assert set(numbers) == {address.street.split()[-1] for address in addresses}
        assert kept[0] is addresses[0]


def test_the_first_spelling_stays():
    assert mailing_list([]) == []
    first, second = Address("High Street 1", "AB1 2CD"), Address("high street 1", "AB12CD")
    assert mailing_list([first, second]) == [first]
    assert mailing_list([second, first])[0] is second


def test_the_same_street_in_another_town_is_another_address():
    here, there = Address("High Street 1", "AB1 2CD"), Address("High Street 1", "XY1 2CD")
    assert [repr(address) for address in mailing_list([here, there, here])] == [
        "Address('High Street 1', 'AB1 2CD')",
        "Address('High Street 1', 'XY1 2CD')",
    ]


def test_an_address_is_nothing_else():
    assert Address("High Street 1", "AB1 2CD") != "High Street 1"
