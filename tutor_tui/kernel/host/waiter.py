"""Waiting for descriptors, of which others matter each time."""

from __future__ import annotations

import selectors
from collections.abc import Iterator, Mapping

Wanted = Mapping[int, tuple[int, str]]
"""By descriptor: what to wait for (reading, writing or both), and what it is called."""


class Waiter:
    """A selector that is told anew, before each wait, what matters."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()

    def want(self, wanted: Wanted) -> None:
        """Wait for these from now on, and for no others."""
        for key in list(self._selector.get_map().values()):
            if wanted.get(key.fd) != (key.events, key.data):
                self._selector.unregister(key.fd)
        for fd, (event, name) in wanted.items():
            if fd not in self._selector.get_map():
                self._selector.register(fd, event, name)

    def wait(self, seconds: float | None) -> Iterator[tuple[int, str, int]]:
        """What is ready within some seconds (None: for ever): descriptor, name, and for what."""
        for key, mask in self._selector.select(seconds):
            yield key.fd, key.data, mask
