"""The loss curve, with textual-plotext."""

from __future__ import annotations

from textual_plotext import PlotextPlot

from tutor_tui.protocol.messages import Loss
from tutor_tui.trace.cursor import Cursor
from tutor_tui.trace.numbers import format_number
from tutor_tui.ui.render.losses import extremes, loss_points


class LossPane(PlotextPlot):
    """Every loss recorded so far; the one at the cursor is named in the title and marked."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.border_title = "loss"
        self._shown: tuple[int, int, int] = (0, 0, 0)

    def show(self, cursor: Cursor) -> None:
        """Draw anew only where there is another loss, or the cursor stands in another pass."""
        here = max(1, cursor.trace.loss_before(cursor.moment))
        state = (len(cursor.trace.losses), here, self.size.width)
        if state == self._shown or self.size.width < 10:
            return
        self._shown = state
        step = cursor.trace.steps[cursor.trace.losses[here - 1]]
        value = step.value if isinstance(step, Loss) else None
        shown = "no single number" if value is None else format_number(value, 5)
        self.border_title = f"loss · pass {here}: {shown}"
        every = loss_points(cursor.trace)
        points = extremes(every, self.size.width)
        plot = self.plt
        plot.clear_figure()
        if points:
            plot.plot([x for x, _ in points], [y for _, y in points], marker="braille")
        if value is not None and any(x == here for x, _ in every):
            plot.scatter([here], [value], marker="●")
        self.refresh()
