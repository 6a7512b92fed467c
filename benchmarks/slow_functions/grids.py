# slow: life_step, local, 22
import copy
def life_step(board):
    new = copy.deepcopy(board)
    for r in range(len(board)):
        for c in range(len(board[0])):
            alive = 0
            for dr in [-1, 0, 1]:
                for dc in [-1, 0, 1]:
                    if dr == 0 and dc == 0:
                        continue
                    if r + dr >= 0 and r + dr < len(board) and c + dc >= 0 and c + dc < len(board[0]):
                        alive += board[r + dr][c + dc]
            if board[r][c] == 1 and (alive < 2 or alive > 3):
                new[r][c] = 0
            elif board[r][c] == 0 and alive == 3:
                new[r][c] = 1
    return new
# fast
def life_step(board):
    new = copy.deepcopy(board)
    width = len(board[0]) if board else 0
    for r, row in enumerate(board):
        near = board[max(0, r - 1):r + 2]
        for c in range(width):
            low, high = max(0, c - 1), min(width, c + 2)
            cell = row[c]
            alive = sum([sum(line[low:high]) for line in near]) - cell
            if cell == 1 and (alive < 2 or alive > 3):
                new[r][c] = 0
            elif cell == 0 and alive == 3:
                new[r][c] = 1
    return new
# calls: draw.matrix(n, n, 0, 1),


# slow: fill_area, restructure, 14
def fill_area(picture, row, column, colour):
    old = picture[row][column]
    todo = [(row, column)]
    visited = []
    while todo:
        place = todo.pop(0)
        r, c = place
        if place in visited:
            continue
        if r < 0 or c < 0 or r >= len(picture) or c >= len(picture[0]):
            continue
        if picture[r][c] != old:
            continue
        visited.append(place)
        todo = todo + [(r + 1, c), (r - 1, c), (r, c + 1), (r, c - 1)]
    return [[colour if (r, c) in visited else picture[r][c] for c in range(len(picture[0]))] for r in range(len(picture))]
# fast
def fill_area(picture, row, column, colour):
    old = picture[row][column]
    rows, columns = len(picture), len(picture[0])
    visited = set()
    todo = [(row, column)]
    while todo:
        place = todo.pop()
        r, c = place
        if place in visited or not (0 <= r < rows and 0 <= c < columns) or picture[r][c] != old:
            continue
        visited.add(place)
        todo += ((r + 1, c), (r - 1, c), (r, c + 1), (r, c - 1))
    result = [line[:columns] for line in picture]
    for r, c in visited:
        result[r][c] = colour
    return result
# calls: draw.matrix(n, n, 0, 2) if n % 2 else [[1] * n for _ in range(n)], 0, 0, 7


# slow: spiral, restructure, 40
def spiral(matrix):
    rest = [list(row) for row in matrix]
    result = []
    while rest and rest[0]:
        result = result + rest.pop(0)
        turned = []
        if rest:
            for c in range(len(rest[0]) - 1, -1, -1):
                turned.append([rest[r][c] for r in range(len(rest))])
        rest = turned
    return result
# fast
def spiral(matrix):
    rest = list(matrix)
    result = []
    while rest and rest[0]:
        result.extend(rest.pop(0))
        rest = list(zip(*rest))[::-1]
    return result
# calls: draw.matrix(n, n + draw.randint(0, 2)),


# slow: sudoku_ok, restructure, 9
def sudoku_ok(board):
    for r in range(9):
        for c in range(9):
            if board[r][c] == 0:
                continue
            row = [board[r][i] for i in range(9)]
            column = [board[i][c] for i in range(9)]
            box = [board[i][j] for i in range(r // 3 * 3, r // 3 * 3 + 3) for j in range(c // 3 * 3, c // 3 * 3 + 3)]
            if row.count(board[r][c]) > 1 or column.count(board[r][c]) > 1 or box.count(board[r][c]) > 1:
                return False
    return True
# fast
def sudoku_ok(board):
    rows = board[:9]
    columns = [[row[c] for row in rows] for c in range(9)]
    boxes = [rows[r][c:c + 3] + rows[r + 1][c:c + 3] + rows[r + 2][c:c + 3] for r in (0, 3, 6) for c in (0, 3, 6)]
    for part in rows + columns + boxes:
        filled = [value for value in part[:9] if value != 0]
        if len(set(filled)) < len(filled):
            return False
    return True
# calls: draw.sudoku(n),


# slow: bingo_winner, restructure, 40
def bingo_winner(cards, numbers):
    drawn = []
    for number in numbers:
        drawn.append(number)
        for i in range(len(cards)):
            lines = []
            for row in cards[i]:
                lines.append(row)
            for c in range(len(cards[i][0])):
                lines.append([row[c] for row in cards[i]])
            for line in lines:
                if all([value in drawn for value in line]):
                    return (i, number)
    return None
# fast
def bingo_winner(cards, numbers):
    drawn = set()
    known = {}
    for number in numbers:
        drawn.add(number)
        for i, card in enumerate(cards):
            lines = known.get(i)
            if lines is None:
                lines = [set(row) for row in card]
                lines += [{row[c] for row in card} for c in range(len(card[0]))]
                known[i] = lines
            for line in lines:
                if line <= drawn:
                    return (i, number)
    return None
# calls: [[draw.sample(range(75), 5) for _ in range(5)] for _ in range(n // 8 + 1)], draw.shuffled(list(range(75)))[:50]


# slow: sunk_ships, local, 75
def sunk_ships(ships, shots):
    sunk = []
    for ship in ships:
        hits = 0
        for cell in ship["cells"]:
            for shot in shots:
                if shot == cell:
                    hits += 1
                    break
        if hits == len(ship["cells"]):
            sunk.append(ship["name"])
    return sunk
# fast
def sunk_ships(ships, shots):
    fired = set(shots)
    return [ship["name"] for ship in ships if all([cell in fired for cell in ship["cells"]])]
# calls: [{"name": draw.word(), "cells": [(i, j) for j in range(draw.randint(1, 4))]} for i in range(n)], [(draw.randrange(n), draw.randrange(4)) for _ in range(3 * n)]


# slow: leaderboard, algorithm, 400
def leaderboard(results):
    board = []
    places = []
    for player, points in results:
        board.append(points)
        board = sorted(board, reverse=True)
        places.append((player, board.index(points) + 1))
    return places
# fast
from bisect import bisect_left, insort
def leaderboard(results):
    board = []
    places = []
    for player, points in results:
        place = bisect_left(board, -points)
        board.insert(place, -points)
        places.append((player, place + 1))
    return places
# calls: list(zip(draw.words(n, of=n + 1), draw.numbers(n, 0, 10 * n))),


# slow: find_words, local, 30
def find_words(grid, words):
    found = []
    for word in words:
        for row in grid:
            if word in "".join(row) and word not in found:
                found.append(word)
        for c in range(len(grid[0])):
            column = ""
            for r in range(len(grid)):
                column += grid[r][c]
            if word in column and word not in found:
                found.append(word)
    return found
# fast
def find_words(grid, words):
    if not words:
        return []
    lines = ["".join(row) for row in grid]
    lines += ["".join([row[c] for row in grid]) for c in range(len(grid[0]))]
    found = []
    for word in words:
        if word not in found:
            for line in lines:
                if word in line:
                    found.append(word)
                    break
    return found
# calls: [list(draw.some("abcde", n)) for _ in range(n)], [draw.some("abcde", 3) for _ in range(12)]
