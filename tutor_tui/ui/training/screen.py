"""The screen on which a run is watched while it trains."""

from __future__ import annotations

from math import isfinite
from time import monotonic
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widgets import Static

from tutor_tui.protocol.messages import Continue, Freeze, FreezeWhen, Pause, SetRate
from tutor_tui.text.ascii import ascii_text
from tutor_tui.text.safe import one_line
from tutor_tui.trace.record.trace import Trace
from tutor_tui.trace.words.first_bad import bad_text
from tutor_tui.ui.keys.actions import LIVE_ACTIONS, live_footer
from tutor_tui.ui.panes.line_pane import LinePane
from tutor_tui.ui.panes.loss import AXIS, CurvePane
from tutor_tui.ui.panes.plot import Window
from tutor_tui.ui.panes.rows import row
from tutor_tui.ui.settings import Settings
from tutor_tui.ui.training.figures import (
    QUANTITIES,
    TITLES,
    number_rows,
    printed_rows,
    shown_curves,
    state_text,
)

PACE = 0.2
"""Seconds between two drawings of the curve."""


class LiveScreen(Screen[None]):
    """The curve, the newest numbers, what was printed; and the keys that hold and change the run."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, f"screen.{action.id}", action.help, show=False)
        for action in LIVE_ACTIONS
        if action.owner == "screen"
        for key in action.keys
    ]

    def __init__(self, trace: Trace, before: LiveScreen | None = None) -> None:
        """`before` is where one has looked at the same run."""
        super().__init__()
        self.trace = trace
        self.window: Window = before.window if before is not None else Window()
        self.when: FreezeWhen = before.when if before is not None else FreezeWhen()
        self._quantity: str = before._quantity if before is not None else "loss"
        self._first = before is None
        self._hint = ""
        self._drawn = 0.0
        self._due = False

    def compose(self) -> ComposeResult:
        """The curve with its numbers, the output, a line of words, the keys."""
        with Horizontal(id="live"):
            yield CurvePane(id="curve")
            yield LinePane(id="numbers", title="run")
        yield LinePane(id="printed", title="output")
        yield Static(id="live-story", markup=False)
        yield Static(id="live-keys", markup=False)

    def on_mount(self) -> None:
        """Nothing takes the focus: the arrow keys move the cursor on the curve."""
        for pane in self.query(LinePane):
            pane.can_focus = False
        if self._first:
            self.window.smooth, self.window.log_y = self._settings.smooth_loss, self._settings.log_loss
        self.call_after_refresh(self.show)

    def on_resize(self, event: events.Resize) -> None:
        """Another size: draw everything."""
        self.call_after_refresh(self.show)

    def on_screen_resume(self) -> None:
        """Back from another screen."""
        self.call_after_refresh(self.show)

    @property
    def _settings(self) -> Settings:
        found: Settings = getattr(self.app, "settings", None) or Settings()
        return found

    @property
    def _curves(self) -> list[Any]:
        return shown_curves(self.trace.curves, self._quantity)

    @property
    def _within(self) -> list[Any]:
        """The curves whose passes are shown, whatever is drawn over them."""
        return self.trace.curves.of("loss") or self._curves

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

    def quiet(self) -> None:
        """What was said of what is to come has come."""
        self._hint = ""
        self.grew()

    def warn(self, text: str) -> None:
        """Say something until the next key."""
        self._hint = text
        self.show()

    def show(self) -> None:
        """Everything, as it is now."""
        if not self.is_mounted or not self.size.width or self.app.screen is not self:
            return
        plain = self._settings.ascii
        numbers = self.query_one("#numbers", LinePane)
        printed = self.query_one("#printed", LinePane)
        for pane in (numbers, printed):
            pane.ascii = plain
        numbers.show_rows(number_rows(self.trace, self.window, self.when, numbers.size.width - 2))
        rows = printed_rows(self.trace, max(1, printed.size.height - 1))
        printed.show_rows(rows or [row(("nothing printed so far", "dim"))])
        self._show_curve()
        story = self._hint or self._told()
        text = one_line(story, 2 * max(20, self.size.width - 4))
        self.query_one("#live-story", Static).update(ascii_text(text) if plain else text)
        keys = live_footer(self.size.width - 4 * plain, self._held, self._in_reach)
        self.query_one("#live-keys", Static).update(ascii_text(keys) if plain else keys)
        self._drawn = monotonic()

    def _show_curve(self) -> None:
        pane = self.query_one("#curve", CurvePane)
        curves = self._curves
        rates = shown_curves(self.trace.curves, "rate") if self._quantity != "rate" else []
        pictures = pane.draw_curves(curves, self.window, self._settings, rates, self._within)
        if self.window.cursor is not None:
            for picture in pictures:
                place = picture.at(self.window.cursor)
                if place is not None:
                    mark = "@" if self._settings.ascii else "●"
                    pane.plt.scatter([place[0]], [place[1]], marker=mark)
        remark = "".join(picture.remark() for picture in pictures[:1])
        low, high = self.window.range(self._within)
        part = f" · passes {low:,.0f} to {high:,.0f}" if self.window.low is not None else ""
        title = f"{TITLES[self._quantity]}{remark}{part}"
        pane.border_title = ascii_text(title) if self._settings.ascii else title

    def _told(self) -> str:
        mode = self.trace.mode
        if self.trace.lost and self.trace.end is None:
            return f"{self.trace.lost} w walks what was recorded, and r there begins anew."
        if self.trace.bad is not None and self.trace.bad.how and not self._held:
            return bad_text(self.trace.bad)
        if self.trace.end is not None:
            failure = self.trace.failure
            how = f"{failure.type}: {failure.message}" if failure else self.trace.end.reason
            return f"The run is over: {how}. w walks what was recorded."
        if mode is not None and mode.mode == "frozen":
            return (
                f"Pass {mode.passes} was recorded whole ({mode.reason}), and the program waits. "
                "w walks it, c goes on."
            )
        if mode is not None and mode.mode == "paused":
            return (
                f"The program waits behind pass {mode.passes}. c goes on, space records the next iteration."
            )
        if mode is not None and mode.mode == "watching":
            return "The run is watched, at next to no cost. space freezes the next iteration and records it whole."
        return f"The run: {state_text(self.trace)}."

    @property
    def _held(self) -> bool:
        return self.trace.mode is not None and self.trace.mode.mode in ("frozen", "paused")

    # --- the run

    def _reachable(self) -> bool:
        """Whether something can be asked of the run; says why not."""
        if self.trace.end is not None:
            self.warn("The run is over. w walks what was recorded, q quits.")
        elif self.trace.lost:
            self.warn(self._told())
        return self._in_reach

    @property
    def _in_reach(self) -> bool:
        """Whether there is a run that can still be asked."""
        return self.trace.end is None and not self.trace.lost

    def _ask(self, request: Any, said: str) -> None:
        if not self._reachable():
            return
        self.app.ask_run(request)  # type: ignore[attr-defined]
        self.warn(said)

    def action_freeze(self) -> None:
        """Record the next whole iteration, and open it."""
        self._ask(Freeze(), "The next whole iteration will be recorded, and opened here.")

    def action_go_on(self) -> None:
        """Let a held run go on."""
        self._ask(Continue(), "The run goes on." if self._held else "The run goes on already.")

    def action_pause(self) -> None:
        """Hold the run at the end of this iteration, or let it go on."""
        if self._held:
            self.action_go_on()
        else:
            self._ask(Pause(), "The run will be held at the end of this iteration.")

    def action_stop(self) -> None:
        """KeyboardInterrupt at the end of this iteration; a second time at once, then by force."""
        if not self._reachable():
            return
        self.app.action_stop_run()  # type: ignore[attr-defined]
        self.warn(
            "KeyboardInterrupt at the end of this iteration. s again: at once, and by force after a second."
        )

    def action_freeze_when(self) -> None:
        """Ask for conditions."""
        if not self._reachable():
            return
        self._prompt(
            "Freeze when", "nan, jump 5, norm 10; several with commas; empty for none", self._set_when
        )

    def _set_when(self, text: str) -> None:
        when = parse_when(text)
        if when is None:
            self.warn(f"“{text}” is no condition. Use nan, jump K, norm N, with commas between them.")
            return
        self.when = when
        self._ask(when, "The conditions are set." if text.strip() else "No conditions any more.")

    def action_set_rate(self) -> None:
        """Ask for a learning rate."""
        if not self._reachable():
            return
        groups = self.trace.curves.groups
        if not groups:
            self.warn("No optimizer has stepped so far: there is no learning rate to change.")
            return
        named = ", ".join(f"{g.number} {g.optimizer}" for g in groups.values())
        hint = "a number" if len(groups) == 1 else f"GROUP NUMBER; groups: {named}"
        self._prompt("Learning rate", hint, self._change_rate)

    def _change_rate(self, text: str) -> None:
        groups = self.trace.curves.groups
        parts = text.split()
        rate = number_in(parts[-1]) if parts else None
        group = parts[0] if len(parts) == 2 else str(min(groups))
        if rate is None or rate < 0 or len(parts) > 2 or group not in map(str, groups):
            self.warn(f"“{text}” is no learning rate of a group; nothing was changed.")
            return
        said = (
            f"The lr of group {group} will be {rate:g} from the next step on. A scheduler may set it again."
        )
        self._ask(SetRate(group=int(group), rate=rate), said)

    def action_detach(self) -> None:
        """Leave the run alone, to come back to."""
        self.app.action_detach()  # type: ignore[attr-defined]

    def action_find_bad(self) -> None:
        """Where the first value came from that was not finite."""
        self.app.action_find_bad()  # type: ignore[attr-defined]

    def action_export(self) -> None:
        """Write what was measured to files."""
        from tutor_tui.ui.training.export import EXPORT_HINT

        self._prompt("Export to", EXPORT_HINT, self._export)

    def _export(self, text: str) -> None:
        from tutor_tui.ui.training.export import export, snapshot

        columns = snapshot(self.trace.curves)

        def write() -> None:
            self.app.call_from_thread(self.warn, export(columns, text))

        if text:
            self.warn(f"Writing {sum(len(column.passes) for column in columns):,} points…")
            self.run_worker(write, thread=True, group="export")

    # --- looking

    def action_walk(self) -> None:
        """Walk what was recorded."""
        self.dismiss()

    def action_open(self) -> None:
        """Walk the iteration at the cursor, if it was recorded."""
        cursor = self.window.cursor
        if cursor is None:
            self.action_walk()
            return
        number = self.trace.loss_of_pass(cursor)
        if number is None:
            self.warn(f"Pass {cursor:,} was watched, not recorded: only its numbers are there.")
            return
        self.app.walk_to(self.trace.losses[number])  # type: ignore[attr-defined]

    def action_left(self) -> None:
        """Cursor to the left."""
        self._move(-1)

    def action_right(self) -> None:
        """Cursor to the right."""
        self._move(1)

    def _move(self, by: int) -> None:
        self._hint = ""
        self.window.move(by, max(4, self.query_one("#curve").size.width - AXIS), self._within)
        self.show()

    def action_no_cursor(self) -> None:
        """Everything, and the newest."""
        self.window.cursor = self.window.low = self.window.high = None
        self._hint = ""
        self.show()

    def action_zoom_in(self) -> None:
        """Half of what is in sight."""
        self.window.zoom(0.5, self._within)
        self.show()

    def action_zoom_out(self) -> None:
        """Twice as much."""
        self.window.zoom(2.0, self._within)
        self.show()

    def action_pan_left(self) -> None:
        """Earlier passes."""
        self.window.pan(-0.25, self._within)
        self.show()

    def action_pan_right(self) -> None:
        """Later passes."""
        self.window.pan(0.25, self._within)
        self.show()

    def action_log_y(self) -> None:
        """Logarithmic heights."""
        self.window.log_y = not self.window.log_y
        self.show()

    def action_log_x(self) -> None:
        """Logarithmic passes."""
        self.window.log_x = not self.window.log_x
        self.show()

    def action_smooth(self) -> None:
        """A smoothed line over the raw one."""
        self.window.smooth = not self.window.smooth
        self.show()

    def action_rates(self) -> None:
        """Learning rates over the curve."""
        self.window.rates = not self.window.rates
        self.show()

    def action_quantity(self) -> None:
        """The next of losses, norms, learning rates and memory that was measured."""
        there = [q for q in QUANTITIES if shown_curves(self.trace.curves, q)] or ["loss"]
        at = there.index(self._quantity) if self._quantity in there else -1
        self._quantity = there[(at + 1) % len(there)]
        self.show()

    def _prompt(self, question: str, hint: str, then: Any) -> None:
        from tutor_tui.ui.dialogs.prompt import PromptScreen

        self.app.push_screen(
            PromptScreen(question, hint), lambda text: then(text) if text is not None else None
        )


def number_in(text: str) -> float | None:
    """The finite number that a text is; None for anything else."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) else None


def parse_when(text: str) -> FreezeWhen | None:
    """`nan, jump 5, norm 10` as conditions; None for anything else."""
    when = FreezeWhen()
    for piece in filter(None, (p.strip() for p in text.split(","))):
        word, _, rest = piece.partition(" ")
        number = number_in(rest)
        if word in ("nan", "inf", "finite") and not rest:
            when.finite = True
        elif word in ("jump", "norm") and number is not None and number > 0:
            setattr(when, word, number)
        else:
            return None
    return when
