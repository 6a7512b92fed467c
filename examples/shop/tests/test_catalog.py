import random

import pytest

from shop.catalog import Catalog, Product, all_tags, subtree


def product(number, *tags):
    return Product(sku=f"SKU-{number}", title="thing", cents=100 + number, tags=list(tags))


def some_products(count, tags, seed):
    rng = random.Random(seed)
    names = [f"tag-{number}" for number in range(tags)]
    return [product(number, *rng.sample(names, rng.randrange(5))) for number in range(count)]


def test_the_catalogue_is_read_from_the_export(catalog):
    assert len(catalog.products) == 200
    assert catalog.products[0].sku == "LAM-0001"


def test_the_real_catalogue_by_tag(catalog):
    for wanted in (["oak"], ["blue", "lamp"], ["rug", "rug", "nothing"]):
        found = catalog.tagged(wanted)
        assert found == [p.sku for p in catalog.products if set(p.tags) & set(wanted)]
        assert found


def test_a_product_with_two_wanted_tags_is_found_once():
    small = Catalog([product(1, "oak", "large"), product(2), product(3, "oak")])
    assert small.tagged(["large", "oak"]) == ["SKU-1", "SKU-3"]


def test_no_tag_is_wanted_or_carried(catalog):
    assert catalog.tagged([]) == []
    assert Catalog([]).tagged(["oak"]) == []
    assert Catalog([product(1), product(2)]).tagged(["oak"]) == []


@pytest.mark.parametrize("wanted", [100, 280])
def test_a_search_for_many_tags(wanted):
    tags = [f"tag-{number}" for number in range(0, 2 * wanted, 2)]
    chosen = set(tags)
    for count in range(50, 750, 50):
        products = some_products(count, tags=600, seed=count)
        found = Catalog(products).tagged(tags)
        assert found == [p.sku for p in products if not chosen.isdisjoint(p.tags)]


@pytest.mark.parametrize("tags", [150, 450])
def test_each_tag_is_listed_once(tags):
    for count in range(50, 700, 50):
        products = some_products(count, tags, seed=count + 1)
        assert all_tags(products) == list(dict.fromkeys(tag for p in products for tag in p.tags))


def test_tags_keep_the_order_of_the_catalogue(catalog):
    assert all_tags([product(1, "b", "a"), product(2), product(3, "a", "c", "B")]) == [
        "b",
        "a",
        "c",
        "B",
    ]
    assert all_tags([product(1)]) == []
    assert all_tags([]) == []
    assert len(all_tags(catalog.products)) == 18


def some_tree(shelves, leaves):
    tree = {"all": [f"shelf-{shelf}" for shelf in range(shelves)]}
    for shelf in range(shelves):
        tree[f"shelf-{shelf}"] = [f"shelf-{shelf}/{leaf}" for leaf in range(leaves)]
    return tree


@pytest.mark.parametrize("leaves", [20, 60])
def test_the_whole_tree_level_by_level(leaves):
    for shelves in range(3, 120, 6):
        tree = some_tree(shelves, leaves)
        found = subtree(tree, "all")
        below = [leaf for shelf in tree["all"] for leaf in tree[shelf]]
        assert found == ["all", *tree["all"], *below]


def test_a_branch_and_a_leaf():
    tree = some_tree(3, 2)
    assert subtree(tree, "shelf-1") == ["shelf-1", "shelf-1/0", "shelf-1/1"]
    assert subtree(tree, "shelf-2/1") == ["shelf-2/1"]
    assert subtree({}, "all") == ["all"]


def test_a_shelf_on_two_branches_is_listed_twice():
    tree = {"all": ["indoor", "outdoor"], "indoor": ["lamps"], "outdoor": ["lamps", "rugs"]}
    assert subtree(tree, "all") == ["all", "indoor", "outdoor", "lamps", "lamps", "rugs"]
    assert tree["all"] == ["indoor", "outdoor"]
