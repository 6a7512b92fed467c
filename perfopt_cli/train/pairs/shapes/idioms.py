"""Shapes of a few statements, as they stand in the middle of functions."""

from __future__ import annotations

SHAPES: dict[str, tuple[tuple[str, ...], str]] = {
    "set-membership": (
        (
            """OUT = []
for X in XS:
    if VAL(X) in YS:
        OUT.append(X)
return OUT""",
            """YS = list(YS)
OUT = [X for X in XS if VAL(X) in YS]
return OUT""",
            """OUT = [X for X in XS if VAL(X) in list(YS)]
return OUT""",
            """OUT = [X for X in XS if VAL(X) in set(YS)]
return OUT""",
        ),
        """D = set(YS)
OUT = [X for X in XS if VAL(X) in D]
return OUT""",
    ),
    "set-exclusion": (
        (
            """OUT = []
for X in XS:
    if VAL(X) not in YS:
        OUT.append(VAR(X))
return OUT""",
            """OUT = [VAR(X) for X in XS if VAL(X) not in [Y for Y in YS]]
return OUT""",
            """OUT = [VAR(X) for X in XS if VAL(X) not in YS]
return OUT""",
        ),
        """D = set(YS)
OUT = [VAR(X) for X in XS if VAL(X) not in D]
return OUT""",
    ),
    "key-membership": (
        (
            """OUT = []
for X in XS:
    if KEY(X) in [KEY(Y) for Y in YS]:
        OUT.append(X)
return OUT""",
            """OUT = [X for X in XS if KEY(X) in [KEY(Y) for Y in YS]]
return OUT""",
            """D = [KEY(Y) for Y in YS]
OUT = [X for X in XS if KEY(X) in D]
return OUT""",
            """OUT = []
for X in XS:
    FOUND = False
    for Y in YS:
        if KEY(X) == KEY(Y):
            FOUND = True
            break
    if FOUND:
        OUT.append(X)
return OUT""",
        ),
        """D = {KEY(Y) for Y in YS}
OUT = [X for X in XS if KEY(X) in D]
return OUT""",
    ),
    "seen-set": (
        (
            """SEEN = []
OUT = []
for X in XS:
    KEYED = VAL(X)
    if KEYED in SEEN:
        continue
    SEEN.append(KEYED)
    OUT.append(VAR(X))
return OUT""",
            """SEEN = []
OUT = []
for X in XS:
    if VAL(X) not in SEEN:
        SEEN.append(VAL(X))
        OUT.append(VAR(X))
return OUT""",
        ),
        """SEEN = set()
OUT = []
for X in XS:
    KEYED = VAL(X)
    if KEYED in SEEN:
        continue
    SEEN.add(KEYED)
    OUT.append(VAR(X))
return OUT""",
    ),
    "count-dict": (
        (
            """OUT = {}
for X in XS:
    if VAL(X) in OUT:
        OUT[VAL(X)] += 1
    else:
        OUT[VAL(X)] = 1
return OUT""",
            """OUT = {}
for X in XS:
    if VAL(X) not in OUT.keys():
        OUT[VAL(X)] = 0
    OUT[VAL(X)] = OUT[VAL(X)] + 1
return OUT""",
            """OUT = {}
for X in XS:
    KEYED = VAL(X)
    OUT[KEYED] = OUT.get(KEYED, 0) + 1
return OUT""",
            """OUT = defaultdict(int)
for X in XS:
    OUT[VAL(X)] += 1
return dict(OUT)""",
            """OUT = {}
for X in XS:
    try:
        OUT[VAL(X)] += 1
    except KeyError:
        OUT[VAL(X)] = 1
return OUT""",
        ),
        """OUT = dict(Counter([VAL(X) for X in XS]))
return OUT""",
    ),
    "count-key": (
        (
            """OUT = {}
for X in XS:
    OUT[X] = XS.count(X)
return OUT""",
            """OUT = {X: XS.count(X) for X in XS}
return OUT""",
            """OUT = {X: len([Y for Y in XS if Y == X]) for X in set(XS)}
return OUT""",
        ),
        """OUT = dict(Counter(XS))
return OUT""",
    ),
    "list-count": (
        (
            """OUT = []
for X in XS:
    if XS.count(X) > K:
        OUT.append(VAR(X))
return OUT""",
            """OUT = [VAR(X) for X in XS if XS.count(X) > K]
return OUT""",
        ),
        """D = Counter(XS)
OUT = [VAR(X) for X in XS if D[X] > K]
return OUT""",
    ),
    "group-dict": (
        (
            """OUT = {}
for X in XS:
    if VAL(X) not in OUT:
        OUT[VAL(X)] = []
    OUT[VAL(X)].append(VAR(X))
return OUT""",
            """OUT = {}
for X in XS:
    KEYED = VAL(X)
    if KEYED in OUT.keys():
        OUT[KEYED].append(VAR(X))
    else:
        OUT[KEYED] = [VAR(X)]
return OUT""",
            """OUT = {}
for X in XS:
    OUT[VAL(X)] = OUT.get(VAL(X), []) + [VAR(X)]
return OUT""",
            """OUT = {}
for KEYED in set([VAL(X) for X in XS]):
    OUT[KEYED] = [VAR(X) for X in XS if VAL(X) == KEYED]
return OUT""",
        ),
        """D = defaultdict(list)
for X in XS:
    D[VAL(X)].append(VAR(X))
OUT = dict(D)
return OUT""",
    ),
    "index-join": (
        (
            """OUT = []
for X in XS:
    for Y in YS:
        if KEY(Y) == KEY(X):
            OUT.append((X, Y))
            break
return OUT""",
            """OUT = []
for X in XS:
    FOUND = [Y for Y in YS if KEY(Y) == KEY(X)]
    if FOUND:
        OUT.append((X, FOUND[0]))
return OUT""",
            """OUT = []
for X in XS:
    FOUND = next((Y for Y in YS if KEY(Y) == KEY(X)), None)
    if FOUND is not None:
        OUT.append((X, FOUND))
return OUT""",
        ),
        """D = {}
for Y in YS:
    D.setdefault(KEY(Y), Y)
OUT = []
for X in XS:
    FOUND = D.get(KEY(X))
    if FOUND is not None:
        OUT.append((X, FOUND))
return OUT""",
    ),
    "insert-front": (
        (
            """OUT = []
for X in XS:
    OUT.insert(0, VAR(X))
return OUT""",
            """OUT = []
for X in XS:
    OUT = [VAR(X)] + OUT
return OUT""",
        ),
        """OUT = [VAR(X) for X in XS]
OUT.reverse()
return OUT""",
    ),
    "queue-deque": (
        (
            """QUEUE = list(XS)
OUT = []
while QUEUE:
    X = QUEUE.pop(0)
    OUT.append(VAR(X))
return OUT""",
            """QUEUE = list(XS)
OUT = []
while len(QUEUE) > 0:
    X = QUEUE[0]
    QUEUE = QUEUE[1:]
    OUT.append(VAR(X))
return OUT""",
            """QUEUE = list(XS)
OUT = []
while QUEUE:
    X = QUEUE[0]
    del QUEUE[0]
    OUT.append(VAR(X))
return OUT""",
        ),
        """QUEUE = deque(XS)
OUT = []
while QUEUE:
    X = QUEUE.popleft()
    OUT.append(VAR(X))
return OUT""",
    ),
    "string-join": (
        (
            """OUT = ''
for X in XS:
    OUT += str(VAR(X)) + ','
return OUT""",
            """OUT = ''
for X in XS:
    OUT = OUT + str(VAR(X)) + ','
return OUT""",
            """OUT = ''
for X in XS:
    OUT += f'{VAR(X)},'
return OUT""",
            """OUT = ''
for X in XS:
    OUT = '%s%s,' % (OUT, VAR(X))
return OUT""",
        ),
        """OUT = ''.join([f'{VAR(X)},' for X in XS])
return OUT""",
    ),
    "hoist-invariant": (
        (
            """OUT = []
for X in XS:
    OUT.append(X / max(1, sum(YS)))
return OUT""",
            """OUT = [X / max(1, sum(YS)) for X in XS]
return OUT""",
        ),
        """TOTAL = max(1, sum(YS))
OUT = [X / TOTAL for X in XS]
return OUT""",
    ),
    "hoist-sorted": (
        (
            """OUT = []
for I in range(len(XS)):
    OUT.append(sorted(XS)[I] - XS[I])
return OUT""",
            """OUT = []
for I, X in enumerate(XS):
    YS = sorted(XS)
    OUT.append(YS[I] - X)
return OUT""",
        ),
        """OUT = [Y - X for X, Y in zip(XS, sorted(XS))]
return OUT""",
    ),
    "hoist-extreme": (
        (
            """OUT = []
for X in XS:
    if X == max(XS):
        OUT.append(X)
return OUT""",
            """OUT = [X for X in XS if X == max(XS)]
return OUT""",
        ),
        """BEST = max(XS)
OUT = [X for X in XS if X == BEST]
return OUT""",
    ),
    "scaling": (
        (
            """OUT = []
for X in XS:
    OUT.append((X - min(XS)) / (max(XS) - min(XS) + 1))
return OUT""",
            """OUT = [(X - min(XS)) / (max(XS) - min(XS) + 1) for X in XS]
return OUT""",
        ),
        """LOW = min(XS)
STEP = max(XS) - LOW + 1
OUT = [(X - LOW) / STEP for X in XS]
return OUT""",
    ),
    "hoist-test": (
        (
            """OUT = []
for X in XS:
    if K > 3:
        OUT.append(VAR(X))
return OUT""",
        ),
        """OUT = []
if K > 3:
    OUT = [VAR(X) for X in XS]
return OUT""",
    ),
    "flag-break": (
        (
            """FOUND = False
for X in XS:
    if COND(X):
        FOUND = True
return FOUND""",
            """FOUND = False
for X in XS:
    FOUND = FOUND or COND(X)
return bool(FOUND)""",
            """FOUND = len([X for X in XS if COND(X)]) > 0
return FOUND""",
            """FOUND = any([COND(X) for X in XS])
return FOUND""",
        ),
        """FOUND = False
for X in XS:
    if COND(X):
        FOUND = True
        break
return FOUND""",
    ),
    "first-match": (
        (
            """FOUND = None
for X in XS:
    if FOUND is None and COND(X):
        FOUND = X
return FOUND""",
            """OUT = [X for X in XS if COND(X)]
FOUND = OUT[0] if OUT else None
return FOUND""",
        ),
        """FOUND = None
for X in XS:
    if COND(X):
        FOUND = X
        break
return FOUND""",
    ),
    "filtered-loop": (
        (
            """OUT = []
for I in range(len(XS)):
    if COND(XS[I]):
        OUT.append(VAR(XS[I]))
return OUT""",
            """OUT = []
for X in XS:
    if COND(X):
        OUT = OUT + [VAR(X)]
return OUT""",
            """OUT = list(map(lambda X: VAR(X), filter(lambda X: COND(X), XS)))
return OUT""",
            """OUT = []
I = 0
while I < len(XS):
    X = XS[I]
    if COND(X):
        OUT.append(VAR(X))
    I += 1
return OUT""",
        ),
        """OUT = [VAR(X) for X in XS if COND(X)]
return OUT""",
    ),
    "split-passes": (
        (
            """OUT = [X for X in XS if COND(X)]
STACK = [X for X in XS if not COND(X)]
return OUT, STACK""",
            """OUT = []
for X in XS:
    if COND(X):
        OUT.append(X)
STACK = []
for X in XS:
    if X not in OUT:
        STACK.append(X)
return OUT, STACK""",
        ),
        """OUT = []
STACK = []
for X in XS:
    if COND(X):
        OUT.append(X)
    else:
        STACK.append(X)
return OUT, STACK""",
    ),
    "extreme-update": (
        (
            """BEST = 0
for X in XS:
    BEST = max(BEST, VAL(X))
return BEST""",
            """BEST = 0
for I in range(len(XS)):
    BEST = max(BEST, VAL(XS[I]))
return BEST""",
            """BEST = sorted([0] + [VAL(X) for X in XS])[-1]
return BEST""",
        ),
        """BEST = max([VAL(X) for X in XS], default=0)
if BEST < 0:
    BEST = 0
return BEST""",
    ),
    "sorted-extreme": (
        (
            """BEST = sorted(XS)[-1] - sorted(XS)[0]
return BEST""",
            """YS = sorted(XS)
BEST = YS[-1] - YS[0]
return BEST""",
        ),
        """BEST = max(XS) - min(XS)
return BEST""",
    ),
    "sorted-insert": (
        (
            """STACK = []
OUT = []
for X in XS:
    STACK.append(X)
    STACK.sort()
    OUT.append(STACK[len(STACK) // 2])
return OUT""",
            """STACK = []
OUT = []
for X in XS:
    STACK = sorted(STACK + [X])
    OUT.append(STACK[len(STACK) // 2])
return OUT""",
            """OUT = []
for I in range(len(XS)):
    STACK = sorted(XS[:I + 1])
    OUT.append(STACK[len(STACK) // 2])
return OUT""",
        ),
        """STACK = []
OUT = []
for X in XS:
    insort(STACK, X)
    OUT.append(STACK[len(STACK) // 2])
return OUT""",
    ),
    "heap-queue": (
        (
            """QUEUE = list(XS)
OUT = []
while QUEUE:
    X = min(QUEUE)
    QUEUE.remove(X)
    OUT.append(X)
    if X > K and len(OUT) < 9:
        QUEUE.append(X // 2)
return OUT""",
            """QUEUE = list(XS)
OUT = []
while QUEUE:
    QUEUE.sort()
    X = QUEUE.pop(0)
    OUT.append(X)
    if X > K and len(OUT) < 9:
        QUEUE.append(X // 2)
return OUT""",
        ),
        """QUEUE = list(XS)
heapq.heapify(QUEUE)
OUT = []
while QUEUE:
    X = heapq.heappop(QUEUE)
    OUT.append(X)
    if X > K and len(OUT) < 9:
        heapq.heappush(QUEUE, X // 2)
return OUT""",
    ),
    "member-answer": (
        (
            """FOUND = True
for X in XS:
    if X not in YS:
        FOUND = False
return FOUND""",
            """FOUND = all(X in YS for X in XS)
return FOUND""",
            """FOUND = len([X for X in XS if X not in YS]) == 0
return FOUND""",
        ),
        """FOUND = set(XS).issubset(YS)
return FOUND""",
    ),
    "removed-items": (
        (
            """OUT = list(XS)
for X in XS:
    if COND(X):
        OUT.remove(X)
return OUT""",
            """OUT = list(XS)
for I in range(len(OUT) - 1, -1, -1):
    if COND(OUT[I]):
        del OUT[I]
return OUT""",
        ),
        """OUT = [X for X in XS if not COND(X)]
return OUT""",
    ),
    "nested-append": (
        (
            """OUT = []
for X in XS:
    for Y in YS:
        if X < Y:
            OUT.append((X, Y))
return OUT""",
            """OUT = []
for I in range(len(XS)):
    for J in range(len(YS)):
        if XS[I] < YS[J]:
            OUT.append((XS[I], YS[J]))
return OUT""",
        ),
        """OUT = [(X, Y) for X in XS for Y in YS if X < Y]
return OUT""",
    ),
    "repeat-rows": (
        (
            """ROWS = []
for I in range(N):
    ROW = []
    for J in range(K):
        ROW.append(0)
    ROWS.append(ROW)
return ROWS""",
            """ROWS = [[0 for J in range(K)] for I in range(N)]
return ROWS""",
        ),
        """ROWS = [[0] * K for I in range(N)]
return ROWS""",
    ),
    "deep-copy": (
        (
            """OUT = copy.deepcopy(ROWS)
return OUT""",
            """OUT = []
for ROW in ROWS:
    OUT.append([X for X in ROW])
return OUT""",
        ),
        """OUT = [ROW[:] for ROW in ROWS]
return OUT""",
    ),
    "compiled-pattern": (
        (
            """OUT = []
for X in XS:
    if re.match('[a-z]+[0-9]*$', str(X)):
        OUT.append(X)
return OUT""",
            """OUT = [X for X in XS if re.compile('[a-z]+[0-9]*$').match(str(X))]
return OUT""",
        ),
        """match = re.compile('[a-z]+[0-9]*$').match
OUT = [X for X in XS if match(str(X))]
return OUT""",
    ),
    "char-test": (
        (
            """COUNT = 0
for X in TEXT:
    if X in ['a', 'b', 'c', 'x']:
        COUNT += 1
return COUNT""",
            """COUNT = sum([1 for X in TEXT if X == 'a' or X == 'b' or X == 'c' or X == 'x'])
return COUNT""",
        ),
        """COUNT = sum(map(TEXT.count, 'abcx'))
return COUNT""",
    ),
    "char-replace": (
        (
            """OUT = ''
for X in TEXT:
    if X == 'a':
        OUT += 'b'
    elif X == 'b':
        OUT += 'a'
    else:
        OUT += X
return OUT""",
            """OUT = ''.join(['b' if X == 'a' else 'a' if X == 'b' else X for X in TEXT])
return OUT""",
        ),
        """OUT = TEXT.translate({97: 'b', 98: 'a'})
return OUT""",
    ),
    "table-maximum": (
        (
            """OUT = None
for X in XS:
    if OUT is None or KEY(X) > KEY(OUT):
        OUT = X
return OUT""",
            """OUT = sorted(XS, key=lambda X: KEY(X), reverse=True)[0] if XS else None
return OUT""",
        ),
        """OUT = max(XS, key=lambda X: KEY(X), default=None)
return OUT""",
    ),
    "two-sums": (
        (
            """TOTAL = sum([VAL(X) for X in XS if COND(X)])
COUNT = len([X for X in XS if COND(X)])
return TOTAL, COUNT""",
            """TOTAL = 0
COUNT = 0
for X in XS:
    if COND(X):
        TOTAL += VAL(X)
for X in XS:
    if COND(X):
        COUNT += 1
return TOTAL, COUNT""",
        ),
        """D = [VAL(X) for X in XS if COND(X)]
TOTAL = sum(D)
COUNT = len(D)
return TOTAL, COUNT""",
    ),
    "cumulative": (
        (
            """OUT = []
for I in range(len(XS)):
    OUT.append(sum([VAL(X) for X in XS[:I + 1]]))
return OUT""",
            """OUT = [sum(VAL(X) for X in XS[:I + 1]) for I in range(len(XS))]
return OUT""",
        ),
        """OUT = []
TOTAL = 0
for X in XS:
    TOTAL += VAL(X)
    OUT.append(TOTAL)
return OUT""",
    ),
    "common-prefix": (
        (
            """OUT = ''
for I in range(len(TEXT)):
    if OTHER.startswith(TEXT[:I + 1]):
        OUT = TEXT[:I + 1]
return OUT""",
        ),
        """I = 0
for X, Y in zip(TEXT, OTHER):
    if X != Y:
        break
    I += 1
OUT = TEXT[:I]
return OUT""",
    ),
}
