"""A plot that is asked for before its pane has a size."""

from __future__ import annotations

import asyncio

from textual.app import App, ComposeResult

from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.trace.record.trace import Trace
from tutor_tui.ui.panes.curve_pane import PlotAtCursor
from tutor_tui.ui.settings import Settings


class Plot(PlotAtCursor):
    """Remembers at which cursors it was drawn."""

    def __init__(self) -> None:
        super().__init__(Settings())
        self.drawn: list[Cursor] = []

    def draw_at(self, cursor: Cursor) -> None:
        """Drawn."""
        self.drawn.append(cursor)


class Stage(App[None]):
    """One plot."""

    def compose(self) -> ComposeResult:
        """The plot, without a place."""
        plot = Plot()
        plot.display = False
        yield plot


def test_it_is_drawn_once_it_has_room() -> None:
    async def walk() -> tuple[list[Cursor], list[Cursor], Cursor]:
        async with Stage().run_test() as pilot:
            plot = pilot.app.query_one(Plot)
            cursor = Cursor(Trace(), 0)
            plot.show(cursor)
            before = [*plot.drawn]
            plot.display = True
            await pilot.pause()
            return before, plot.drawn, cursor

    before, after, cursor = asyncio.run(walk())
    assert before == []
    assert after == [cursor]
