# slow: multiply, local, 25
def multiply(a, b):
    result = []
    for i in range(len(a)):
        result.append([])
        for j in range(len(b[0])):
            result[i].append(0)
            for k in range(len(b)):
                result[i][j] = result[i][j] + a[i][k] * b[k][j]
    return result
# fast
from operator import mul
def multiply(a, b):
    columns = [[row[c] for row in b] for c in range(len(b[0]))] if a else []
    return [[sum(map(mul, row, column)) for column in columns] for row in a]
# calls: draw.matrix(n, n), draw.matrix(n, n)


# slow: transpose, local, 200
def transpose(matrix):
    result = []
    for c in range(len(matrix[0])):
        row = []
        for r in range(len(matrix)):
            row.append(matrix[r][c])
        result.append(row)
    return result
# fast
def transpose(matrix):
    return [[row[c] for row in matrix] for c in range(len(matrix[0]))]
# calls: draw.matrix(n // 2 + 1, n),


# slow: saddle_points, restructure, 30
def saddle_points(matrix):
    points = []
    for r in range(len(matrix)):
        for c in range(len(matrix[0])):
            column = [matrix[i][c] for i in range(len(matrix))]
            if matrix[r][c] == max(matrix[r]) and matrix[r][c] == min(column):
                points.append((r, c))
    return points
# fast
def saddle_points(matrix):
    if not matrix or not matrix[0]:
        return []
    width = len(matrix[0])
    lowest = [min([row[c] for row in matrix]) for c in range(width)]
    points = []
    for r, row in enumerate(matrix):
        highest = max(row)
        for c in range(width):
            if row[c] == highest and row[c] == lowest[c]:
                points.append((r, c))
    return points
# calls: draw.matrix(n, n + 1, 0, 3),


# slow: region_sums, local, 60
def region_sums(matrix, queries):
    answers = []
    for top, left, bottom, right in queries:
        total = 0
        for r in range(top, bottom + 1):
            for c in range(left, right + 1):
                total += matrix[r][c]
        answers.append(total)
    return answers
# fast
def region_sums(matrix, queries):
    answers = []
    for top, left, bottom, right in queries:
        total = 0
        columns = range(left, right + 1)
        if columns:
            for r in range(top, bottom + 1):
                row = matrix[r]
                if 0 <= left and right < len(row):
                    total += sum(row[left:right + 1])
                else:
                    total += sum([row[c] for c in columns])
        answers.append(total)
    return answers
# calls: draw.matrix(n, n), [draw.box(n) for _ in range(n)]


# slow: determinant, algorithm, 6
def determinant(matrix):
    if len(matrix) == 1:
        return matrix[0][0]
    total = 0
    for c in range(len(matrix)):
        smaller = []
        for row in matrix[1:]:
            smaller.append(row[:c] + row[c + 1:])
        total += (-1) ** c * matrix[0][c] * determinant(smaller)
    return total
# fast
def determinant(matrix):
    rows = [row[:] for row in matrix]
    size = len(rows)
    sign, before = 1, 1
    for k in range(size - 1):
        if rows[k][k] == 0:
            for other in range(k + 1, size):
                if rows[other][k]:
                    rows[k], rows[other] = rows[other], rows[k]
                    sign = -sign
                    break
            else:
                return 0
        pivot = rows[k][k]
        for i in range(k + 1, size):
            row, factor = rows[i], rows[i][k]
            for j in range(k + 1, size):
                row[j] = (row[j] * pivot - factor * rows[k][j]) // before
        before = pivot
    return sign * rows[-1][-1] if size else 0
# calls: draw.matrix(n, n),


# slow: matrix_power, algorithm, 200
def matrix_power(matrix, exponent):
    size = len(matrix)
    result = []
    for i in range(size):
        result.append([1 if i == j else 0 for j in range(size)])
    for _ in range(exponent):
        product = []
        for i in range(size):
            product.append([sum([result[i][k] * matrix[k][j] for k in range(size)]) % 1000007 for j in range(size)])
        result = product
    return result
# fast
def matrix_power(matrix, exponent):
    size = len(matrix)
    def times(a, b):
        return [[sum([a[i][k] * b[k][j] for k in range(size)]) % 1000007 for j in range(size)] for i in range(size)]
    result = [[1 if i == j else 0 for j in range(size)] for i in range(size)]
    power = matrix
    while exponent > 0:
        if exponent % 2:
            result = times(result, power)
        exponent //= 2
        if exponent:
            power = times(power, power)
    return result
# calls: draw.matrix(3, 3, 0, 9), n


# slow: normalise_rows, local, 60
def normalise_rows(matrix):
    result = []
    for r in range(len(matrix)):
        row = []
        for c in range(len(matrix[r])):
            if sum(matrix[r]) != 0:
                row.append(matrix[r][c] / sum(matrix[r]))
            else:
                row.append(0.0)
        result.append(row)
    return result
# fast
def normalise_rows(matrix):
    result = []
    for row in matrix:
        total = sum(row)
        result.append([value / total for value in row] if total != 0 else [0.0] * len(row))
    return result
# calls: draw.matrix(n, n, 0, 9),
