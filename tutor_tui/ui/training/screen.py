"""The screen on which a run is watched while it trains: the curve, the newest numbers, what was printed."""

from __future__ import annotations

from time import monotonic
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widgets import Static

from tutor_tui.client.run import Run
from tutor_tui.text.safe import one_line
from tutor_tui.trace.record.curves import Curve
from tutor_tui.ui.dialogs.prompt import PromptScreen
from tutor_tui.ui.keys.footer import training_footer
from tutor_tui.ui.keys.training import TRAINING_ACTIONS
from tutor_tui.ui.panes.curve_pane import AXIS, CurvePane
from tutor_tui.ui.panes.line_pane import LinePane
from tutor_tui.ui.panes.rows import row
from tutor_tui.ui.settings import Settings
from tutor_tui.ui.training.asking import Asking
from tutor_tui.ui.training.figures import QUANTITIES, TITLES, number_rows, printed_rows, shown_curves
from tutor_tui.ui.training.look import View
from tutor_tui.ui.training.told import told

GRACE = 1.0
"""Seconds after the screen has come by itself in which the first key may be meant for the walk."""
PACE = 0.2
"""Seconds between two drawings of the curve."""


class TrainingScreen(Screen[int | None]):
    """The curve and the keys that hold and change the run. Its result is the step of a loss to walk from, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, f"{action.owner}.{action.id}", action.help, show=False)
        for action in TRAINING_ACTIONS
        if action.id not in ("help", "quit")
        for key in action.keys
    ]

    def __init__(self, run: Run, settings: Settings, view: View, walking: bool = False) -> None:
        """`walking` says that the person was pressing keys of the walk a moment ago."""
        super().__init__()
        self._grace = monotonic() + GRACE if walking else 0.0
        self.run, self.settings, self.view = run, settings, view
        self.curve = CurvePane(settings, id="curve")
        self.numbers = LinePane(settings, id="numbers", title="run")
        self.printed = LinePane(settings, id="printed", title="output")
        self._asking = Asking(self, self.say, run, settings, view)
        self._hint = ""
        self._drawn = 0.0
        self._due = False

    def compose(self) -> ComposeResult:
        """The curve with its numbers, the output, a line of words, the keys."""
        with Horizontal(id="live"):
            yield self.curve
            yield self.numbers
        yield self.printed
        yield Static(id="live-story", markup=False)
        yield Static(id="live-keys", markup=False)

    def on_mount(self) -> None:
        """Nothing takes the focus: the arrow keys move the cursor on the curve."""
        for pane in (self.numbers, self.printed):
            pane.can_focus = False
        self.call_after_refresh(self.show)

    def on_resize(self, event: events.Resize) -> None:
        """Another size: draw everything."""
        self.call_after_refresh(self.show)

    def on_screen_resume(self) -> None:
        """Back from another screen."""
        self.call_after_refresh(self.show)

    @property
    def _curves(self) -> list[Curve]:
        return shown_curves(self.run.trace.curves, self.view.quantity)

    @property
    def _within(self) -> list[Curve]:
        """The curves whose passes are shown, whatever is drawn over them."""
        return self.run.trace.curves.of("loss") or self._curves

    # --- drawing

    def grew(self) -> None:
        """More has come: draw it, a few times a second at most."""
        wait = self._drawn + PACE - monotonic()
        if wait <= 0:
            self.show()
        elif not self._due:
            self._due = True
            self.set_timer(wait, self._show_due)

    def _show_due(self) -> None:
        self._due = False
        self.show()

    def judged(self) -> None:
        """It is known what is wrong with the program, as far as it was recorded."""
        self.grew()

    def quiet(self) -> None:
        """What was said of what is to come has come."""
        self._hint = ""
        self.grew()

    def say(self, text: str) -> None:
        """Say something until the next key."""
        self._hint = text
        self.show()

    @property
    def is_seen(self) -> bool:
        """Whether it is on top, or a question stands over its last rows."""
        stack = self.app.screen_stack
        return self.is_current or (isinstance(stack[-1], PromptScreen) and stack[-2:-1] == [self])

    def show(self) -> None:
        """Everything, as it is now."""
        if not self.is_mounted or not self.size.width or not self.is_seen:
            return
        run, view, characters = self.run, self.view, self.settings.characters
        self.numbers.show_rows(number_rows(run, view.window, view.when, self.numbers.size.width - 2))
        rows = printed_rows(run.trace, max(1, self.printed.size.height - 1))
        self.printed.show_rows(rows or [row(("nothing printed so far", "dim"))])
        self._show_curve()
        story = characters(one_line(self._hint or told(run), 2 * max(20, self.size.width - 4)))
        self.query_one("#live-story", Static).update(story)
        width = self.size.width - 4 * self.settings.plain
        keys = training_footer(width, run.held, run.reachable)
        self.query_one("#live-keys", Static).update(characters(keys))
        self._drawn = monotonic()

    def _show_curve(self) -> None:
        window = self.view.window
        rates = shown_curves(self.run.trace.curves, "rate") if self.view.quantity != "rate" else []
        pictures = self.curve.draw_curves(self._curves, window, rates, self._within)
        if window.cursor is not None:
            self.curve.mark(pictures, window.cursor)
        remark = "".join(picture.remark() for picture in pictures[:1])
        low, high = window.range(self._within)
        part = f" · passes {low:,.0f} to {high:,.0f}" if window.low is not None else ""
        self.curve.set_title(f"{TITLES[self.view.quantity]}{remark}{part}")

    # --- what is asked of the run

    def _meant(self, what: str) -> bool:
        """Whether a key is meant for this screen; it may have been pressed for the walk as the screens changed."""
        if monotonic() >= self._grace:
            return True
        self._grace = 0.0
        self.say(f"The run is now watched, and the keys have changed: press again to {what}.")
        return False

    def action_freeze(self) -> None:
        """Record the next whole iteration, and open it."""
        if self._meant("freeze the next iteration"):
            self._asking.freeze()

    def action_go_on(self) -> None:
        """Let a held run go on."""
        if self._meant("resume a held run"):
            self._asking.go_on()

    def action_pause(self) -> None:
        """Hold the run at the end of this iteration, or let it go on."""
        if self._meant("hold the run"):
            self._asking.pause()

    def action_stop(self) -> None:
        """End the program: kindly, then by force."""
        if self._meant("stop the run"):
            self._asking.stop()

    def action_freeze_when(self) -> None:
        """Ask for conditions."""
        if self._meant("set when to freeze"):
            self._asking.freeze_when()

    def action_set_rate(self) -> None:
        """Ask for a learning rate."""
        if self._meant("set a learning rate"):
            self._asking.set_rate()

    def action_export(self) -> None:
        """Write what was measured to files."""
        self._asking.export()

    # --- looking

    def action_walk(self) -> None:
        """Walk what was recorded."""
        self.dismiss(None)

    def action_open(self) -> None:
        """Walk the iteration at the cursor, if it was recorded."""
        cursor = self.view.window.cursor
        if cursor is None:
            self.action_walk()
            return
        number = self.run.trace.passes.of_number(cursor)
        if number is None:
            self.say(f"Pass {cursor:,} was watched, not recorded: only its numbers are there.")
            return
        self.dismiss(self.run.trace.losses[number])

    def action_left(self) -> None:
        """Cursor to the left."""
        self._move(-1)

    def action_right(self) -> None:
        """Cursor to the right."""
        self._move(1)

    def _move(self, by: int) -> None:
        self._hint = ""
        self.view.window.move(by, max(4, self.curve.size.width - AXIS), self._within)
        self.show()

    def action_no_cursor(self) -> None:
        """Everything, and the newest."""
        self.view.window.cursor = self.view.window.low = self.view.window.high = None
        self._hint = ""
        self.show()

    def action_zoom_in(self) -> None:
        """Half of what is in sight."""
        self.view.window.zoom(0.5, self._within)
        self.show()

    def action_zoom_out(self) -> None:
        """Twice as much."""
        self.view.window.zoom(2.0, self._within)
        self.show()

    def action_pan_left(self) -> None:
        """Earlier passes."""
        self.view.window.pan(-0.25, self._within)
        self.show()

    def action_pan_right(self) -> None:
        """Later passes."""
        self.view.window.pan(0.25, self._within)
        self.show()

    def action_log_y(self) -> None:
        """Logarithmic heights."""
        self.view.window.log_y = not self.view.window.log_y
        self.show()

    def action_log_x(self) -> None:
        """Logarithmic passes."""
        self.view.window.log_x = not self.view.window.log_x
        self.show()

    def action_smooth(self) -> None:
        """A smoothed line over the raw one."""
        self.view.window.smooth = not self.view.window.smooth
        self.show()

    def action_rates(self) -> None:
        """Learning rates over the curve."""
        self.view.window.rates = not self.view.window.rates
        self.show()

    def action_quantity(self) -> None:
        """The next of losses, norms, learning rates and memory that was measured."""
        there = [q for q in QUANTITIES if shown_curves(self.run.trace.curves, q)] or ["loss"]
        at = there.index(self.view.quantity) if self.view.quantity in there else -1
        self.view.quantity = there[(at + 1) % len(there)]
        self.show()
