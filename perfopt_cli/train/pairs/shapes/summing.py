"""Shapes of sums, windows, extremes, orders and numbers."""

from __future__ import annotations

SHAPES: dict[str, tuple[tuple[str, ...], str]] = {
    "prefix-sums": (
        (
            """OUT = []
for I in range(len(XS)):
    OUT.append(sum(XS[:I + 1]))
return OUT""",
            """OUT = []
for I in range(len(XS)):
    TOTAL = 0
    for J in range(I + 1):
        TOTAL += XS[J]
    OUT.append(TOTAL)
return OUT""",
            "return [sum(XS[:I + 1]) for I in range(len(XS))]",
        ),
        "return list(accumulate(XS))",
    ),
    "range-sums": (
        (
            """OUT = []
for A, B in YS:
    OUT.append(sum(XS[A:B]))
return OUT""",
            """OUT = []
for A, B in YS:
    TOTAL = 0
    for I in range(A, min(B, len(XS))):
        TOTAL += XS[I]
    OUT.append(TOTAL)
return OUT""",
        ),
        """D = [0]
for X in XS:
    D.append(D[-1] + X)
N = len(XS)
OUT = []
for A, B in YS:
    A, B = min(A, N), min(B, N)
    OUT.append(D[B] - D[A] if B > A else 0)
return OUT""",
    ),
    "pivot": (
        (
            """for I in range(len(XS)):
    if sum(XS[:I]) == sum(XS[I + 1:]):
        return I
return -1""",
            """for I in range(len(XS)):
    A = 0
    for J in range(I):
        A += XS[J]
    B = 0
    for J in range(I + 1, len(XS)):
        B += XS[J]
    if A == B:
        return I
return -1""",
        ),
        """TOTAL = sum(XS)
A = 0
for I, X in enumerate(XS):
    if A == TOTAL - A - X:
        return I
    A += X
return -1""",
    ),
    "window-sum": (
        (
            """BEST = 0
for I in range(len(XS) - K + 1):
    BEST = max(BEST, sum(XS[I:I + K]))
return BEST""",
            """BEST = 0
for I in range(len(XS) - K + 1):
    TOTAL = 0
    for J in range(I, I + K):
        TOTAL += XS[J]
    if TOTAL > BEST:
        BEST = TOTAL
return BEST""",
            "return max([sum(XS[I:I + K]) for I in range(len(XS) - K + 1)], default=0)",
        ),
        """TOTAL = sum(XS[:K])
BEST = max(TOTAL, 0) if len(XS) >= K else 0
for I in range(K, len(XS)):
    TOTAL += XS[I] - XS[I - K]
    if TOTAL > BEST:
        BEST = TOTAL
return BEST""",
    ),
    "largest-part-sum": (
        (
            """BEST = XS[0]
for I in range(len(XS)):
    for J in range(I, len(XS)):
        BEST = max(BEST, sum(XS[I:J + 1]))
return BEST""",
            """BEST = XS[0]
for I in range(len(XS)):
    TOTAL = 0
    for J in range(I, len(XS)):
        TOTAL += XS[J]
        if TOTAL > BEST:
            BEST = TOTAL
return BEST""",
        ),
        """BEST = TOTAL = XS[0]
for X in XS[1:]:
    TOTAL = TOTAL + X if TOTAL > 0 else X
    if TOTAL > BEST:
        BEST = TOTAL
return BEST""",
    ),
    "part-sum-count": (
        (
            """OUT = 0
for I in range(len(XS)):
    for J in range(I + 1, len(XS) + 1):
        if sum(XS[I:J]) == K:
            OUT += 1
return OUT""",
            """OUT = 0
for I in range(len(XS)):
    TOTAL = 0
    for J in range(I, len(XS)):
        TOTAL += XS[J]
        if TOTAL == K:
            OUT += 1
return OUT""",
        ),
        """OUT = TOTAL = 0
D = {0: 1}
for X in XS:
    TOTAL += X
    OUT += D.get(TOTAL - K, 0)
    D[TOTAL] = D.get(TOTAL, 0) + 1
return OUT""",
    ),
    "best-trade": (
        (
            """BEST = 0
for I in range(len(XS)):
    for J in range(I + 1, len(XS)):
        BEST = max(BEST, XS[J] - XS[I])
return BEST""",
            """BEST = 0
for I in range(1, len(XS)):
    BEST = max(BEST, XS[I] - min(XS[:I]))
return BEST""",
            """BEST = 0
LOW = XS[0]
for X in XS:
    LOW = min(LOW, X)
    BEST = max(BEST, X - LOW)
return BEST""",
        ),
        """BEST = 0
LOW = XS[0]
for X in XS:
    if X < LOW:
        LOW = X
    elif X - LOW > BEST:
        BEST = X - LOW
return BEST""",
    ),
    "running-maximum": (
        (
            """OUT = []
for I in range(len(XS)):
    OUT.append(max(XS[:I + 1]))
return OUT""",
            "return [max(XS[:I + 1]) for I in range(len(XS))]",
            """OUT = []
BEST = XS[0]
for X in XS:
    BEST = max(BEST, X)
    OUT.append(BEST)
return OUT""",
        ),
        "return list(accumulate(XS, max))",
    ),
    "next-greater": (
        (
            """OUT = []
for I in range(len(XS)):
    FOUND = -1
    for J in range(I + 1, len(XS)):
        if XS[J] > XS[I]:
            FOUND = XS[J]
            break
    OUT.append(FOUND)
return OUT""",
            """OUT = [-1] * len(XS)
for I in range(len(XS)):
    for J in range(len(XS) - 1, I, -1):
        if XS[J] > XS[I]:
            OUT[I] = XS[J]
return OUT""",
        ),
        """OUT = [-1] * len(XS)
STACK = []
for I, X in enumerate(XS):
    while STACK and XS[STACK[-1]] < X:
        OUT[STACK.pop()] = X
    STACK.append(I)
return OUT""",
    ),
    "rising-length": (
        (
            """BEST = [1] * len(XS)
for I in range(len(XS)):
    for J in range(I):
        if XS[J] < XS[I]:
            BEST[I] = max(BEST[I], BEST[J] + 1)
return max(BEST, default=0)""",
            """BEST = []
for I in range(len(XS)):
    COUNT = 1
    for J in range(I):
        if XS[J] < XS[I] and BEST[J] + 1 > COUNT:
            COUNT = BEST[J] + 1
    BEST.append(COUNT)
return max(BEST, default=0)""",
        ),
        """STACK = []
for X in XS:
    I = bisect_left(STACK, X)
    if I == len(STACK):
        STACK.append(X)
    else:
        STACK[I] = X
return len(STACK)""",
    ),
    "inversions": (
        (
            """OUT = 0
for I in range(len(XS)):
    for J in range(I + 1, len(XS)):
        if XS[I] > XS[J]:
            OUT += 1
return OUT""",
            """OUT = 0
for I, X in enumerate(XS):
    OUT += sum(1 for Y in XS[I + 1:] if Y < X)
return OUT""",
        ),
        """OUT = 0
STACK = []
for I, X in enumerate(XS):
    OUT += I - bisect_right(STACK, X)
    insort(STACK, X)
return OUT""",
    ),
    "merging": (
        (
            "return sorted(list(XS) + list(YS))",
            """OUT = list(XS)
for Y in YS:
    OUT.append(Y)
    OUT.sort()
return sorted(OUT)""",
            """OUT = []
for X in XS:
    OUT.append(X)
for Y in YS:
    OUT.append(Y)
for I in range(len(OUT)):
    for J in range(I + 1, len(OUT)):
        if OUT[J] < OUT[I]:
            OUT[I], OUT[J] = OUT[J], OUT[I]
return OUT""",
        ),
        "return sorted(XS + YS)",
    ),
    "top-items": (
        (
            "return sorted(XS, reverse=True)[:K]",
            "return sorted(XS)[::-1][:K]",
            """OUT = []
YS = list(XS)
for I in range(min(K, len(YS))):
    OUT.append(max(YS))
    YS.remove(max(YS))
return OUT""",
        ),
        "return heapq.nlargest(K, XS)",
    ),
    "smallest-difference": (
        (
            """BEST = None
for I in range(len(XS)):
    for J in range(I + 1, len(XS)):
        if BEST is None or abs(XS[I] - XS[J]) < BEST:
            BEST = abs(XS[I] - XS[J])
return BEST""",
            "return min([abs(X - Y) for I, X in enumerate(XS) for Y in XS[:I]], default=None)",
        ),
        """YS = sorted(XS)
return min([B - A for A, B in zip(YS, YS[1:])], default=None)""",
    ),
    "primes": (
        (
            """OUT = []
for X in range(2, N):
    for Y in range(2, X):
        if X % Y == 0:
            break
    else:
        OUT.append(X)
return OUT""",
            """OUT = []
for X in range(2, N):
    FOUND = True
    for Y in range(2, X):
        if X % Y == 0:
            FOUND = False
    if FOUND:
        OUT.append(X)
return OUT""",
            "return [X for X in range(2, N) if all(X % Y != 0 for Y in range(2, X))]",
        ),
        """if N < 3:
    return []
SIEVE = bytearray([1]) * N
SIEVE[0] = SIEVE[1] = 0
for X in range(2, int(N ** 0.5) + 1):
    if SIEVE[X]:
        SIEVE[X * X::X] = bytes(len(range(X * X, N, X)))
return [X for X in range(N) if SIEVE[X]]""",
    ),
    "is-prime": (
        (
            """if N < 2:
    return False
for X in range(2, N):
    if N % X == 0:
        return False
return True""",
            """if N < 2:
    return False
FOUND = True
for X in range(2, N):
    if N % X == 0:
        FOUND = False
return FOUND""",
            "return N > 1 and all(N % X != 0 for X in range(2, N))",
            """COUNT = 0
for X in range(1, N + 1):
    if N % X == 0:
        COUNT += 1
return COUNT == 2""",
        ),
        """if N < 2:
    return False
for X in range(2, isqrt(N) + 1):
    if N % X == 0:
        return False
return True""",
    ),
    "divisors": (
        (
            "return [X for X in range(1, N + 1) if N % X == 0]",
            """OUT = []
for X in range(1, N + 1):
    if N % X == 0:
        OUT.append(X)
return OUT""",
        ),
        """OUT = []
STACK = []
for X in range(1, isqrt(N) + 1):
    if N % X == 0:
        OUT.append(X)
        if X != N // X:
            STACK.append(N // X)
return OUT + STACK[::-1]""",
    ),
    "polynomial": (
        (
            """TOTAL = 0
for I in range(len(XS)):
    TOTAL += XS[I] * K ** I
return TOTAL""",
            "return sum(X * K ** I for I, X in enumerate(XS))",
            """TOTAL = 0
for I in range(len(XS)):
    STEP = 1
    for J in range(I):
        STEP *= K
    TOTAL += XS[I] * STEP
return TOTAL""",
        ),
        """TOTAL = 0
for X in reversed(XS):
    TOTAL = TOTAL * K + X
return TOTAL""",
    ),
    "sum-to": (
        (
            """TOTAL = 0
for I in range(1, N + 1):
    TOTAL += I
return TOTAL""",
            "return sum(range(1, N + 1))",
            "return sum([I for I in range(N + 1)])",
            """TOTAL = 0
I = 1
while I <= N:
    TOTAL = TOTAL + I
    I += 1
return TOTAL""",
        ),
        "return N * (N + 1) // 2",
    ),
    "digit-sum": (
        (
            """TOTAL = 0
for X in str(N):
    TOTAL += int(X)
return TOTAL""",
            "return sum([int(X) for X in str(N)])",
            "return sum(int(X) for X in str(N))",
        ),
        "return sum(map(int, str(N)))",
    ),
    "fibonacci": (
        (
            """XS = [0, 1]
for I in range(2, N + 1):
    XS.append(XS[I - 1] + XS[I - 2])
return XS[N]""",
            """XS = [0, 1]
while len(XS) <= N:
    XS = XS + [XS[-1] + XS[-2]]
return XS[N]""",
        ),
        """A, B = 0, 1
for I in range(N):
    A, B = B, A + B
return A""",
    ),
    "grid-paths": (
        (
            """def go(I, J):
    if I == 0 or J == 0:
        return 1
    return go(I - 1, J) + go(I, J - 1)
return go(min(A, 7), min(B, 7))""",
        ),
        """A, B = min(A, 7), min(B, 7)
ROW = [1] * (B + 1)
for I in range(A):
    for J in range(1, B + 1):
        ROW[J] += ROW[J - 1]
return ROW[B]""",
    ),
    "transposed": (
        (
            """OUT = []
for J in range(len(ROWS[0])):
    ROW = []
    for I in range(len(ROWS)):
        ROW.append(ROWS[I][J])
    OUT.append(ROW)
return OUT""",
            "return [[ROW[J] for ROW in ROWS] for J in range(len(ROWS[0]))]",
            "return [[ROWS[I][J] for I in range(len(ROWS))] for J in range(len(ROWS[0]))]",
        ),
        "return [list(X) for X in zip(*ROWS)]",
    ),
    "matrix-sum": (
        (
            """TOTAL = 0
for I in range(len(ROWS)):
    for J in range(len(ROWS[I])):
        TOTAL += ROWS[I][J]
return TOTAL""",
            """TOTAL = 0
for ROW in ROWS:
    for X in ROW:
        TOTAL += X
return TOTAL""",
            "return sum([X for ROW in ROWS for X in ROW])",
        ),
        "return sum(map(sum, ROWS))",
    ),
    "column-sums": (
        (
            """OUT = [0] * len(ROWS[0])
for ROW in ROWS:
    for J in range(len(ROW)):
        OUT[J] += ROW[J]
return OUT""",
            "return [sum([ROW[J] for ROW in ROWS]) for J in range(len(ROWS[0]))]",
            """OUT = []
for J in range(len(ROWS[0])):
    TOTAL = 0
    for I in range(len(ROWS)):
        TOTAL += ROWS[I][J]
    OUT.append(TOTAL)
return OUT""",
        ),
        "return [sum(X) for X in zip(*ROWS)]",
    ),
    "dot-product": (
        (
            """TOTAL = 0
for I in range(min(len(XS), len(YS))):
    TOTAL += XS[I] * YS[I]
return TOTAL""",
            "return sum(X * Y for X, Y in zip(XS, YS))",
            """TOTAL = 0
for X, Y in zip(XS, YS):
    TOTAL += X * Y
return TOTAL""",
        ),
        "return sum(map(mul, XS, YS))",
    ),
    "palindrome": (
        (
            """for I in range(len(TEXT)):
    if TEXT[I] != TEXT[len(TEXT) - 1 - I]:
        return False
return True""",
            """OTHER = ''
for X in TEXT:
    OTHER = X + OTHER
return OTHER == TEXT""",
            "return TEXT == ''.join(reversed(TEXT))",
            "return list(TEXT) == list(reversed(TEXT))",
        ),
        "return TEXT == TEXT[::-1]",
    ),
    "run-lengths": (
        (
            """OUT = ''
I = 0
while I < len(TEXT):
    COUNT = 0
    while I + COUNT < len(TEXT) and TEXT[I + COUNT] == TEXT[I]:
        COUNT += 1
    OUT = OUT + TEXT[I] + str(COUNT)
    I += COUNT
return OUT""",
            """OUT = ''
COUNT = 0
for I in range(len(TEXT)):
    COUNT += 1
    if I == len(TEXT) - 1 or TEXT[I] != TEXT[I + 1]:
        OUT += TEXT[I] + str(COUNT)
        COUNT = 0
return OUT""",
        ),
        "return ''.join([f'{X}{len(list(PART))}' for X, PART in groupby(TEXT)])",
    ),
    "vowels": (
        (
            """COUNT = 0
for X in TEXT:
    if X == 'a' or X == 'e' or X == 'i' or X == 'o' or X == 'u':
        COUNT += 1
return COUNT""",
            "return len([X for X in TEXT if X in ['a', 'e', 'i', 'o', 'u']])",
            "return sum(1 for X in TEXT if X in 'aeiou')",
        ),
        "return sum(map(TEXT.count, 'aeiou'))",
    ),
    "only-digits": (
        (
            """OUT = ''
for X in TEXT:
    if X in '0123456789':
        OUT += X
return OUT""",
            "return ''.join(X for X in TEXT if X.isdigit())",
            """OUT = ''
for X in TEXT:
    if X.isdigit():
        OUT = OUT + X
return OUT""",
        ),
        "return ''.join(filter(str.isdigit, TEXT))",
    ),
    "caesar": (
        (
            """OUT = ''
for X in TEXT:
    if 'a' <= X <= 'z':
        OUT += chr((ord(X) - ord('a') + K) % 26 + ord('a'))
    else:
        OUT += X
return OUT""",
            """OUT = []
for X in TEXT:
    if X.islower():
        OUT.append(chr((ord(X) - 97 + K) % 26 + 97))
    else:
        OUT.append(X)
return ''.join(OUT)""",
        ),
        """D = {I + 97: (I + K) % 26 + 97 for I in range(26)}
return TEXT.translate(D)""",
    ),
    "subsequence": (
        (
            """REST = TEXT
for X in OTHER:
    if X not in REST:
        return False
    REST = REST[REST.index(X) + 1:]
return True""",
        ),
        """I = 0
for X in OTHER:
    I = TEXT.find(X, I) + 1
    if not I:
        return False
return True""",
    ),
    "bit-count": (
        (
            """COUNT = 0
while N:
    COUNT += N & 1
    N >>= 1
return COUNT""",
            """COUNT = 0
while N > 0:
    if N % 2 == 1:
        COUNT += 1
    N = N // 2
return COUNT""",
            "return len([X for X in bin(N) if X == '1'])",
        ),
        "return bin(N).count('1')",
    ),
    "breadth-first": (
        (
            """QUEUE = [0]
SEEN = []
while QUEUE:
    X = QUEUE.pop(0)
    if X in SEEN:
        continue
    SEEN.append(X)
    for Y in ROWS[X % len(ROWS)]:
        QUEUE.append(Y)
return len(SEEN)""",
            """QUEUE = [0]
SEEN = set()
while len(QUEUE) > 0:
    X = QUEUE[0]
    QUEUE = QUEUE[1:]
    if X in SEEN:
        continue
    SEEN.add(X)
    for Y in ROWS[X % len(ROWS)]:
        QUEUE = QUEUE + [Y]
return len(SEEN)""",
        ),
        """QUEUE = deque([0])
SEEN = set()
while QUEUE:
    X = QUEUE.popleft()
    if X in SEEN:
        continue
    SEEN.add(X)
    QUEUE.extend(ROWS[X % len(ROWS)])
return len(SEEN)""",
    ),
}
