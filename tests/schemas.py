"""``docs/schema.json``, with no key allowed that it does not name."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

SCHEMA = Path(__file__).parent.parent / "docs" / "schema.json"


def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return found


def check(name: str, value: object) -> None:
    """Hold a value against the definition of this name; needs jsonschema."""
    from jsonschema import Draft202012Validator

    definitions = closed(schema()["$defs"])
    # A judged function is a candidate with more; by itself a candidate has no more.
    definitions["candidate"].pop("unevaluatedProperties")
    definitions["run"]["properties"]["candidates"]["items"]["unevaluatedProperties"] = False
    if name == "hook":  # what it prints is a run with more
        definitions["run"].pop("unevaluatedProperties")
    whole = {"$ref": f"#/$defs/{name}", "$defs": definitions}
    Draft202012Validator(whole).validate(value)


def closed(node: Any) -> Any:
    """Return a copy in which objects have only the properties that are named."""
    if isinstance(node, list):
        return [closed(item) for item in node]
    if not isinstance(node, dict):
        return copy.copy(node)
    made = {key: closed(value) for key, value in node.items()}
    if isinstance(made.get("properties"), dict) and "required" in made:
        made["unevaluatedProperties"] = False
    return made
