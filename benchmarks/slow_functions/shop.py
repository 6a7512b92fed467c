# slow: apply_movements, algorithm, 200
def apply_movements(stock, movements):
    stock = [dict(item) for item in stock]
    for sku, change in movements:
        found = False
        for item in stock:
            if item["sku"] == sku:
                item["amount"] = item["amount"] + change
                found = True
                break
        if not found:
            stock.append({"sku": sku, "amount": change})
    return stock
# fast
def apply_movements(stock, movements):
    stock = [dict(item) for item in stock]
    by_sku = {}
    for item in stock:
        by_sku.setdefault(item["sku"], item)
    for sku, change in movements:
        item = by_sku.get(sku)
        if item is None:
            item = by_sku[sku] = {"sku": sku, "amount": change}
            stock.append(item)
        else:
            item["amount"] = item["amount"] + change
    return stock
# calls: [{"sku": f"A{i}", "amount": draw.randint(0, 20)} for i in range(n)], [(f"A{draw.randrange(n + 3)}", draw.randint(-5, 9)) for _ in range(2 * n)]


# slow: cheapest_offers, algorithm, 140
def cheapest_offers(products, offers):
    result = {}
    for product in products:
        matching = []
        for offer in offers:
            if offer[0] == product:
                matching.append((offer[2], offer[1]))
        if len(matching) > 0:
            result[product] = sorted(matching)[0][1]
        else:
            result[product] = None
    return result
# fast
def cheapest_offers(products, offers):
    best = {}
    for product, seller, price in offers:
        if product not in best or (price, seller) < best[product]:
            best[product] = (price, seller)
    return {product: best[product][1] if product in best else None for product in products}
# calls: draw.distinct(n), [(w, draw.word(), draw.randint(1, 90)) for w in draw.words(3 * n, of=n)]


# slow: invoice_total, local, 900
def invoice_total(lines):
    total = 0
    for line in lines:
        rates = {"EUR": 100, "USD": 92, "GBP": 117, "CHF": 104, "PLN": 23}
        discounts = [(10, 5), (50, 10), (100, 15)]
        percent = 0
        for d in sorted(discounts):
            if line["quantity"] >= d[0]:
                percent = d[1]
        price = line["price"] * line["quantity"] * rates[line["currency"]]
        total = total + price * (100 - percent) // 10000
    return total
# fast
def invoice_total(lines):
    rates = {"EUR": 100, "USD": 92, "GBP": 117, "CHF": 104, "PLN": 23}
    total = 0
    for line in lines:
        quantity = line["quantity"]
        percent = 15 if quantity >= 100 else 10 if quantity >= 50 else 5 if quantity >= 10 else 0
        total += line["price"] * quantity * rates[line["currency"]] * (100 - percent) // 10000
    return total
# calls: [{"price": draw.randint(1, 9999), "quantity": draw.randint(1, 120), "currency": draw.choice(["EUR", "USD", "CHF"])} for _ in range(n)],


# slow: bought_together, restructure, 40
def bought_together(baskets):
    pairs = []
    counts = []
    for basket in baskets:
        for a in sorted(set(basket)):
            for b in sorted(set(basket)):
                if a < b:
                    if (a, b) in pairs:
                        counts[pairs.index((a, b))] += 1
                    else:
                        pairs.append((a, b))
                        counts.append(1)
    return sorted(zip(counts, pairs), reverse=True)
# fast
from itertools import combinations
def bought_together(baskets):
    counts = {}
    for basket in baskets:
        for pair in combinations(sorted(set(basket)), 2):
            counts[pair] = counts.get(pair, 0) + 1
    return sorted([(count, pair) for pair, count in counts.items()], reverse=True)
# calls: [draw.words(draw.randint(0, 7), of=30) for _ in range(n)],


# slow: fifo_cost, local, 1500
def fifo_cost(lots, sold):
    lots = [list(lot) for lot in lots]
    cost = 0
    while sold > 0 and len(lots) > 0:
        if lots[0][0] == 0:
            lots.pop(0)
            continue
        lots[0][0] -= 1
        cost += lots[0][1]
        sold -= 1
    return cost
# fast
def fifo_cost(lots, sold):
    cost = 0
    for amount, price in lots:
        if sold <= 0:
            break
        taken = min(amount, sold) if amount >= 0 else sold
        cost += taken * price
        sold -= taken
    return cost
# calls: [(draw.randint(0, 9), draw.randint(1, 40)) for _ in range(n)], draw.randint(3 * n, 5 * n + 1)


# slow: low_stock, local, 250
def low_stock(items, discontinued, minimum):
    names = []
    for item in items:
        skip = False
        for d in discontinued:
            if d.strip().upper() == item["name"].strip().upper():
                skip = True
        if skip:
            continue
        if item["stock"] < minimum:
            names.append(item["name"].strip().upper())
            names = sorted(list(set(names)))
    return names
# fast
def low_stock(items, discontinued, minimum):
    gone = {d.strip().upper() for d in discontinued}
    names = set()
    for item in items:
        if gone and item["name"].strip().upper() in gone:
            continue
        if item["stock"] < minimum:
            names.add(item["name"].strip().upper())
    return sorted(names)
# calls: [{"name": " " + w, "stock": draw.randint(0, 20)} for w in draw.words(n, of=n)], draw.words(n // 12 + 1, of=n), 8


# slow: price_changes, algorithm, 250
def price_changes(old, new):
    changes = []
    for name, price in new:
        names = [item[0] for item in old]
        if name in names:
            before = old[names.index(name)][1]
            if price != before:
                changes.append((name, price - before))
    return changes
# fast
def price_changes(old, new):
    before = {}
    for name, price in old:
        before.setdefault(name, price)
    return [(name, price - before[name]) for name, price in new if name in before and price != before[name]]
# calls: list(zip(draw.words(n, of=n), draw.numbers(n, 1, 30))), list(zip(draw.words(n, of=n), draw.numbers(n, 1, 30)))
