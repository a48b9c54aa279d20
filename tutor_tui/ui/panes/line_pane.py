"""A pane of rows, drawn line by line: a line that stays the same is not drawn again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tutor_tui.text.ascii import ascii_text
from tutor_tui.text.fit import MORE
from tutor_tui.ui.panes.rows import HEAT_COLOURS, ROLES, Row, in_sight, plain
from tutor_tui.ui.settings import Settings

STRIPS = 2000
"""Lines that are kept as they were drawn."""
SLIDE = 8
"""Cells by which a pane scrolls sideways."""


class LinePane(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows a sequence of rows and keeps one of them in sight."""

    marks_rows = True
    """Whether a mark is that of a row; else the pane draws it itself."""
    held = 0
    """Pieces at the beginning of a row that stay where they are when the pane scrolls sideways."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll_up", "Scroll up", show=False),
        Binding("down", "scroll_down", "Scroll down", show=False),
        Binding("pageup", "page_up", "Page up", show=False),
        Binding("pagedown", "page_down", "Page down", show=False),
        Binding("shift+left", "slide_left", "Scroll left", show=False),
        Binding("shift+right", "slide_right", "Scroll right", show=False),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"line-pane--{role}" for role in ROLES}

    DEFAULT_CSS = """
    LinePane {
        scrollbar-size: 0 0;
        & > .line-pane--dim { color: $quiet; }
        & > .line-pane--now { text-style: bold; }
        & > .line-pane--forward { background: $primary; color: $background; text-style: bold underline; }
        & > .line-pane--backward { color: $warning; text-style: bold; }
        & > .line-pane--value { color: $success; }
        & > .line-pane--gradient { color: $warning; text-style: bold; }
        & > .line-pane--changed { color: $text-primary; text-style: bold; }
        & > .line-pane--error { color: $error; text-style: bold; }
        & > .line-pane--keyword { color: $text-primary; }
        & > .line-pane--string { color: $success; }
        & > .line-pane--number { color: $text-secondary; }
        & > .line-pane--comment { color: $quiet; text-style: italic; }
        & > .line-pane--ghost { color: $quiet; text-style: italic; }
        & > .line-pane--marked { text-style: underline; }
        & > .line-pane--title { color: $primary; text-style: bold; }
        &:ansi > .line-pane--dim { text-style: dim; }
        &:ansi > .line-pane--comment { text-style: dim italic; }
        &:ansi > .line-pane--ghost { text-style: dim italic; }
    }
    """

    class Chosen(Message):
        """A row was clicked twice, or Enter pressed on it."""

        def __init__(self, pane: LinePane, row: int) -> None:
            super().__init__()
            self.pane = pane
            self.row = row

    def __init__(self, settings: Settings, *, id: str | None = None, title: str = "") -> None:
        super().__init__(id=id)
        self.settings = settings
        self.border_title = settings.characters(title)
        self.mark: int | None = None
        """The row that a person has marked, shown while the pane has the focus."""
        self.left = 0
        """Cells that are out of sight on the left."""
        self._given: Size | None = None
        self._rows: Sequence[Row] = ()
        self._drawn: dict[int, Strip] = {}
        self._styles: dict[str, Style] = {}
        self._strips: dict[tuple[Row | None, bool, int, bool, int], Strip] = {}

    @property
    def room(self) -> Size:
        """Cells for rows, as it has been told or as it is laid out: the last cell of a line is the mark's."""
        if self._given is not None:
            return self._given
        width, height = self.scrollable_content_region.size
        return Size(max(1, width - 1), height)

    @property
    def max_scroll_y(self) -> int:
        """Rows that may lie above the pane, in the room that it has been told: it may not be laid out yet."""
        return max(0, self.virtual_size.height - self.room.height)

    def give_room(self, room: Size) -> None:
        """Draw for this much room from now on: the layout follows."""
        self._given = room

    def action_slide_right(self) -> None:
        """Show what lies beyond the right edge."""
        self._slide(1)

    def action_slide_left(self) -> None:
        """And back."""
        self._slide(-1)

    def _slide(self, way: int) -> None:
        widest = max((len(plain(row)) for row in self.seen()), default=0)
        self.left = max(0, min(self.left + way * SLIDE, widest - self.room.width // 2))
        self._refresh_changes()

    def seen(self) -> Sequence[Row]:
        """The rows in sight."""
        top = int(self.scroll_offset.y)
        return self._rows[top : top + self.room.height]

    def mark_cell(self, row: int, column: int) -> None:
        """Mark what stands in a cell: its row."""
        self.set_mark(row)

    def move_mark(self, by: int) -> None:
        """Mark a row further down or up, beginning at the top of what is in sight."""
        top = int(self.scroll_offset.y)
        at = top if self.mark is None else self.mark + by
        self.set_mark(max(0, min(at, len(self._rows) - 1)) if self._rows else None)

    def set_mark(self, row: int | None) -> None:
        """Mark a row and have it in sight."""
        self.mark = row
        top = self._top(row, self.room.height)
        if top != int(self.scroll_offset.y):
            self.scroll_to(y=top, animate=False, force=True, immediate=True)
        self._refresh_changes()

    def forget(self) -> None:
        """Another program: neither rows nor lines of the one before are kept."""
        self._rows = ()
        self.mark = None
        self.left = 0
        self._strips.clear()
        self._drawn.clear()

    def text_of(self, row: int | None) -> str:
        """A row as plain text; "" where there is none."""
        return plain(self._rows[row]) if row is not None and row < len(self._rows) else ""

    def watch_has_focus(self, has_focus: bool) -> None:
        """The mark is seen only with the focus."""
        super().watch_has_focus(has_focus)
        self._refresh_changes()

    def on_click(self, event: events.Click) -> None:
        """One click marks a row, two choose it."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        row = offset.y + int(self.scroll_offset.y)
        if 0 <= row < len(self._rows):
            self.mark_cell(row, offset.x)
            if event.chain == 2:
                self.post_message(self.Chosen(self, row))

    def show_rows(self, rows: Sequence[Row], focus: int | None = None, top: int | None = None) -> None:
        """Show other rows, and scroll no further than needed to have row `focus` in sight.

        With `top` the row of that number stands at the upper edge, as far as there are rows to follow.
        """
        self._rows = rows
        height = self.room.height
        self.virtual_size = Size(max(1, self.size.width), max(1, len(rows)))
        top = self._top(focus, height) if top is None else max(0, min(top, len(rows) - height))
        if top != int(self.scroll_offset.y):
            self.scroll_to(y=top, animate=False, force=True, immediate=True)
        self._refresh_changes()

    def _top(self, focus: int | None, height: int) -> int:
        """Where to begin so that a row is in sight: as before if it is, else with the row in the middle.

        To scroll by a line at every step would send the whole pane at every step.
        """
        top = int(self.scroll_offset.y)
        if focus is not None and height > 0:
            margin = min(1, height // 4)
            if not top + margin <= focus < top + height - margin:
                top = focus - height // 2
        return max(0, min(top, len(self._rows) - height))

    def _refresh_changes(self) -> None:
        """Mark only the lines that differ from what is on the screen."""
        region = self.scrollable_content_region
        for y in range(region.height):
            if self._drawn.get(y) is not self._strip(y, region.width):
                self.refresh(Region(0, y, region.width, 1))

    def notify_style_update(self) -> None:
        """Another theme: every style is looked up anew."""
        self._styles.clear()
        self._drawn.clear()
        self._strips.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        strip = self._drawn[y] = self._strip(y, self.scrollable_content_region.width)
        return strip

    def _strip(self, y: int, width: int) -> Strip:
        """A line as it is drawn; the same object as long as it stays the same."""
        index = y + int(self.scroll_offset.y)
        pieces = self._rows[index] if 0 <= index < len(self._rows) else None
        marked = pieces is not None and index == self.mark and self.has_focus and self.marks_rows
        key = (pieces, marked, width, self.settings.plain, self.left)
        strip = self._strips.get(key)
        if strip is None:
            if len(self._strips) > STRIPS:
                self._strips.clear()
            strip = self._strips[key] = self._make(pieces, marked, width)
        return strip

    def _make(self, pieces: Row | None, marked: bool, width: int) -> Strip:
        base = self.rich_style
        if pieces is None:
            return Strip.blank(width, base)
        if self.settings.plain:
            pieces = tuple((ascii_text(text), role) for text, role in pieces)
        look = base + self._style("marked") if marked else base
        room = width - 1
        more = ascii_text(MORE) if self.settings.plain else MORE
        pieces = in_sight(pieces, room, self.left, self.held, more)
        segments = [Segment(text, look + self._style(role)) for text, role in pieces if text]
        strip = Strip(segments).crop(0, room)
        strip = strip.extend_cell_length(room, look)
        sign = "<" if marked else " "  # there may be no colour to tell it
        return Strip([*strip, Segment(sign, look)]).simplify()

    def _style(self, role: str) -> Style:
        if role.startswith("heat "):
            return Style.parse(" on ".join(HEAT_COLOURS[int(n)] for n in role.split()[1:]))
        if role not in self._styles:
            name = f"line-pane--{role}"
            self._styles[role] = self.get_component_rich_style(name, partial=True) if role else Style.null()
        return self._styles[role]
