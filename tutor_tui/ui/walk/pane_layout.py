"""How the panes of the walk share the screen: who is where, who has the focus, who has all the room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.screen import Screen

from tutor_tui.course.study import Study
from tutor_tui.protocol.messages import Op
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

if TYPE_CHECKING:
    from tutor_tui.ui.panes.loss import LossPane

HALVES = {"code": "#top", "graph": "#top", "state": "#bottom", "notes": "#bottom", "output": "#bottom"}
"""The panes in the order of the focus, and the half of the screen that each is in."""
TALL = 30
"""Rows of the terminal from which loss and output stand one above the other."""


class PaneLayout:
    """The panes of a screen. Actions answer with what is to be done besides."""

    def __init__(self, screen: Screen[None], settings: Settings) -> None:
        self._screen, self._settings = screen, settings
        self.code, self.graph = CodePane(settings), GraphPane(settings)
        self.state, self.notes = StatePane(settings), NotesPane(settings)
        self.output, self.ruler = OutputPane(settings), RulerPane(settings)
        self._loss: LossPane | None = None
        self.zoomed = ""
        """The pane that has all the room, "" where all share it."""

    def named(self, name: str) -> object:
        """The pane with this name."""
        if name == "loss":
            return self.loss
        shown = (self.code, self.graph, self.state, self.notes, self.output)
        return next(pane for pane in shown if pane.id == name)

    @property
    def loss(self) -> LossPane:
        """The pane of the loss, made when it is first asked for: plotext takes longer to load than textual."""
        if self._loss is None:
            from tutor_tui.ui.panes.loss import LossPane

            self._loss = LossPane(self._settings)
        return self._loss

    def focused(self) -> LinePane:
        """The pane with the focus; the graph where none has it."""
        focused = self._screen.focused
        return focused if isinstance(focused, LinePane) else self.graph

    # --- a run

    def begin(self, study: Study | None) -> None:
        """Another run: nothing of the one before is kept."""
        self.notes.study = study
        for pane in self._screen.query(Pane):
            pane.reset()

    def show(self, cursor: Cursor) -> None:
        """Every pane as a function of the cursor."""
        for pane in (self.ruler, self.code, self.graph, self.state, self.notes, self.output):
            pane.show(cursor)
        self._show_loss(cursor)

    def _show_loss(self, cursor: Cursor) -> None:
        study = self.notes.study
        wanted = study is None or study.lesson.curve
        if len(cursor.trace.losses) < 2 or not wanted:
            self._screen.remove_class("plotting")
            return
        if not self.loss.is_attached:
            self._screen.query_one("#side", Vertical).mount(self.loss, before=0)
            self._screen.call_after_refresh(lambda: self.show(cursor))
        self._screen.add_class("plotting")
        self.loss.show(cursor)

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

    def arrange(self) -> None:
        """Sizes as the person chose them."""
        screen, settings = self._screen, self._settings
        screen.set_class(screen.size.height >= TALL, "tall")
        self.code.styles.width = f"{settings.split}fr"
        self.graph.styles.width = f"{100 - settings.split}fr"
        top = settings.top - 10 * screen.has_class("lesson")  # notes need room to be read
        screen.query_one("#top").styles.height = f"{top}fr"
        screen.query_one("#bottom").styles.height = f"{100 - top}fr"

    def action_zoom(self) -> Outcome:
        """Give the focused pane all the room, and take it back."""
        return self._give_room("" if self.zoomed else str(self.focused().id))

    def action_focus_next(self) -> Outcome:
        """Focus the next pane; where one has all the room, the next takes it over."""
        return self._focus_other(1)

    def action_focus_previous(self) -> Outcome:
        """The pane before."""
        return self._focus_other(-1)

    def _focus_other(self, by: int) -> Outcome:
        if not self.zoomed:
            (self._screen.focus_next if by > 0 else self._screen.focus_previous)()
            return None
        names = [name for name in HALVES if name != "notes" or self._screen.has_class("lesson")]
        following = names[(names.index(self.zoomed) + by) % len(names)]
        outcome = self._give_room(following)
        self._screen.query_one(f"#{following}").focus()
        return outcome

    def _give_room(self, zoomed: str) -> Outcome:
        """Show one pane alone, or with "" all of them."""
        self.zoomed = zoomed
        for name, half in HALVES.items():
            self._screen.query_one(f"#{name}").set_class(bool(zoomed) and name != zoomed, "away")
            self._screen.query_one(half).set_class(bool(zoomed) and HALVES[zoomed] != half, "away")
        self._screen.query_one("#side").set_class(zoomed not in ("", "notes", "output"), "away")
        return Draw(later=True)

    def action_swap(self) -> Outcome:
        """Output in the place of the loss curve, and back."""
        self._screen.toggle_class("printed")
        return Draw(later=True)

    def action_wider(self) -> Outcome:
        """More room for the code."""
        return self._resize("split", 5)

    def action_narrower(self) -> Outcome:
        """More room for the graph."""
        return self._resize("split", -5)

    def action_taller(self) -> Outcome:
        """More room for the upper half."""
        return self._resize("top", 5)

    def action_shorter(self) -> Outcome:
        """More room for the lower half."""
        return self._resize("top", -5)

    def _resize(self, which: str, by: int) -> Outcome:
        self._settings.resize(which, by)
        self.arrange()
        return Draw(later=True, keep=True)
