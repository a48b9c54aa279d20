"""Loops of which the first iterations are recorded, and the last; what lies between is only measured."""

from __future__ import annotations

import inspect
import sys
import weakref
from collections import Counter
from types import FrameType
from typing import Any

from tutor_tui.kernel.program.loops import Loop, enclosing_loop, find_loop, turns_left
from tutor_tui.kernel.record.recorder import Recorder
from tutor_tui.kernel.training.monitor import Monitor
from tutor_tui.protocol.messages import Measured, Note

YIELDS = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
LEFT = "From pass {} on, the loop runs at full speed, and only its losses are kept, for the curve. {}"
UNTIL_LAST = "Its last iteration is recorded in full."
UNTIL_END = "What follows the loop is recorded in full."
LAST = "Pass {}, the last iteration of the loop, is recorded in full."
SAMPLE = "Pass {} is recorded in full, to see how things stand."
NEW = "After pass {}, a line runs that had not run so far: recorded from here to the end of this iteration."
BEHIND = "The loop has ended after pass {}. From here on, everything is recorded again."


class LoopsInDetail:
    """Turns the recorder off in a loop that has trained for some iterations, and on again for its end.

    Of a loop that runs again, as in another call of its function, one iteration is recorded. An iteration holds a
    step of the optimizer that came to the run last, or one pass where there is none. A loop that a library hides, or
    that yields, is recorded whole.
    """

    def __init__(self, recorder: Recorder, monitor: Monitor, iterations: int, rounds: int = 0) -> None:
        """`iterations` of each loop are recorded before it is left.

        One that was left in `rounds` turns of a loop around it is not followed any more: that one is left, too, as an
        epoch after the first ones. With 0 rounds every loop is followed for ever.
        """
        self._recorder, self._monitor, self._iterations = recorder, monitor, iterations
        self._rounds = rounds
        self._left: Counter[tuple[str, int]] = Counter()
        self._away_for = self._next_sample = 0
        self._sampled: tuple[str, int] | None = None
        """The loop that was left to be looked at again in between."""
        self._recorder.lines.seen = set() if rounds else None
        self._tracing = recorder.lines.tracing
        self._seen: Counter[tuple[str, int]] = Counter()
        self._loop: Loop | None = None
        self._away = False
        self._turns: int | None = None
        self._optimizer: Any = None
        self._counted = 0
        monitor.follow(self)

    # --- from the program's first line to its last

    def begin(self) -> None:
        """The program begins, recorded; its curves are measured from the first pass on."""
        self._recorder.emit.always(Measured(passes=0, seconds=0.0))

    def end(self) -> None:
        """The program is over."""
        if self._away:
            self._tracing.stop()
            self._recorder.finish()
        else:
            self._recorder.stop()
        self._loop = None

    # --- what the monitor tells

    def met(self, optimizer: Any) -> None:
        """An optimizer steps for the first time: an iteration is one of its steps from now on."""
        self._optimizer = weakref.ref(optimizer)

    def stepped(self, optimizer: Any) -> None:
        """An optimizer has stepped."""
        if self._optimizer() in (optimizer, None):
            self._count(sys._getframe(1))

    def passed(self) -> None:
        """A pass of a program in which nothing steps is over."""
        self._count(sys._getframe(1))

    def _count(self, frame: FrameType) -> None:
        if self._loop is not None and not self._away and not _runs(self._loop.frame, frame):
            self._loop = self._recorder.lines.on_line = None  # its call has returned
        loop = find_loop(frame, self._recorder.files) if self._loop is None else None
        if loop is None or self._monitor.passes == self._counted:  # a first step is told of as a pass, too
            return
        self._counted = self._monitor.passes
        if loop.frame.f_code.co_flags & YIELDS:  # it would seem to be over at each yield
            return
        place = loop.frame.f_code.co_filename, loop.first
        self._seen[place] += 1
        if self._seen[place] >= self._iterations:
            self._loop = loop
            self._recorder.lines.on_line = self._line_of_record

    # --- lines

    def _line_of_record(self, frame: FrameType) -> bool:
        """Called before each line while the loop is expected to turn; whether the line is not recorded."""
        loop = self._loop
        if loop is None or frame is not loop.frame or (loop.holds(frame) and frame.f_lineno != loop.turn):
            return False
        counts = loop.turn == loop.first  # else it is the line of another loop within
        left = turns_left(frame, self._recorder.files.source(frame.f_code.co_filename)) if counts else None
        if loop.holds(frame) and (left is None or left > 1):
            self._look_away(loop, left)
            return True
        self._loop = self._recorder.lines.on_line = None
        return False

    def _line_of_loop(self, frame: FrameType, event: str, arg: Any) -> Any:
        """The local trace function while nothing is recorded."""
        loop = self._loop
        if loop is None or event == "exception":
            return self._line_of_loop
        if event == "return":
            self._look_again(frame.f_back, BEHIND, 0)
            return None
        if not loop.holds(frame):
            self._look_again(frame, BEHIND, 0)
        elif frame.f_lineno == loop.turn:
            self._turn(frame)
        elif self._is_new(frame):
            self._look_again(frame, NEW, 0)
        own = None if self._away else self._tracing.trace_of(frame)
        if own is None:
            return self._line_of_loop
        own(frame, event, arg)
        return own

    def _turn(self, frame: FrameType) -> None:
        """An iteration begins that nobody looks at: unless it is the last one, or one to be looked at in between."""
        self._away_for += 1
        if self._turns is not None:
            self._turns -= 1
            if self._turns == 1:
                self._look_again(frame, LAST, 1)
                return
        if self._rounds and self._next_sample and self._away_for >= self._next_sample:
            self._look_again(frame, SAMPLE, 1)

    def _is_new(self, frame: FrameType) -> bool:
        """Whether the line that a frame is on has never run while it was recorded."""
        seen = self._recorder.lines.seen
        return seen is not None and (frame.f_code, frame.f_lineno) not in seen

    def _look_away(self, loop: Loop, left: int | None) -> None:
        place = loop.frame.f_code.co_filename, loop.first
        if self._sampled == place:
            self._turns = left
            self._next_sample *= 2
        else:
            known = self._seen[place] > self._iterations
            self._turns = None if known else left
            self._left[place] += 1
            self._sampled, self._next_sample = (None, 0) if known else (place, self._iterations)
        self._away_for = 0
        until = UNTIL_END if self._turns is None else UNTIL_LAST
        self._recorder.emit(Note(text=LEFT.format(f"{self._monitor.passes + 1:,}", until), leaves=True))
        self._away, self._recorder.lines.on_line = True, None
        self._monitor.attentive = False
        self._recorder.suspend()
        self._tracing.only(loop.frame, self._line_of_loop)

    def _look_again(self, frame: FrameType | None, why: str, ahead: int) -> None:
        """Record again, from the line on that a frame is about to run."""
        self._tracing.stop()
        loop = self._loop
        self._away, self._loop = False, None
        if why not in (SAMPLE, NEW):
            self._sampled = None
        self._monitor.attentive = True
        self._monitor.flush()
        passes = self._monitor.passes
        if frame is not None:
            self._recorder.resume(frame, passes, why.format(f"{passes + ahead:,}"))
        outer = self._outer(loop) if loop is not None and why is BEHIND else None
        if outer is not None:
            self._loop, self._recorder.lines.on_line = outer, self._line_of_record

    def _outer(self, loop: Loop) -> Loop | None:
        """The loop around one that was left often enough: to be left where it turns."""
        if not self._rounds or self._left[loop.frame.f_code.co_filename, loop.first] < self._rounds:
            return None
        outer = enclosing_loop(loop, self._recorder.files)
        return None if outer is None or outer.frame.f_code.co_flags & YIELDS else outer


def _runs(wanted: FrameType, frame: FrameType | None) -> bool:
    """Whether a call is among those that run."""
    while frame is not None and frame is not wanted:
        frame = frame.f_back
    return frame is wanted
