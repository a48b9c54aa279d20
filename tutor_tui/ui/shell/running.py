"""One run at a time: what is asked of its kernel, and where what comes back is shown."""

from __future__ import annotations

import asyncio
import os
import signal
import termios
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.timer import Timer

from tutor_tui.client.process import Kernel, KernelProcess
from tutor_tui.client.session import Session
from tutor_tui.client.ssh import Host, RemoteKernel
from tutor_tui.client.target import Target
from tutor_tui.errors import FrameError, KernelError
from tutor_tui.protocol.messages import (
    Attached,
    Bad,
    Checked,
    Complaint,
    Detach,
    Detached,
    End,
    Event,
    Failure,
    Hello,
    Inspection,
    Measured,
    Mode,
    Ready,
    Started,
)
from tutor_tui.text.safe import safe
from tutor_tui.trace.words.checked import checked_text
from tutor_tui.trace.words.first_bad import bad_text
from tutor_tui.ui.shell.allocator import give_back, settle
from tutor_tui.ui.terminal.driver import ThriftyDriver
from tutor_tui.ui.training.figures import state_text
from tutor_tui.ui.walk.screen import WalkScreen

if TYPE_CHECKING:
    from tutor_tui.ui.training.screen import LiveScreen

SOON = 20.0
"""Seconds of a run that may be run again unasked, to find a value that was not finite."""
FRAME = 0.05
"""Seconds between two drawings of a record that grows."""


class RunningApp(App[None]):
    """Runs a target, and hands its steps to the walk and to the curve."""

    def __init__(self, kernel: Kernel) -> None:
        super().__init__(driver_class=ThriftyDriver)
        self._session = Session(kernel)
        self._target: Target | None = None
        self._walk = WalkScreen()
        self._live: LiveScreen | None = None
        self._gone = False
        self._due: Timer | None = None
        self._more = False
        self._opened = False
        self._searched = False
        self.host: Host | None = None
        """Where the kernel runs, where that is not here."""
        self.attached = False
        """This is a run that went on alone, not one of our own."""
        self.left = ""
        """The name of the run that was left alone, "" for none."""
        self._sure = ""
        self.signalled = 0
        """The signal that ended this program, 0 for none."""

    @property
    def record_ended(self) -> End | None:
        """The end of the run that is shown; None while it runs."""
        return self._walk.trace.end

    @property
    def lost(self) -> str:
        """How the link to the kernel was lost; "" where it was not."""
        return self._walk.trace.lost

    @property
    def steps(self) -> int:
        """The steps to stand at so far."""
        return len(self._walk.trace)

    @property
    def settled(self) -> bool:
        """Whether the run is over and drawn."""
        return self._walk.trace.end is not None and self._due is None and not self._more

    async def inspect_tensor(self, number: int, index: list[int]) -> Inspection:
        """Ask the kernel for a tensor's values as they are now."""
        try:
            return await self._session.inspect(number, index)
        except KernelError as error:
            return Inspection(request=0, preview=None, error=str(error))

    def action_rerun(self) -> None:
        """Run the same program again."""
        if self._target is not None and self.may_end("r"):
            self._ask(self._target)

    def may_end(self, key: str) -> bool:
        """Whether the run may be ended by what a key does: one that trains, only when it is pressed twice."""
        trace = self._walk.trace
        training = trace.mode is not None and (trace.mode.mode != "recording" or bool(trace.mode.reason))
        if self._gone or trace.end is not None or not (training or self.attached) or self._sure == key:
            self._sure = ""
            return True
        self._say(
            f"This ends the run, which is at pass {trace.curves.passes:,}. {key} again does it; d leaves it alone."
        )
        self._sure = key
        return False

    async def action_quit(self) -> None:
        """End the run and quit."""
        if self.may_end("q"):
            self.exit()

    def action_check(self) -> None:
        """Compare the gradient at the cursor, or that of the whole loss, with finite differences."""
        walk = self._walk
        if self._target is None or not len(walk.trace):
            return
        node, iteration = walk.checkable()
        if node is None and not walk.trace.losses:
            walk.warn("Nothing was sent backward: there is no gradient to compare.")
            return
        what = "this operation" if node is not None else f"loss {iteration}"
        walk.warn(f"Running the program again, to compare {what} with finite differences…")
        self.run_worker(self._check(self._target, node, iteration), exclusive=True, group="check")

    async def _check(self, target: Target, node: int | None, iteration: int) -> None:
        moment = self._walk.cursor.moment
        try:
            checked = await self._session.check(target, node=node, iteration=iteration)
        except KernelError:
            return  # said by the listener
        self._walk.warn(checked_text(self._walk.trace, moment, checked))

    # --- a watched run

    def ask_run(self, request: Any) -> None:
        """Ask something of a watched run."""
        self._session.ask(request)

    def show_live(self) -> None:
        """The screen on which a run is watched."""
        from tutor_tui.ui.training.screen import LiveScreen

        if not isinstance(self.screen, LiveScreen):
            same = self._live is not None and self._live.trace is self._walk.trace
            self._live = LiveScreen(self._walk.trace, self._live if same else None)
            self.push_screen(self._live)

    def walk_to(self, seq: int) -> None:
        """Walk, from the iteration on that a recorded loss belongs to."""
        if self._live is not None and self.screen is self._live:
            self._live.dismiss()
        trace = self._walk.trace
        index = trace.stop_of(seq)
        start = trace.forward_start(index)
        self._walk.go(start if start is not None and start < index else index)

    def action_detach(self) -> None:
        """Leave; the run goes on."""
        if self._walk.trace.end is not None or self._walk.trace.mode is None:
            self._say("There is no watched run that could go on alone.")
            return
        self._session.ask(Detach())

    def action_find_bad(self) -> None:
        """Look for the first value that was not finite, by running the program again, unseen."""
        trace = self._walk.trace
        if trace.bad is not None and trace.bad.how:
            self._say(bad_text(trace.bad))
            return
        bad = [int(curve.bad[0]) for curve in trace.curves.of("loss") if len(curve.bad)]
        if self._target is None or not bad:
            self._say("Every loss so far is a finite number: there is nothing to look for.")
            return
        self._say(f"Running the program again, unseen, up to pass {min(bad)}, looking at every value…")
        self.run_worker(self._find_bad(self._target, min(bad)), exclusive=True, group="check")

    def _look_for_bad(self) -> None:
        """The first loss that is not finite: look where it came from at once, if that takes no time to speak of."""
        curves = self._walk.trace.curves
        if self._searched or not any(len(curve.bad) for curve in curves.of("loss")):
            return
        self._searched = True
        elsewhere = any(curve.name.startswith("memory cuda") for curve in curves.of("memory"))
        if curves.seconds < SOON and not elsewhere and not self.attached:
            self.action_find_bad()
        else:
            self._say("A loss is not finite. ! runs the program again, unseen, and finds where that began.")

    async def _find_bad(self, target: Target, passes: int) -> None:
        def progress(done: int) -> None:
            self._say(f"Looking for the first value that was not finite: pass {done:,} of {passes:,}…")

        try:
            bad = await self._session.find_bad(target, passes, progress)
        except KernelError:
            return  # said by the listener
        self._walk.trace.bad = bad
        self._say(bad_text(bad))

    def _say(self, text: str) -> None:
        """Say something, wherever one looks."""
        self._walk.warn(text)
        if self._live is not None and self.screen is self._live:
            self._live.warn(text)

    def action_stop_run(self) -> None:
        """End the program that runs."""
        self._session.stop()

    # --- the kernel

    def run_source(self, source: str | None) -> None:
        """Run the same program with another text; None for its own."""
        if self._target is not None and (source is not None or self.may_end("R")):
            self._ask(replace(self._target, source=source))

    def _ask(self, target: Target) -> None:
        self._walk.comparable = self._target is not None and self._target.path == target.path
        self._target = target
        if self._gone:
            self._restart()
        self._session.run(target)

    def _restart(self) -> None:
        """Start another kernel in the place of one that is gone."""
        self._session.close()
        self._session = Session(RemoteKernel(self.host) if self.host is not None else KernelProcess())
        self._gone = False
        self.run_worker(self._listen(), exit_on_error=True)

    def heed_signals(self) -> None:
        """End in good order when told to, or when the terminal is gone."""
        for number in (signal.SIGTERM, signal.SIGHUP):
            with suppress(RuntimeError, ValueError, NotImplementedError):
                asyncio.get_running_loop().add_signal_handler(number, self._called_off, number)

    def _called_off(self, number: int) -> None:
        self.signalled = number
        try:
            termios.tcgetattr(0)
        except termios.error:  # nobody is there to draw for
            self.close_kernel()
            os._exit(128 + number)
        self.exit()

    def close_kernel(self) -> None:
        """Hang up, whichever kernel it is by now; a run that was left alone goes on."""
        self._session.close(leave=bool(self.left))

    async def _listen(self) -> None:
        try:
            async for batch in self._session.batches():
                for event in batch:
                    self._take(event)
                self._show_soon()
        except (KernelError, FrameError) as error:
            self._gone = True
            self._walk.trace.lost = str(error)
            self._walk.status = "the kernel is gone; r starts a new one"
            self._say(str(error))

    def _show_soon(self) -> None:
        """Draw what has come: at once if nothing was drawn lately, else together with what comes next."""
        if self._due is None:
            if self._live is not None and self.screen is self._live:
                self._live.grew()
            elif not self._walk.grew():
                return
            self._due = self.set_timer(FRAME, self._show_rest)
        else:
            self._more = True

    def _show_rest(self) -> None:
        self._due = None
        if self._more:
            self._more = False
            self._show_soon()

    def _take(self, event: Event) -> None:
        match event:
            case Hello():
                self._walk.notice = f"Importing torch with Python {event.python}…"
            case Ready():
                self._walk.notice = f"torch {event.torch} is ready."
            case Started():
                self._walk.reset()
                self._opened = self._searched = False
                if self._live is not None and self.screen is self._live:
                    self._live.dismiss()
                self.set_timer(0.5, give_back)
            case Complaint():
                self._say(event.text)
            case Inspection() | Checked() | Bad():
                pass
            case Attached():
                self._target = Target.of(event.run)
            case Detached():
                self.left = event.name
                self.exit()
            case Mode():
                self._walk.trace.extend([event])
                self._changed_mode(event)
            case Measured():
                self._walk.trace.extend([event])
                self._look_for_bad()
            case _:
                self._walk.trace.extend([event])
                if isinstance(event, (End, Failure)):
                    self._ended(event)

    def _changed_mode(self, mode: Mode) -> None:
        trace = self._walk.trace
        if mode.mode == "watching" and not self._opened and self.screen is self._walk:
            self._opened = True
            self.show_live()
        elif mode.mode == "recording" and mode.reason:
            self._walk.open_at = len(trace.steps)
            if self._live is not None and self.screen is self._live:
                self._live.dismiss()
        if self._live is not None:
            self._live.quiet()
        self._walk.status = state_text(trace) if mode.passes or mode.mode != "recording" else "running"
        if mode.mode in ("frozen", "paused"):
            self._walk.status += " · v: the curve, where c goes on"

    def _ended(self, event: End | Failure) -> None:
        settle()
        if self._live is not None:
            self._live.quiet()
        if isinstance(event, Failure):
            self._walk.status = f"{event.type}"
        else:
            failure = self._walk.trace.failure
            how = failure.type if failure else event.reason
            self._walk.status = f"exit {event.status}: {safe(how)}"
            self._walk.judge_exercise()
            self._walk.complain_once()
