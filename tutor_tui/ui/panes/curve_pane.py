"""Curves, with textual-plotext."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual.color import Color
from textual_plotext import PlotextPlot

from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.trace.record.curves import Curve
from tutor_tui.ui.panes.band import Canvas, cells
from tutor_tui.ui.panes.plot_layout import Picture, Window, lay_out
from tutor_tui.ui.settings import Settings

AXIS = 9
"""Cells that the numbers of an axis take."""
NARROW = 10
"""Cells below which a pane has no room for a plot, or is not laid out yet."""
MARKS = {True: (".", "o", "*", "+"), False: ("braille",) * 4}
"""What several curves are drawn with, in ASCII and otherwise; colours tell the others apart."""


class CurvePane(PlotextPlot):
    """Any curves over the passes, as a window looks at them."""

    def __init__(self, settings: Settings, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.settings = settings

    def draw_curves(
        self,
        curves: Sequence[Curve],
        window: Window,
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
                self._draw_one(plot, picture, canvas, MARKS[self.settings.plain][number % 4], label)
        if window.rates:
            self._draw_rates(plot, rates, window, within)
        self.refresh()
        return pictures

    def _draw_one(self, plot: Any, picture: Picture, canvas: Canvas, marker: str, label: str | None) -> None:
        if picture.extents:
            band = list(cells(picture.extents, canvas, marker if self.settings.plain else ""))
            dots = [dot for *_, dot in band]
            plot.scatter([x for x, *_ in band], [y for _, y, _ in band], marker=dots, label=label)
        if picture.points:
            xs, ys = [x for x, _ in picture.points], [y for _, y in picture.points]
            plot.plot(xs, ys, marker=marker, label=label)
        if picture.smooth:
            xs, ys = [x for x, _ in picture.smooth], [y for _, y in picture.smooth]
            plot.plot(xs, ys, marker="o" if self.settings.plain else "•")
        if picture.bad:
            plot.scatter(picture.bad, [canvas.bottom] * len(picture.bad), marker="x")

    def _draw_rates(self, plot: Any, rates: Sequence[Curve], window: Window, within: Sequence[Curve]) -> None:
        """Learning rates on an axis of their own; each holds until it changes."""
        low, high = window.range(within)
        sight = Window(log_x=window.log_x, low=low, high=high)
        for rate in rates:
            picture = Picture(rate, sight, max(4, self.size.width), within)
            steps = picture.points or [(x, (bottom + top) / 2) for x, bottom, top in picture.extents]
            if steps:
                marker = "-" if self.settings.plain else "braille"
                xs, ys = [x for x, _ in steps], [y for _, y in steps]
                plot.plot(xs, ys, marker=marker, yside="right", label=rate.name)

    def mark(self, pictures: Sequence[Picture], x: int) -> None:
        """Mark where each curve is at a pass."""
        for picture in pictures:
            place = picture.at(x)
            if place is not None:
                marker = "@" if self.settings.plain else "●"
                self.plt.scatter([place[0]], [place[1]], marker=marker, color=self.mark_colour())

    def mark_colour(self) -> tuple[int, int, int] | str | None:
        """A colour that stands out in the theme; in the terminal's own colours, one of those."""
        colour = Color.parse(self.app.theme_variables["warning"])
        return "orange" if colour.ansi is not None else colour.rgb

    def set_title(self, title: str) -> None:
        """What stands in the frame."""
        self.border_title = self.settings.characters(title)


class PlotAtCursor(CurvePane):
    """Curves at a cursor. They may be asked for before the pane has a size: they are drawn once it has."""

    _late: Cursor | None = None

    def show(self, cursor: Cursor) -> None:
        """Draw what is to be seen at a cursor."""
        self._late = cursor if self.size.width < NARROW else None
        if self._late is None:
            self.draw_at(cursor)

    def draw_at(self, cursor: Cursor) -> None:
        """Draw it, in a pane that has a size."""
        raise NotImplementedError

    def on_resize(self) -> None:
        """There is room now."""
        if self._late is not None:
            self.show(self._late)
