"""Propose smaller calls that may show a difference: the job ``shrink``.

It sees the original only: it proposes calls, answers them, and writes them to
a file. The job ``answer`` answers the calls of such a file with a candidate, or
with the original in another process. The parent compares, and tells which
proposal to go on from.
"""

import sys
import time

from . import calls, load
from .answers import Answers
from .guard import NONSENSE
from .observe import canonical
from .paste import Call
from .replay import describe
from .smaller import Smaller

BATCH = 40
BATCH_SECONDS = 0.05
BATCH_PATIENCE = 5


class Author:
    """Proposes smaller calls that the original answers as it does the one to be shrunk."""

    def __init__(self, function, request, data):
        target = request["target"]
        self.answers = Answers(function, request)
        self.call = Call(function, target)
        self.target = target
        self.smaller = Smaller(function)
        self.first = self.data = data
        self.output = request["output"]
        self.batch = []
        self.tried = set()
        seen = self.answers.twice(data)
        self.manner = None if seen is None else manner(seen)
        self.proposals = self.propose() if self.manner is not None else iter(())

    def propose(self):
        """Yield calls smaller than the current one that were not tried yet."""
        try:
            proposals = list(self.smaller.calls(*calls.load(self.data)))
        except Exception:
            return
        for args, kwargs in proposals:
            try:
                data = calls.dump(args, kwargs)
                text = canonical(calls.load(data))
            except Exception:
                continue
            if text is not None and text not in self.tried:
                self.tried.add(text)
                yield data

    def take(self, number):
        """Go on from a call of the last batch."""
        if number is not None:
            self.data = self.batch[number]
            self.proposals = self.propose()

    def next_batch(self):
        """Write the next proposals to the file; return what the original answers to them."""
        self.batch, seen = [], []
        late = deadline(BATCH_SECONDS)
        while not self.batch and not late():
            for data in self.proposals:
                found = self.answers.twice(data)
                if found is not None and manner(found) == self.manner:
                    self.batch.append(data)
                    seen.append(found)
                if len(self.batch) >= BATCH or late():
                    break
            else:
                break
        calls.write_file(self.output, self.batch)
        return seen

    def finish(self):
        """Write the current call to the file; return how it reads and what it gives."""
        calls.write_file(self.output, [self.data])
        seen = self.answers.twice(self.data)
        found = None
        try:
            with self.answers.guard:
                found = self.call.write(*calls.load(self.data))
        except BaseException:
            found = None
        imports, text = found or ([], self.target["qualname"] + describe(self.data))
        return {
            "imports": imports,
            "text": text,
            "pasteable": found is not None,
            "seen": seen,
            "parts": self.answers.parts(self.data),
        }


def deadline(seconds):
    """Return what tells that so much CPU time is spent, or several times that has gone by."""
    spent, past = time.process_time() + seconds, time.monotonic() + BATCH_PATIENCE * seconds
    return lambda: time.process_time() > spent or time.monotonic() > past


def manner(seen):
    """Return how a call ended, or None where that makes no sense or is not twice the same."""
    one, two = seen
    if one["digest"] != two["digest"] or one["error"] in NONSENSE:
        return None
    return one["how"], one["error"]


def write(channel, author):
    """Do what the parent orders: the job ``shrink``."""
    channel.send("ready")
    began = time.process_time()
    while True:
        order = channel.receive()
        if order is None or order["do"] == "stop":
            return
        author.take(order.get("take"))
        if order["do"] == "propose":
            channel.send("proposed", seen=author.next_batch(), spent=time.process_time() - began)
            continue
        if order["do"] == "give up":
            author.data = author.first
        channel.send("call", **author.finish())


def run(channel, request):
    """The ``shrink`` job: {target, calls, sys_path, index, output}; then orders."""
    load.prepare_imports(request)
    sys.dont_write_bytecode = True
    function = load.load_target(request)
    data = calls.read_file(request["calls"])[request["index"]]
    write(channel, Author(function, request, data))
