"""The loss over the numbers that it depends on, as the kernel has computed it, and the way of the run through it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from tutor_tui.protocol.messages import Axis, Sampled
from tutor_tui.text.numbers import format_number
from tutor_tui.text.safe import one_line
from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.trace.look.landscape import Landscape, Place
from tutor_tui.ui.panes.curve_pane import PlotAtCursor
from tutor_tui.ui.panes.pane import FRAME
from tutor_tui.ui.panes.said import chosen
from tutor_tui.ui.panes.ticks import names, ticks
from tutor_tui.ui.settings import Settings

SHADES = {True: " .:-=+*#%", False: " ·░▒▓█"}
"""From low to high, in ASCII and otherwise."""
TANGENT = 0.12
"""Share of an axis that the tangent takes on each side of the point."""
DIGITS = 6


class LandscapePane(PlotAtCursor):
    """A curve over one number, with the point, the tangent and the way so far; shades over two."""

    def __init__(self, settings: Settings, find: Callable[[Cursor], Landscape | None]) -> None:
        super().__init__(settings, id="landscape")
        self.border_title = "landscape"
        self._find = find
        self._shown: object = None

    def draw_at(self, cursor: Cursor) -> None:
        """Draw anew only where something has moved."""
        found = self._find(cursor)
        state = (found, self.size, self.settings.plain, self.mark_colour())
        if state == self._shown:
            return
        self._shown = state
        self.theme = "clear" if self.app.theme.startswith("ansi") else "auto"
        self.plt.clear_figure()
        if found is None or found.sampled is None or found.sampled.error:
            said = "" if found is None else found.sampled.error if found.sampled is not None else found.said
            title = f"landscape · {said}" if said else "landscape"
            self.set_title(one_line(title, self.size.width - FRAME))
        elif len(found.sampled.axes) == 1:
            self._line(found.sampled, found.way)
            self.set_title(self._title(found))
        else:
            self._map(found.sampled, found.way)
            self.set_title(self._title(found))
        self.refresh()

    # --- over one number

    def _line(self, sampled: Sampled, way: Sequence[Place]) -> None:
        axis = sampled.axes[0]
        known = [(x, y) for x, y in zip(axis.numbers(), sampled.values, strict=True) if math.isfinite(y)]
        if not known:
            return
        plot, plain = self.plt, self.settings.plain
        low, high = _apart(min(y for _, y in known), max(y for _, y in known))
        plot.xlim(axis.low, axis.high)
        plot.ylim(low, high)
        self._ticks(axis, (low, high))
        plot.plot([x for x, _ in known], [y for _, y in known], marker="." if plain else "braille")
        if way and (slope := way[-1].slopes[0]) is not None:
            self._tangent(axis, way[-1], slope, low, high)
        self._way([p.at[0] for p in way], [p.loss for p in way])

    def _tangent(self, axis: Axis, place: Place, slope: float, low: float, high: float) -> None:
        """A piece of the straight line through the point, as far as it lies in the picture."""
        reach = TANGENT * (axis.high - axis.low)
        if slope:
            reach = min(reach, (high - low) * 2 * TANGENT / abs(slope))
        xs = [place.at[0] + reach * n / 20 for n in range(-20, 21)]
        line = [(x, place.loss + slope * (x - place.at[0])) for x in xs]
        line = [(x, y) for x, y in line if low <= y <= high and axis.low <= x <= axis.high]
        marker, colour = "-" if self.settings.plain else "braille", self.mark_colour()
        self.plt.plot([x for x, _ in line], [y for _, y in line], marker=marker, color=colour)

    # --- over two

    def _map(self, sampled: Sampled, way: Sequence[Place]) -> None:
        across, up = sampled.axes
        self.plt.xlim(across.low, across.high)
        self.plt.ylim(up.low, up.high)
        self._ticks(across, (up.low, up.high))
        shades = SHADES[self.settings.plain]
        known = [value for value in sampled.values if math.isfinite(value)]
        low, high = min(known, default=0.0), max(known, default=0.0)
        xs, ys, marks = [], [], []
        for x in _cells(across, self.size.width):
            for y in _cells(up, self.size.height):
                value = _nearest(sampled, x, y)
                if math.isfinite(value):
                    share = math.sqrt((value - low) / (high - low)) if high > low else 0.0
                    xs.append(x)
                    ys.append(y)
                    marks.append(shades[min(int(share * len(shades)), len(shades) - 1)])
        if xs:
            plot: Any = self.plt  # its types know of one marker for all
            plot.scatter(xs, ys, marker=marks, color="gray")
        self._way([p.at[0] for p in way], [p.at[1] for p in way])

    # --- both

    def _ticks(self, across: Axis, heights: tuple[float, float]) -> None:
        below = ticks(across.low, across.high, max(2, min(8, self.size.width // 10)))
        beside = ticks(*heights, max(2, min(6, self.size.height // 3)))
        self.plt.xticks(below, names(below))
        self.plt.yticks(beside, names(beside))

    def _way(self, xs: Sequence[float], ys: Sequence[float]) -> None:
        """The steps so far, the last one apart."""
        plain = self.settings.plain
        if len(xs) > 1:
            self.plt.scatter(xs[:-1], ys[:-1], marker="o" if plain else "•", color=self.mark_colour())
        if xs:
            self.plt.scatter(xs[-1:], ys[-1:], marker="@" if plain else "●", color=self.mark_colour())

    def _title(self, found: Landscape) -> str:
        """As much as there is room for: where one stands first."""
        over = ", ".join(entry.name for entry in found.entries)
        whose = f"data of pass {found.iteration}"
        if not found.way:
            return f"landscape · loss over {over}, {whose}"
        place = found.way[-1]
        here = f"{_numbers(found, place.at)} · loss {format_number(place.loss, DIGITS)}"
        slopes = ", ".join(format_number(s, DIGITS) for s in place.slopes if s is not None)
        sloping = f"{here} · slope {slopes}" if slopes else here
        of_pass = f"pass {place.iteration}: {sloping}"
        loss = f"pass {place.iteration}: loss {format_number(place.loss, DIGITS)}"
        lengths = (f"{of_pass} · {whose}", of_pass, sloping, here, loss)
        return chosen((*(f"landscape · {text}" for text in lengths), "landscape"), self.size.width - FRAME)


def _apart(low: float, high: float) -> tuple[float, float]:
    """Room around a loss that is the same everywhere."""
    return (low, high) if high > low else (low - max(1.0, abs(low)) / 2, high + max(1.0, abs(high)) / 2)


def _numbers(found: Landscape, at: Sequence[float]) -> str:
    pairs = zip(found.entries, at, strict=True)
    return ", ".join(f"{entry.name} = {format_number(number, DIGITS)}" for entry, number in pairs)


def _cells(axis: Axis, count: int) -> list[float]:
    return [axis.low + (axis.high - axis.low) * n / max(1, count - 1) for n in range(count)]


def _nearest(sampled: Sampled, x: float, y: float) -> float:
    """The loss at the computed point that is nearest."""
    across, up = sampled.axes
    column = round((x - across.low) / (across.high - across.low) * (across.points - 1))
    row = round((y - up.low) / (up.high - up.low) * (up.points - 1))
    return sampled.values[column * up.points + row]
