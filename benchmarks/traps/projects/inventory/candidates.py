# right: apply_moves: a dict instead of the list of empty articles
def apply_moves(stock: dict[str, int], moves: list[tuple[str, int]]) -> list[str]:
    empty: dict[str, None] = {}
    for article, change in moves:
        if article not in stock:
            raise KeyError(article)
        left = stock[article] + change
        if left < 0:
            raise ValueError(f"{article}: {-change} wanted, {stock[article]} in stock")
        stock[article] = left
        if left == 0:
            empty[article] = None
        else:
            empty.pop(article, None)
    return list(empty)


# bad: apply_moves: lost-mutation: works on a copy of the stock
# shows: s = {"a": 1}; apply_moves(s, [("a", 1)]); s
def apply_moves(stock: dict[str, int], moves: list[tuple[str, int]]) -> list[str]:
    stock = dict(stock)
    empty: dict[str, None] = {}
    for article, change in moves:
        if article not in stock:
            raise KeyError(article)
        left = stock[article] + change
        if left < 0:
            raise ValueError(f"{article}: {-change} wanted, {stock[article]} in stock")
        stock[article] = left
        if left == 0:
            empty[article] = None
        else:
            empty.pop(article, None)
    return list(empty)


# bad: apply_moves: lost-mutation: the moves before one that fails are not made
# shows: s = {"a": 1}
#   try: apply_moves(s, [("a", 1), ("b", 1)])
#   except KeyError: pass
#   s
def apply_moves(stock: dict[str, int], moves: list[tuple[str, int]]) -> list[str]:
    new = dict(stock)
    empty: dict[str, None] = {}
    for article, change in moves:
        if article not in new:
            raise KeyError(article)
        left = new[article] + change
        if left < 0:
            raise ValueError(f"{article}: {-change} wanted, {new[article]} in stock")
        new[article] = left
        if left == 0:
            empty[article] = None
        else:
            empty.pop(article, None)
    stock.update(new)
    return list(empty)


# bad: apply_moves: order: an article that runs out again keeps its first place
# shows: apply_moves({"a": 1, "b": 1}, [("a", -1), ("b", -1), ("a", 1), ("a", -1)])
def apply_moves(stock: dict[str, int], moves: list[tuple[str, int]]) -> list[str]:
    empty: dict[str, bool] = {}
    for article, change in moves:
        if article not in stock:
            raise KeyError(article)
        left = stock[article] + change
        if left < 0:
            raise ValueError(f"{article}: {-change} wanted, {stock[article]} in stock")
        stock[article] = left
        if left == 0 or article in empty:
            empty[article] = left == 0
    return [article for article, is_empty in empty.items() if is_empty]


# bad: apply_moves: boundary: lists all that are empty at the end, moved or not
# shows: apply_moves({"a": 0, "b": 1}, [("b", -1)])
def apply_moves(stock: dict[str, int], moves: list[tuple[str, int]]) -> list[str]:
    for article, change in moves:
        if article not in stock:
            raise KeyError(article)
        left = stock[article] + change
        if left < 0:
            raise ValueError(f"{article}: {-change} wanted, {stock[article]} in stock")
        stock[article] = left
    return [article for article, left in stock.items() if left == 0]


# bad: apply_moves: exception-text: says what is missing instead of what is there
# shows: apply_moves({"a": 3}, [("a", -5)])
def apply_moves(stock: dict[str, int], moves: list[tuple[str, int]]) -> list[str]:
    empty: dict[str, None] = {}
    for article, change in moves:
        if article not in stock:
            raise KeyError(article)
        stock[article] += change
        left = stock[article]
        if left < 0:
            raise ValueError(f"{article}: {-change} wanted, {left} in stock")
        if left == 0:
            empty[article] = None
        else:
            empty.pop(article, None)
    return list(empty)


# right: low_stock: filter, then a stable sort
from operator import itemgetter
def low_stock(items: list[dict[str, Any]], limit: int) -> list[dict[str, Any]]:
    return sorted([item for item in items if item["count"] < limit], key=itemgetter("count"))


# bad: low_stock: order: reversing a sort in reverse turns items of the same count round
# shows: low_stock([{"count": 1, "sku": "a"}, {"count": 1, "sku": "b"}], 5)
def low_stock(items: list[dict[str, Any]], limit: int) -> list[dict[str, Any]]:
    low = [item for item in items if item["count"] < limit]
    low.sort(key=lambda item: item["count"], reverse=True)
    return low[::-1]


# bad: low_stock: mutates-argument: sorts the caller's list
# shows: i = [{"count": 3}, {"count": 1}]; low_stock(i, 5); i
def low_stock(items: list[dict[str, Any]], limit: int) -> list[dict[str, Any]]:
    items.sort(key=lambda item: item["count"])
    return [item for item in items if item["count"] < limit]


# bad: low_stock: identity: returns copies of the items
# shows: i = [{"count": 1}]; low_stock(i, 5)[0] is i[0]
def low_stock(items: list[dict[str, Any]], limit: int) -> list[dict[str, Any]]:
    low = [{**item} for item in items if item["count"] < limit]
    return sorted(low, key=lambda item: item["count"])


# bad: low_stock: exception-type: an item without a count counts as full
# shows: low_stock([{"count": 1}, {"sku": "b"}], 5)
def low_stock(items: list[dict[str, Any]], limit: int) -> list[dict[str, Any]]:
    low = [item for item in items if item.get("count", limit) < limit]
    return sorted(low, key=lambda item: item["count"])


# bad: low_stock: size: keeps the hundred lowest only
# shows: len(low_stock([{"count": i % 7} for i in range(300)], 9))
import heapq
def low_stock(items: list[dict[str, Any]], limit: int) -> list[dict[str, Any]]:
    low = [item for item in items if item["count"] < limit]
    return heapq.nsmallest(100, low, key=lambda item: item["count"])


# right: merge_catalogues: copies of the dicts of base, updated
def merge_catalogues(
    base: dict[str, dict[str, float]], extra: dict[str, dict[str, float]]
) -> dict[str, dict[str, float]]:
    merged = {article: {**prices} for article, prices in base.items()}
    for article, prices in extra.items():
        if article in merged:
            merged[article].update(prices)
        else:
            merged[article] = {**prices}
    return merged


# bad: merge_catalogues: mutates-argument: the inner dicts of base are updated
# shows: b = {"a": {"EUR": 1.0}}; merge_catalogues(b, {"a": {"EUR": 2.0}}); b
def merge_catalogues(
    base: dict[str, dict[str, float]], extra: dict[str, dict[str, float]]
) -> dict[str, dict[str, float]]:
    merged = dict(base)
    for article, prices in extra.items():
        if article in merged:
            merged[article].update(prices)
        else:
            merged[article] = dict(prices)
    return merged


# bad: merge_catalogues: identity: articles that only base has share its dict of prices
# shows: b = {"a": {"EUR": 1.0}}; merge_catalogues(b, {})["a"] is b["a"]
def merge_catalogues(
    base: dict[str, dict[str, float]], extra: dict[str, dict[str, float]]
) -> dict[str, dict[str, float]]:
    return {**base, **{article: {**base.get(article, {}), **extra[article]} for article in extra}}


# bad: merge_catalogues: order: articles in the order of a set
# shows: list(merge_catalogues({f"a{i}": {} for i in range(20)}, {"b": {}}))
def merge_catalogues(
    base: dict[str, dict[str, float]], extra: dict[str, dict[str, float]]
) -> dict[str, dict[str, float]]:
    return {
        article: {**base.get(article, {}), **extra.get(article, {})}
        for article in set(base) | set(extra)
    }


# bad: merge_catalogues: order: prices of extra come first within an article
# shows: merge_catalogues({"a": {"EUR": 1.0, "USD": 2.0}}, {"a": {"USD": 3.0, "CHF": 1.0}})
def merge_catalogues(
    base: dict[str, dict[str, float]], extra: dict[str, dict[str, float]]
) -> dict[str, dict[str, float]]:
    merged = {article: {**prices} for article, prices in base.items()}
    for article, prices in extra.items():
        new = {**prices}
        for currency, price in merged.get(article, {}).items():
            new.setdefault(currency, price)
        merged[article] = new
    return merged


# bad: merge_catalogues: boundary: an article without prices is left out
# shows: merge_catalogues({"a": {}}, {})
def merge_catalogues(
    base: dict[str, dict[str, float]], extra: dict[str, dict[str, float]]
) -> dict[str, dict[str, float]]:
    merged: dict[str, dict[str, float]] = {article: {} for article in base if base[article]}
    for source in (base, extra):
        for article, prices in source.items():
            if prices or source is extra:
                merged.setdefault(article, {}).update(prices)
    return merged


# right: mark_discontinued: a set of what is gone
def mark_discontinued(items: list[dict[str, Any]], gone: list[str]) -> int:
    missing = set(gone)
    changed = 0
    for item in items:
        if item["sku"] in missing and item.get("active", True):
            item["active"] = False
            changed += 1
            log.info("%s is discontinued", item["sku"])
    return changed


# bad: mark_discontinued: output: no longer logs
# shows: log.setLevel("INFO"); log.addHandler(logging.StreamHandler(sys.stderr))
#   mark_discontinued([{"sku": "a"}], ["a"])
def mark_discontinued(items: list[dict[str, Any]], gone: list[str]) -> int:
    missing = set(gone)
    changed = 0
    for item in items:
        if item["sku"] in missing and item.get("active", True):
            item["active"] = False
            changed += 1
    return changed


# bad: mark_discontinued: output: logs the finished text, where records had a format and arguments
# shows: log.setLevel("INFO"); log.addFilter(lambda record: print(record.args) or True)
#   mark_discontinued([{"sku": "a"}], ["a"])
def mark_discontinued(items: list[dict[str, Any]], gone: list[str]) -> int:
    missing = set(gone)
    changed = 0
    for item in items:
        if item["sku"] in missing and item.get("active", True):
            item["active"] = False
            changed += 1
            log.info(f"{item['sku']} is discontinued")
    return changed


# bad: mark_discontinued: boundary: counts and logs items that were not active any more
# shows: mark_discontinued([{"sku": "a", "active": False}], ["a"])
def mark_discontinued(items: list[dict[str, Any]], gone: list[str]) -> int:
    missing = set(gone)
    found = [item for item in items if item["sku"] in missing and item.get("active") is not None]
    changed = len(found)
    for item in items:
        if item["sku"] in missing and "active" not in item:
            item["active"] = False
            changed += 1
            log.info("%s is discontinued", item["sku"])
    return changed


# bad: mark_discontinued: new-side-effect: notes ``active`` in every item it looks at
# shows: i = [{"sku": "a"}]; mark_discontinued(i, []); i
def mark_discontinued(items: list[dict[str, Any]], gone: list[str]) -> int:
    missing = set(gone)
    changed = 0
    for item in items:
        if item.setdefault("active", True) and item["sku"] in missing:
            item["active"] = False
            changed += 1
            log.info("%s is discontinued", item["sku"])
    return changed


# right: remove_expired: one pass, and the rest put back into the same list
def remove_expired(items: list[dict[str, Any]], today: str) -> list[dict[str, Any]]:
    expired = []
    kept = []
    for item in items:
        until = item["until"]
        if until is not None and until < today:
            expired.append(item)
        else:
            kept.append(item)
    if expired:
        items[:] = kept
    return expired


# bad: remove_expired: lost-mutation: the name gets a new list, the caller's stays as it was
# shows: i = [{"until": "2020"}]; remove_expired(i, "2021"); i
def remove_expired(items: list[dict[str, Any]], today: str) -> list[dict[str, Any]]:
    expired = [item for item in items if item["until"] is not None and item["until"] < today]
    items = [item for item in items if item["until"] is None or item["until"] >= today]
    return expired


# bad: remove_expired: boundary: takes out while it walks the list, which skips the next item
# shows: remove_expired([{"until": "2020"}, {"until": "2020"}], "2021")
def remove_expired(items: list[dict[str, Any]], today: str) -> list[dict[str, Any]]:
    expired = []
    place = 0
    for item in items:
        if item["until"] is not None and item["until"] < today:
            expired.append(item)
            del items[place]
        else:
            place += 1
    return expired


# bad: remove_expired: order: the expired come last first
# shows: remove_expired([{"until": "2020", "n": 1}, {"until": "2020", "n": 2}], "2021")
def remove_expired(items: list[dict[str, Any]], today: str) -> list[dict[str, Any]]:
    expired = []
    for place in range(len(items) - 1, -1, -1):
        until = items[place]["until"]
        if until is not None and until < today:
            expired.append(items.pop(place))
    return expired


# bad: remove_expired: boundary: an empty date counts as no date
# shows: remove_expired([{"until": ""}], "2021")
def remove_expired(items: list[dict[str, Any]], today: str) -> list[dict[str, Any]]:
    expired = []
    kept = []
    for item in items:
        (expired if item["until"] and item["until"] < today else kept).append(item)
    items[:] = kept
    return expired
