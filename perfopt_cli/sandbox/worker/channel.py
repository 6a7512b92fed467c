"""The line protocol between a worker and perfopt.

A message is one line, ``MAC JSON``: the HMAC-SHA256, under a nonce that came
with the request, of the message's number and its text. The nonce lives in a
closure, not in an attribute, so that code under test does not come upon it by
looking at this module.
"""

import hashlib
import hmac
import json
import os


class Channel:
    """``send(kind, **fields)`` to perfopt, ``receive()`` from it."""

    __slots__ = ("receive", "send")

    def __init__(self, send, receive):
        self.send = send
        self.receive = receive


def open_channel():
    """Take over stdin and stdout; return the channel and the first request.

    From here on the file descriptors 0 and 1 are /dev/null and stderr, so that
    a test that prints or reads does not disturb the protocol.
    """
    source = os.fdopen(os.dup(0), "rb")
    sink = os.dup(1)
    os.set_inheritable(sink, False)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    request = json.loads(source.readline())
    nonce = request.pop("nonce").encode("ascii")
    return make_channel(nonce, source, sink), request


def make_channel(nonce, source, sink):
    """Return a Channel that signs with the nonce; ``sink`` is a file descriptor."""
    dumps, new, digest, write = json.dumps, hmac.new, hashlib.sha256, os.write
    owner, getpid = os.getpid(), os.getpid
    number = 0

    def send(kind, **fields):
        nonlocal number
        if getpid() != owner:  # a fork of ours, made by the code under test, stays silent
            return
        fields["kind"] = kind
        text = dumps(fields, separators=(",", ":")).encode("utf-8", "surrogatepass")
        mac = new(nonce, b"%d:" % number + text, digest).hexdigest().encode("ascii")
        number += 1
        data = mac + b" " + text + b"\n"
        while data:
            data = data[write(sink, data) :]

    def receive():
        line = source.readline()
        return json.loads(line) if line else None

    return Channel(send, receive)


def peak_memory():
    """Return the peak address space of this process in bytes, or None where unknown."""
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as status:
            for line in status:
                if line.startswith("VmPeak:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        return None
    return None
