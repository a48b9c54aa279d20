"""Functions of torch's and Python's that have a stand-in as long as a program is recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Replaced:
    """Puts stand-ins in the places of functions, and gives the places back."""

    def __init__(self) -> None:
        self._originals: list[tuple[Any, str, Any]] = []

    def put(self, owner: Any, name: str, make: Callable[[Any], Any]) -> None:
        """Put `make(what is there)` in the place `owner.name`."""
        original = vars(owner)[name]
        self._originals.append((owner, name, original))
        setattr(owner, name, make(original))

    def give_back(self) -> None:
        """Everything as it was."""
        for owner, name, original in reversed(self._originals):
            setattr(owner, name, original)
        self._originals = []
