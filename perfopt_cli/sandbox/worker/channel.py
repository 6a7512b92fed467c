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
import select


class Channel:
    """``send(kind, **fields)`` to perfopt, ``receive()`` from it.

    For a process that forks: ``pending()`` tells whether a message was read
    already, ``waits_for(seconds)`` whether one can be read within the time,
    ``say(data)`` writes bytes as they are, ``sign(nonce)`` returns a ``send``
    under another nonce, and ``forked(nonce, orders)`` the channel of a
    fork, which receives what can be read from the descriptor ``orders``.
    """

    __slots__ = ("forked", "pending", "receive", "say", "send", "sign", "waits_for")


def open_channel():
    """Take over stdin and stdout; return the channel and the first request.

    From here on the file descriptors 0 and 1 are /dev/null and stderr, so that
    a test that prints or reads does not disturb the protocol.
    """
    source = os.dup(0)
    sink = os.dup(1)
    os.set_inheritable(sink, False)
    os.set_inheritable(source, False)
    put_null(0)
    os.dup2(2, 1)
    channel = Channel()
    give_lines(channel, source)
    request = channel.receive()
    give_voice(channel, request.pop("nonce"), source, sink)
    return channel, request


def put_null(place):
    """Make the descriptor read from /dev/null."""
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, place, inheritable=place == 0)
    os.close(null)


def give_lines(channel, source):
    """Give the channel what reads messages from the descriptor."""
    loads, read, wait = json.loads, os.read, select.select
    buffer = bytearray()

    def receive():
        while b"\n" not in buffer:
            data = read(source, 1 << 16)
            if not data:
                return None
            buffer.extend(data)
        line, _, rest = bytes(buffer).partition(b"\n")
        buffer[:] = rest
        return loads(line)

    channel.receive = receive
    channel.pending = lambda: b"\n" in buffer
    channel.waits_for = lambda seconds: bool(wait([source], [], [], seconds)[0])


def give_voice(channel, nonce, source, sink):
    """Give the channel what writes messages to ``sink``, signed with the nonce."""
    write = os.write

    def say(data):
        while data:
            data = data[write(sink, data) :]

    def forked(nonce, orders):
        put_null(source)
        child = Channel()
        give_lines(child, orders)
        give_voice(child, nonce, source, sink)
        return child

    channel.say = say
    channel.forked = forked
    channel.sign = lambda nonce: signed(nonce.encode("ascii"), say)
    channel.send = channel.sign(nonce)


def signed(nonce, say):
    """Return a ``send`` whose messages carry their MAC under the nonce."""
    dumps, new, digest = json.dumps, hmac.new, hashlib.sha256
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
        say(mac + b" " + text + b"\n")

    return send


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
