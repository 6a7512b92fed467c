"""Small jobs on text."""

from __future__ import annotations


def slugify(title: str) -> str:
    """Return the letters and digits in lower case, with one hyphen for all that is between."""
    slug = ""
    for char in title.lower():
        if char.isalnum():
            slug = slug + char
        elif not slug.endswith("-"):
            slug = slug + "-"
    while slug.startswith("-"):
        slug = slug[1:]
    while slug.endswith("-"):
        slug = slug[:-1]
    return slug


def word_counts(text: str, stop: list[str]) -> dict[str, int]:
    """Return how often each word occurs, most frequent first, then in order of appearance."""
    words = [word.strip(".,;:!?\"'()").lower() for word in text.split()]
    counts: dict[str, int] = {}
    for word in words:
        if word and word not in stop and word not in counts:
            counts[word] = words.count(word)
    return dict(sorted(counts.items(), key=lambda item: -item[1]))


def parse_settings(lines: list[str]) -> dict[str, str]:
    """Return the values of ``key = value`` lines; a later line wins, in the place of the first."""
    settings: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text[0] == "#":
            continue
        parts = text.split("=")
        if len(parts) < 2:
            raise ValueError(f"line {number}: no value in {text!r}")
        key = parts[0].strip()
        value = parts[1]
        for i in range(2, len(parts)):
            value = value + "=" + parts[i]
        settings[key] = value.strip()
    return settings


def common_prefix(names: list[str]) -> str:
    """Return the longest text that all names begin with."""
    if not names:
        return ""
    prefix = ""
    for length in range(1, len(names[0]) + 1):
        start = names[0][:length]
        if not all(name.startswith(start) for name in names):
            break
        prefix = start
    return prefix


def distance(a: str, b: str) -> int:
    """Return the Levenshtein distance."""
    table = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a) + 1):
        for j in range(len(b) + 1):
            if i == 0 or j == 0:
                table[i][j] = i + j
            elif a[i - 1] == b[j - 1]:
                table[i][j] = table[i - 1][j - 1]
            else:
                table[i][j] = 1 + min(table[i - 1][j], table[i][j - 1], table[i - 1][j - 1])
    return table[len(a)][len(b)]


def wrap(text: str, width: int) -> list[str]:
    """Break text at white space into lines of at most width; longer words have their own line."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        if line == "":
            line = word
        elif len(line + " " + word) <= width:
            line = line + " " + word
        else:
            lines = lines + [line]
            line = word
    if line:
        lines = lines + [line]
    return lines
