"""Find, cut out and put back one function in a file's text.

Everything outside the function's own lines (and added imports) stays the same
byte for byte: the text is cut at line positions and never printed from a tree.
The syntax tree of the result, libcst's tree of it and the tree of what was
asked for are then held against one another.
"""

from perfopt_cli.source.cut import Definition, FunctionNode, definitions, find
from perfopt_cli.source.splice import splice
from perfopt_cli.source.text import SourceText, decode_source, digest, parse, read_source

__all__ = [
    "Definition",
    "FunctionNode",
    "SourceText",
    "decode_source",
    "definitions",
    "digest",
    "find",
    "parse",
    "read_source",
    "splice",
]
