"""Imports that new code needs: names of the standard library that rewrites use."""

from __future__ import annotations

from collections.abc import Iterable

_MODULES = """
    array ast base64 bisect builtins collections copy csv datetime decimal enum fractions functools
    hashlib heapq inspect io itertools json keyword logging math operator os pathlib pickle
    random re shutil statistics string struct sys textwrap threading time types typing
    unicodedata warnings weakref zlib
"""
_FROM = {
    "array": "array",
    "bisect": "bisect_left bisect_right insort insort_left insort_right",
    "collections": "ChainMap Counter OrderedDict defaultdict deque namedtuple",
    "collections.abc": "Callable Iterable Iterator Mapping Sequence",
    "copy": "deepcopy",
    "fractions": "Fraction",
    "decimal": "Decimal",
    "functools": "cache cmp_to_key lru_cache partial reduce wraps",
    "heapq": "heapify heappop heappush heappushpop heapreplace nlargest nsmallest",
    "io": "BytesIO StringIO",
    "itertools": (
        "accumulate chain combinations combinations_with_replacement compress count cycle "
        "dropwhile filterfalse groupby islice permutations product repeat starmap takewhile tee "
        "zip_longest"
    ),
    "math": "ceil comb factorial floor fsum gcd hypot inf isqrt log log10 log2 perm pi prod sqrt",
    "operator": "add and_ attrgetter contains itemgetter methodcaller mul or_ sub truediv xor",
    "string": "ascii_letters ascii_lowercase ascii_uppercase digits punctuation",
}
_BUILTINS = """
    ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup
    BlockingIOError BrokenPipeError BufferError BytesWarning ChildProcessError
    ConnectionAbortedError ConnectionError ConnectionRefusedError ConnectionResetError
    DeprecationWarning EOFError Ellipsis EncodingWarning EnvironmentError Exception
    ExceptionGroup FileExistsError FileNotFoundError FloatingPointError FutureWarning
    GeneratorExit IOError ImportError ImportWarning IndentationError IndexError
    InterruptedError IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError
    ModuleNotFoundError NameError NotADirectoryError NotImplemented NotImplementedError OSError
    OverflowError PendingDeprecationWarning PermissionError ProcessLookupError RecursionError
    ReferenceError ResourceWarning RuntimeError RuntimeWarning StopAsyncIteration StopIteration
    SyntaxError SyntaxWarning SystemError SystemExit TabError TimeoutError TypeError
    UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError
    UnicodeWarning UserWarning ValueError Warning ZeroDivisionError __build_class__ __debug__
    __doc__ __file__ __import__ __name__ __package__ __path__ __spec__ __class__ abs aiter all
    anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex
    delattr dict dir divmod enumerate eval exec exit filter float format frozenset getattr
    globals hasattr hash help hex id input int isinstance issubclass iter len list locals map
    max memoryview min next object oct open ord pow print property quit range repr reversed
    round set setattr slice sorted staticmethod str sum super tuple type vars zip
"""
BUILTINS = frozenset(_BUILTINS.split())
"""Names that need no import on any supported interpreter."""
KNOWN: dict[str, str] = {
    **{name: f"import {name}" for name in _MODULES.split()},
    **{
        name: f"from {module} import {name}"
        for module, names in _FROM.items()
        for name in names.split()
    },
}
"""The import statement of each name that can be added."""


def missing(needed: Iterable[str]) -> tuple[str, ...] | None:
    """Return the imports of names that nothing binds, sorted; None where one is not known."""
    found = set()
    for name in needed:
        if name in BUILTINS:
            continue
        if name not in KNOWN:
            return None
        found.add(KNOWN[name])
    return tuple(sorted(found))
