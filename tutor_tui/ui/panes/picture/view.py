"""The picture of the graph as the pane shows it: laid out once for a graph, drawn at each moment."""

from __future__ import annotations

from collections.abc import Sequence

from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.ui.panes.picture.drawing import Drawing
from tutor_tui.ui.panes.picture.plan import Drawable, Plan, drawable, plan
from tutor_tui.ui.panes.rows import Row
from tutor_tui.ui.settings import Settings


class PictureView:
    """What is drawn of a graph, and which of its boxes is marked."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._graph_of: object = None
        self._graph: Drawable | None = None
        self._plans: dict[int, Plan | None] = {}
        """By the width they were made for."""
        self._drawing: Drawing | None = None
        self._rows = 0
        self.marked: int | None = None
        """A node."""

    def reset(self) -> None:
        """Nothing is drawn."""
        self._drawing = None
        self.marked = None

    def forget(self) -> None:
        """Another run: no graph of the one before is known."""
        self.reset()
        self._graph_of, self._graph, self._plans = None, None, {}

    @property
    def rows(self) -> int:
        """Rows of what was measured last; 0 for no picture."""
        return self._rows

    @property
    def drawing(self) -> Drawing | None:
        """What is drawn now; None for no picture."""
        return self._drawing

    def measure(self, cursor: Cursor, width: int, limit: int = 0) -> int:
        """Rows of the picture in `width` cells; 0 where it does not fit, or a text had less room than `limit`."""
        found = self._plan(cursor, width)
        self._rows = found.rows if found is not None and found.limit >= limit else 0
        return self._rows

    def draw(self, cursor: Cursor, width: int) -> Sequence[Row]:
        """The rows of a picture that fits."""
        found = self._plan(cursor, width)
        if found is None:
            return ()
        self._drawing = Drawing(cursor, found, self._settings.characters, self.marked)
        return self._drawing.rows()

    def _plan(self, cursor: Cursor, width: int) -> Plan | None:
        trace, moment = cursor.trace, cursor.moment
        epoch, count = trace.nodes.size(moment)
        if not count:
            return None
        grows = trace.nodes.grows(epoch)
        key = (id(trace), epoch, len(trace.steps) if grows else 0, self._settings.plain)
        if key != self._graph_of:
            self._graph_of, self._plans = key, {}
            self._graph = drawable(trace, moment, self._settings.characters)
        if width not in self._plans:
            self._plans[width] = plan(self._graph, width) if self._graph is not None else None
        return self._plans[width]
