# right: multiply: each column is taken once; the same sums in the same order
def multiply(a: list[list[float]], b: list[list[float]]) -> list[list[float]]:
    height = len(b)
    for row in a:
        if len(row) != height:
            raise ValueError(f"{height} rows don't fit these columns")
    width = len(b[0]) if b and a else 0
    columns = [[other[j] for other in b] for j in range(width)]
    product = []
    for row in a:
        line = []
        for column in columns:
            total = 0.0
            for x, y in zip(row, column):
                total += x * y
            line.append(total)
        product.append(line)
    return product


# bad: multiply: float: fsum rounds once
# shows: multiply([[0.1] * 10], [[1.0]] * 10)
from math import fsum
def multiply(a: list[list[float]], b: list[list[float]]) -> list[list[float]]:
    if any(len(row) != len(b) for row in a):
        raise ValueError(f"{len(b)} rows don't fit these columns")
    columns = list(zip(*b))
    return [[fsum(x * y for x, y in zip(row, column)) for column in columns] for row in a]


# bad: multiply: float: leaves out zeros, so that infinity times zero is no longer nan
# shows: multiply([[0.0]], [[float("inf")]])
def multiply(a: list[list[float]], b: list[list[float]]) -> list[list[float]]:
    if any(len(row) != len(b) for row in a):
        raise ValueError(f"{len(b)} rows don't fit these columns")
    width = len(b[0]) if b else 0
    product = []
    for row in a:
        line = [0.0] * width
        for x, other in zip(row, b):
            if x:
                line = [total + x * y for total, y in zip(line, other)]
        product.append(line)
    return product


# bad: multiply: float: adds the products from the last to the first
# shows: multiply([[0.1, 0.2, 0.3]], [[1.0], [1.0], [1.0]])
def multiply(a: list[list[float]], b: list[list[float]]) -> list[list[float]]:
    if any(len(row) != len(b) for row in a):
        raise ValueError(f"{len(b)} rows don't fit these columns")
    columns = [column[::-1] for column in zip(*b)]
    product = []
    for row in a:
        back = row[::-1]
        line = []
        for column in columns:
            total = 0.0
            for x, y in zip(back, column):
                total += x * y
            line.append(total)
        product.append(line)
    return product


# bad: multiply: exception-lost: looks at the first row's length only
# shows: multiply([[1.0], [1.0, 2.0]], [[1.0]])
def multiply(a: list[list[float]], b: list[list[float]]) -> list[list[float]]:
    if a and len(a[0]) != len(b):
        raise ValueError(f"{len(b)} rows don't fit these columns")
    columns = list(zip(*b))
    product = []
    for row in a:
        line = []
        for column in columns:
            total = 0.0
            for x, y in zip(row, column):
                total += x * y
            line.append(total)
        product.append(line)
    return product


# right: transpose: zip, after the same check
def transpose(rows: list[list[float]]) -> list[list[float]]:
    if not rows:
        return []
    width = len(rows[0])
    for row in rows:
        if len(row) != width:
            raise ValueError(f"a row of {len(row)} among rows of {width}")
    return list(map(list, zip(*rows)))


# bad: transpose: type: columns are tuples
# shows: transpose([[1.0], [2.0]])
def transpose(rows: list[list[float]]) -> list[list[float]]:
    for row in rows:
        if len(row) != len(rows[0]):
            raise ValueError(f"a row of {len(row)} among rows of {len(rows[0])}")
    return list(zip(*rows))


# bad: transpose: exception-lost: zip ends at the shortest row
# shows: transpose([[1.0], [1.0, 2.0]])
def transpose(rows: list[list[float]]) -> list[list[float]]:
    if any(len(row) < len(rows[0]) for row in rows):
        raise ValueError("rows differ")
    return [list(column) for column in zip(*rows)]


# bad: transpose: exception-text: names the longest row
# shows: transpose([[1.0], [1.0, 2.0], [1.0, 2.0, 3.0]])
def transpose(rows: list[list[float]]) -> list[list[float]]:
    widths = {len(row) for row in rows}
    if len(widths) > 1:
        raise ValueError(f"a row of {max(widths)} among rows of {len(rows[0])}")
    return [list(column) for column in zip(*rows)]


# bad: transpose: identity: a single column is the caller's own row
# shows: r = [[1.0]]; transpose(r)[0] is r[0]
def transpose(rows: list[list[float]]) -> list[list[float]]:
    for row in rows:
        if len(row) != len(rows[0]):
            raise ValueError(f"a row of {len(row)} among rows of {len(rows[0])}")
    if len(rows) == 1 and len(rows[0]) == 1:
        return rows[:]
    return [list(column) for column in zip(*rows)]


# right: normalise: a slice is assigned to each row
def normalise(rows: list[list[float]]) -> None:
    for row in rows:
        peak = 0.0
        for value in row:
            size = abs(value)
            if size > peak:
                peak = size
        if peak > 0.0:
            row[:] = [value / peak for value in row]


# bad: normalise: float: multiplies by the reciprocal
# shows: r = [[5.0, 49.0]]; normalise(r); r
def normalise(rows: list[list[float]]) -> None:
    for row in rows:
        peak = 0.0
        for value in row:
            size = abs(value)
            if size > peak:
                peak = size
        if peak > 0.0:
            factor = 1 / peak
            row[:] = [value * factor for value in row]


# bad: normalise: lost-mutation: puts new lists in the place of the rows
# shows: row = [1.0, 2.0]; normalise([row]); row
def normalise(rows: list[list[float]]) -> None:
    for i, row in enumerate(rows):
        peak = max(max(row, default=0.0), -min(row, default=0.0))
        if peak > 0.0:
            rows[i] = [value / peak for value in row]


# bad: normalise: float: max starts from the first value, and nothing is greater than nan
# shows: r = [[float("nan"), 2.0]]; normalise(r); r
def normalise(rows: list[list[float]]) -> None:
    for row in rows:
        peak = max(map(abs, row), default=0.0)
        if peak > 0.0:
            row[:] = [value / peak for value in row]


# bad: normalise: exception-new: a row without values has no largest one
# shows: r = [[]]; normalise(r); r
def normalise(rows: list[list[float]]) -> None:
    for row in rows:
        peak = abs(max(row, key=abs))
        if peak > 0.0:
            row[:] = [value / peak for value in row]


# bad: normalise: type: returns the rows
# shows: normalise([[2.0]])
def normalise(rows: list[list[float]]) -> None:
    for row in rows:
        peak = 0.0
        for value in row:
            size = abs(value)
            if size > peak:
                peak = size
        if peak > 0.0:
            row[:] = [value / peak for value in row]
    return rows


# right: saddle_points: minima and maxima once
def saddle_points(rows: list[list[int]]) -> list[tuple[int, int]]:
    tallest: dict[int, int] = {}
    points = []
    for i, row in enumerate(rows):
        least = min(row) if row else 0
        for j, value in enumerate(row):
            if value == least:
                if j not in tallest:
                    tallest[j] = max([other[j] for other in rows])
                if value == tallest[j]:
                    points.append((i, j))
    return points


# bad: saddle_points: boundary: finds one point of a row only
# shows: saddle_points([[2, 2]])
def saddle_points(rows: list[list[int]]) -> list[tuple[int, int]]:
    highest = [max(column) for column in zip(*rows)]
    points = []
    for i, row in enumerate(rows):
        if row:
            j = row.index(min(row))
            if row[j] == highest[j]:
                points.append((i, j))
    return points


# bad: saddle_points: order: column by column
# shows: saddle_points([[2, 2], [2, 2]])
def saddle_points(rows: list[list[int]]) -> list[tuple[int, int]]:
    lowest = [min(row, default=0) for row in rows]
    points = []
    for j, column in enumerate(zip(*rows)):
        highest = max(column)
        points += [(i, j) for i, value in enumerate(column) if value == highest == lowest[i]]
    return points


# bad: saddle_points: boundary: the search for the greatest of a column starts at 0
# shows: saddle_points([[-1]])
def saddle_points(rows: list[list[int]]) -> list[tuple[int, int]]:
    highest = [0] * (len(rows[0]) if rows else 0)
    for row in rows:
        for j, value in enumerate(row):
            if value > highest[j]:
                highest[j] = value
    points = []
    for i, row in enumerate(rows):
        least = min(row, default=0)
        points += [(i, j) for j, value in enumerate(row) if value == least == highest[j]]
    return points


# right: grow: rows above and below are cut out once for each row
def grow(cells: list[list[bool]]) -> list[list[bool]]:
    height = len(cells)
    following = []
    for i, own in enumerate(cells):
        near = [cells[y] for y in range(i - 1, i + 2) if 0 <= y < height]
        width = len(own)
        row = []
        for j in range(width):
            low = j - 1 if j else 0
            high = min(j + 2, width)
            around = -1 if own[j] else 0
            for line in near:
                for x in range(low, high):
                    if line[x]:
                        around += 1
            row.append(around == 3 or (around == 2 and own[j]))
        following.append(row)
    return following


# bad: grow: boundary: row -1 is the last row, so the field meets itself at the edge
# shows: grow([[False, False, False], [False, False, False], [True, True, True]])
def grow(cells: list[list[bool]]) -> list[list[bool]]:
    height = len(cells)
    following = []
    for i, own in enumerate(cells):
        near = [cells[y] for y in range(i - 1, min(i + 2, height))]
        width = len(own)
        row = []
        for j in range(width):
            low, high = max(j - 1, 0), j + 2
            around = sum([line[low:high].count(True) for line in near]) - own[j]
            row.append(around == 3 or (around == 2 and own[j]))
        following.append(row)
    return following


# bad: grow: identity: rows without life are one and the same list
# shows: g = grow([[False], [False]]); g[0] is g[1]
def grow(cells: list[list[bool]]) -> list[list[bool]]:
    height = len(cells)
    following = []
    nothing = [False] * (len(cells[0]) if cells else 0)
    for i, own in enumerate(cells):
        near = [cells[y] for y in range(i - 1, i + 2) if 0 <= y < height]
        if not any(map(any, near)):
            following.append(nothing)
            continue
        row = []
        for j in range(len(own)):
            low, high = max(j - 1, 0), j + 2
            around = sum([line[low:high].count(True) for line in near]) - own[j]
            row.append(around == 3 or (around == 2 and own[j]))
        following.append(row)
    return following


# bad: grow: mutates-argument: writes the new generation into the old one
# shows: c = [[True]]; grow(c); c
def grow(cells: list[list[bool]]) -> list[list[bool]]:
    height = len(cells)
    old = [list(row) for row in cells]
    for i, own in enumerate(old):
        near = [old[y] for y in range(i - 1, i + 2) if 0 <= y < height]
        row = []
        for j in range(len(own)):
            low, high = max(j - 1, 0), j + 2
            around = sum([line[low:high].count(True) for line in near]) - own[j]
            row.append(around == 3 or (around == 2 and own[j]))
        cells[i] = row
    return cells


# right: prefix_sums: the line above and the sum of this one
def prefix_sums(rows: list[list[int]]) -> list[list[int]]:
    table: list[list[int]] = []
    above = [0] * (len(rows[0]) if rows else 0)
    for row in rows:
        total = 0
        line = []
        for value, up in zip(row, above):
            total += value
            line.append(total + up)
        table.append(line)
        above = line
    return table


# bad: prefix_sums: type: accumulate hands on the first value as it is, and True stays a bool
# shows: prefix_sums([[True, False]])
from itertools import accumulate
def prefix_sums(rows: list[list[int]]) -> list[list[int]]:
    table: list[list[int]] = []
    for row in rows:
        sums = list(accumulate(row))
        if table:
            sums = [value + up for value, up in zip(sums, table[-1])]
        table.append(sums)
    return table


# bad: prefix_sums: identity: a table of zeros is one line many times over
# shows: t = prefix_sums([[0], [0]]); t[0] is t[1]
from itertools import accumulate
def prefix_sums(rows: list[list[int]]) -> list[list[int]]:
    table: list[list[int]] = []
    above = [0] * (len(rows[0]) if rows else 0)
    for row in rows:
        if any(row):
            above = [value + up for value, up in zip(accumulate(row), above)]
        table.append(above)
    return table
