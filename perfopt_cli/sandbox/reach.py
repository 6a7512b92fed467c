"""How a candidate could come by what it has no name for: through modules, types, frames, texts.

``typing.sys`` is ``sys``, ``"{0.__class__}".format(x)`` is ``x.__class__``, and
what the module imports for one purpose (``os`` for ``os.path.join``) serves
any other. Each use is told in words; a candidate may have those of the original.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator

from perfopt_cli.source import FunctionNode

# Modules of which a candidate may use what the original does not.
HARMLESS = frozenset(
    """
    __future__ abc array base64 binascii bisect calendar cmath collections colorsys copy csv
    dataclasses datetime decimal difflib enum fractions functools hashlib heapq html itertools json
    keyword math numbers numpy operator re statistics string struct textwrap typing unicodedata zlib
    """.split()  # noqa: SIM905
)
SUBMODULES = frozenset({"collections.abc", "datetime.time", "functools.singledispatch"})
# Methods of paths, files, sockets and arrays that reach outside, whatever they are called on.
OUTSIDE = frozenset(
    """
    absolute chmod connect connect_ex create_connection cwd exists expanduser field_size_limit
    fromfile genfromtxt glob hardlink_to home is_block_device is_char_device is_dir is_fifo
    is_file is_mount is_socket is_symlink iterdir lchmod link_to loadtxt lstat memmap mkdir open
    owner purge read_bytes read_text readlink register register_dialect rename resolve rglob
    rmdir samefile savetxt savez sendto stat symlink_to tofile touch unlink urlopen write_bytes
    write_text
    """.split()  # noqa: SIM905
)
FRAMES = frozenset(
    """
    ag_code ag_frame co_code co_consts cr_code cr_frame f_back f_builtins f_code f_globals f_locals
    func_globals gi_code gi_frame gi_yieldfrom mro tb_frame tb_next with_traceback
    """.split()  # noqa: SIM905
)
BY_TEXT = frozenset({"attrgetter", "methodcaller", "Formatter", "format_map"})


def reaches(function: FunctionNode, module_text: str) -> Iterator[str]:
    """Yield, in words, each way in which the function reaches for more than it has names for.

    ``module_text`` is the text of its module, with the imports that come with
    the function.
    """
    modules = _modules(ast.parse(module_text), function)
    roots = {id(n.value) for n in ast.walk(function) if isinstance(n, ast.Attribute)}
    plain = {id(n.func) for n in ast.walk(function) if isinstance(n, ast.Call) and _constant(n)}
    for node in ast.walk(function):
        name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
        if name in BY_TEXT and id(node) not in plain:
            yield f"uses {name} with what is computed"
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            if _restricted(modules.get(node.id, "")) and id(node) not in roots:
                yield f"uses {node.id}, which is or comes from {modules[node.id]}"
        elif isinstance(node, ast.Attribute):
            yield from _attribute(node, modules, id(node) in roots)
        elif isinstance(node, ast.Call):
            yield from _call(node)
        elif isinstance(node, ast.Constant) and _names_internals(str(node.value)):
            if not _first(function, node):
                yield f"holds the text {str(node.value)[:40]!r}"
        elif isinstance(node, ast.alias):
            yield from _alias(node)


def _alias(node: ast.alias) -> Iterator[str]:
    module = node.name in sys.stdlib_module_names and node.name not in HARMLESS
    if node.name.startswith("_") or module:
        yield f"imports {node.name}"
    if node.name in BY_TEXT and node.asname:
        yield f"imports {node.name} by another name"


def _modules(*trees: ast.AST) -> dict[str, str]:
    """Return what module each imported name is, or comes from."""
    found: dict[str, str] = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    name = alias.asname or alias.name.split(".")[0]
                    found[name] = alias.name
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    found[alias.asname or alias.name] = "." * node.level + (node.module or "")
    return found


def _restricted(module: str) -> bool:
    return bool(module) and module.split(".")[0] not in HARMLESS


def _attribute(node: ast.Attribute, modules: dict[str, str], inner: bool) -> Iterator[str]:
    if node.attr in FRAMES:
        yield f"reaches for {node.attr}"
    if node.attr in OUTSIDE:
        yield f"uses {node.attr}, which may reach outside"
    root = node.value
    while isinstance(root, ast.Attribute):
        root = root.value
    if not isinstance(root, ast.Name) or root.id not in modules:
        return
    text = ast.unparse(node)
    if _restricted(modules[root.id]):
        if not inner:
            yield f"uses {text}"
        return
    other = node.attr in sys.stdlib_module_names and node.attr not in HARMLESS
    if (node.attr.startswith("_") or other) and text not in SUBMODULES:
        yield f"uses {text}"


def _call(node: ast.Call) -> Iterator[str]:
    match node.func:
        case ast.Attribute(value=ast.Constant(), attr="format"):
            return
        case ast.Attribute(attr="format"):
            yield "formats by a text that is computed"


def _constant(call: ast.Call) -> bool:
    return not call.keywords and all(isinstance(one, ast.Constant) for one in call.args)


def _names_internals(text: str) -> bool:
    return "__" in text or not FRAMES.isdisjoint(re.split(r"\W", text))


def _first(function: FunctionNode, node: ast.Constant) -> bool:
    first = function.body[0]
    return isinstance(first, ast.Expr) and first.value is node
