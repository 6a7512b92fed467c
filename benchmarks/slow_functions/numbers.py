# slow: primes_up_to, algorithm, 300
def primes_up_to(limit):
    primes = []
    for n in range(2, limit + 1):
        prime = True
        for d in range(2, n):
            if n % d == 0:
                prime = False
        if prime:
            primes.append(n)
    return primes
# fast
def primes_up_to(limit):
    if limit < 2:
        return []
    sieve = bytearray([1]) * (limit + 1)
    sieve[0:2] = b"\0\0"
    for n in range(2, int(limit ** 0.5) + 1):
        if sieve[n]:
            sieve[n * n::n] = bytes(len(range(n * n, limit + 1, n)))
    return [n for n in range(limit + 1) if sieve[n]]
# calls: n,


# slow: divisors, algorithm, 40000
def divisors(number):
    found = []
    for i in range(1, number + 1):
        if number % i == 0:
            found.append(i)
    return found
# fast
def divisors(number):
    low, high = [], []
    i = 1
    while i * i <= number:
        if number % i == 0:
            low.append(i)
            if i * i != number:
                high.append(number // i)
        i += 1
    return low + high[::-1]
# calls: n + draw.randint(0, n),


# slow: fibonacci_numbers, algorithm, 20
def fibonacci_numbers(count):
    def fib(n):
        if n < 2:
            return n
        return fib(n - 1) + fib(n - 2)
    numbers = []
    for i in range(count):
        numbers.append(fib(i))
    return numbers
# fast
def fibonacci_numbers(count):
    numbers = []
    a, b = 0, 1
    for _ in range(count):
        numbers.append(a)
        a, b = b, a + b
    return numbers
# calls: n,


# slow: longest_collatz, algorithm, 200
def longest_collatz(limit):
    best = 1
    best_length = 1
    for start in range(1, limit + 1):
        chain = [start]
        while chain[-1] != 1:
            if chain[-1] % 2 == 0:
                chain.append(chain[-1] // 2)
            else:
                chain.append(3 * chain[-1] + 1)
        if len(chain) > best_length:
            best = start
            best_length = len(chain)
    return best, best_length
# fast
def longest_collatz(limit):
    known = {1: 1}
    best = best_length = 1
    for start in range(1, limit + 1):
        steps = 0
        n = start
        while n not in known:
            n = 3 * n + 1 if n % 2 else n // 2
            steps += 1
        length = known[start] = known[n] + steps
        if length > best_length:
            best, best_length = start, length
    return best, best_length
# calls: n,


# slow: pairs_with_sum, algorithm, 200
def pairs_with_sum(numbers, target):
    count = 0
    for i in range(len(numbers)):
        for j in range(len(numbers)):
            if i < j and numbers[i] + numbers[j] == target:
                count += 1
    return count
# fast
def pairs_with_sum(numbers, target):
    count = 0
    seen = {}
    for number in numbers:
        count += seen.get(target - number, 0)
        seen[number] = seen.get(number, 0) + 1
    return count
# calls: draw.numbers(n, -50, 50), draw.randint(-20, 20)


# slow: power_mod, algorithm, 30000
def power_mod(base, exponent, modulus):
    result = 1 % modulus
    for _ in range(exponent):
        result = result * base % modulus
    return result
# fast
def power_mod(base, exponent, modulus):
    one = 1 % modulus
    if exponent <= 0:
        return one
    return pow(base, exponent, modulus)
# calls: draw.randint(2, 999), n, draw.randint(2, 10 ** 9)


# slow: best_stretch, algorithm, 80
def best_stretch(profits):
    best = 0
    for start in range(len(profits)):
        for end in range(start + 1, len(profits) + 1):
            if sum(profits[start:end]) > best:
                best = sum(profits[start:end])
    return best
# fast
def best_stretch(profits):
    best = total = 0
    for profit in profits:
        total += profit
        if total < 0:
            total = 0
        elif total > best:
            best = total
    return best
# calls: draw.numbers(n, -60, 60),


# slow: make_change, algorithm, 28
def make_change(amount, coins):
    if amount == 0:
        return 0
    best = None
    for coin in coins:
        if coin <= amount:
            rest = make_change(amount - coin, coins)
            if rest is not None and (best is None or rest + 1 < best):
                best = rest + 1
    return best
# fast
def make_change(amount, coins):
    known = {0: 0}
    def fewest(value):
        if value not in known:
            best = None
            for coin in coins:
                if coin <= value:
                    rest = fewest(value - coin)
                    if rest is not None and (best is None or rest + 1 < best):
                        best = rest + 1
            known[value] = best
        return known[value]
    return fewest(amount)
# calls: n, draw.choice([[2, 3, 7], [3, 4, 10], [2, 5]])


# slow: running_averages, restructure, 500
def running_averages(values):
    averages = []
    for i in range(len(values)):
        averages.append(sum(values[0:i + 1]) / len(values[0:i + 1]))
    return averages
# fast
from itertools import accumulate
def running_averages(values):
    return [total / count for count, total in enumerate(accumulate(values), 1)]
# calls: draw.numbers(n, 0, 1000),


# slow: pascal_triangle, algorithm, 32
def pascal_triangle(rows):
    def factorial(n):
        product = 1
        for i in range(2, n + 1):
            product *= i
        return product
    triangle = []
    for n in range(rows):
        line = []
        for k in range(n + 1):
            line.append(factorial(n) // (factorial(k) * factorial(n - k)))
        triangle.append(line)
    return triangle
# fast
def pascal_triangle(rows):
    triangle = []
    line = [1]
    for _ in range(rows):
        triangle.append(line)
        line = [1] + [a + b for a, b in zip(line, line[1:])] + [1]
    return triangle
# calls: n,


# slow: digit_sum_total, local, 1500
def digit_sum_total(numbers):
    total = 0
    for number in numbers:
        digits = []
        for character in str(abs(number)):
            digits.append(int(character))
        s = 0
        for d in digits:
            s = s + d
        total = total + s
    return total
# fast
def digit_sum_total(numbers):
    text = "".join([str(abs(number)) for number in numbers])
    return sum([digit * text.count(str(digit)) for digit in range(1, 10)])
# calls: draw.numbers(n, -99999, 99999),
