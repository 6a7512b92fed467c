# slow: parse_query, restructure, 400
def parse_query(query):
    params = {}
    key = ""
    value = ""
    in_value = False
    for i in range(len(query)):
        if query[i] == "&":
            if key != "":
                params[key] = value
            key = ""
            value = ""
            in_value = False
        elif query[i] == "=" and in_value == False:
            in_value = True
        elif in_value:
            value = value + query[i]
        else:
            key = key + query[i]
    if key != "":
        params[key] = value
    return params
# fast
def parse_query(query):
    params = {}
    for part in query.split("&"):
        key, _, value = part.partition("=")
        if key:
            params[key] = value
    return params
# calls: "&".join([f"{draw.word()}={draw.sentence(2)}" if i % 7 else draw.word() for i in range(n)]),


# slow: split_csv_line, restructure, 380
def split_csv_line(line):
    fields = []
    field = ""
    quoted = False
    while line != "":
        c = line[0]
        line = line[1:]
        if c == '"':
            quoted = not quoted
        elif c == "," and not quoted:
            fields.append(field)
            field = ""
        else:
            field = field + c
    fields.append(field)
    return fields
# fast
def split_csv_line(line):
    fields = []
    field = []
    for number, part in enumerate(line.split('"')):
        if number % 2:
            field.append(part)
        else:
            first, *rest = part.split(",")
            field.append(first)
            for one in rest:
                fields.append("".join(field))
                field = [one]
    fields.append("".join(field))
    return fields
# calls: ",".join([draw.choice([draw.word(), '"' + draw.sentence(2) + ', x"', str(i)]) for i in range(n)]),


# slow: tokenize, restructure, 250
def tokenize(expression):
    tokens = []
    rest = expression
    while len(rest) > 0:
        if rest[0] == " ":
            rest = rest[1:]
        elif rest[0] in ["+", "-", "*", "/", "(", ")"]:
            tokens.append(rest[0])
            rest = rest[1:]
        elif rest[0].isdigit():
            number = ""
            while len(rest) > 0 and rest[0].isdigit():
                number = number + rest[0]
                rest = rest[1:]
            tokens.append(number)
        else:
            raise ValueError("bad character " + rest[0])
    return tokens
# fast
def tokenize(expression):
    tokens = []
    at = 0
    end = len(expression)
    while at < end:
        c = expression[at]
        if c == " ":
            at += 1
        elif c in "+-*/()":
            tokens.append(c)
            at += 1
        elif c.isdigit():
            start = at
            while at < end and expression[at].isdigit():
                at += 1
            tokens.append(expression[start:at])
        else:
            raise ValueError("bad character " + c)
    return tokens
# calls: "  + ".join([f"({draw.randrange(10 ** 7)} *{draw.randrange(99)})" for _ in range(n)]),


# slow: read_config, local, 600
import re
def read_config(lines):
    config = {}
    section = "main"
    for line in lines:
        line = line.strip()
        if re.compile(r"^\s*(#.*)?$").match(line):
            continue
        if re.compile(r"^\[(\w+)\]$").match(line):
            section = re.compile(r"^\[(\w+)\]$").match(line).group(1)
        elif re.compile(r"^(\w+)\s*=\s*(.*)$").match(line):
            key = re.compile(r"^(\w+)\s*=\s*(.*)$").match(line).group(1)
            value = re.compile(r"^(\w+)\s*=\s*(.*)$").match(line).group(2)
            config[section + "." + key] = value
    return config
# fast
def read_config(lines):
    config = {}
    section = "main"
    skipped = re.compile(r"^\s*(#.*)?$").match
    header = re.compile(r"^\[(\w+)\]$").match
    pair = re.compile(r"^(\w+)\s*=\s*(.*)$").match
    for line in lines:
        line = line.strip()
        if skipped(line):
            continue
        found = header(line)
        if found:
            section = found.group(1)
            continue
        found = pair(line)
        if found:
            config[section + "." + found.group(1)] = found.group(2)
    return config
# calls: [draw.choice([f"[{draw.word()}]", "# note", "", f"{draw.word()} = {draw.sentence(2)}", f" {draw.word()}=1"]) for _ in range(n)],


# slow: roman_to_int, local, 2500
def roman_to_int(numerals):
    symbols = ["I", "V", "X", "L", "C", "D", "M"]
    values = [1, 5, 10, 50, 100, 500, 1000]
    results = []
    for numeral in numerals:
        total = 0
        for i in range(len(numeral)):
            value = values[symbols.index(numeral[i])]
            if i + 1 < len(numeral) and values[symbols.index(numeral[i + 1])] > value:
                total = total - value
            else:
                total = total + value
        results.append(total)
    return results
# fast
def roman_to_int(numerals):
    values = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
    results = []
    for numeral in numerals:
        total = before = 0
        for symbol in numeral:
            if symbol not in values:
                raise ValueError(f"{symbol!r} is not in list")
            value = values[symbol]
            total += value - 2 * before if value > before else value
            before = value
        results.append(total)
    return results
# calls: [draw.roman(draw.randint(1, 3999)) for _ in range(n // 4 + 1)],


# slow: balanced, algorithm, 400
def balanced(text):
    brackets = ""
    for c in text:
        if c in "()[]{}":
            brackets += c
    while "()" in brackets or "[]" in brackets or "{}" in brackets:
        brackets = brackets.replace("()", "")
        brackets = brackets.replace("[]", "")
        brackets = brackets.replace("{}", "")
    return brackets == ""
# fast
def balanced(text):
    closing = {")": "(", "]": "[", "}": "{"}
    stack = []
    for c in text:
        if c in "([{":
            stack.append(c)
        elif c in closing:
            if not stack or stack.pop() != closing[c]:
                return False
    return not stack
# calls: "([{" * n + "x" + draw.choice(["}])", "])}"]) * n,


# slow: unescape, local, 800
def unescape(text):
    result = ""
    i = 0
    while i < len(text):
        if text[i:].startswith("&amp;"):
            result = result + "&"
            i += 5
        elif text[i:].startswith("&lt;"):
            result = result + "<"
            i += 4
        elif text[i:].startswith("&gt;"):
            result = result + ">"
            i += 4
        else:
            result = result + text[i]
            i += 1
    return result
# fast
def unescape(text):
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
# calls: "".join([draw.choice([draw.word(), "&amp;", " &lt;", "&gt;", "&amp;lt;", "&"]) for _ in range(n)]),


# slow: hex_to_bytes, local, 1500
def hex_to_bytes(text):
    digits = "0123456789abcdef"
    data = []
    for i in range(0, len(text) - 1, 2):
        high = digits.index(text.lower()[i])
        low = digits.index(text.lower()[i + 1])
        data = data + [high * 16 + low]
    return bytes(data)
# fast
def hex_to_bytes(text):
    digits = {c: i for i, c in enumerate("0123456789abcdef")}
    text = text.lower()
    try:
        return bytes([digits[a] * 16 + digits[b] for a, b in zip(text[::2], text[1::2])])
    except KeyError:
        raise ValueError("substring not found") from None
# calls: draw.some("0123456789abcdefABCDEF", n),


# slow: parse_ints, local, 3000
def parse_ints(fields):
    numbers = []
    bad = 0
    for i in range(0, len(fields)):
        try:
            numbers.append(int(fields[i]))
        except ValueError:
            try:
                numbers.append(int(float(fields[i])))
            except ValueError:
                bad = bad + 1
    return numbers, bad
# fast
def parse_ints(fields):
    numbers = []
    bad = 0
    for field in fields:
        if field.isdigit() and field.isascii():
            numbers.append(int(field))
        elif field.isalpha() and field.isascii() and field.lower() not in ("nan", "inf", "infinity"):
            bad += 1
        else:
            try:
                numbers.append(int(field))
            except ValueError:
                try:
                    numbers.append(int(float(field)))
                except ValueError:
                    bad += 1
    return numbers, bad
# calls: [draw.choice([str(draw.randint(0, 9999)), "none", draw.word(), draw.word(), "3.5"]) for _ in range(n)],
