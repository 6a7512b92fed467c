"""The code that pairs are made from: installed packages with permissive licences."""

from __future__ import annotations

import ast
import hashlib
import importlib.metadata
import re
import sysconfig
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perfopt_cli.train.pairs.plain import plain_function

MOST_LINES = 60
FEWEST_LINES = 3
_MOST_BYTES = 1_500_000
_WIDEST = 200
_LEFT_OUT = {"test", "tests", "testing", "idlelib", "lib2to3", "turtledemo", "_vendor", "vendor"}
_PERMISSIVE = re.compile(
    r"\b(mit|bsd|apache|isc|psf|python software foundation|python|zlib|unlicense|0bsd|"
    r"public domain|cc0|hpnd|boost|bsl-1|zpl|zope)\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(r"gpl|general public|affero|mozilla|mpl|eclipse|epl|cddl|eupl|commercial|"
                     r"proprietary|cecill|osl|noncommercial", re.IGNORECASE)  # fmt: skip
_STANDARD = "python"


@dataclass(frozen=True, slots=True)
class Package:
    """A distribution: its name, version, licence as it says, and its Python files.

    ``part`` names a piece of it that has some of the files.
    """

    name: str
    version: str
    licence: str
    files: tuple[Path, ...]
    part: str = ""


@dataclass(frozen=True, slots=True)
class Function:
    """A function of a package in the plain form, and its module's imports."""

    package: str
    name: str
    text: str
    imports: tuple[str, ...] = ()


def find_packages(
    folders: Sequence[Path], *, only: Iterable[str] = (), without: Iterable[str] = ()
) -> tuple[list[Package], list[str]]:
    """Return the packages that may be used, sorted by name, and the names left out by licence.

    ``folders`` are site-packages folders; the standard library is always there.
    """
    wanted, unwanted = set(map(_norm, only)), set(map(_norm, without))
    packages, refused = {}, []
    standard = _standard()
    if not wanted or _norm(standard.name) in wanted:
        packages[standard.name] = standard
    for folder in folders:
        for found in importlib.metadata.distributions(path=[str(folder)]):
            name = _norm(found.metadata["Name"] or "")
            if not name or name in packages or name in unwanted or (wanted and name not in wanted):
                continue
            licence = licence_of(found)
            if not licence:
                refused.append(name)
                continue
            files = tuple(_files(found, folder))
            if files:
                packages[name] = Package(name, found.version, licence, files)
    return [packages[name] for name in sorted(packages)], sorted(set(refused))


def licence_of(found: importlib.metadata.Distribution) -> str:
    """Return a distribution's licence where it is permissive, by its metadata; else nothing."""
    meta: Any = found.metadata
    said = [str(meta.get("License-Expression") or "")]
    said += [one.rpartition("::")[2].strip() for one in meta.get_all("Classifier") or ()
             if one.startswith("License ::")]  # fmt: skip
    short = str(meta.get("License") or "")
    if len(short) < 80 and not any(said):
        said.append(short)
    known = [one for one in said if one and one != "OSI Approved"]
    if not known or any(_OTHERS.search(one) for one in known):
        return ""
    return known[0] if any(_PERMISSIVE.search(one) for one in known) else ""


def _norm(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _standard() -> Package:
    folder = Path(sysconfig.get_paths()["stdlib"])
    files = [path for path in sorted(folder.rglob("*.py")) if "site-packages" not in path.parts]
    kept = tuple(path for path in files if _wanted(path.relative_to(folder)))
    return Package(_STANDARD, sysconfig.get_python_version(), "PSF-2.0", kept)


def _files(found: importlib.metadata.Distribution, folder: Path) -> Iterator[Path]:
    for one in sorted(found.files or (), key=str):
        if one.suffix == ".py" and _wanted(Path(str(one))) and ".." not in one.parts:
            yield folder / str(one)


def _wanted(path: Path) -> bool:
    if _LEFT_OUT & set(path.parts) or path.name.startswith("test_"):
        return False
    return not path.name.endswith(("_test.py", "_pb2.py", "conftest.py"))


def functions(package: Package) -> Iterator[Function]:
    """Yield the functions and methods of a package that are short enough."""
    for path in package.files:
        try:
            if path.stat().st_size > _MOST_BYTES:
                continue
            source = path.read_text("utf-8")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(source)
        except (OSError, ValueError, SyntaxError, RecursionError):
            continue
        imports = tuple(
            ast.unparse(one) for one in tree.body if isinstance(one, (ast.Import, ast.ImportFrom))
        )
        yield from _functions(tree, package.name, imports)


def _fitting(text: str) -> bool:
    lines = text.split("\n")
    short = FEWEST_LINES <= len(lines) <= MOST_LINES
    return short and text.isascii() and max(map(len, lines)) <= _WIDEST


def _functions(tree: ast.AST, package: str, imports: tuple[str, ...]) -> Iterator[Function]:
    level = [tree]
    while level:
        node = level.pop()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                size = (child.end_lineno or 0) - child.lineno
                if not FEWEST_LINES - 1 <= size <= 3 * MOST_LINES:
                    continue
                child.decorator_list = [
                    one
                    for one in child.decorator_list
                    if getattr(one, "id", "") in ("staticmethod", "classmethod", "property")
                ]
                typed = hashlib.sha256(child.name.encode()).digest()[0] < 90
                try:
                    text = plain_function(child, typed=typed)
                except (RecursionError, ValueError):
                    continue
                if _fitting(text):
                    yield Function(package, child.name, text, imports)
            elif isinstance(child, (ast.ClassDef, ast.If, ast.Try, ast.With)):
                level.append(child)
