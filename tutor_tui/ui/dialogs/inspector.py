"""One tensor, looked into."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from tutor_tui.protocol.messages import Inspection, Preview
from tutor_tui.text.numbers import format_number, shape_text
from tutor_tui.text.safe import one_line
from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.trace.look.gradients import why_none
from tutor_tui.trace.words.story import value_text
from tutor_tui.ui.panes.line_pane import LinePane
from tutor_tui.ui.panes.matrix import heat_rows, histogram_rows, matrix_rows
from tutor_tui.ui.panes.rows import Row, row
from tutor_tui.ui.settings import Settings

VIEWS = ("numbers", "heat map", "histogram")


class InspectorScreen(ModalScreen[None]):
    """Values at this step where the record has them; else those the tensor has now, and it is said."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,i", "dismiss"),
        Binding("v,space", "view"),
        Binding("right_square_bracket", "slice(1)"),
        Binding("left_square_bracket", "slice(-1)"),
        Binding("comma", "dimension"),
    ]

    def __init__(
        self,
        settings: Settings,
        ask: Callable[[int, list[int]], Awaitable[Inspection]],
        cursor: Cursor,
        number: int,
    ) -> None:
        """`ask` tells, of a tensor and an index, the values as they are now."""
        super().__init__()
        self._settings, self._ask = settings, ask
        trace, moment = cursor.trace, cursor.moment
        self._trace, self._moment, self._number = trace, moment, number
        self._preview = trace.tensors.at(number, moment)
        self._view = 0
        self._index = [0] * max(0, len(self._preview.shape) - 2 if self._preview else 0)
        self._turning = 0
        self._live: Inspection | None = None

    def compose(self) -> ComposeResult:
        """Rows, and the keys."""
        with Vertical(id="inspector"):
            yield LinePane(self._settings, id="looked", title="tensor")
            scroll = "" if self._settings.plain else "↑↓ scroll  "
            yield Static(f"v view  [ ] slice  , dimension  {scroll}Esc back", id="looked-keys", markup=False)

    def on_mount(self) -> None:
        """Show what is at hand, and ask for the rest."""
        self.query_one("#looked", LinePane).focus()
        self.call_after_refresh(self._draw)
        self._fetch()

    def on_resize(self) -> None:
        """Another size."""
        self.call_after_refresh(self._draw)

    def action_view(self) -> None:
        """Numbers, heat map, histogram."""
        self._view = (self._view + 1) % len(VIEWS)
        self._draw()

    def action_slice(self, by: int) -> None:
        """The next slice along the dimension that turns."""
        if self._preview is None or not self._index:
            return
        size = self._preview.shape[self._turning]
        self._index[self._turning] = (self._index[self._turning] + by) % max(1, size)
        self._fetch()
        self._draw()

    def action_dimension(self) -> None:
        """Turn another of the leading dimensions."""
        if self._index:
            self._turning = (self._turning + 1) % len(self._index)
            self._draw()

    def _fetch(self) -> None:
        self.run_worker(self._take(), exclusive=True)

    async def _take(self) -> None:
        self._live = await self._ask(self._number, list(self._index))
        self._draw()

    def _draw(self) -> None:
        if not self.is_mounted or not self.query("#looked"):  # it may be on its way out
            return
        pane = self.query_one("#looked", LinePane)
        title = f"{self._called()} · {VIEWS[self._view]}"
        pane.border_title = self._settings.characters(title)
        pane.show_rows([*self._facts(), row(""), *self._picture(pane.size.width - 2, pane.size.height)])

    def _called(self) -> str:
        return one_line(
            self._trace.naming.name_of(self._number, self._moment) or f"tensor {self._number}", 40
        )

    def _facts(self) -> list[Row]:
        preview = self._preview
        if preview is None:
            return [row("It does not exist yet at this step.")]
        kind = "a leaf" if preview.is_leaf else "a result"
        rows = [
            row(
                f"shape {shape_text(preview.shape)}, {preview.dtype} on {preview.device}, {kind}, written in "
                f"place {preview.version} times"
            )
        ]
        if preview.requires_grad:
            gradient = self._trace.tensors.gradient(self._number, self._moment)
            why = why_none(self._trace, self._number, self._moment) if gradient is None else ""
            rows.append(
                row(f"grad: none, {why}" if gradient is None else f"grad: {_gradient_text(gradient)}")
            )
        live = self._live
        stats = live.preview.stats if live is not None and live.preview is not None else None
        if stats is not None:
            names = ("min", "max", "mean", "std")
            numbers = [
                f"x.{n}() {format_number(getattr(stats, n))}" for n in names if getattr(stats, n) is not None
            ]
            finite = " that are finite" if stats.nan or stats.inf else ""
            rows.append(row(f"now, over all elements{finite}: {', '.join(numbers)},"))
            rows.append(row(f"  {stats.nan} nan, {stats.inf} inf"))
        return rows

    def _picture(self, width: int, height: int) -> list[Row]:
        values, said = self._values()
        if values is None:
            return [row((said, "dim"))]
        if self._view == 0:
            rows = matrix_rows(values, width)
        elif self._view == 1:
            rows = heat_rows(values, width, max(4, height - 8), self._has_colours())
        else:
            rows = histogram_rows(values, width)
        return [row((said, "dim")), *rows]

    def _values(self) -> tuple[Any, str]:
        """The numbers to show, and which they are."""
        preview, live = self._preview, self._live
        if preview is not None and preview.values is not None:
            values = preview.values
            for index in self._index:
                values = values[index]
            return values, f"{self._where()}its values at this step:"
        if live is None:
            return None, "asking the kernel…"
        if live.error or live.preview is None:
            return (
                None,
                f"No values: {live.error}. The record keeps only small tensors' values at this step.",
            )
        same = preview is not None and live.preview.version == preview.version
        when = (
            "its values, unchanged since this step:" if same else "its values NOW, changed since this step:"
        )
        return live.values, f"{self._where()}{when}"

    def _has_colours(self) -> bool:
        """Whether the terminal tells nine colours apart; where it does not, shades do."""
        many = self.app.console.color_system in ("256", "truecolor") and not os.environ.get("NO_COLOR")
        return many and not self.app.theme.startswith("ansi") and not self._settings.plain

    def _where(self) -> str:
        if not self._index:
            return ""
        picked = ", ".join(f">{n}<" if d == self._turning else str(n) for d, n in enumerate(self._index))
        return f"[{picked}, :, :] "


def _gradient_text(gradient: Preview) -> str:
    """Its values, and how many they are."""
    values = value_text(gradient, 12)
    shape = shape_text(gradient.shape)
    return values if values.startswith(shape) or not gradient.shape else f"{values}, {shape}"
