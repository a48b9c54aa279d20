"""Threads in which the recorder itself works: what it calls of the program's there is not told of."""

from __future__ import annotations

muted: set[int] = set()
"""Threads, by number, in which no call that begins is told of; only `sys.monitoring` needs to be told so."""

own_traces: set[int] = set()
"""The trace functions, by address, that are ours and are set now.

They are switched off while the recorder works. A debugger's or a coverage tool's is not: they do not survive it.
"""

switched_off: list[object] = []
"""Our trace functions that the recorder has switched off and not yet on again."""


def interrupted() -> bool:
    """Whether an exception of a signal handler's kept lines from being followed again; asked where the program runs."""
    found = bool(switched_off)
    switched_off.clear()
    return found
