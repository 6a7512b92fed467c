"""A call at its entry: its arguments off the frame, and the class of their sizes."""

from .closures import Cells, cells_of, is_nested, shown, variables


def arguments(frame):
    """Return (args, kwargs) such that calling the function with them repeats the call.

    The first argument of a function defined in a function is its ``Cells``.
    """
    code, values = frame.f_code, frame.f_locals
    names = code.co_varnames
    count = code.co_argcount
    args = [values[name] for name in names[:count]]
    kwargs = {name: values[name] for name in names[count : count + code.co_kwonlyargcount]}
    position = count + code.co_kwonlyargcount
    if code.co_flags & 0x04:
        args.extend(values[names[position]])
        position += 1
    if code.co_flags & 0x08:
        kwargs.update(values[names[position]])
    if is_nested(code):
        args.insert(0, cells_of(frame))
    return args, kwargs


def size_class(value):
    """Return the type of a value and the order of magnitude of its size."""
    kind = type(value)
    if kind in (list, tuple, dict, set, frozenset, str, bytes, bytearray):
        return kind, len(value).bit_length()
    if kind is int:
        return kind, value < 0, value.bit_length()
    if kind is bool:
        return kind, value
    if kind is Cells:
        return tuple(size_class(shown(cell)) for cell in variables(value).values())
    return kind
