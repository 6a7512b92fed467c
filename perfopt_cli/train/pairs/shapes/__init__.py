"""Problem shapes: small algorithms, a slow way and a fast way, with drawn names and operators.

In a shape's text, words in capitals are drawn: ``XS``, ``YS`` lists, ``X``,
``Y`` items, ``I``, ``J`` places, ``OUT``, ``D``, ``N`` and so on names;
``KEY(x)``, ``VAL(x)`` and ``COND(x)`` expressions, alike on both sides.
"""
