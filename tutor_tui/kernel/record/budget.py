"""Where steps go: in order, from any thread, and never more than the budget allows."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence

from tutor_tui.protocol.limits import MAX_STEPS
from tutor_tui.protocol.messages import Evaluated, Loss, Message, Note, Step

Sink = Callable[[Sequence[Message]], int]
"""Takes messages that belong together; returns how many bytes they took, 0 where it does not count."""

MAX_BYTES = 256 * 1024 * 1024


class StepBudget:
    """Hands steps to a sink until the budget of steps or bytes is spent; from then on it thins.

    Thinned, the record goes on with losses, evaluated expressions, output, failures and the end alone. The newest steps
    are held back, and given out when the program is over: so the first iterations of a loop are
    there whole, the last one too, and of the others the losses. Two notes say what is missing.
    """

    def __init__(self, sink: Sink, max_steps: int = MAX_STEPS, max_bytes: int = MAX_BYTES) -> None:
        self._sink = sink
        self._max_steps = max_steps
        self._max_bytes = max_bytes
        self._count = 0
        self._bytes = 0
        self._spent = False  # the record thins from now on
        self._lock = threading.RLock()
        self._held: deque[Step] = deque(maxlen=max(200, max_steps // 10))
        self._older: deque[Step] = deque(maxlen=self._held.maxlen)
        self._left_out = 0

    def __call__(self, *steps: Step) -> None:
        """Emit steps that belong together, in order."""
        with self._lock:
            if self._spent:
                self._hold(steps)
                return
            self._count += len(steps)
            self._bytes += self._sink(steps)
            if self._count > self._max_steps or self._bytes > self._max_bytes:
                self._spent = True
                self._sink([Note(text=self._reason())])

    def always(self, *messages: Message) -> None:
        """Emit what is never left out."""
        with self._lock:
            self._sink(messages)

    def finish(self) -> None:
        """The program is over: give out what was held back."""
        with self._lock:
            kept = [*self._older, *self._held]
            if not kept:
                return
            self._left_out -= len(kept)
            if self._left_out:
                self._sink(
                    [Note(text=f"{self._left_out:,} steps are left out here; the last ones follow whole.")]
                )
            self._sink(kept)
            self._older.clear()
            self._held.clear()

    def reopen(self) -> None:
        """A full budget again; what was held back is given up."""
        with self._lock:
            self._count = self._bytes = 0
            self._spent = False
            self._older.clear()
            self._held.clear()
            self._left_out = 0

    @property
    def count(self) -> int:
        """Steps so far, of this budget."""
        return self._count

    def mute(self) -> None:
        """Drop everything from now on: this process is a fork of the one that is recorded."""
        self._sink = lambda messages: 0
        self._lock = threading.RLock()

    def _hold(self, steps: Sequence[Step]) -> None:
        for step in steps:
            if isinstance(step, Loss):
                self._sink([step])
                self._older, self._held = self._held, deque(maxlen=self._held.maxlen)
            elif isinstance(step, Evaluated):
                self._sink([step])
            else:
                self._held.append(step)
                self._left_out += 1

    def _reason(self) -> str:
        full = f"{self._max_steps:,} steps" if self._count > self._max_steps else f"{self._max_bytes:,} bytes"
        return (
            f"The record is full ({full}): from here on only losses and output are kept, and at the end "
            "the last steps whole. --max-steps N sets another size."
        )
