"""Where steps go: counted, in order, from any thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from tutor_tui.protocol.messages import Message, Note, Step

Sink = Callable[[Sequence[Message]], None]


class Emitter:
    """Hands steps to a sink until the budget is spent; then says so, once, and calls `on_spent`.

    Losses, output, failures and the end (`always`) pass even then.
    """

    def __init__(self, sink: Sink, max_steps: int) -> None:
        self._sink = sink
        self._max_steps = max_steps
        self._count = 0
        self._lock = threading.RLock()
        self.on_spent: Callable[[], None] = lambda: None

    @property
    def spent(self) -> bool:
        """Whether the budget is used up."""
        return self._count > self._max_steps

    def __call__(self, *steps: Step) -> None:
        """Emit steps that belong together, in order."""
        with self._lock:
            if self.spent:
                return
            self._count += len(steps)
            self._sink(steps)
            if self.spent:
                self._sink([Note(text=self._reason())])
                self.on_spent()

    def always(self, *messages: Message) -> None:
        """Emit what is never left out."""
        with self._lock:
            self._sink(messages)

    def mute(self) -> None:
        """Drop everything from now on: this process is a fork of the one that is recorded."""
        self._sink = lambda messages: None
        self._lock = threading.RLock()

    def _reason(self) -> str:
        return (
            f"The record is full ({self._max_steps:,} steps): from here on only losses and output are "
            "kept; --max-steps N sets another size."
        )
