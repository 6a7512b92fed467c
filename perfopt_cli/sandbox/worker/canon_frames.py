"""The canonical form of pandas' types; pandas is taken from ``sys.modules``, never imported.

What counts: type, values bit by bit, dtypes, labels, names and ``attrs``. How
columns share memory inside a frame does not, nor which of two equal indexes it is.
"""

import sys

from . import canon_arrays
from .canon_types import Opaque, type_module, type_name

FRAME_FIELDS = ("_mgr", "_item_cache", "_attrs", "_flags", "_cache", "_name", "_is_copy")


def choose(kind):
    """Return (writer, numbered) for a class of pandas', or None."""
    loaded = sys.modules.get("pandas")
    if loaded is None or not hasattr(loaded, "DataFrame") or canon_arrays.numpy() is None:
        return None
    if kind is type(loaded.NaT) or kind is type(loaded.NA):
        return write_nothing, False
    for base, writer, numbered in table(loaded):
        if issubclass(kind, base):
            return writer, numbered
    return None


def table(pandas):
    """Return (class, writer, numbered) for what is told apart."""
    extensions = pandas.api.extensions
    return (
        (pandas.DataFrame, write_frame, True),
        (pandas.Series, write_series, True),
        (pandas.Index, write_index, False),
        (extensions.ExtensionArray, write_extension, True),
        (extensions.ExtensionDtype, write_dtype, False),
        (pandas.Timestamp, write_stamp, False),
        (pandas.Timedelta, write_stamp, False),
        (pandas.Period, write_period, False),
        (pandas.Interval, write_interval, False),
        (pandas.offsets.BaseOffset, write_offset, False),
    )


def write_nothing(canon, value):
    """Write NaT or NA: the type says it all."""


def write_frame(canon, value):
    """Write a DataFrame column by column."""
    frame = sys.modules["pandas"].DataFrame
    write_common(canon, value)
    columns = frame.__dict__["columns"].__get__(value)
    canon.write((frame.__dict__["index"].__get__(value), columns))
    label = "frame %d" % len(canon.seen)
    for position in range(len(columns)):
        write_values(canon, frame._ixs(value, position, axis=1).array, label)


def write_series(canon, value):
    """Write a Series."""
    write_common(canon, value)
    series = sys.modules["pandas"].Series
    canon.write((series.__dict__["index"].__get__(value), series.name.__get__(value)))
    write_values(canon, series.array.__get__(value), "series %d" % len(canon.seen))


def write_common(canon, value):
    """Write what frames and series have beside their data, a subclass's own fields too."""
    generic = sys.modules["pandas"].core.generic.NDFrame
    canon.write(generic.attrs.__get__(value))
    canon.write(generic.flags.__get__(value).allows_duplicate_labels)
    fields = object.__getattribute__(value, "__dict__")
    canon.mapping({name: one for name, one in fields.items() if name not in FRAME_FIELDS})


def write_values(canon, array, label=None):
    """Write the values of a column, or of an index where there is no label."""
    kind = type(array)
    if type_module(kind).split(".")[0] != "pandas":
        raise Opaque("a column of type " + type_name(kind) + " can't be compared")
    canon.write(str(array.dtype))
    if kind.__name__ in ("NumpyExtensionArray", "PandasArray"):
        plain = array.to_numpy(copy=False)
        canon.write(sys.modules["numpy"].array(plain))
        if label is not None and not copies_on_write():
            write_sharing(canon, plain, label)
    else:
        write_extension(canon, array)


def copies_on_write():
    """Tell whether frames that share memory never show it."""
    pandas = sys.modules["pandas"]
    if int(pandas.__version__.split(".")[0]) >= 3:
        return True
    return bool(getattr(pandas.options.mode, "copy_on_write", False))


def write_sharing(canon, plain, label):
    """Write whether the values lie in the memory of another array or frame."""
    owner = plain
    while getattr(owner, "base", None) is not None:
        owner = owner.base
    known = canon.memory.get(id(owner))
    if known is None:
        canon.memory[id(owner)] = label, None
        canon.keep.append(owner)
    elif known[0] != label:
        canon.parts.append("in memory of %s" % known[0])


def write_extension(canon, array):
    """Write one of pandas' own arrays."""
    canon.write(array.dtype)
    module = sys.modules["numpy"]
    names = EXTENSIONS.get(type(array).__name__)
    if names is None:  # text, or backed by Arrow: its items are all it shows
        canon.sequence("[", module.asarray(array, dtype=object).tolist(), "]")
    for name in names or ():
        part = getattr(array, name, None)
        canon.write(module.array(part) if type(part) is module.ndarray else part)


EXTENSIONS = {
    "Categorical": ("codes", "categories", "ordered"),
    "DatetimeArray": ("asi8", "freq"),
    "TimedeltaArray": ("asi8", "freq"),
    "PeriodArray": ("asi8",),
    "IntervalArray": ("left", "right", "closed"),
    "IntegerArray": ("_data", "_mask"),
    "FloatingArray": ("_data", "_mask"),
    "BooleanArray": ("_data", "_mask"),
    "SparseArray": ("sp_values", "fill_value"),
}


def write_dtype(canon, value):
    """Write a dtype of pandas'."""
    pandas = sys.modules["pandas"]
    if issubclass(type(value), pandas.CategoricalDtype):
        canon.write((value.categories, value.ordered))
    else:
        canon.write(str(value))


def write_index(canon, value):
    """Write an index: labels and names; what it keeps to look labels up does not count."""
    pandas = sys.modules["pandas"]
    canon.exact += 1
    canon.write(list(value.names))
    if issubclass(type(value), pandas.MultiIndex):
        canon.write((list(value.levels), [list(codes) for codes in value.codes], value.sortorder))
    elif issubclass(type(value), pandas.RangeIndex):
        canon.write((value.start, value.stop, value.step))
    else:
        write_values(canon, value.array)
        canon.write(getattr(value, "freq", None))
    canon.exact -= 1


def write_stamp(canon, value):
    """Write a point in time or a span."""
    pandas = sys.modules["pandas"]
    base = pandas.Timestamp if issubclass(type(value), pandas.Timestamp) else pandas.Timedelta
    canon.write(base.__reduce__(value)[1])
    if base is pandas.Timestamp:
        canon.write(value.fold)


def write_period(canon, value):
    """Write a period."""
    canon.write((value.ordinal, value.freqstr))


def write_interval(canon, value):
    """Write an interval."""
    canon.write((value.left, value.right, value.closed))


def write_offset(canon, value):
    """Write a step in the calendar."""
    canon.write((value.n, value.normalize, value.freqstr))
