"""Descriptors of ours, out of the way of whatever a program closes or counts."""

from __future__ import annotations

import fcntl

FIRST = 200
"""Ours begin here."""
PARENT = 230
"""The one on which a kernel tells the process that ssh waits for to let go."""


def out_of_the_way(descriptor: int) -> int:
    """A high copy of a descriptor, which no program that is executed inherits; the low one stays open."""
    return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, FIRST)
