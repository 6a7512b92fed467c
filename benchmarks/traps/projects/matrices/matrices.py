"""Matrices as lists of rows."""

from __future__ import annotations


def multiply(a: list[list[float]], b: list[list[float]]) -> list[list[float]]:
    """Return the product."""
    if any(len(row) != len(b) for row in a):
        raise ValueError(f"{len(b)} rows don't fit these columns")
    width = len(b[0]) if b else 0
    product = []
    for i in range(len(a)):
        row = []
        for j in range(width):
            column = []
            for other in b:
                column.append(other[j])
            total = 0.0
            for k in range(len(column)):
                total = total + a[i][k] * column[k]
            row.append(total)
        product.append(row)
    return product


def transpose(rows: list[list[float]]) -> list[list[float]]:
    """Return the columns as lists."""
    for row in rows:
        if len(row) != len(rows[0]):
            raise ValueError(f"a row of {len(row)} among rows of {len(rows[0])}")
    columns: list[list[float]] = []
    if rows:
        for j in range(len(rows[0])):
            column = []
            for row in rows:
                column.append(row[j])
            columns.append(column)
    return columns


def normalise(rows: list[list[float]]) -> None:
    """Divide each row by its largest absolute value, in place; rows of zeros stay."""
    for i in range(len(rows)):
        peak = 0.0
        for j in range(len(rows[i])):
            if abs(rows[i][j]) > peak:
                peak = abs(rows[i][j])
        if peak > 0.0:
            for j in range(len(rows[i])):
                rows[i][j] = rows[i][j] / peak


def saddle_points(rows: list[list[int]]) -> list[tuple[int, int]]:
    """Return where a value is the least of its row and the greatest of its column."""
    points = []
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            if value == min(row) and value == max([other[j] for other in rows]):
                points.append((i, j))
    return points


def grow(cells: list[list[bool]]) -> list[list[bool]]:
    """Return the next generation of Conway's game of life; beyond the edge nothing lives."""
    height = len(cells)
    following = []
    for i in range(height):
        row = []
        for j in range(len(cells[i])):
            around = 0
            for y in range(i - 1, i + 2):
                for x in range(j - 1, j + 2):
                    if 0 <= y < height and 0 <= x < len(cells[i]) and (y, x) != (i, j):
                        if cells[y][x]:
                            around = around + 1
            row.append(around == 3 or (around == 2 and cells[i][j]))
        following.append(row)
    return following


def prefix_sums(rows: list[list[int]]) -> list[list[int]]:
    """Return, for each place, the sum of all values above and to the left, itself included."""
    table = []
    for i in range(len(rows)):
        line = []
        for j in range(len(rows[i])):
            line.append(sum(sum(row[: j + 1]) for row in rows[: i + 1]))
        table.append(line)
    return table
