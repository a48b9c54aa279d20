"""Where steps go: in order, from any thread, and never more than the budget allows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from tutor_tui.kernel.record.newest import Newest
from tutor_tui.protocol.limits import MAX_STEPS
from tutor_tui.protocol.messages import Evaluated, Loss, Message, Note, Op, Step

Sink = Callable[[Sequence[Message]], int]
"""Takes messages that belong together; returns how many bytes they took, 0 where it does not count."""

MAX_BYTES = 256 * 1024 * 1024
"""The size of a record at most, where no more steps are asked for than usual."""
A_STEP = 1024
"""Bytes that a step may take on average, where more are."""
FIRST = 3
"""Iterations that are recorded whole whatever was recorded before them."""
HARD = 2
"""Times the budget that even those may not pass."""

PREPARED = (
    "The record is half full ({}), and no backward pass has run yet. From here on, the newest steps are held "
    "back until training begins. Press w to let the program run unrecorded, much faster, and only watch its "
    "training; --max-steps N changes the size."
)
FULL = (
    "The record is full ({}): from here on only losses and output are kept, plus the last two iterations at "
    "the end. --max-steps N changes the size."
)
NEWEST = "the newest follow"
WHOLE = "the last ones follow in full"
CUT = "the newest follow, without the start of their iteration: it has too many steps to fit"


class StepBudget:
    """Hands steps to a sink, and holds them back where the record has no room left.

    Half of the room is for what comes before training. Once that is full, steps are held back up to the first backward
    pass, and the newest of them given out then. The first iterations follow whole, as many as there is room for and at
    least `FIRST`. Of later ones only the losses go out, and the last two iterations once the program is over.
    Output, evaluated expressions, failures and the end always go out at once. Notes say where steps are missing.

    An iteration begins where the first operation that a graph remembers follows a backward pass.
    """

    def __init__(self, sink: Sink, max_steps: int = MAX_STEPS) -> None:
        self._sink = sink
        max_bytes = max(MAX_BYTES, A_STEP * max_steps)
        self._max_steps, self._max_bytes = max_steps, max_bytes
        self._half, self._half_bytes = max_steps // 2, max_bytes // 2
        self._count = self._bytes = 0
        self._losses = 0
        self._iteration = 0  # the number of the last backward pass
        self._behind = False  # a backward pass, and before the iteration that follows
        self._newest: Newest | None = None  # while steps are held back
        self._lock = threading.RLock()

    def __call__(self, *steps: Step) -> None:
        """Emit steps that belong together, in order."""
        with self._lock:
            for step in steps:
                if isinstance(step, Op):
                    if self._behind and step.node is not None and not step.within:
                        self._behind = False
                        self._begin_iteration()
                elif isinstance(step, Loss) and step.iteration != self._iteration:  # a pass may have several
                    self._iteration = step.iteration
                    self._send_backward()
            if self._newest is not None:
                self._hold_back(self._newest, steps)
                return
            self._count += len(steps)
            self._bytes += self._sink(steps)
            if self._count > self._half or self._bytes > self._half_bytes:
                self._look_for_room()

    def always(self, *messages: Message) -> None:
        """Emit what is never left out."""
        with self._lock:
            self._sink(messages)

    def finish(self) -> None:
        """The program is over, or recorded no longer: give out what was held back."""
        with self._lock:
            whole = self._newest is None or self._newest.whole
            self._release((WHOLE if whole else CUT) if self._losses else NEWEST, resumes=self._losses > 0)

    def reopen(self) -> None:
        """A full budget again."""
        with self._lock:
            self._count = self._bytes = 0
            self._newest = None

    @property
    def count(self) -> int:
        """Steps so far, of this budget."""
        return self._count

    def mute(self) -> None:
        """Drop everything from now on: this process is a fork of the one that is recorded."""
        self._sink = lambda messages: 0
        self._lock = threading.RLock()

    def _hold_back(self, newest: Newest, steps: Sequence[Step]) -> None:
        self._sink([step for step in steps if isinstance(step, Evaluated)])
        self._give_out(newest.add([step for step in steps if not isinstance(step, Evaluated)]))

    def _look_for_room(self) -> None:
        """After each step, once half of the room is taken: whether this is too much of one thing."""
        if not self._losses:
            self._hold(PREPARED, self._half, self._half_bytes)
        elif self._count > HARD * self._max_steps or self._bytes > self._max_bytes:
            self._hold(FULL, HARD * self._max_steps, self._max_bytes)

    def _begin_iteration(self) -> None:
        if self._newest is not None:
            self._give_out(self._newest.begin_iteration())
        elif self._losses >= FIRST and self._count > self._max_steps:
            self._hold(FULL, self._max_steps, self._max_bytes)

    def _send_backward(self) -> None:
        if not self._losses:
            self._release(NEWEST, resumes=False)
        self._losses += 1
        self._behind = True

    def _hold(self, why: str, steps: int, size: int) -> None:
        full = f"{steps:,} steps" if self._count > steps else f"{size:,} bytes"
        self._sink([Note(text=why.format(full), resumes=self._losses > 0)])
        self._newest = Newest(max(200, self._max_steps // 4))

    def _give_out(self, dropped: Sequence[Step]) -> None:
        """Of what is dropped, the losses."""
        losses = [step for step in dropped if isinstance(step, Loss)]
        if losses:
            self._sink(losses)

    def _release(self, what_follows: str, resumes: bool) -> None:
        if self._newest is None:
            return
        newest, self._newest = self._newest, None
        if newest.left_out:
            text = f"{newest.left_out:,} steps are missing here; {what_follows}."
            self._sink([Note(text=text, resumes=resumes)])
        kept = newest.steps()
        self._count += len(kept)
        self._bytes += self._sink(kept)
