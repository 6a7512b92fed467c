# slow: count_words, local, 1400
def count_words(text):
    counts = {}
    for word in text.split():
        if word.lower().strip(".,;:!?") != "":
            if word.lower().strip(".,;:!?") in counts.keys():
                counts[word.lower().strip(".,;:!?")] = counts[word.lower().strip(".,;:!?")] + 1
            else:
                counts[word.lower().strip(".,;:!?")] = 1
    return counts
# fast
def count_words(text):
    counts = {}
    for word in text.lower().split():
        word = word.strip(".,;:!?")
        if word:
            counts[word] = counts.get(word, 0) + 1
    return counts
# calls: draw.sentence(n),


# slow: most_used_words, algorithm, 250
def most_used_words(text, limit):
    words = text.split(" ")
    result = []
    while len(result) < limit:
        best = None
        best_count = 0
        for word in words:
            if word in [r[0] for r in result]:
                continue
            if words.count(word) > best_count:
                best = word
                best_count = words.count(word)
        if best is None:
            break
        result.append((best, best_count))
    return result
# fast
from collections import Counter
def most_used_words(text, limit):
    if limit <= 0:
        return []
    return Counter(text.split(" ")).most_common(limit)
# calls: " ".join(draw.words(n, of=20)), draw.randint(1, 6)


# slow: wrap_text, local, 3500
def wrap_text(text, width):
    out = ""
    line = ""
    for word in text.split():
        if line == "":
            line = word
        elif len(line + " " + word) <= width:
            line = line + " " + word
        else:
            out = out + line + "\n"
            line = word
    if line != "":
        out = out + line + "\n"
    return out
# fast
def wrap_text(text, width):
    lines = []
    line = []
    length = -1
    for word in text.split():
        if line and length + 1 + len(word) > width:
            lines.append(" ".join(line))
            line = []
            length = -1
        line.append(word)
        length += 1 + len(word)
    if line:
        lines.append(" ".join(line))
    return "".join([one + "\n" for one in lines])
# calls: draw.sentence(n), draw.choice([40, 200, 900])


# slow: censor, restructure, 340
def censor(message, banned):
    clean = []
    for word in message.split():
        hit = False
        for bad in banned:
            if word.lower() == bad.lower():
                hit = True
        if hit == True:
            clean.append("*" * len(word))
        else:
            clean.append(word)
    return " ".join(clean)
# fast
def censor(message, banned):
    lowered = {bad.lower() for bad in banned}
    return " ".join(["*" * len(word) if word.lower() in lowered else word for word in message.split()])
# calls: " ".join(draw.words(n, of=60)), draw.words(n // 6 + 1, of=60)


# slow: group_anagrams, algorithm, 190
def group_anagrams(words):
    groups = []
    for word in words:
        placed = False
        for group in groups:
            if sorted(group[0]) == sorted(word):
                group.append(word)
                placed = True
                break
        if not placed:
            groups.append([word])
    return groups
# fast
def group_anagrams(words):
    groups = {}
    for word in words:
        groups.setdefault("".join(sorted(word)), []).append(word)
    return list(groups.values())
# calls: [draw.some("abcd", 4) for _ in range(n)],


# slow: caesar, local, 3000
def caesar(text, shift):
    letters = "abcdefghijklmnopqrstuvwxyz"
    encoded = ""
    for i in range(len(text)):
        c = text[i]
        if c.lower() in letters:
            pos = letters.index(c.lower())
            new = letters[(pos + shift) % 26]
            if c.isupper():
                new = new.upper()
            encoded += new
        else:
            encoded += c
    return encoded
# fast
def caesar(text, shift):
    letters = "abcdefghijklmnopqrstuvwxyz"
    turn = shift % 26
    moved = letters[turn:] + letters[:turn]
    return text.translate(str.maketrans(letters + letters.upper(), moved + moved.upper()))
# calls: draw.sentence(n // 5 + 1).title(), draw.randint(-30, 30)


# slow: letter_histogram, restructure, 1800
def letter_histogram(text):
    histogram = []
    for letter in "abcdefghijklmnopqrstuvwxyz":
        n = 0
        for c in text.lower():
            if c == letter:
                n = n + 1
        histogram.append((letter, n))
    return histogram
# fast
def letter_histogram(text):
    lowered = text.lower()
    return [(letter, lowered.count(letter)) for letter in "abcdefghijklmnopqrstuvwxyz"]
# calls: draw.sentence(n // 5 + 1).title(),


# slow: find_palindromes, local, 2000
def find_palindromes(words):
    found = []
    for w in words:
        backwards = []
        for ch in w:
            backwards.insert(0, ch)
        if "".join(backwards).lower() == w.lower() and len(w) > 1:
            found.append(w)
    return found
# fast
def find_palindromes(words):
    found = []
    for w in words:
        if len(w) > 1 and w[::-1].lower() == w.lower():
            found.append(w)
    return found
# calls: [draw.some("aab", draw.randint(0, 9)) for _ in range(n)],


# slow: strip_tags, restructure, 1400
def strip_tags(html):
    text = ""
    inside = False
    for char in list(html):
        if char == "<":
            inside = True
        elif char == ">":
            inside = False
        else:
            if inside == False:
                text = text + char
    return text
# fast
def strip_tags(html):
    first, *rest = html.split("<")
    parts = [first.replace(">", "")]
    for piece in rest:
        _, _, shown = piece.partition(">")
        parts.append(shown.replace(">", ""))
    return "".join(parts)
# calls: "".join([draw.choice(["<p>", "</p>", "<a href=x>", " ", draw.word(), draw.sentence(4)]) for _ in range(n)]),


# slow: highlight, local, 120
import re
def highlight(lines, terms):
    result = []
    for line in lines:
        for term in terms:
            pattern = re.compile(r"\b" + re.escape(term) + r"\b", re.IGNORECASE)
            if pattern.search(line):
                line = pattern.sub(lambda m: "[" + m.group(0) + "]", line)
        result.append(line)
    return result
# fast
def highlight(lines, terms):
    patterns = [re.compile(r"\b" + re.escape(term) + r"\b", re.IGNORECASE) for term in terms]
    result = []
    for line in lines:
        for pattern in patterns:
            if pattern.search(line):
                line = pattern.sub(r"[\g<0>]", line)
        result.append(line)
    return result
# calls: [" ".join(draw.words(6, of=90)) for _ in range(n)], draw.words(6, of=90)


# slow: slugify, restructure, 3500
def slugify(title):
    slug = ""
    for c in title:
        if c.isalnum():
            slug += c.lower()
        else:
            slug += "-"
    while slug.find("--") != -1:
        slug = slug.replace("--", "-")
    while len(slug) > 0 and slug[0] == "-":
        slug = slug[1:]
    while len(slug) > 0 and slug[-1] == "-":
        slug = slug[:-1]
    return slug
# fast
def slugify(title):
    return "-".join("".join([c.lower() if c.isalnum() else " " for c in title]).split())
# calls: "  !" * (n // 4) + draw.sentence(n // 6 + 1) + "?! " * (n // 8),
