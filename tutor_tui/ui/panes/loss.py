"""Curves, with textual-plotext."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual_plotext import PlotextPlot

from tutor_tui.protocol.messages import Loss
from tutor_tui.text.numbers import format_number
from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.trace.record.curves import Curve
from tutor_tui.ui.panes.band import Canvas, cells
from tutor_tui.ui.panes.plot import Picture, Window, lay_out
from tutor_tui.ui.settings import Settings

AXIS = 9
"""Cells that the numbers of an axis take."""
MARKS = {True: (".", "o", "*", "+"), False: ("braille",) * 4}
"""What several curves are drawn with, in ASCII and otherwise; colours tell the others apart."""


class CurvePane(PlotextPlot):
    """Any curves over the passes, as a window looks at them."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shown: object = None

    def draw_curves(
        self,
        curves: Sequence[Curve],
        window: Window,
        settings: Settings,
        rates: Sequence[Curve] = (),
        within: Sequence[Curve] = (),
    ) -> list[Picture]:
        """Draw, over the passes of the curves `within`, or of their own; the pictures of what was drawn."""
        within = within or curves
        # in a terminal's own colours no other ground than the terminal's: on one of its own it may not be seen
        self.theme = "clear" if self.app.theme.startswith("ansi") else "auto"
        plot = self.plt
        plot.clear_figure()
        columns = max(4, self.size.width)
        pictures = [Picture(curve, window, columns, within) for curve in curves if len(curve)]
        layout = lay_out(pictures, window, self.size.width, self.size.height, within)
        if layout is not None:
            canvas = layout.canvas
            plot.xlim(canvas.left, canvas.right)
            plot.ylim(canvas.bottom, canvas.top)
            plot.xticks(*layout.passes)
            plot.yticks(*layout.heights)
            for number, picture in enumerate(pictures):
                label = picture.name if len(pictures) > 1 else None
                self._draw_one(plot, picture, canvas, MARKS[settings.ascii][number % 4], label, settings)
        if window.rates:
            self._draw_rates(plot, rates, window, within, settings)
        self.refresh()
        return pictures

    def _draw_one(
        self, plot: Any, picture: Picture, canvas: Canvas, marker: str, label: str | None, settings: Settings
    ) -> None:
        if picture.extents:
            band = list(cells(picture.extents, canvas, marker if settings.ascii else ""))
            dots = [dot for *_, dot in band]
            plot.scatter([x for x, *_ in band], [y for _, y, _ in band], marker=dots, label=label)
        if picture.points:
            xs, ys = [x for x, _ in picture.points], [y for _, y in picture.points]
            plot.plot(xs, ys, marker=marker, label=label)
        if picture.smooth:
            xs, ys = [x for x, _ in picture.smooth], [y for _, y in picture.smooth]
            plot.plot(xs, ys, marker="o" if settings.ascii else "•")
        if picture.bad:
            plot.scatter(picture.bad, [canvas.bottom] * len(picture.bad), marker="x")

    def _draw_rates(
        self, plot: Any, rates: Sequence[Curve], window: Window, within: Sequence[Curve], settings: Settings
    ) -> None:
        """Learning rates on an axis of their own; each holds until it changes."""
        low, high = window.range(within)
        sight = Window(log_x=window.log_x, low=low, high=high)
        for rate in rates:
            picture = Picture(rate, sight, max(4, self.size.width), within)
            steps = picture.points or [(x, (bottom + top) / 2) for x, bottom, top in picture.extents]
            if steps:
                marker = "-" if settings.ascii else "braille"
                xs, ys = [x for x, _ in steps], [y for _, y in steps]
                plot.plot(xs, ys, marker=marker, yside="right", label=rate.name)


class LossPane(CurvePane):
    """Every loss recorded so far; the one at the cursor is named in the title and marked."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.border_title = "loss"

    def show(self, cursor: Cursor, settings: Settings) -> None:
        """Draw anew only where there is another loss, or the cursor stands in another pass."""
        trace = cursor.trace
        losses = trace.curves.of("loss")
        number = trace.loss_before(cursor.moment)
        step = trace.steps[trace.losses[max(1, number) - 1]] if trace.losses else None
        if step is not None and step.seq < trace.since(cursor.moment):
            step = None  # its loss is still to come
        here = step.iteration if isinstance(step, Loss) else 0
        looks = (settings.log_loss, settings.smooth_loss, settings.ascii, self.app.theme)
        state = (id(trace), sum(map(len, losses)), here, self.size, looks)
        if state == self._shown or self.size.width < 10:
            return
        self._shown = state
        value = step.value if isinstance(step, Loss) else None
        shown = "a tensor of several" if value is None else format_number(value, 5)
        window = Window(log_y=settings.log_loss, smooth=settings.smooth_loss)
        pictures = self.draw_curves(losses, window, settings)
        remarks = "".join(picture.remark() for picture in pictures[:1])
        at = f" · pass {here}: {shown}" if step is not None else ""
        self.border_title = f"{_name(losses, step)}{remarks}{at}"
        self._mark(pictures, here, settings)

    def _mark(self, pictures: Sequence[Picture], here: int, settings: Settings) -> None:
        for picture in pictures:
            place = picture.at(here)
            if place is not None:
                self.plt.scatter([place[0]], [place[1]], marker="@" if settings.ascii else "●")


def _name(losses: Sequence[Curve], step: object) -> str:
    name = step.name if isinstance(step, Loss) else ""
    return name if len(losses) > 1 and name else "loss"
