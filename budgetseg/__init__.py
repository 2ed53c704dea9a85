"""budgetseg: spend an annotation budget well.

The loop, in the order of its rooms: ``costs`` (what an annotation costs), ``plan`` (what to buy), ``data`` and
``annotate`` (what annotators give), ``learn`` (training and measuring), ``runs`` (experiments on disk) and ``report``.
Import what you need from the room itself; nothing is imported here, so that the command line starts quickly.
"""

__version__ = "0.1.0"
