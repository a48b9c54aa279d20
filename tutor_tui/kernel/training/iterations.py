"""When a run is recorded and when only watched: `iteration_states`, driven by a running program."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable
from types import FrameType
from typing import Any

from tutor_tui.kernel.program.loops import Loop, find_loop
from tutor_tui.kernel.record.recorder import Recorder
from tutor_tui.kernel.training.conditions import Conditions
from tutor_tui.kernel.training.iteration_states import (
    HELD,
    Action,
    Event,
    Happened,
    Phase,
    Place,
    Request,
    State,
    advance,
    ask,
)
from tutor_tui.kernel.training.monitor import Monitor
from tutor_tui.protocol.messages import FreezeWhen, Mode, Note

ENOUGH = 10_000
"""Steps that are recorded at least before the record gives way to watching."""
WATCHING = (
    "Training detected. From pass {} on it is watched, not recorded: losses, learning rates and norms "
    "continue. space freezes the next iteration and records it in full."
)

LEFT = (
    "As requested, the record ends here and the run is watched. F freezes the next training iteration and "
    "records it in full."
)


class Iterations:
    """Turns the recorder off when a loop trains, and on for one iteration when that is asked for.

    An iteration holds at least one step of the optimizer that came to the run last, or one pass where there is none.
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
        self._recorder, self._monitor = recorder, monitor
        self._tracing = recorder.lines.tracing
        self._tell, self._wait, self._always = tell, wait, always
        self._state = State()
        self._loop: Loop | None = None
        self._optimizer: Any = None
        self._conditions = Conditions(monitor.measures, self.freeze)
        monitor.follow(self)

    # --- what the screen asks for

    def freeze(self, why: str = "as asked") -> None:
        """Record the next whole iteration, then hold."""
        self._ask(Request.FREEZE, why)

    def pause(self) -> None:
        """Hold at the end of this iteration."""
        self._ask(Request.PAUSE)

    def go_on(self) -> None:
        """Hold no longer."""
        self._ask(Request.GO_ON)

    def stop(self) -> None:
        """Raise KeyboardInterrupt at the end of this iteration."""
        self._ask(Request.STOP)

    def watch(self) -> None:
        """Record no longer, from the next line on that is seen."""
        self._ask(Request.WATCH)
        if self._state.leave:
            self._recorder.lines.on_line = self._line_of_record

    def freeze_when(self, when: FreezeWhen) -> None:
        """Freeze by itself from now on."""
        self._conditions.set(when)

    def _ask(self, request: Request, why: str = "") -> None:
        self._enter(ask(self._state, request, why))

    def _enter(self, state: State) -> None:
        self._state = state
        self._monitor.attentive = state.attentive

    # --- from the program's first line to its last

    def begin(self) -> None:
        """The program begins: it is recorded, or, where it is always watched, not."""
        if self._always:
            self._recorder.suspend()
            self._enter(State(Phase.WATCHING))
        self._tell(Mode(mode="watching" if self._always else "recording", passes=0))

    def end(self) -> None:
        """The program is over."""
        if self._state.phase in (Phase.WATCHING, Phase.AWAITING):
            self._tracing.stop()
            self._recorder.finish()
        else:
            self._recorder.stop()
        self._loop = None

    # --- what happens

    def passed(self) -> None:
        """A pass is over: where nothing steps, that is an iteration.

        The recorder can then be switched only where a loop turns: torch puts our mode back behind a pass.
        """
        waits = self._state.phase in (Phase.LEAVING, Phase.AWAITING)
        frame = sys._getframe(1)
        if self._optimizer is None and not waits and find_loop(frame, self._recorder.files) is not None:
            self._happens(Happened.STEP, frame)

    def met(self, optimizer: Any) -> None:
        """An optimizer steps for the first time: an iteration is one of its steps from now on."""
        self._optimizer = weakref.ref(optimizer)

    def stepped(self, optimizer: Any) -> None:
        """An optimizer has stepped: where it is the newest, that is an iteration."""
        if self._optimizer() in (optimizer, None):
            self._happens(Happened.STEP, sys._getframe(1))

    def _happens(self, happened: Happened, frame: FrameType) -> None:
        """Enter the state that follows, and do what it wants; held, wait, and go on from there."""
        enough = self._recorder.emit.count >= ENOUGH
        event = Event(happened, self._place(frame), self._optimizer is None, enough)
        state, actions = advance(self._state, event)
        self._enter(state)
        for action in actions:
            self._do(action, frame)
        if self._state.phase in HELD:
            while not self._state.released:
                self._wait()
            self._happens(Happened.RELEASED, frame)

    def _place(self, frame: FrameType) -> Place:
        loop = find_loop(frame, self._recorder.files)
        if loop is None:
            return Place.NO_LOOP
        turning = loop.frame is frame and loop.turn == frame.f_lineno
        return Place.AT_TURN if turning else Place.INSIDE

    def _line_of_loop(self, frame: FrameType, event: str, arg: Any) -> Any:
        """The local trace function while a loop is expected to turn, and nothing is recorded."""
        loop = self._loop
        if loop is None or event == "exception":
            return self._line_of_loop
        if event == "line" and frame.f_lineno == loop.turn:
            self._happens(Happened.TURN, frame)
            own = self._tracing.trace_of(frame)
            if self._state.phase is Phase.FREEZING and own is not None:
                own(frame, event, arg)
                return own
        elif event == "return" or not loop.holds(frame):
            self._happens(Happened.EXIT, frame)
        return self._line_of_loop

    def _line_of_record(self, frame: FrameType) -> bool:
        """Called before each line while the end of the record is awaited; whether the line is not recorded."""
        if self._state.leave:
            self._happens(Happened.LINE, frame)
            return True
        loop = self._loop
        if loop is None or frame is not loop.frame:
            return False
        before = self._state
        if not loop.holds(frame):
            self._happens(Happened.EXIT, frame)
        elif frame.f_lineno == loop.turn:
            self._happens(Happened.TURN, frame)
        if self._state is before:
            return False
        # the next one may have been asked for already
        trace = self._tracing.trace_of(frame)
        if self._state.phase is Phase.FREEZING and trace is not None:
            trace(frame, "line", None)
        return True

    # --- what is done

    def _do(self, action: Action, frame: FrameType) -> None:
        match action:
            case Action.FOLLOW_RECORD:
                self._loop = find_loop(frame, self._recorder.files)
                self._recorder.lines.on_line = self._line_of_record
            case Action.FOLLOW_LOOP:
                self._loop = find_loop(frame, self._recorder.files)
                if self._loop is not None:
                    self._tracing.only(self._loop.frame, self._line_of_loop)
            case Action.FORGET_LOOP:
                self._loop = None
                self._tracing.stop()
            case Action.BEGIN_RECORD:
                self._begin_record(frame)
            case Action.END_RECORD:
                self._loop = None
                self._recorder.lines.on_line = None
                self._recorder.suspend()
                self._monitor.flush()
            case Action.NOTE_WATCHING:
                self._recorder.emit(Note(text=WATCHING.format(self._monitor.passes + 1)))
            case Action.NOTE_LEFT:
                self._recorder.emit(Note(text=LEFT))
            case Action.TELL_WATCHING:
                self._tell(Mode(mode="watching", passes=self._monitor.passes))
            case Action.HOLD_FROZEN | Action.HOLD_PAUSED:
                self._tracing.stop()
                self._monitor.flush()
                mode = "frozen" if action is Action.HOLD_FROZEN else "paused"
                reason = self._state.why if action is Action.HOLD_FROZEN else ""
                self._tell(Mode(mode=mode, passes=self._monitor.passes, reason=reason))
            case Action.INTERRUPT:
                raise KeyboardInterrupt

    def _begin_record(self, frame: FrameType) -> None:
        self._tracing.stop()
        if not self._state.in_loop:
            self._loop = None
        elif self._loop is None:
            self._loop = find_loop(frame, self._recorder.files)
        self._recorder.lines.on_line = self._line_of_record
        passes, why = self._monitor.passes, self._state.why
        self._monitor.flush()
        self._tell(Mode(mode="recording", passes=passes + 1, reason=why))
        told = f"The iteration with pass {passes + 1} is recorded from here on: {why}."
        self._recorder.resume(frame, passes, told)
