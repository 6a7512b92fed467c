"""What is known of a function when candidates are asked for."""

from __future__ import annotations

from dataclasses import dataclass

from perfopt_cli.core.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Seen:
    """A type that values had in recorded calls, and in how many of the calls.

    ``type`` reads like an annotation. ``extent`` is least, median and most of
    the lengths, or of an ``int`` its values; None where it has neither.
    """

    type: str
    calls: int
    extent: tuple[int, int, int] | None = None


@dataclass(frozen=True, slots=True)
class Argument:
    """A parameter and the types it was given, most frequent first.

    ``changed`` counts the calls, of those made again, that changed its value.
    """

    name: str
    seen: tuple[Seen, ...]
    changed: int = 0


@dataclass(frozen=True, slots=True)
class HotLine:
    """A line of a target's source (1-based), and its share of the time of a call, 0 to 1.

    What the line calls is counted to it. ``times`` is how often it runs in a call.
    """

    number: int
    share: float
    times: float


@dataclass(frozen=True, slots=True)
class Callee:
    """A short function of the project that a target calls.

    ``source`` is dedented. ``share`` is its part of the time of a call of the
    target, 0 to 1, and None where it was not seen at work.
    """

    name: str
    source: str
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What recorded calls of a function show.

    ``calls`` of them were read. Some were made again, by the function itself,
    and ``rerun`` counts those: what is said of results, exceptions (type and
    how often), changed arguments and time is from them. ``owner`` is the class
    of a method's instance. ``sizes`` are inputs in words, with the ns that a call
    takes on them, smallest first. ``lines`` are of the source that was run,
    hottest first; ``callees`` too. ``types`` are those of parameters (and of
    ``self.field``) in every recorded call, exactly: no item is left out, and what
    is not known for all is not there.
    """

    calls: int
    arguments: tuple[Argument, ...] = ()
    owner: str = ""
    rerun: int = 0
    results: tuple[Seen, ...] = ()
    raised: tuple[tuple[str, int], ...] = ()
    sizes: tuple[tuple[str, int], ...] = ()
    lines: tuple[HotLine, ...] = ()
    callees: tuple[Callee, ...] = ()
    types: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a target when candidates are asked for.

    ``facts`` are those of the very source that the target has; ``tried`` are
    verdicts on earlier candidates of the function, best first. ``best`` are the
    facts of the fastest that is accepted among them, where they were looked at.
    """

    facts: Facts | None = None
    tried: tuple[Verdict, ...] = ()
    best: Facts | None = None
