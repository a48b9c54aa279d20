"""When a run is recorded and when only watched: from the first iterations on, and as the screen asks."""

from __future__ import annotations

import sys
import weakref
from collections import deque
from collections.abc import Callable
from types import FrameType
from typing import Any

from tutor_tui.kernel.program.loops import Loop, find_loop
from tutor_tui.kernel.record.recorder import Recorder
from tutor_tui.kernel.training.monitor import Monitor
from tutor_tui.protocol.messages import FreezeWhen, Mode, Note

LOOP = 3
"""Iterations after which a loop is taken to train."""
ENOUGH = 10_000
"""Steps that are recorded at least before the record gives way to watching."""
RECENT = 50
"""Values of a loss that make its recent range."""
WATCHING = (
    "A loop is seen to train. From pass {} on it is watched, not recorded: losses, learning rates and norms go "
    "on. space freezes the next iteration, and records it whole."
)


class Iterations:
    """Turns the recorder off when a loop trains, and on for one iteration when that is asked for.

    An iteration begins and ends where the loop's first line runs again, and holds at least one step of the
    optimizer that came to the run last (or one pass, where there is none). Where the loop is hidden in a
    library, it lies between two such steps.
    """

    def __init__(
        self,
        recorder: Recorder,
        monitor: Monitor,
        tell: Callable[[Mode], None],
        wait: Callable[[], None],
        always: bool = False,
    ) -> None:
        """`wait` blocks until the screen has asked for something, and has it handled."""
        self._recorder = recorder
        self._monitor = monitor
        self._tell = tell
        self._wait = wait
        self._always = always
        self._state: Callable[[FrameType], None] = self._while_recording
        self._loop: Loop | None = None
        self._iterations = 0
        self._optimizer: Any = None
        self._freeze = self._why = ""
        self._by_pass = False
        self._complete = False  # the iteration that is recorded has had its step
        self._pause = self._stop = self._held = False
        self._recent: dict[int, deque[float]] = {}
        self._when = FreezeWhen()
        monitor.on_pass = self._passed
        monitor.on_step = self._stepped
        monitor.groups.on_new = self._met

    # --- what the screen asks for

    def freeze(self, why: str = "as asked") -> None:
        """Record the next whole iteration, then hold."""
        self._freeze, self._held = why, False
        self._monitor.attentive = True

    def pause(self) -> None:
        """Hold at the end of this iteration."""
        self._pause = self._monitor.attentive = True

    def go_on(self) -> None:
        """Hold no longer."""
        self._held = self._pause = False

    def stop(self) -> None:
        """Raise KeyboardInterrupt at the end of this iteration."""
        self._stop, self._held = True, False
        self._monitor.attentive = True

    def freeze_when(self, when: FreezeWhen) -> None:
        """Freeze by itself from now on."""
        self._when = when
        self._recent.clear()
        self._monitor.measures.on_value = self._judge if when.finite or when.jump else None
        self._monitor.measures.on_norm = self._judge_norm if when.norm else None

    def begin(self) -> None:
        """The program begins: it is recorded, or, where it is always watched, not."""
        if self._always:
            self._recorder.suspend()
            self._state = self._while_watching
        self._tell(Mode(mode="watching" if self._always else "recording", passes=0))

    def end(self) -> None:
        """The program is over."""
        if self._state in (self._while_watching, self._until_the_loop_turns):
            sys.settrace(None)
            self._recorder.finish()
        else:
            self._recorder.stop()
        self._loop = None

    # --- iterations

    def _passed(self) -> None:
        """A pass is over: where nothing steps, that is an iteration.

        The recorder can then be switched only where a loop turns: torch puts our mode back behind a pass.
        """
        if self._optimizer is None:
            frame = sys._getframe(1)
            if find_loop(frame, self._recorder.files) is not None and self._state not in (
                self._while_leaving,
                self._until_the_loop_turns,
            ):
                self._turn(frame)

    def _met(self, optimizer: Any) -> None:
        self._optimizer = weakref.ref(optimizer)

    def _stepped(self, optimizer: Any) -> None:
        if self._optimizer() in (optimizer, None):
            self._turn(sys._getframe(1))

    def _turn(self, frame: FrameType) -> None:
        self._iterations += 1
        self._state(frame)
        asked = bool(self._freeze or self._pause or self._stop)
        self._monitor.attentive = asked or self._state != self._while_watching

    def _while_recording(self, frame: FrameType) -> None:
        """The first iterations: enough of them are recorded."""
        asked = self._freeze or self._pause or self._stop
        trained = self._iterations >= LOOP and self._recorder.emit.count >= ENOUGH
        if asked or trained:
            self._await_turn(frame, self._end_record)

    def _while_watching(self, frame: FrameType) -> None:
        if self._stop or self._pause or self._freeze:
            self._await_turn(frame, self._between)

    def _between(self, frame: FrameType) -> None:
        """Between two iterations that nobody records: what was asked for."""
        sys.settrace(None)
        self._state = self._while_watching
        if self._stop or self._pause:
            self._rest("paused")
        if self._freeze:
            self._begin_record(frame)
        else:
            self._loop = None

    def _await_turn(self, frame: FrameType, then: Callable[[FrameType], None]) -> None:
        """Do something when the loop turns; at once where there is none."""
        self._loop = find_loop(frame, self._recorder.files)
        self._by_pass = self._optimizer is None
        if self._loop is None:
            then(frame)
            return
        recording = then == self._end_record
        self._state = self._while_leaving if recording else self._until_the_loop_turns
        if recording:
            self._complete = True
            self._recorder.lines.on_line = self._line_of_record
        else:
            self._loop.frame.f_trace = self._line_of_loop
            sys.settrace(_nothing)

    def _while_leaving(self, frame: FrameType) -> None:
        """Another step before the loop has turned: it is hidden in a library."""
        if not self._first_step():
            self._end_record(frame)

    def _until_the_loop_turns(self, frame: FrameType) -> None:
        if not self._first_step():
            self._loop = None
            self._between(frame)

    def _first_step(self) -> bool:
        """Whether a turn is awaited since a pass, and this is the step that belongs to it."""
        first, self._by_pass = self._by_pass, False
        return first

    def _while_frozen(self, frame: FrameType) -> None:
        if self._optimizer is not None and (self._loop is None or self._complete):
            self._end_record(frame)
        self._complete = True  # it ends when the loop turns

    def _line_of_loop(self, frame: FrameType, event: str, arg: Any) -> Any:
        """The local trace function while a loop is expected to turn, and nothing is recorded."""
        loop = self._loop
        if loop is None or event == "exception":
            return self._line_of_loop
        if event == "line" and frame.f_lineno == loop.turn:
            self._between(frame)
            own = frame.f_trace
            if self._state == self._while_frozen and own is not None:
                own(frame, event, arg)
                return own
        elif event == "return" or not loop.holds(frame):  # it was the last iteration
            self._loop = None
            self._state = self._while_watching
            sys.settrace(None)
            if self._stop or self._pause:
                self._rest("paused")
        return self._line_of_loop

    def _line_of_record(self, frame: FrameType) -> bool:
        """Called before each line while the end of an iteration is awaited; whether the line is not recorded."""
        loop = self._loop
        if loop is None or frame is not loop.frame:
            return False
        inside = loop.holds(frame)
        if inside and (frame.f_lineno != loop.turn or not self._complete):
            return False
        if not inside and not self._complete:  # it was the last iteration: wait for the next loop
            self._freeze = self._why
            self._look_away()
            return True
        self._end_record(frame)
        if self._state == self._while_frozen and frame.f_trace is not None:  # asked for the next one already
            frame.f_trace(frame, "line", None)
        return True

    def _begin_record(self, frame: FrameType) -> None:
        why, self._freeze = self._freeze, ""
        self._why, self._complete = why, False
        sys.settrace(None)
        self._state = self._while_frozen
        self._recorder.lines.on_line = self._line_of_record
        passes = self._monitor.passes
        self._monitor.flush()
        self._tell(Mode(mode="recording", passes=passes + 1, reason=why))
        told = f"The iteration with pass {passes + 1} is recorded from here on: {why}."
        self._recorder.resume(frame, passes, told)

    def _end_record(self, frame: FrameType) -> None:
        """An iteration is over: hold, or look away and watch."""
        if self._state != self._while_frozen:
            self._why, self._freeze = self._freeze, ""
            if not self._why and not self._pause and not self._stop:
                self._recorder.emit(Note(text=WATCHING.format(self._monitor.passes + 1)))
        self._look_away()
        if self._why or self._pause or self._stop:
            self._rest("frozen" if self._why else "paused", self._why)
            if self._freeze:
                self._again(frame)
        else:
            self._tell(Mode(mode="watching", passes=self._monitor.passes))

    def _look_away(self) -> None:
        self._loop = None
        self._recorder.lines.on_line = None
        self._recorder.suspend()
        self._state = self._while_watching
        self._monitor.flush()

    def _again(self, frame: FrameType) -> None:
        """Asked for the iteration that follows, while the program was held between two."""
        loop = find_loop(frame, self._recorder.files)
        turning = loop is not None and loop.frame is frame and loop.turn == frame.f_lineno
        self._loop = loop if turning else None
        if self._loop is None:
            self._await_turn(frame, self._between)
            return
        self._begin_record(frame)

    # --- holding

    def _rest(self, mode: str, why: str = "") -> None:
        """Wait as long as the screen wants; then the interrupt, where one was asked for."""
        if not self._stop:
            self._monitor.flush()
            self._tell(Mode(mode=mode, passes=self._monitor.passes, reason=why))
            self._held, self._pause = True, False
            while self._held:
                self._wait()
            if not self._stop:
                self._tell(Mode(mode="watching", passes=self._monitor.passes))
        if self._stop:
            self._stop = False
            raise KeyboardInterrupt

    # --- freezing by itself

    def _judge(self, series: int, passes: int, value: float) -> None:
        when = self._when
        if series not in self._monitor.measures.losses:
            return
        recent = self._recent.setdefault(series, deque(maxlen=RECENT))
        if value != value or value in (float("inf"), float("-inf")):
            if when.finite:
                self._caught(f"a loss was {value} at pass {passes}")
            return
        if when.jump and len(recent) >= 10:
            low, high = min(recent), max(recent)
            if value - high > when.jump * (high - low):
                self._caught(
                    f"a loss jumped to {value:.6g} at pass {passes}, from {low:.6g} to {high:.6g} of late"
                )
        recent.append(value)

    def _judge_norm(self, passes: int, norm: float) -> None:
        if not norm <= self._when.norm:
            self._caught(
                f"the norm of the gradients was {norm:.6g} at pass {passes}, over {self._when.norm:g}"
            )

    def _caught(self, why: str) -> None:
        """A condition holds: once. The screen sets it again."""
        self.freeze_when(FreezeWhen())
        self.freeze(why)


def _nothing(frame: FrameType, event: str, arg: Any) -> None:
    """A global trace function that follows no call: only the loop's own frame is traced."""
