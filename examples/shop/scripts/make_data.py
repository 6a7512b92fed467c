"""Write the sample data in data/; the seed is fixed, so the files never change."""

import csv
import json
import random
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"

FIRST = ["Ada", "Ben", "Chloe", "Dmitri", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas"]
LAST = ["Albers", "Brandt", "Costa", "Dupont", "Eriksen", "Fischer", "Garcia", "Hansen"]
CITIES = ["Aarhus", "Bremen", "Cork", "Delft", "Ghent", "Lyon", "Porto", "Turin"]
THINGS = ["kettle", "lamp", "mug", "notebook", "pan", "rug", "shelf", "tray", "vase", "whisk"]
LOOKS = ["blue", "copper", "folding", "large", "oak", "small", "striped", "white"]


def main() -> None:
    rng = random.Random(20240229)
    DATA.mkdir(exist_ok=True)

    with (DATA / "customers.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "name", "city"])
        for number in range(1, 141):
            name = f"{rng.choice(FIRST)} {rng.choice(LAST)}"
            writer.writerow([number, name, rng.choice(CITIES)])

    products = []
    for number in range(1, 201):
        look, thing = rng.choice(LOOKS), rng.choice(THINGS)
        products.append(
            {
                "sku": f"{thing[:3].upper()}-{number:04d}",
                "title": f"{look} {thing}",
                "cents": rng.randrange(250, 18_000, 5),
                "tags": rng.sample(LOOKS + THINGS, rng.randrange(1, 5)),
            }
        )
    lines = ",\n".join(json.dumps(product) for product in products)
    (DATA / "products.json").write_text(f"[\n{lines}\n]\n")

    with (DATA / "orders.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "customer_id", "sku", "quantity", "cents", "day"])
        for number in range(1, 401):
            product = rng.choice(products)
            quantity = rng.choice([0, 1, 1, 1, 2, 2, 3, 5, 12])
            writer.writerow(
                [
                    number,
                    rng.randrange(1, 141),
                    product["sku"],
                    quantity,
                    product["cents"],
                    rng.randrange(365),
                ]
            )


if __name__ == "__main__":
    main()
