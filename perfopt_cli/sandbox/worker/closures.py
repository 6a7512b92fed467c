"""Functions defined in functions: the variables they share with them, and calling them again.

Such a function has no object that outlives the call around it. A recorded call
has its free variables as the first argument, as ``Cells``; a ``StandIn`` makes
a function out of them and the code under test for every call.
"""

import types

NESTED = 0x10
OWN = ""


class Cells:
    """The free variables of one function object, as attributes that are cells.

    The cell at ``OWN``, which is no variable's name, holds a list. While a call
    is being recorded: the code under test. In a loaded call: every function
    that runs that code, such as the one that calls itself.
    """

    def __init__(self):
        vars(self)[OWN] = types.CellType([])


def variables(cells):
    """Return the cells by the names of the variables."""
    return {name: cell for name, cell in vars(cells).items() if name != OWN}


def own(cells):
    """Return what runs the code under test: the code itself, or functions."""
    return vars(cells)[OWN].cell_contents


def shown(cell):
    """Return what a cell holds, or the class of cells where it holds nothing."""
    try:
        return cell.cell_contents
    except ValueError:
        return types.CellType


def is_nested(code):
    """Tell whether the code is that of a function defined in a function."""
    return bool(code.co_flags & NESTED) and "<locals>" in getattr(code, "co_qualname", "<locals>")


def cells_of(frame):
    """Return the free variables of the call that the frame is."""
    code, values = frame.f_code, frame.f_locals
    cells = Cells()
    own(cells).append(code)
    for name in code.co_freevars:
        held = (values[name],) if name in values else ()
        vars(cells)[name] = types.CellType(*held)
    return cells


class Shared:
    """Which cells of recorded functions are those of the call's own free variables.

    A frame shows what is in its cells, not the cells. The first function of
    the same file that has a variable of the same name with the very same value
    shares the cell; one that runs the code under test does if that is so for
    all its variables.
    """

    def __init__(self, cells):
        self.cells = cells
        self.mine = variables(cells)
        held = own(cells)
        self.codes = [getattr(one, "__code__", one) for one in held]
        self.unknown = any(isinstance(one, types.CodeType) for one in held)
        self.found = {}
        self.functions = []

    def number(self, function):
        """Return the function's number among those that run the code under test, or None."""
        if function.__code__ not in self.codes:
            return None
        for number, one in enumerate(self.functions):
            if one is function:
                return number
        self.functions.append(function)
        return len(self.functions) - 1

    def closure(self, function):
        """Return the function's cells, with those of the call where it shares them."""
        cells, code = function.__closure__, function.__code__
        if cells is None or not self.unknown or code.co_filename != self.codes[0].co_filename:
            return cells
        names = code.co_freevars
        same = [self.same(names[i], cell) for i, cell in enumerate(cells)]
        if code in self.codes and not all(same):
            return cells
        self.found.update((names[i], cell) for i, cell in enumerate(cells) if same[i])
        return tuple(self.mine[names[i]] if same[i] else cell for i, cell in enumerate(cells))

    def same(self, name, cell):
        """Tell whether the cell is the call's own of that name."""
        mine = self.mine.get(name)
        if mine is None or shown(mine) is not shown(cell):
            return False
        return self.found.get(name, cell) is cell

    def settle(self):
        """Put what was found out into the call's own cells: they are then as when loaded."""
        vars(self.cells).update(self.found)
        own(self.cells)[:] = self.functions


def take_place(cells, number, function):
    """Note a loaded function that runs the code under test.

    Pickle makes one that calls itself twice, and drops the later one.
    """
    held = own(cells)
    held.extend([None] * (number + 1 - len(held)))
    held[number] = held[number] or function


class StandIn:
    """Stands for all function objects of one nested definition.

    It is called with the cells and then the arguments. Its ``__code__`` is
    what the next call runs.
    """

    def __init__(self, code, module, qualname):
        self.__code__ = code
        self.__globals__ = vars(module)
        self.__module__ = module.__name__
        self.__name__ = code.co_name
        self.__qualname__ = qualname
        self.__defaults__ = self.__kwdefaults__ = self.__closure__ = None

    def bind(self, cells):
        """Return the function of these cells; functions in them run the same code."""
        code = self.__code__
        for function in own(cells):
            function.__code__ = code
        closure = tuple(vars(cells)[name] for name in code.co_freevars)
        function = types.FunctionType(code, self.__globals__, None, None, closure)
        function.__qualname__ = self.__qualname__
        return function

    def __call__(self, cells, /, *args, **kwargs):
        """Make one call."""
        return self.bind(cells)(*args, **kwargs)
