"""How the panes of the walk share the screen: who is where, who has the focus, who has all the room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Container
from textual.geometry import Region, Size
from textual.screen import Screen
from textual.widget import Widget

from tutor_tui.course.study import Study
from tutor_tui.protocol.messages import End, Failure, Op, Output
from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.ui.panes.code import CodePane
from tutor_tui.ui.panes.graph import GraphPane
from tutor_tui.ui.panes.line_pane import LinePane
from tutor_tui.ui.panes.notes import NotesPane
from tutor_tui.ui.panes.outcome import Draw, Outcome
from tutor_tui.ui.panes.output import OutputPane
from tutor_tui.ui.panes.pane import Pane
from tutor_tui.ui.panes.ruler import RulerPane
from tutor_tui.ui.panes.state import StatePane
from tutor_tui.ui.settings import Settings
from tutor_tui.ui.walk.columns import columns, widths
from tutor_tui.ui.walk.landscapes import Landscapes
from tutor_tui.ui.walk.sharing import Want, settle

if TYPE_CHECKING:
    from tutor_tui.ui.panes.landscape import LandscapePane
    from tutor_tui.ui.panes.loss import LossPane

PLOTS = ("landscape", "loss")
"""Panes that are drawn once the others have their rows."""
MARGIN = 2
"""Cells of a pane's width that are no rows' room."""
TITLE = 1
"""Rows of a pane's height that are its title's."""
LEAST = {"code": 5, "graph": 4, "state": 4, "notes": 6, "output": 2, "loss": 8, "landscape": 9}
"""Rows below which a pane is of no use."""
WEIGHT = {"code": 3.0, "graph": 4.0, "state": 3.5, "notes": 4.0, "output": 1.0, "loss": 2.0, "landscape": 4.5}
"""How much of the rows a pane is given where there are too few for all."""
FOCUSED = 1.6
"""How many times its weight the focused pane has."""
PICTURE = 0.5
"""Share of the rows that the picture of a graph may have."""
ROOMY = 16
"""Characters that each text of a picture must have room for in the graph's own column."""
CURVE = 12
"""Rows that a plot asks for."""
PRINTED = 10
"""Rows that the output asks for where something has just been printed, or the run is over."""


class PaneLayout:
    """The panes of a screen. Actions answer with what is to be done besides."""

    def __init__(self, screen: Screen[None], settings: Settings, landscapes: Landscapes) -> None:
        self._screen, self._settings, self._landscapes = screen, settings, landscapes
        self.code, self.graph = CodePane(settings), GraphPane(settings)
        self.state, self.notes = StatePane(settings), NotesPane(settings)
        self.output, self.ruler = OutputPane(settings), RulerPane(settings)
        self._named: dict[str, Pane] = {
            str(pane.id): pane for pane in (self.code, self.graph, self.state, self.notes, self.output)
        }
        """In the order of the focus."""
        self._plots: dict[str, LossPane | LandscapePane] = {}
        """Made when they are first asked for: plotext takes longer to load than textual."""
        self._regions: dict[str, Region] = {}
        self._before: dict[tuple[str, ...], tuple[object, list[int]]] = {}
        """The rows of each column as they were last, and for whom."""
        self.zoomed = ""
        """The pane that has all the room, "" where all share it."""
        self.printed = False
        """Whether the output is asked for at the cost of others."""

    def container(self) -> Container:
        """What holds the panes."""
        return Container(*self._named.values(), id="panes")

    def named(self, name: str) -> object:
        """The pane with this name."""
        return self.plot(name) if name in PLOTS else self._named[name]

    def plot(self, name: str) -> LossPane | LandscapePane:
        """A pane that plots."""
        if name not in self._plots:
            from tutor_tui.ui.panes.landscape import LandscapePane
            from tutor_tui.ui.panes.loss import LossPane

            made = LossPane(self._settings, self._compared) if name == "loss" else None
            self._plots[name] = made or LandscapePane(self._settings, self._landscapes.at)
        return self._plots[name]

    def _compared(self) -> tuple[str, ...]:
        """The losses that the lesson compares."""
        return self.notes.study.lesson.compared if self.notes.study is not None else ()

    def focused(self) -> LinePane:
        """The pane with the focus; the graph where none has it."""
        focused = self._screen.focused
        return focused if isinstance(focused, LinePane) else self.graph

    # --- a run

    def begin(self, study: Study | None) -> None:
        """Another run: nothing of the one before is kept."""
        self.notes.study = study
        self.state.labels = study.lesson.labels if study is not None else ()
        for pane in self._screen.query(Pane):
            pane.reset()

    def show(self, cursor: Cursor, height: int, short_of: int = 0) -> None:
        """Every pane as a function of the cursor, in `height` rows, of which the lowest `short_of` are covered."""
        width = self._screen.size.width
        names = self._give_room(cursor, width, height, short_of)
        self.ruler.give_room(Size(width - 1, 1))
        self.ruler.show(cursor)
        for name in sorted(names, key=PLOTS.__contains__):
            (self.plot(name) if name in PLOTS else self._named[name]).show(cursor)

    def tensor_meant(self, cursor: Cursor) -> int | None:
        """The tensor of the marked name or node, or of the step at a cursor."""
        trace = cursor.trace
        if not len(trace):
            return None
        pane = self.focused()
        if pane is self.state and pane.mark is not None:
            return self.state.tensor_at(pane.mark)
        node = self.graph.meant_node(marked_counts=pane is self.graph)
        if node is not None and node in trace.nodes.by_id:
            op = trace.nodes.op(node)
            return trace.nodes.by_id[node].tensor or (op.outputs[0].id if op and op.outputs else None)
        step = cursor.step
        if isinstance(step, Op):
            return step.outputs[0].id if step.outputs else None
        tensor: int | None = getattr(step, "tensor", None)
        return tensor

    # --- sizes

    def _give_room(self, cursor: Cursor, width: int, height: int, short_of: int) -> list[str]:
        """Tell each pane its room, and have the screen laid out by it where that is another; who is shown."""
        regions = self._arranged(cursor, width, height)
        for name in PLOTS:
            if name in regions and not self.plot(name).is_attached:
                self._screen.query_one("#panes").mount(self.plot(name))
        for pane in self._panes():
            region = regions.get(pane.id or "")
            pane.display = region is not None
            if region is None:
                continue
            if isinstance(pane, LinePane):
                covered = max(0, region.bottom - (height - short_of))
                pane.give_room(Size(region.width - MARGIN, max(1, region.height - TITLE - covered)))
            if region != self._regions.get(pane.id or ""):
                pane.styles.offset = region.offset
                pane.styles.width, pane.styles.height = region.size
        self._regions = regions
        return list(regions)

    def _panes(self) -> list[Widget]:
        return [*self._screen.query("#panes > *")]

    def _arranged(self, cursor: Cursor, width: int, height: int) -> dict[str, Region]:
        if self.zoomed:
            return {self.zoomed: Region(0, 0, width, height)}
        stacks = columns(width, self.notes.study is not None)
        longest = self.code.longest_line(cursor) if len(cursor.trace) else 0
        found: dict[str, Region] = {}
        shares = widths(width, len(stacks), longest, self._settings.split)
        above = self._picture_across(cursor, width, height, stacks, shares)
        if above:
            found["graph"] = Region(0, 0, width, above)
            height -= above
            stacks = [[name for name in stack if name != "graph"] for stack in stacks]
        x = 0
        for stack, cells in zip(stacks, shares, strict=True):
            y = above
            for name, rows in zip(stack, self._rows(stack, cursor, cells, height), strict=True):
                if rows > 0:
                    found[name] = Region(x, y, cells, rows)
                    y += rows
            x += cells
        return found

    def _picture_across(
        self, cursor: Cursor, width: int, height: int, stacks: list[list[str]], shares: list[int]
    ) -> int:
        """Rows for a picture of the graph across the whole screen; 0 where its column has room, or none fits."""
        if not len(cursor.trace):
            return 0
        limit = int(height * PICTURE)  # with the title
        own = next(cells for stack, cells in zip(stacks, shares, strict=True) if "graph" in stack)
        if 0 < self.graph.picture_rows(cursor, own - MARGIN, ROOMY) < limit:
            return 0
        rows = self.graph.picture_rows(cursor, width - MARGIN)
        return rows + TITLE if 0 < rows < limit else 0

    def _rows(self, stack: list[str], cursor: Cursor, cells: int, height: int) -> list[int]:
        """Rows of the panes of a column."""
        wants = [self._want(name, cursor, cells - MARGIN) for name in stack]
        whose = (height, [want.weight for want in wants])
        kept = self._before.get(tuple(stack))
        before = kept[1] if kept is not None and kept[0] == whose else []
        sizes = settle(height, wants, before)
        self._before[tuple(stack)] = whose, sizes
        return sizes

    def _want(self, name: str, cursor: Cursor, cells: int) -> Want:
        weight = WEIGHT[name] * (FOCUSED if self._has_attention(name) else 1)
        weight *= (self._settings.top / 60) ** 2 if name in ("code", "graph") else 1
        least = LEAST[name]
        if name in PLOTS:
            return Want(least, least, CURVE if self._has_plot(name, cursor) else 0, weight)
        rows = (
            self._named[name].measure(cursor, cells) if len(cursor.trace) or name in ("code", "notes") else 0
        )
        if name == "output":
            heard = self.printed or (
                len(cursor.trace) > 0 and isinstance(cursor.step, (Output, End, Failure))
            )
            least, weight = (min(rows, 4) + TITLE, 5 * weight) if heard else (least, weight)
            most = min(rows, PRINTED) + TITLE if rows else 0
            return Want(least, least, rows + TITLE if self._has_attention(name) else most, weight)
        if rows == 0:
            missing = 0 if name == "notes" else TITLE + 1
            return Want(missing, missing, missing, weight)
        return Want(least, min(rows, self._named[name].essence(cursor)) + TITLE, rows + TITLE, weight)

    def _has_attention(self, name: str) -> bool:
        focused = self._screen.focused
        return (focused is not None and focused.id == name) or (self.printed and name == "output")

    def _has_plot(self, name: str, cursor: Cursor) -> bool:
        if name == "landscape":
            return self._landscapes.shown and bool(cursor.trace.losses)
        study = self.notes.study
        return len(cursor.trace.losses) > 1 and (study is None or study.lesson.curve)

    def action_zoom(self) -> Outcome:
        """Give the focused pane all the room, and take it back."""
        self.zoomed = "" if self.zoomed else str(self.focused().id)
        return Draw(later=True)

    def action_focus_next(self) -> Outcome:
        """Focus the next pane; where one has all the room, the next takes it over."""
        return self._focus_other(1)

    def action_focus_previous(self) -> Outcome:
        """The pane before."""
        return self._focus_other(-1)

    def _focus_other(self, by: int) -> Outcome:
        names = [name for name in self._named if name != "notes" or self.notes.study is not None]
        now = self.focused().id
        following = names[(names.index(now) + by) % len(names)] if now in names else names[0]
        if self.zoomed:
            self.zoomed = following
        pane = self._named[following]
        pane.display = True  # what had no room is given it with the focus
        pane.focus()
        return Draw(later=True)

    def action_swap(self) -> Outcome:
        """Have all that was printed in sight, and back."""
        self.printed = not self.printed
        return Draw(later=True)

    def action_wider(self) -> Outcome:
        """More room for the code."""
        return self._resize("split", 5)

    def action_narrower(self) -> Outcome:
        """More room for the graph."""
        return self._resize("split", -5)

    def action_taller(self) -> Outcome:
        """More room for the upper panes."""
        return self._resize("top", 5)

    def action_shorter(self) -> Outcome:
        """More room for the lower panes."""
        return self._resize("top", -5)

    def _resize(self, which: str, by: int) -> Outcome:
        self._settings.resize(which, by)
        return Draw(later=True, keep=True)
