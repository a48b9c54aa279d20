"""The loss curve, with textual-plotext."""

from __future__ import annotations

from textual_plotext import PlotextPlot

from tutor_tui.protocol.messages import Loss
from tutor_tui.trace.cursor import Cursor
from tutor_tui.trace.numbers import format_number
from tutor_tui.ui.render.losses import Curve
from tutor_tui.ui.settings import Settings


class LossPane(PlotextPlot):
    """Every loss recorded so far; the one at the cursor is named in the title and marked."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.border_title = "loss"
        self._shown: object = None

    def show(self, cursor: Cursor, settings: Settings) -> None:
        """Draw anew only where there is another loss, or the cursor stands in another pass."""
        here = max(1, cursor.trace.loss_before(cursor.moment))
        looks = (settings.log_loss, settings.smooth_loss, settings.ascii, self.app.theme)
        state = (id(cursor.trace), len(cursor.trace.losses), here, self.size.width, looks)
        if state == self._shown or self.size.width < 10:
            return
        self._shown = state
        step = cursor.trace.steps[cursor.trace.losses[here - 1]]
        value = step.value if isinstance(step, Loss) else None
        shown = "no single number" if value is None else format_number(value, 5)
        curve = Curve(cursor.trace, self.size.width, settings.log_loss)
        self.border_title = f"loss{curve.remark()} · pass {here}: {shown}"
        self._draw(curve, settings, here)

    def _draw(self, curve: Curve, settings: Settings, here: int) -> None:
        # in a terminal's own colours no other ground than the terminal's: on one of its own it may not be seen
        self.theme = "clear" if self.app.theme.startswith("ansi") else "auto"
        plot = self.plt
        plot.clear_figure()
        if curve.points:
            marker = "." if settings.ascii else "braille"
            plot.plot([x for x, _ in curve.points], [y for _, y in curve.points], marker=marker)
        if settings.smooth_loss and curve.smooth:
            marker = "o" if settings.ascii else "•"
            plot.plot([x for x, _ in curve.smooth], [y for _, y in curve.smooth], marker=marker)
        if curve.bad:
            low = min((y for _, y in curve.points), default=0.0)
            plot.scatter(curve.bad, [low] * len(curve.bad), marker="x")
        if (mark := curve.at(here)) is not None:
            plot.scatter([here], [mark], marker="@" if settings.ascii else "●")
        if settings.log_loss:
            ticks = curve.ticks()
            plot.yticks(ticks, [format_number(10**t, 3) for t in ticks])
        self.refresh()
