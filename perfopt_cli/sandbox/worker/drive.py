"""Call the target and, where what it returns is lazy, play it to the end or part of the way.

Generators, lazy iterators, coroutines and async generators. ``look`` tells the
state of the arguments and of the output at the moment, and is None where that
is not wanted.
"""

import asyncio
import inspect
import itertools
import types

from .canon import length_hint, shape_of
from .canon_types import address

MAX_STEPS = 10_000
MAX_PARTIAL = 20
MAX_SUSPENSIONS = 100
EARLY_STEPS = 6
# After the first item: close it, send a value in, raise in it, lengthen its arguments;
# before it: take the last item of each.
WAYS = ("close", "send", "throw", "grow", "cut")
LAZY = (types.GeneratorType, map, filter, zip, enumerate, *vars(itertools).values())
IDS = {address(kind) for kind in LAZY if type(kind) is type}
END = object()


def invoke(function, args, kwargs, way="full", look=None):
    """Call the function; return ("returned", value) or ("raised", exception), and its steps."""
    steps = []
    try:
        value = function(*args, **kwargs)
        if inspect.iscoroutine(value):
            value = asyncio.run(awaited(value, steps))
        elif type(value) is types.AsyncGeneratorType:
            note(steps, "made", look)
            played = drive(AsyncSteps(value, steps), args, steps, way, look)
            value = asyncio.run(left_over(played, steps))
        elif way == "full" and address(type(value)) in IDS:
            note(steps, "made", look)
            value = shape_of(type(value)).name, step_through(value, args, steps, look)
        elif type(value) is types.GeneratorType:
            value = at_once(drive(Steps(value), args, steps, way, look))
    except BaseException as error:  # whatever it is, it's what the call does
        return "raised", error, steps
    return "returned", value, steps


def note(steps, what, look):
    """Add a step that is no item."""
    steps.append((what, look() if look else None))


def step_through(iterator, args, steps, look):
    """Run an iterator; note after each early item how far it has read its arguments."""
    for count in range(MAX_STEPS):
        try:
            item = next(iterator)
        except StopIteration as stop:
            return stop.value
        early = count < EARLY_STEPS
        hints = [length_hint(arg) for arg in args] if early else None
        steps.append((item, hints, look() if early and look else None))
    if type(iterator) is types.GeneratorType:
        iterator.close()
    return "..."


class Steps:
    """What can be done to a generator; each is awaited, and never waits."""

    def __init__(self, generator):
        self.generator = generator

    async def do(self, name, *given):
        """Do it; return the next item, or (END, value)."""
        try:
            return getattr(self.generator, name)(*given)
        except StopIteration as stop:
            return END, stop.value

    async def next(self):
        """Go on."""
        return await self.do("__next__")

    async def send(self, value):
        """Send a value in."""
        return await self.do("send", value)

    async def throw(self, error):
        """Raise an error in it."""
        return await self.do("throw", error)

    async def close(self):
        """Close it."""
        return await self.do("close")


class AsyncSteps(Steps):
    """The same of an async generator."""

    def __init__(self, generator, steps):
        super().__init__(generator)
        self.steps = steps

    async def do(self, name, *given):
        """Do it; return the next item, or (END, None)."""
        name = {"__next__": "__anext__"}.get(name, "a" + name)
        try:
            return await Watched(getattr(self.generator, name)(*given), self.steps)
        except StopAsyncIteration:
            return END, None


async def drive(generator, args, steps, way, look):
    """Play a generator in one of the ways; return what it returned, or "..."."""
    if way == "cut":
        cut(args)
    item = await generator.next()
    for count in range(MAX_STEPS if way == "full" else MAX_PARTIAL):
        if type(item) is tuple and len(item) == 2 and item[0] is END:
            return item[1]
        early = count < EARLY_STEPS
        hints = [length_hint(arg) for arg in args] if early else None
        steps.append((item, hints, look() if early and look else None))
        if count == 0 and way == "close":
            break
        if count == 0 and way == "send":
            item = await generator.send(sent(item, args))
        elif count == 0 and way == "throw":
            item = await generator.throw(ValueError("raised at the yield"))
        else:
            if count == 0 and way == "grow":
                grow(args)
            item = await generator.next()
    await generator.close()
    note(steps, "closed", look)
    return "..."


def sent(item, args):
    """Return a value to send in: the item that came out, else an argument; not None."""
    return next((value for value in (item, *args) if value is not None), 1)


def grow(args):
    """Lengthen the lists among the arguments, as a caller may between two items."""
    for arg in args:
        if type(arg) is list and arg:
            arg.append(another(arg[-1]))


def cut(args):
    """Take the last item of the lists among the arguments, as a caller may before it asks."""
    for arg in args:
        if type(arg) is list and arg:
            arg.pop()


def another(value):
    """Return a value like this one, and not the same where that's easy."""
    kind = type(value)
    if kind is int or kind is float:
        return value + 1
    if kind is str:
        return value + "+"
    if kind is tuple or kind is list:
        return kind(map(another, value))
    return {key: another(item) for key, item in value.items()} if kind is dict else value


def at_once(coroutine):
    """Run a coroutine that never waits; return its result."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    raise RuntimeError("the generator waits")


async def awaited(coroutine, steps):
    """Await the target's coroutine, noting what it waits for."""
    return await left_over(watch(coroutine, steps), steps)


async def watch(awaitable, steps):
    """Await, noting each wait."""
    return await Watched(awaitable, steps)


async def left_over(coroutine, steps):
    """Await the coroutine; note the tasks that it leaves running."""
    try:
        return await coroutine
    finally:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        names = sorted(str(getattr(task.get_coro(), "__qualname__", "")) for task in others)
        steps.append(("tasks left", names))


class Watched:
    """An awaitable around another that notes the type of each thing it waits for."""

    def __init__(self, awaitable, steps):
        self.awaitable = awaitable
        self.steps = steps

    def __await__(self):
        inner = self.awaitable.__await__()
        step, given = inner.send, None
        for count in itertools.count():
            try:
                waits_for = step(given)
            except StopIteration as stop:
                return stop.value
            if count < MAX_SUSPENSIONS:
                self.steps.append(("waits for", shape_of(type(waits_for)).name))
            try:
                step, given = inner.send, (yield waits_for)
            except BaseException as error:
                step, given = inner.throw, error
        return None
