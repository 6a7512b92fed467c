"""Two people's programs brought nearer: the fast one's names become the slow one's."""

from __future__ import annotations

import ast
import builtins
import io
import keyword
import re
import tokenize
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from difflib import SequenceMatcher

from perfopt_cli.model.normal import FunctionNode, syntax_tree

_LOOKS = {"eval", "exec", "locals", "globals", "vars", "dir", "getattr", "setattr"}
_ANY = "·"
_WORD = re.compile(r"\w+|[^\w\s]+")


def lines_of(text: str) -> list[str]:
    """Return the program's lines without comments and layout, as ``ast`` writes them."""
    return ast.unparse(ast.parse(text)).splitlines()


def abstract_lines(text: str) -> Counter[str]:
    """Return the same with one sign for all names of the program's own, and how often each is."""
    own = own_names(text)
    lines = (
        _WORD.sub(lambda word: _ANY if word[0] in own else word[0], one) for one in lines_of(text)
    )
    return Counter(lines)


def length(line: str) -> int:
    """Return about how many tokens a line has."""
    return len(_WORD.findall(line))


def aligned(slow: str, fast: str, fixed: Collection[str] = ()) -> str:
    """Return the fast program with those of its names changed that have a like in the slow one.

    Names stand for each other where they are in like places most often; no two
    become one. ``fixed`` names stay, as do parameters that are given by name,
    fields, and every name of a program that looks at its names.
    """
    fast = _renamed(fast, _mapping(slow, fast, set(fixed)))
    shared = own_names(slow) & own_names(fast)
    return _renamed(fast, _mapping(slow, fast, shared | set(fixed)))


def own_names(text: str) -> set[str]:
    """Return the names that a program gives its variables and functions and may give otherwise."""
    tree = syntax_tree(text)
    nodes = list(ast.walk(tree)) if tree is not None else []
    if any(isinstance(node, ast.Name) and node.id in _LOOKS for node in nodes):
        return set()
    bound: set[str] = set()
    kept = {"_", *dir(builtins), *keyword.kwlist, *keyword.softkwlist}
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
        elif isinstance(node, FunctionNode):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        else:
            kept.update(_kept(node))
    return {name for name in bound - kept if not name.startswith("__")}


def _kept(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.alias):
        yield (node.asname or node.name).partition(".")[0]
    elif isinstance(node, ast.keyword) and node.arg:
        yield node.arg
    elif isinstance(node, ast.ExceptHandler) and node.name:
        yield node.name
    elif isinstance(node, (ast.ClassDef, ast.JoinedStr, ast.Match)):
        # Positions in texts with fields are not told before 3.12.
        parts = node.body if isinstance(node, ast.ClassDef) else [node]
        if isinstance(node, ast.ClassDef):
            yield node.name
        for part in parts:
            if isinstance(part, FunctionNode):
                yield part.name
                continue
            for each in ast.walk(part):
                if isinstance(each, ast.Name):
                    yield each.id
                elif isinstance(each, (ast.MatchAs, ast.MatchStar)) and each.name:
                    yield each.name


def _tokens(text: str) -> list[tokenize.TokenInfo]:
    skipped = (tokenize.COMMENT, tokenize.NL, tokenize.ENCODING)
    found = tokenize.generate_tokens(io.StringIO(text).readline)
    return [token for token in found if token.type not in skipped]


def _mapping(slow: str, fast: str, fixed: set[str]) -> dict[str, str]:
    """Return new names for the fast program's, one for one."""
    theirs, ours = own_names(slow) - fixed, own_names(fast) - fixed
    if not theirs or not ours:
        return {}
    before = [token.string for token in _tokens(slow)]
    after = [token.string for token in _tokens(fast)]
    matcher = SequenceMatcher(
        None,
        [_ANY if one in theirs else one for one in before],
        [_ANY if one in ours else one for one in after],
        autojunk=False,
    )
    votes: Counter[tuple[str, str]] = Counter()
    for start, other, size in matcher.get_matching_blocks():
        pairs = zip(after[other : other + size], before[start : start + size], strict=True)
        votes.update((new, old) for new, old in pairs if new in ours and old in theirs)
    return _one_for_one(votes, set(after))


def _one_for_one(votes: Counter[tuple[str, str]], used: set[str]) -> dict[str, str]:
    chosen: dict[str, str] = {}
    taken: set[str] = set()
    for (new, old), _ in sorted(votes.items(), key=lambda one: (-one[1], one[0])):
        if new not in chosen and old not in taken:
            chosen[new] = old
            taken.add(old)
    # A name that another one takes over must go elsewhere, or nothing may take it.
    while clash := [new for new, old in chosen.items() if old in used and old not in chosen]:
        for new in clash:
            del chosen[new]
    return {new: old for new, old in chosen.items() if new != old}


def _renamed(text: str, names: Mapping[str, str]) -> str:
    if not names:
        return text
    lines = text.splitlines(keepends=True)
    previous = ""
    found = []
    for token in _tokens(text):
        if token.type == tokenize.NAME and token.string in names and previous != ".":
            found.append(token)
        previous = token.string
    for token in reversed(found):
        row, column = token.start
        line = lines[row - 1]
        lines[row - 1] = line[:column] + names[token.string] + line[column + len(token.string) :]
    return "".join(lines)
