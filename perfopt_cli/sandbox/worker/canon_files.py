"""The canonical form of open files, those held in memory too."""

import io

FILES = (io.TextIOWrapper, io.BufferedReader, io.BufferedWriter, io.BufferedRandom, io.FileIO)


def write_text_file(canon, value):
    """Write a text held in memory: content, newline and position."""
    try:
        canon.write(io.StringIO.__getstate__(value)[:3])
    except ValueError:
        canon.parts.append(" closed")


def write_byte_file(canon, value):
    """Write bytes held in memory: content and position."""
    try:
        canon.write(io.BytesIO.__getstate__(value)[:2])
    except ValueError:
        canon.parts.append(" closed")


def write_file(canon, value):
    """Write an open file: which, how it was opened, and where it stands."""
    base = next(one for one in FILES if issubclass(type(value), one))
    members = base.__dict__
    closed = members["closed"].__get__(value)
    canon.write(closed)
    for name in ("encoding", "errors", "newlines", "line_buffering"):
        if name in members and not closed:
            canon.write(members[name].__get__(value))
    if base is io.FileIO:
        fields = object.__getattribute__(value, "__dict__")
        canon.write((fields.get("name"), members["mode"].__get__(value)))
    elif not closed:
        beneath = "buffer" if base is io.TextIOWrapper else "raw"
        canon.write(members[beneath].__get__(value))
    if not closed:
        try:
            canon.write(base.tell(value))
        except (OSError, ValueError):
            canon.parts.append(" no position")


KINDS = (
    (io.StringIO, write_text_file, True),
    (io.BytesIO, write_byte_file, True),
    (FILES, write_file, True),
)
