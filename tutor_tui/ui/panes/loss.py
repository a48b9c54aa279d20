"""The losses recorded so far, and where among them one stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tutor_tui.protocol.messages import Loss
from tutor_tui.text.numbers import format_number
from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.trace.record.curves import Curve
from tutor_tui.ui.panes.curve_pane import PlotAtCursor
from tutor_tui.ui.panes.outcome import Draw, Outcome
from tutor_tui.ui.panes.plot_layout import Picture, Window
from tutor_tui.ui.settings import Settings


class LossPane(PlotAtCursor):
    """Every loss recorded so far; the one at the cursor is named in the title and marked."""

    def __init__(self, settings: Settings, compared: Callable[[], Sequence[str]] = tuple) -> None:
        """`compared` names the losses that are drawn over one another, each from its first pass; none draws all."""
        super().__init__(settings, id="loss")
        self.border_title = "loss"
        self._compared = compared
        self._shown: object = None

    def draw_at(self, cursor: Cursor) -> None:
        """Draw anew only where there is another loss, or the cursor stands in another pass."""
        trace = cursor.trace
        compared = tuple(self._compared())
        losses = [c for c in trace.curves.of("loss") if not compared or (c.name in compared and len(c))]
        step = _loss_at(cursor)
        here = step.iteration if step is not None else 0
        looks = (self.settings.log_loss, self.settings.smooth_loss, self.settings.plain, self.mark_colour())
        state = (id(trace), sum(map(len, losses)), here, self.size, looks)
        if state == self._shown:
            return
        self._shown = state
        window = Window(log_y=looks[0], smooth=looks[1])
        if compared:
            self._compare(losses, window, step)
            return
        pictures = self.draw_curves(losses, window)
        self._tell(losses, pictures, step)
        self.mark(pictures, here)

    def _compare(self, losses: Sequence[Curve], window: Window, step: Loss | None) -> None:
        """Each curve from its own first pass."""
        pictures = self.draw_curves([curve.from_first_pass() for curve in losses], window)
        self._tell(losses, pictures, step, ", each from its first pass" if len(losses) > 1 else "")
        for curve, picture in zip(losses, pictures, strict=True):
            if step is not None and curve.name == step.name:
                self.mark([picture], step.iteration - curve.xs[0] + 1)

    def _tell(
        self, losses: Sequence[Curve], pictures: Sequence[Picture], step: Loss | None, more: str = ""
    ) -> None:
        """The title."""
        remarks = "".join(picture.remark() for picture in pictures[:1])
        self.set_title(f"{_name(losses, step)}{_value(step)}{remarks}{more}")

    def action_log_loss(self) -> Outcome:
        """A logarithmic axis, and back."""
        self.settings.log_loss = not self.settings.log_loss
        return Draw(keep=True)

    def action_smooth_loss(self) -> Outcome:
        """A smoothed line, and back."""
        self.settings.smooth_loss = not self.settings.smooth_loss
        return Draw(keep=True)


def _loss_at(cursor: Cursor) -> Loss | None:
    """The loss of the pass one stands in; None where it is still to come."""
    trace = cursor.trace
    if not trace.losses:
        return None
    number = trace.passes.done(cursor.moment)
    step = trace.steps[trace.losses[max(1, number) - 1]]
    recorded = step.seq >= trace.passes.since(cursor.moment)
    return step if recorded and isinstance(step, Loss) else None


def _name(losses: Sequence[Curve], step: Loss | None) -> str:
    return step.name if step is not None and step.name and len(losses) > 1 else "loss"


def _value(step: Loss | None) -> str:
    if step is None:
        return ""
    value = "not a single number" if step.value is None else format_number(step.value, 5)
    return f" · pass {step.iteration:,}: {value}"
