# slow: mode, algorithm, 400
def mode(values):
    winner = None
    for v in values:
        if winner == None or values.count(v) > values.count(winner):
            winner = v
    return winner
# fast
def mode(values):
    if not values:
        return None
    counts = {}
    for v in values:
        counts[v] = counts.get(v, 0) + 1
    return max(counts, key=counts.get)
# calls: draw.numbers(n, 0, 40),


# slow: median, algorithm, 400
def median(values):
    remaining = values[:]
    ordered = []
    while len(remaining) > 0:
        smallest = min(remaining)
        remaining.remove(smallest)
        ordered.append(smallest)
    if len(ordered) % 2 == 1:
        return ordered[len(ordered) // 2]
    return (ordered[len(ordered) // 2 - 1] + ordered[len(ordered) // 2]) / 2
# fast
def median(values):
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2
# calls: draw.numbers(n + 1, 0, 5000),


# slow: moving_sums, restructure, 900
def moving_sums(values, window):
    sums = []
    for i in range(len(values)):
        if i + window > len(values):
            break
        total = 0
        for j in range(i, i + window):
            total += values[j]
        sums.append(total)
    return sums
# fast
def moving_sums(values, window):
    if window <= 0:
        return [0] * len(values)
    last = len(values) - window
    if last < 0:
        return []
    total = sum(values[:window])
    sums = [total]
    for old, new in zip(values[:last], values[window:]):
        total += new - old
        sums.append(total)
    return sums
# calls: draw.numbers(n, -500, 500), draw.randint(2, n // 15 + 3)


# slow: bucket_counts, restructure, 400
def bucket_counts(values, buckets):
    low = min(values)
    high = max(values)
    counts = []
    for b in range(buckets):
        count = 0
        for v in values:
            index = (v - min(values)) * buckets // (max(values) - min(values) + 1)
            if index == b:
                count += 1
        counts.append(count)
    return low, high, counts
# fast
def bucket_counts(values, buckets):
    low, high = min(values), max(values)
    width = high - low + 1
    counts = [0] * max(0, buckets)
    if buckets > 0:
        for v in values:
            counts[(v - low) * buckets // width] += 1
    return low, high, counts
# calls: draw.numbers(n // 4 + 2, 0, 1000), draw.randint(3, 8)


# slow: variance, local, 450
def variance(values):
    total = 0
    for v in values:
        total += (v - sum(values) / len(values)) ** 2
    return total / len(values)
# fast
def variance(values):
    mean = sum(values) / len(values)
    return sum([(v - mean) ** 2 for v in values]) / len(values)
# calls: draw.numbers(n + 1, 0, 9000),


# slow: percentile_ranks, algorithm, 250
def percentile_ranks(values):
    ranks = []
    for value in values:
        below = len([v for v in values if v < value])
        equal = len([v for v in values if v == value])
        ranks.append((below + equal / 2) / len(values) * 100)
    return ranks
# fast
from bisect import bisect_left, bisect_right
def percentile_ranks(values):
    ordered = sorted(values)
    count = len(ordered)
    known = {}
    for value in set(ordered):
        below = bisect_left(ordered, value)
        equal = bisect_right(ordered, value, below) - below
        known[value] = (below + equal / 2) / count * 100
    return [known[value] for value in values]
# calls: draw.numbers(n, 0, 300),


# slow: z_scores, local, 80
import statistics
def z_scores(values):
    scores = []
    for value in values:
        if statistics.pstdev(values) == 0:
            scores.append(0.0)
        else:
            scores.append(round((value - statistics.mean(values)) / statistics.pstdev(values), 3))
    return scores
# fast
def z_scores(values):
    if not values:
        return []
    spread = statistics.pstdev(values)
    if spread == 0:
        return [0.0] * len(values)
    mean = statistics.mean(values)
    return [round((value - mean) / spread, 3) for value in values]
# calls: draw.numbers(n, 0, 300),


# slow: correlations, restructure, 55
def correlations(columns):
    def mean(values):
        return sum(values) / len(values)
    table = {}
    for a in columns:
        for b in columns:
            over = 0
            for i in range(len(columns[a])):
                over += (columns[a][i] - mean(columns[a])) * (columns[b][i] - mean(columns[b]))
            spread_a = sum([(v - mean(columns[a])) ** 2 for v in columns[a]])
            spread_b = sum([(v - mean(columns[b])) ** 2 for v in columns[b]])
            table[a + "/" + b] = round(over / ((spread_a * spread_b) ** 0.5 or 1), 4)
    return table
# fast
def correlations(columns):
    centred = {}
    spread = {}
    for name, values in columns.items():
        mean = sum(values) / len(values) if values else 0
        centred[name] = [v - mean for v in values]
        spread[name] = sum([d ** 2 for d in centred[name]])
    table = {}
    for a, first in centred.items():
        for b, second in centred.items():
            over = sum([x * y for x, y in zip(first, second)])
            table[a + "/" + b] = round(over / ((spread[a] * spread[b]) ** 0.5 or 1), 4)
    return table
# calls: {name: draw.numbers(n + 1, 0, 90) for name in ("age", "size", "cost")},
