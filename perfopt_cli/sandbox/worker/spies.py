"""A function that notes how it is called: what a callback sees is observable."""

MOST_NOTED = 1000
FAULTY_CALL = 2
MEDDLING_CALL = 1


class Spy:
    """Stands for a function among the arguments.

    ``log`` is shared by all spies of a call, so that their order shows.
    ``loose``: True and False come back as other values that are true and false.
    ``fault``: the class of an error that one of the calls ends in.
    ``held``: a dict among the call's arguments, which loses its last item at one
    of the calls.
    """

    def __init__(self, function, number, log, loose, fault=None, held=None):
        self.function = function
        self.number = number
        self.log = log
        self.loose = loose
        self.fault = fault
        self.held = held

    def __call__(self, *args, **kwargs):
        """Note the call and make it."""
        if len(self.log) < MOST_NOTED:
            self.log.append((self.number, args, kwargs))
        if self.fault is not None and len(self.log) == FAULTY_CALL:
            raise self.fault("from the callback")
        if self.held and len(self.log) == MEDDLING_CALL:
            self.held.popitem()
        value = self.function(*args, **kwargs)
        if self.loose and type(value) is bool:
            return "yes" if value else ""
        return value
