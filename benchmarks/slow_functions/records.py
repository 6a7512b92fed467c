# slow: join_orders, algorithm, 130
def join_orders(customers, orders):
    report = []
    for order in orders:
        for customer in customers:
            if customer[0] == order[0]:
                report.append((customer[1], order[1], order[2]))
    return report
# fast
def join_orders(customers, orders):
    names = {}
    for customer, name in customers:
        names.setdefault(customer, []).append(name)
    report = []
    for customer, number, amount in orders:
        for name in names.get(customer, ()):
            report.append((name, number, amount))
    return report
# calls: [(i, draw.word()) for i in range(n)], [(draw.randrange(n + 2), i, draw.randint(1, 500)) for i in range(2 * n)]


# slow: totals_by_region, algorithm, 400
def totals_by_region(sales):
    regions = []
    for sale in sales:
        if sale[0] not in regions:
            regions.append(sale[0])
    totals = {}
    for region in sorted(regions):
        totals[region] = sum([s[1] for s in sales if s[0] == region])
    return totals
# fast
def totals_by_region(sales):
    totals = {}
    for region, amount in sales:
        totals[region] = totals.get(region, 0) + amount
    return dict(sorted(totals.items()))
# calls: list(zip(draw.words(n, of=n // 5 + 1), draw.numbers(n, 1, 900))),


# slow: latest_by_user, algorithm, 170
def latest_by_user(events):
    latest = []
    for event in events:
        newer = [e for e in events if e[0] == event[0] and e[1] > event[1]]
        if len(newer) == 0:
            latest.append(event)
    return latest
# fast
def latest_by_user(events):
    last = {}
    for user, time, _ in events:
        if user not in last or time > last[user]:
            last[user] = time
    return [event for event in events if event[1] == last[event[0]]]
# calls: [(u, draw.randrange(10 * n), "login") for u in draw.words(n, of=n // 4 + 1)],


# slow: drop_duplicates, restructure, 220
def drop_duplicates(rows, key):
    result = []
    for row in rows:
        if row[key] not in [kept[key] for kept in result]:
            result.append(row)
    return result
# fast
def drop_duplicates(rows, key):
    seen = set()
    result = []
    for row in rows:
        value = row[key]
        if value not in seen:
            seen.add(value)
            result.append(row)
    return result
# calls: [{"id": draw.randrange(n), "mail": w} for w in draw.words(n, of=n)], draw.choice(["id", "mail"])


# slow: rank_students, algorithm, 250
def rank_students(scores):
    ranks = {}
    for name in scores:
        better = 0
        for other in scores:
            if scores[other] > scores[name]:
                better += 1
        ranks[name] = better + 1
    return ranks
# fast
def rank_students(scores):
    first = {}
    for place, score in enumerate(sorted(scores.values(), reverse=True), 1):
        first.setdefault(score, place)
    return {name: first[score] for name, score in scores.items()}
# calls: {w: draw.randrange(n) for w in draw.words(n, of=3 * n + 1)},


# slow: missing_ids, local, 500
def missing_ids(expected, actual):
    missing = []
    for e in expected:
        if not e in actual:
            if not e in missing:
                missing.append(e)
    missing.sort()
    return missing
# fast
def missing_ids(expected, actual):
    return sorted(set(expected).difference(actual))
# calls: draw.numbers(n, 0, 2 * n), draw.numbers(n, 0, 2 * n)


# slow: report_csv, local, 600
def report_csv(rows, columns):
    csv = ""
    for i in range(len(columns)):
        csv = csv + columns[i]
        if i != len(columns) - 1:
            csv = csv + ","
    csv = csv + "\n"
    for row in rows:
        line = ""
        for i in range(len(columns)):
            if columns[i] in row.keys():
                line = line + str(row[columns[i]])
            else:
                line = line + ""
            if i != len(columns) - 1:
                line = line + ","
        csv = csv + line + "\n"
    return csv
# fast
def report_csv(rows, columns):
    lines = [",".join(columns)]
    for row in rows:
        lines.append(",".join([str(row[column]) if column in row else "" for column in columns]))
    return "\n".join(lines) + "\n"
# calls: [{"id": i, "name": draw.word(), "city": draw.word(), "zip": draw.randrange(99999)} for i in range(n)], ["id", "name", "zip", "phone", "city"]


# slow: top_rows, algorithm, 250
def top_rows(rows, count):
    top = []
    for row in rows:
        top.append(row)
        top.sort(key=lambda r: (-r[1], r[0]))
        top = top[:count]
    return top
# fast
def top_rows(rows, count):
    return sorted(rows, key=lambda r: (-r[1], r[0]))[:max(count, 0)]
# calls: list(zip(draw.words(n, of=n + 1), draw.numbers(n, 0, 100))), draw.randint(1, n // 3 + 2)


# slow: merge_settings, local, 260
def merge_settings(layers):
    merged = {}
    for layer in layers:
        for key in layer:
            merged = dict(merged)
            merged[key] = layer[key]
    return merged
# fast
def merge_settings(layers):
    merged = {}
    for layer in layers:
        merged.update(layer)
    return merged
# calls: [dict(zip(draw.words(6, of=n), draw.numbers(6, 0, 99))) for _ in range(n)],


# slow: pivot, algorithm, 50
def pivot(rows):
    names = sorted(set([r[0] for r in rows]))
    months = sorted(set([r[1] for r in rows]))
    table = []
    for name in names:
        line = [name]
        for month in months:
            value = 0
            for r in rows:
                if r[0] == name and r[1] == month:
                    value += r[2]
            line.append(value)
        table.append(line)
    return table
# fast
def pivot(rows):
    sums = {}
    for name, month, value in rows:
        sums[name, month] = sums.get((name, month), 0) + value
    months = sorted({row[1] for row in rows})
    return [[name] + [sums.get((name, month), 0) for month in months] for name in sorted({row[0] for row in rows})]
# calls: [(w, draw.randint(1, 12), draw.randint(1, 50)) for w in draw.words(4 * n, of=n // 2 + 1)],


# slow: chain_of_command, algorithm, 200
def chain_of_command(employees, name):
    chain = []
    current = name
    while current is not None:
        boss = None
        for e in employees:
            if e[0] == current:
                boss = e[1]
        if boss is not None:
            chain.append(boss)
        current = boss
    return chain
# fast
def chain_of_command(employees, name):
    boss_of = dict(employees)
    chain = []
    current = name
    while current is not None:
        current = boss_of.get(current)
        if current is not None:
            chain.append(current)
    return chain
# calls: draw.shuffled([(f"e{i}", f"e{i - 1}" if i else None) for i in range(n)]), f"e{max(0, n - draw.randint(1, 2))}"


# slow: flatten_orders, local, 320
def flatten_orders(orders):
    items = []
    for order in orders:
        lines = []
        for line in order["lines"]:
            lines = lines + [(order["id"], line[0], line[1])]
        items = items + lines
    return items
# fast
def flatten_orders(orders):
    return [(order["id"], line[0], line[1]) for order in orders for line in order["lines"]]
# calls: [{"id": i, "lines": [(draw.word(), draw.randint(1, 9)) for _ in range(draw.randint(0, 9))]} for i in range(n)],


# slow: average_salary, restructure, 1000
def average_salary(staff):
    salaries = {}
    averages = {}
    for person in staff:
        try:
            salaries[person["department"]].append(person["salary"])
        except KeyError:
            salaries[person["department"]] = [person["salary"]]
        averages[person["department"]] = sum(salaries[person["department"]]) / len(salaries[person["department"]])
    return averages
# fast
def average_salary(staff):
    salaries = {}
    for person in staff:
        salary = person["salary"]
        salaries.setdefault(person["department"], []).append(salary)
    return {department: sum(each) / len(each) for department, each in salaries.items()}
# calls: [{"name": "x", "department": w, "salary": draw.randint(1000, 9000)} for w in draw.words(n, of=6)],
