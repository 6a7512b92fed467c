"""Shapes that count, group, look up and search for pairs."""

from __future__ import annotations

SHAPES: dict[str, tuple[tuple[str, ...], str]] = {
    "pair-sum": (
        (
            """for I in range(len(XS)):
    for J in range(I + 1, len(XS)):
        if XS[I] + XS[J] == K:
            return True
return False""",
            """for I in range(len(XS)):
    for J in range(len(XS)):
        if I != J and XS[I] + XS[J] == K:
            return True
return False""",
            """for I, X in enumerate(XS):
    if K - X in XS[I + 1:]:
        return True
return False""",
        ),
        """SEEN = set()
for X in XS:
    if K - X in SEEN:
        return True
    SEEN.add(X)
return False""",
    ),
    "pair-places": (
        (
            """for I in range(len(XS)):
    for J in range(I + 1, len(XS)):
        if XS[I] + XS[J] == K:
            return [I, J]
return []""",
            """N = len(XS)
for J in range(N):
    for I in range(J):
        if XS[I] + XS[J] == K:
            return [I, J]
return []""",
        ),
        """D = {}
for J, X in enumerate(XS):
    if K - X in D:
        return [D[K - X], J]
    D.setdefault(X, J)
return []""",
    ),
    "pair-count": (
        (
            """OUT = 0
for I in range(len(XS)):
    for J in range(I + 1, len(XS)):
        if XS[I] == XS[J]:
            OUT += 1
return OUT""",
            """OUT = 0
for I in range(len(XS)):
    for J in range(I):
        if XS[J] == XS[I]:
            OUT = OUT + 1
return OUT""",
            """OUT = 0
for I, X in enumerate(XS):
    OUT += XS[I + 1:].count(X)
return OUT""",
        ),
        """OUT = 0
D = {}
for X in XS:
    OUT += D.get(X, 0)
    D[X] = D.get(X, 0) + 1
return OUT""",
    ),
    "difference-count": (
        (
            """OUT = 0
for I in range(len(XS)):
    for J in range(len(XS)):
        if XS[I] - XS[J] == K:
            OUT += 1
return OUT""",
            """OUT = 0
for X in XS:
    for Y in XS:
        if X == Y + K:
            OUT += 1
return OUT""",
            """OUT = 0
for X in XS:
    OUT += XS.count(X - K)
return OUT""",
        ),
        """D = {}
for X in XS:
    D[X] = D.get(X, 0) + 1
OUT = 0
for X in XS:
    OUT += D.get(X - K, 0)
return OUT""",
    ),
    "has-duplicates": (
        (
            """for I in range(len(XS)):
    for J in range(I + 1, len(XS)):
        if XS[I] == XS[J]:
            return True
return False""",
            """for X in XS:
    if XS.count(X) > 1:
        return True
return False""",
            """SEEN = []
for X in XS:
    if X in SEEN:
        return True
    SEEN.append(X)
return False""",
        ),
        "return len(set(XS)) != len(XS)",
    ),
    "duplicates": (
        (
            """OUT = []
for X in XS:
    if XS.count(X) > 1 and X not in OUT:
        OUT.append(X)
return OUT""",
            """OUT = []
for I in range(len(XS)):
    for J in range(len(XS)):
        if I != J and XS[I] == XS[J] and XS[I] not in OUT:
            OUT.append(XS[I])
return OUT""",
        ),
        """D = Counter(XS)
return [X for X, COUNT in D.items() if COUNT > 1]""",
    ),
    "first-unique": (
        (
            """for I in range(len(XS)):
    if XS.count(XS[I]) == 1:
        return I
return -1""",
            """for I in range(len(XS)):
    FOUND = False
    for J in range(len(XS)):
        if I != J and XS[I] == XS[J]:
            FOUND = True
    if not FOUND:
        return I
return -1""",
        ),
        """D = Counter(XS)
for I, X in enumerate(XS):
    if D[X] == 1:
        return I
return -1""",
    ),
    "most-common": (
        (
            """OUT = None
BEST = 0
for X in XS:
    if XS.count(X) > BEST:
        BEST = XS.count(X)
        OUT = X
return OUT""",
            """OUT = None
BEST = 0
for X in XS:
    COUNT = 0
    for Y in XS:
        if Y == X:
            COUNT += 1
    if COUNT > BEST:
        BEST = COUNT
        OUT = X
return OUT""",
            "return max(XS, key=XS.count)",
        ),
        """D = Counter(XS)
return max(D, key=D.get)""",
    ),
    "dedupe": (
        (
            """OUT = []
for X in XS:
    if X not in OUT:
        OUT.append(X)
return OUT""",
            """OUT = []
for I in range(len(XS)):
    if XS[I] not in XS[:I]:
        OUT.append(XS[I])
return OUT""",
            """SEEN = []
OUT = []
for X in XS:
    if X not in SEEN:
        SEEN.append(X)
        OUT.append(X)
return OUT""",
        ),
        "return list(dict.fromkeys(XS))",
    ),
    "dedupe-key": (
        (
            """OUT = []
SEEN = []
for X in XS:
    if KEY(X) not in SEEN:
        SEEN.append(KEY(X))
        OUT.append(X)
return OUT""",
            """OUT = []
for X in XS:
    if KEY(X) not in [KEY(Y) for Y in OUT]:
        OUT.append(X)
return OUT""",
            """OUT = []
for X in XS:
    FOUND = False
    for Y in OUT:
        if KEY(Y) == KEY(X):
            FOUND = True
    if not FOUND:
        OUT.append(X)
return OUT""",
        ),
        """OUT = []
SEEN = set()
for X in XS:
    KEYED = KEY(X)
    if KEYED not in SEEN:
        SEEN.add(KEYED)
        OUT.append(X)
return OUT""",
    ),
    "common-items": (
        (
            """OUT = []
for X in XS:
    for Y in YS:
        if X == Y and X not in OUT:
            OUT.append(X)
return OUT""",
            """OUT = []
for X in XS:
    if X in YS and X not in OUT:
        OUT.append(X)
return OUT""",
        ),
        """D = set(YS)
return [X for X in dict.fromkeys(XS) if X in D]""",
    ),
    "missing-items": (
        (
            """OUT = []
for X in XS:
    if X not in YS:
        OUT.append(X)
return OUT""",
            """OUT = []
for X in XS:
    FOUND = False
    for Y in YS:
        if X == Y:
            FOUND = True
    if not FOUND:
        OUT.append(X)
return OUT""",
            "return [X for X in XS if X not in list(YS)]",
            "return [X for X in XS if X not in YS]",
            "return [X for X in XS if X not in set(YS)]",
        ),
        """D = set(YS)
return [X for X in XS if X not in D]""",
    ),
    "common-item": (
        (
            """for X in XS:
    for Y in YS:
        if X == Y:
            return True
return False""",
            "return any(X in YS for X in XS)",
            """for X in XS:
    if X in YS:
        return True
return False""",
            "return len([X for X in XS if X in YS]) > 0",
        ),
        "return not set(XS).isdisjoint(YS)",
    ),
    "key-join": (
        (
            """OUT = []
for X in XS:
    for Y in YS:
        if X['id'] == Y['id']:
            OUT.append((X['a'], Y['b']))
return OUT""",
            """OUT = []
for X in XS:
    for Y in [Y for Y in YS if Y['id'] == X['id']]:
        OUT.append((X['a'], Y['b']))
return OUT""",
        ),
        """D = defaultdict(list)
for Y in YS:
    D[Y['id']].append(Y)
OUT = []
for X in XS:
    for Y in D.get(X['id'], ()):
        OUT.append((X['a'], Y['b']))
return OUT""",
    ),
    "key-look-up": (
        (
            """OUT = []
for X in XS:
    for A, B in YS:
        if A == X:
            OUT.append(B)
            break
    else:
        OUT.append(None)
return OUT""",
            """OUT = []
for X in XS:
    FOUND = [B for A, B in YS if A == X]
    OUT.append(FOUND[0] if FOUND else None)
return OUT""",
        ),
        """D = {}
for A, B in YS:
    D.setdefault(A, B)
return [D.get(X) for X in XS]""",
    ),
    "grouping": (
        (
            """OUT = {}
for X in XS:
    OUT[KEY(X)] = [Y for Y in XS if KEY(Y) == KEY(X)]
return OUT""",
            """OUT = {}
for X in XS:
    if KEY(X) not in OUT.keys():
        OUT[KEY(X)] = []
    OUT[KEY(X)] = OUT[KEY(X)] + [X]
return OUT""",
            """OUT = {}
for X in XS:
    if KEY(X) in OUT:
        OUT[KEY(X)].append(X)
    else:
        OUT[KEY(X)] = [X]
return OUT""",
        ),
        """OUT = defaultdict(list)
for X in XS:
    OUT[KEY(X)].append(X)
return dict(OUT)""",
    ),
    "anagrams": (
        (
            """OUT = []
for X in XS:
    for PART in OUT:
        if sorted(PART[0]) == sorted(X):
            PART.append(X)
            break
    else:
        OUT.append([X])
return OUT""",
            """OUT = []
SEEN = []
for X in XS:
    KEYED = ''.join(sorted(X))
    if KEYED in SEEN:
        OUT[SEEN.index(KEYED)].append(X)
    else:
        SEEN.append(KEYED)
        OUT.append([X])
return OUT""",
        ),
        """D = defaultdict(list)
for X in XS:
    D[''.join(sorted(X))].append(X)
return list(D.values())""",
    ),
    "is-anagram": (
        (
            """for X in TEXT:
    if TEXT.count(X) != OTHER.count(X):
        return False
return len(TEXT) == len(OTHER)""",
            """LETTERS = list(OTHER)
for X in TEXT:
    if X in LETTERS:
        LETTERS.remove(X)
    else:
        return False
return len(LETTERS) == 0""",
        ),
        "return Counter(TEXT) == Counter(OTHER)",
    ),
    "histogram": (
        (
            """OUT = {}
for X in set(XS):
    OUT[X] = XS.count(X)
return sorted(OUT.items())""",
            """OUT = {}
for X in XS:
    OUT[X] = len([Y for Y in XS if Y == X])
return sorted(OUT.items())""",
            """OUT = {}
for X in XS:
    if X in OUT.keys():
        OUT[X] = OUT[X] + 1
    else:
        OUT[X] = 1
return sorted(OUT.items())""",
        ),
        "return sorted(Counter(XS).items())",
    ),
    "places-of": (
        (
            """OUT = []
for Y in YS:
    if Y in XS:
        OUT.append(XS.index(Y))
    else:
        OUT.append(-1)
return OUT""",
            """OUT = []
for Y in YS:
    FOUND = -1
    for I in range(len(XS)):
        if XS[I] == Y and FOUND == -1:
            FOUND = I
    OUT.append(FOUND)
return OUT""",
        ),
        """D = {}
for I, X in enumerate(XS):
    D.setdefault(X, I)
return [D.get(Y, -1) for Y in YS]""",
    ),
    "ranks": (
        (
            """OUT = []
for X in XS:
    OUT.append(sum(1 for Y in XS if Y < X))
return OUT""",
            """OUT = []
for I in range(len(XS)):
    COUNT = 0
    for J in range(len(XS)):
        if XS[J] < XS[I]:
            COUNT += 1
    OUT.append(COUNT)
return OUT""",
            "return [len([Y for Y in XS if Y < X]) for X in XS]",
            "return [sorted(XS).index(X) for X in XS]",
        ),
        """YS = sorted(XS)
return [bisect_left(YS, X) for X in XS]""",
    ),
    "longest-run": (
        (
            """BEST = 0
for X in XS:
    COUNT = 1
    while X + COUNT in XS:
        COUNT += 1
    BEST = max(BEST, COUNT)
return BEST""",
            """BEST = 0
for X in XS:
    N = X
    COUNT = 0
    while N in XS:
        N += 1
        COUNT += 1
    if COUNT > BEST:
        BEST = COUNT
return BEST""",
        ),
        """D = set(XS)
BEST = 0
for X in D:
    if X - 1 not in D:
        COUNT = 1
        while X + COUNT in D:
            COUNT += 1
        if COUNT > BEST:
            BEST = COUNT
return BEST""",
    ),
}
