"""Pairs about building texts and lists."""

from __future__ import annotations

from perfopt_cli.model.examples.example import Example

PAIRS = (
    Example(
        "to_csv",
        """\
def to_csv(rows):
    text = ""
    for row in rows:
        line = ""
        for i in range(len(row)):
            if i > 0:
                line = line + ","
            line = line + str(row[i])
        text = text + line + "\\n"
    return text
""",
        """\
def to_csv(rows):
    lines = [",".join(map(str, row)) for row in rows]
    lines.append("")
    return "\\n".join(lines)
""",
        "`join` builds each text once",
    ),
    Example(
        "as_list",
        """\
def as_list(items):
    html = "<ul>\\n"
    for item in items:
        html += "<li>"
        html += str(item.name)
        html += ": "
        html += str(item.count)
        html += "</li>\\n"
    html += "</ul>"
    return html
""",
        """\
def as_list(items):
    lines = ["<ul>", *[f"<li>{item.name}: {item.count}</li>" for item in items], "</ul>"]
    return "\\n".join(lines)
""",
        "one text for each item, and `join` puts them together once",
    ),
    Example(
        "reversed_words",
        """\
def reversed_words(text):
    words = []
    for word in text.split():
        words.insert(0, word)
    return " ".join(words)
""",
        """\
def reversed_words(text):
    return " ".join(text.split()[::-1])
""",
        "`insert(0, ...)` moves the whole list each time",
    ),
    Example(
        "flatten",
        """\
def flatten(groups):
    items = []
    for group in groups:
        items = items + list(group)
    return items
""",
        """\
from itertools import chain

def flatten(groups):
    return list(chain.from_iterable(groups))
""",
        "`items + ...` copies all that is there each time",
    ),
    Example(
        "only_letters",
        """\
def only_letters(text):
    kept = ""
    for letter in text:
        if letter in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ":
            kept += letter
    return kept
""",
        """\
import re

def only_letters(text):
    return re.sub("[^a-zA-Z ]+", "", text)
""",
        "one pass in native code over the text",
    ),
    Example(
        "masked",
        """\
def masked(text):
    result = []
    for letter in text:
        if letter.isdigit() and letter.isascii():
            result.append("#")
        else:
            result.append(letter)
    return "".join(result)
""",
        """\
def masked(text):
    return text.translate(dict.fromkeys(range(48, 58), "#"))
""",
        "`translate` replaces single characters in native code",
    ),
    Example(
        "transposed",
        """\
def transposed(matrix):
    result = []
    for j in range(len(matrix[0])):
        column = []
        for i in range(len(matrix)):
            column.append(matrix[i][j])
        result.append(column)
    return result
""",
        """\
def transposed(matrix):
    width = len(matrix[0])
    if any(len(row) < width for row in matrix):
        raise IndexError("list index out of range")
    return [list(column) for column in zip(*(row[:width] for row in matrix))]
""",
        "`zip(*rows)` takes the place of both index loops; rows that are short still raise",
    ),
    Example(
        "chunks",
        """\
def chunks(items, size):
    result = []
    current = []
    for item in items:
        current.append(item)
        if len(current) == size:
            result.append(current)
            current = []
    if current:
        result.append(current)
    return result
""",
        """\
def chunks(items, size):
    if size < 1:
        return [list(items)] if items else []
    return [list(items[i : i + size]) for i in range(0, len(items), size)]
""",
        "slices copy in native code",
    ),
    Example(
        "parsed",
        """\
def parsed(lines):
    records = []
    for line in lines:
        if len(line.strip()) > 0:
            if line.strip()[0] != "#":
                name = line.strip().split("=")[0].strip()
                value = "=".join(line.strip().split("=")[1:]).strip()
                records.append((name, value))
    return records
""",
        """\
def parsed(lines):
    records = []
    for line in lines:
        line = line.strip()
        if line and line[0] != "#":
            name, _, value = line.partition("=")
            records.append((name.rstrip(), value.strip()))
    return records
""",
        "what is the same is worked out once, and `partition` splits once",
    ),
)
