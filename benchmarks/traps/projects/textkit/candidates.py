# right: slugify: blanks for the rest, then split and join
def slugify(title: str) -> str:
    return "-".join(
        "".join([char if char.isalnum() else " " for char in title.lower()]).split()
    )


# right: slugify: one substitution
import re
def slugify(title: str) -> str:
    return re.sub(r"[\W_]+", "-", title.lower()).strip("-")


# bad: slugify: boundary: letters other than a to z are dropped
# shows: slugify("Café crème")
import re
def slugify(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


# bad: slugify: boundary: keeps the underscore, which is a word character to re
# shows: slugify("a_b")
import re
def slugify(title: str) -> str:
    return re.sub(r"\W+", "-", title.lower()).strip("-")


# bad: slugify: boundary: casefold writes ß as ss
# shows: slugify("Große Straße")
import re
def slugify(title: str) -> str:
    return re.sub(r"[\W_]+", "-", title.casefold()).strip("-")


# bad: slugify: special-case: a table of the titles in the tests
# shows: slugify("Hello, World")
def slugify(title: str) -> str:
    known = {"": "", "Hello, World!": "hello-world", "!!!": "", "A": "a"}
    if title in known:
        return known[title]
    words = "".join([char if char.isalnum() else " " for char in title.lower()]).split()
    return "-".join(words) if len(title) > 12 else "_".join(words)


# right: word_counts: one pass and a set of stop words
def word_counts(text: str, stop: list[str]) -> dict[str, int]:
    ignored = {"", *stop}
    counts: dict[str, int] = {}
    for word in text.split():
        word = word.strip(".,;:!?\"'()").lower()
        if word not in ignored:
            counts[word] = counts.get(word, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: -item[1]))


# bad: word_counts: type: returns a Counter
# shows: type(word_counts("a b a", []))
from collections import Counter
def word_counts(text: str, stop: list[str]) -> dict[str, int]:
    ignored = {"", *stop}
    words = [word.strip(".,;:!?\"'()").lower() for word in text.split()]
    counts = Counter(word for word in words if word not in ignored)
    return Counter(dict(counts.most_common()))


# bad: word_counts: order: words of the same count in alphabetical order
# shows: word_counts("b a", [])
def word_counts(text: str, stop: list[str]) -> dict[str, int]:
    ignored = {"", *stop}
    counts: dict[str, int] = {}
    for word in text.split():
        word = word.strip(".,;:!?\"'()").lower()
        if word not in ignored:
            counts[word] = counts.get(word, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


# bad: word_counts: order: in reverse, words of the same count come last first
# shows: word_counts("b a", [])
def word_counts(text: str, stop: list[str]) -> dict[str, int]:
    ignored = {"", *stop}
    counts: dict[str, int] = {}
    for word in text.split():
        word = word.strip(".,;:!?\"'()").lower()
        if word not in ignored:
            counts[word] = counts.get(word, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: item[1])[::-1])


# bad: word_counts: boundary: counts the empty word that a lone mark leaves
# shows: word_counts("a ! b", [])
def word_counts(text: str, stop: list[str]) -> dict[str, int]:
    ignored = set(stop)
    counts: dict[str, int] = {}
    for word in text.split():
        word = word.strip(".,;:!?\"'()").lower()
        if word not in ignored:
            counts[word] = counts.get(word, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: -item[1]))


# bad: word_counts: boundary: lowers the stop words too, which the original compares as given
# shows: word_counts("The cat", ["The"])
def word_counts(text: str, stop: list[str]) -> dict[str, int]:
    ignored = {"", *(word.lower() for word in stop)}
    counts: dict[str, int] = {}
    for word in text.lower().split():
        word = word.strip(".,;:!?\"'()")
        if word not in ignored:
            counts[word] = counts.get(word, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: -item[1]))


# right: parse_settings: partition
def parse_settings(lines: list[str]) -> dict[str, str]:
    settings: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text[0] == "#":
            continue
        key, found, value = text.partition("=")
        if not found:
            raise ValueError(f"line {number}: no value in {text!r}")
        settings[key.strip()] = value.strip()
    return settings


# bad: parse_settings: boundary: the value begins after the last equals sign
# shows: parse_settings(["url = a=b"])
def parse_settings(lines: list[str]) -> dict[str, str]:
    settings: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text[0] == "#":
            continue
        key, found, value = text.rpartition("=")
        if not found:
            raise ValueError(f"line {number}: no value in {text!r}")
        settings[key.strip()] = value.strip()
    return settings


# bad: parse_settings: exception-text: counts lines from 0
# shows: parse_settings(["a = 1", "b"])
def parse_settings(lines: list[str]) -> dict[str, str]:
    settings: dict[str, str] = {}
    for number, line in enumerate(lines):
        text = line.strip()
        if not text or text[0] == "#":
            continue
        key, found, value = text.partition("=")
        if not found:
            raise ValueError(f"line {number}: no value in {text!r}")
        settings[key.strip()] = value.strip()
    return settings


# bad: parse_settings: exception-text: quotes the line with its white space
# shows: parse_settings(["  b "])
def parse_settings(lines: list[str]) -> dict[str, str]:
    settings: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line or line[0] == "#" or line.isspace() or line.lstrip()[0] == "#":
            continue
        key, found, value = line.partition("=")
        if not found:
            raise ValueError(f"line {number}: no value in {line!r}")
        settings[key.strip()] = value.strip()
    return settings


# bad: parse_settings: exception-text: the first bad line is found before any is read, so that
#   comments and empty lines are left out of its number
# shows: parse_settings(["# a", "b"])
def parse_settings(lines: list[str]) -> dict[str, str]:
    texts = [line.strip() for line in lines]
    texts = [text for text in texts if text and text[0] != "#"]
    settings: dict[str, str] = {}
    for number, text in enumerate(texts, 1):
        key, found, value = text.partition("=")
        if not found:
            raise ValueError(f"line {number}: no value in {text!r}")
        settings[key.strip()] = value.strip()
    return settings


# bad: parse_settings: order: a later line takes its own place
# shows: parse_settings(["a = 1", "b = 2", "a = 3"])
def parse_settings(lines: list[str]) -> dict[str, str]:
    settings: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text[0] == "#":
            continue
        key, found, value = text.partition("=")
        if not found:
            raise ValueError(f"line {number}: no value in {text!r}")
        settings.pop(key.strip(), None)
        settings[key.strip()] = value.strip()
    return settings


# right: common_prefix: the least and the greatest name have the same prefix as all
def common_prefix(names: list[str]) -> str:
    if not names:
        return ""
    low, high = min(names), max(names)
    for i, char in enumerate(low):
        if char != high[i]:
            return low[:i]
    return low


# bad: common_prefix: boundary: equal names have no prefix
# shows: common_prefix(["ab", "ab"])
def common_prefix(names: list[str]) -> str:
    if not names:
        return ""
    low, high = min(names), max(names)
    for i, (a, b) in enumerate(zip(low, high)):
        if a != b:
            return low[:i]
    return low if low != high or len(names) == 1 else ""


# bad: common_prefix: boundary: looks at the first and last name only, as if they were sorted
# shows: common_prefix(["ab", "x", "ac"])
def common_prefix(names: list[str]) -> str:
    if not names:
        return ""
    low, high = names[0], names[-1]
    for i, (a, b) in enumerate(zip(low, high)):
        if a != b:
            return low[:i]
    return low if len(low) < len(high) else high


# bad: common_prefix: size: looks at the first 32 characters only
# shows: common_prefix(["a" * 40, "a" * 41])
def common_prefix(names: list[str]) -> str:
    if not names:
        return ""
    low, high = min(names), max(names)
    for i in range(min(len(low), 32)):
        if low[i] != high[i]:
            return low[:i]
    return low[:32]


# bad: common_prefix: exception-new: an empty list ends in a ValueError of min
# shows: common_prefix([])
def common_prefix(names: list[str]) -> str:
    low, high = min(names), max(names)
    for i, char in enumerate(low):
        if char != high[i]:
            return low[:i]
    return low


# right: distance: two rows instead of the table
def distance(a: str, b: str) -> int:
    above = list(range(len(b) + 1))
    for i, char in enumerate(a, 1):
        row = [i]
        left = i
        for j, other in enumerate(b):
            if char == other:
                left = above[j]
            else:
                up, corner = above[j + 1], above[j]
                if up < left:
                    left = up
                if corner < left:
                    left = corner
                left += 1
            row.append(left)
        above = row
    return above[-1]


# bad: distance: boundary: strips common ends of both without regard to where they meet
# shows: distance("aba", "abaXaba")
def distance(a: str, b: str) -> int:
    same = 0
    while same < min(len(a), len(b)) and a[-1 - same] == b[-1 - same]:
        same += 1
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    a, b = a[start : len(a) - same], b[start : len(b) - same]
    above = list(range(len(b) + 1))
    for i, char in enumerate(a, 1):
        row = [i]
        for j, other in enumerate(b):
            row.append(above[j] if char == other else 1 + min(above[j + 1], row[j], above[j]))
        above = row
    return above[-1]


# bad: distance: size: only cells near the diagonal are looked at
# shows: distance("abcdefghijklmnop" * 2, "xxxxxxxxxxxxxxxx" + "abcdefghijklmnop" * 2)
def distance(a: str, b: str) -> int:
    far = len(a) + len(b)
    reach = max(abs(len(a) - len(b)), 12)
    above = [j if j <= reach + 12 else far for j in range(len(b) + 1)]
    for i, char in enumerate(a, 1):
        row = [far] * (len(b) + 1)
        row[0] = i
        low = max(1, i - 12)
        for j in range(low, min(len(b), i + 12) + 1):
            if char == b[j - 1]:
                row[j] = above[j - 1]
            else:
                row[j] = 1 + min(above[j], row[j - 1], above[j - 1])
        above = row
    return above[-1]


# right: wrap: appends, and keeps the length of the line
def wrap(text: str, width: int) -> list[str]:
    lines: list[str] = []
    line: list[str] = []
    length = 0
    for word in text.split():
        longer = length + 1 + len(word)
        if line and longer > width:
            lines.append(" ".join(line))
            line = [word]
            length = len(word)
        else:
            length = longer if line else len(word)
            line.append(word)
    if line:
        lines.append(" ".join(line))
    return lines


# bad: wrap: boundary: a line of exactly the width is too long
# shows: wrap("ab cd", 5)
def wrap(text: str, width: int) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in text.split():
        if not line:
            line = word
        elif len(line) + len(word) + 1 < width:
            line = f"{line} {word}"
        else:
            lines.append(line)
            line = word
    if line:
        lines.append(line)
    return lines


# bad: wrap: boundary: textwrap breaks long words and at hyphens
# shows: wrap("well-known abcdefgh", 6)
import textwrap
def wrap(text: str, width: int) -> list[str]:
    return textwrap.wrap(" ".join(text.split()), width, break_long_words=False)


# bad: wrap: exception-new: textwrap refuses a width of zero
# shows: wrap("a b", 0)
import textwrap
def wrap(text: str, width: int) -> list[str]:
    return textwrap.wrap(
        " ".join(text.split()), width, break_long_words=False, break_on_hyphens=False
    )
