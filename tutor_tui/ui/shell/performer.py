"""Who presses the keys in the place of a person."""

from __future__ import annotations

from typing import Protocol

from textual import events


class Performer(Protocol):
    """A play, as the application sees it."""

    async def play(self) -> None:
        """All of it."""

    def takes(self, event: events.Key) -> bool:
        """Whether a key is meant for the play, and for nobody else."""
