"""The part of the walk in which a person looks around: marks, folds, searches, sizes, copies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from tutor_tui.protocol.messages import Freeze
from tutor_tui.trace.look.go_to import HINT, find_place
from tutor_tui.trace.look.tree import LEVEL_NAMES
from tutor_tui.trace.words.story import story
from tutor_tui.ui.panes.code_rows import CodeRows
from tutor_tui.ui.panes.graph_rows import GraphRows
from tutor_tui.ui.panes.line_pane import LinePane
from tutor_tui.ui.panes.state_rows import State
from tutor_tui.ui.settings import Settings
from tutor_tui.ui.walk.view import View

if TYPE_CHECKING:
    from tutor_tui.trace.look.cursor import Cursor
    from tutor_tui.trace.record.trace import Trace

HALVES = {"code": "#top", "graph": "#top", "state": "#bottom", "notes": "#bottom", "output": "#bottom"}


class Looking(Screen[None]):
    """What `WalkScreen` can do beside moving through time."""

    trace: Trace
    cursor: Cursor
    view: View
    _code: CodeRows
    _graph: GraphRows
    _state: State

    def show(self) -> None:
        """Draw everything."""
        raise NotImplementedError

    def warn(self, text: str) -> None:
        """Say something."""
        raise NotImplementedError

    def go(self, index: int | None, why_not: str = "") -> None:
        """Stand at a stop."""
        raise NotImplementedError

    @property
    def settings(self) -> Settings:
        """The person's choices."""
        found: Settings = getattr(self.app, "settings", None) or Settings()
        return found

    def quiet(self) -> None:
        """What was said in the place of the story is done with."""
        raise NotImplementedError

    def focused_pane(self) -> LinePane:
        """The pane with the focus; the graph where none has it."""
        return self.focused if isinstance(self.focused, LinePane) else self.query_one("#graph", LinePane)

    # --- marks

    def action_mark_down(self) -> None:
        """Mark the next row."""
        self.quiet()
        self.focused_pane().move_mark(1)

    def action_mark_up(self) -> None:
        """Mark the row before."""
        self.quiet()
        self.focused_pane().move_mark(-1)

    def action_enter(self) -> None:
        """Go where the marked row leads."""
        pane = self.focused_pane()
        if pane.mark is None:
            self.warn("Mark a row first: j and k move the mark in the focused pane, Tab changes the pane.")
        else:
            self.choose(pane, pane.mark)

    def on_line_pane_chosen(self, event: LinePane.Chosen) -> None:
        """A row was clicked twice."""
        self.choose(event.pane, event.row)

    def choose(self, pane: LinePane, row: int) -> None:
        """Code: run to the line. Graph: the step of the node, or the row a reference means. State: look into it."""
        if not len(self.trace):
            return
        if pane.id == "code":
            index = self.trace.run_of(self._code.file, row + 1, self.cursor.index)
            self.go(index, f"Line {row + 1} does not run any more after this step.")
        elif pane.id == "graph":
            self._choose_node(pane, row)
        elif pane.id == "state":
            self.action_inspect()

    def _choose_node(self, pane: LinePane, row: int) -> None:
        entry = self._graph.entry(row)
        if entry is None:
            return
        if entry.again:
            pane.set_mark(self._graph.row_of(entry.node))
            return
        op = self.trace.nodes.op(entry.node)
        run = self.trace.nodes.run(entry.node, self.cursor.moment)
        made = op.seq if op else self.trace.nodes.by_id[entry.node].seq
        at_made = self.trace.stop_of(made) == self.cursor.index
        self.go(self.trace.stop_of(run.seq if run is not None and at_made else made))

    # --- the graph

    def action_fold(self) -> None:
        """Fold what hangs under the marked node, or open it."""
        entry = self._marked_node()
        if entry is None:
            self.warn("Mark a node of the graph first: Tab to the graph, then j and k.")
            return
        folded = self.view.shape.folded ^ {entry}
        self.view.shape = self.view.shape._replace(folded=frozenset(folded))
        self.quiet()
        self.show()
        self.query_one("#graph", LinePane).set_mark(self._graph.row_of(entry))

    def _marked_node(self) -> int | None:
        mark = self.query_one("#graph", LinePane).mark
        entry = self._graph.entry(mark) if mark is not None and len(self.trace) else None
        return entry.node if entry is not None else None

    def action_fold_modules(self) -> None:
        """Every node; modules; numbered layers; all such layers as one."""
        level = (self.view.shape.level + 1) % len(LEVEL_NAMES)
        self.view.shape = self.view.shape._replace(level=level)
        self.show()

    def action_turn(self) -> None:
        """Result on top, or inputs on top."""
        self.settings.inputs_on_top = not self.settings.inputs_on_top
        self.keep_settings()
        self.show()

    def action_search(self) -> None:
        """Ask for words of the graph."""
        self.ask("Search the graph for", "a name, an expression or an operation", self._search)

    def _search(self, text: str) -> None:
        self.view.search = text or self.view.search
        self.action_search_next()

    def action_search_next(self) -> None:
        """Mark the next row that has the words."""
        pane = self.query_one("#graph", LinePane)
        if not self.view.search or not len(self.trace) or not len(self._graph):
            self.warn("There is nothing to search for: / asks for words of the graph.")
            return
        start = pane.mark if pane.mark is not None else self._graph.focus()
        found = self._graph.find(self.view.search, start)
        if found is None:
            self.warn(f"“{self.view.search}” stands nowhere in the graph of this step.")
            return
        pane.focus()
        pane.set_mark(found)

    # --- places

    def action_jump(self) -> None:
        """Ask for a step, a line or a pass."""
        self.ask("Go to", HINT, self._jump)

    def _jump(self, text: str) -> None:
        if text and len(self.trace):
            self.go(*find_place(self.trace, self.cursor.index, text))

    def action_breakpoint(self) -> None:
        """Set or take a breakpoint at the marked line, or the one that runs."""
        if not len(self.trace):
            return
        mark = self.query_one("#code", LinePane).mark
        line = (mark if mark is not None else self._code.focus) + 1
        self.view.breakpoints ^= {(self._code.file, line)}
        self.quiet()
        self.show()

    def action_next_break(self) -> None:
        """To the next breakpoint."""
        self._to_break(False)

    def action_previous_break(self) -> None:
        """To the breakpoint before."""
        self._to_break(True)

    def _to_break(self, backwards: bool) -> None:
        if not self.view.breakpoints:
            self.warn("There is no breakpoint: Tab to the code, mark a line with j and k, and press B.")
            return
        if not len(self.trace):
            return
        found = [
            self.trace.run_of(file, line, self.cursor.index, backwards)
            for file, line in self.view.breakpoints
        ]
        stops = [stop for stop in found if stop is not None]
        nearest = (max(stops) if backwards else min(stops)) if stops else None
        self.go(nearest, f"No breakpoint is reached {'before' if backwards else 'after'} this step.")

    # --- room

    def action_zoom(self) -> None:
        """Give the focused pane all the room, and take it back."""
        self._give_room("" if self.view.zoomed else str(self.focused_pane().id))

    def action_other_pane(self, by: int) -> None:
        """Focus the next pane; where one has all the room, the next takes it over."""
        alone = self.view.zoomed
        if not alone:
            (self.focus_next if by > 0 else self.focus_previous)()
            return
        names = [name for name in HALVES if name != "notes" or self.has_class("lesson")]
        following = names[(names.index(alone) + by) % len(names)]
        self._give_room(following)
        self.query_one(f"#{following}").focus()

    def _give_room(self, zoomed: str) -> None:
        """Show one pane alone, or with "" all of them."""
        self.view.zoomed = zoomed
        for name, half in HALVES.items():
            alone = self.view.zoomed
            self.query_one(f"#{name}").set_class(bool(alone) and name != alone, "away")
            self.query_one(half).set_class(bool(alone) and HALVES[alone] != half, "away")
        self.query_one("#side").set_class(self.view.zoomed not in ("", "notes", "output"), "away")
        self.call_after_refresh(self.show)

    def action_swap(self) -> None:
        """Output in the place of the loss curve, and back."""
        self.toggle_class("printed")
        self.call_after_refresh(self.show)

    def action_wider(self) -> None:
        """More room for the code."""
        self._resize_half("split", 5)

    def action_narrower(self) -> None:
        """More room for the graph."""
        self._resize_half("split", -5)

    def action_taller(self) -> None:
        """More room for the upper half."""
        self._resize_half("top", 5)

    def action_shorter(self) -> None:
        """More room for the lower half."""
        self._resize_half("top", -5)

    def _resize_half(self, which: str, by: int) -> None:
        setattr(self.settings, which, max(20, min(80, getattr(self.settings, which) + by)))
        self.keep_settings()
        self.apply_settings(self.settings)
        self.call_after_refresh(self.show)

    def apply_settings(self, settings: Settings) -> None:
        """Sizes and characters as the person chose them."""
        for pane in self.query(LinePane):
            pane.ascii = settings.ascii
        self.query_one("#code").styles.width = f"{settings.split}fr"
        self.query_one("#graph").styles.width = f"{100 - settings.split}fr"
        top = settings.top - 10 * self.has_class("lesson")  # notes need room to be read
        self.query_one("#top").styles.height = f"{top}fr"
        self.query_one("#bottom").styles.height = f"{100 - top}fr"

    def keep_settings(self) -> None:
        """Write the choices down."""
        getattr(self.app, "keep_settings", lambda: None)()

    def action_log_loss(self) -> None:
        """Loss pane: logarithmic axis."""
        self.settings.log_loss = not self.settings.log_loss
        self.keep_settings()
        self.show()

    def action_smooth_loss(self) -> None:
        """Loss pane: smoothed line."""
        self.settings.smooth_loss = not self.settings.smooth_loss
        self.keep_settings()
        self.show()

    # --- a run that is watched

    def action_live(self) -> None:
        """The curve."""
        show: Any = getattr(self.app, "show_live", None)
        if self.trace.mode is None or show is None:
            self.warn(
                "This run is recorded whole, not watched: `tutor-tui run SCRIPT` watches what trains long."
            )
        else:
            show()

    def action_freeze(self) -> None:
        """Record the next iteration."""
        if self.trace.mode is None or self.trace.end is not None:
            self.warn("Only a run that is watched and still trains can be frozen.")
            return
        self.warn("The next whole iteration will be recorded, and opened here.")
        self.app.ask_run(Freeze())  # type: ignore[attr-defined]

    # --- more

    def action_inspect(self) -> None:
        """Look into the tensor of the marked name or node, or of this step."""
        number = self._tensor_meant()
        if number is None:
            self.warn("No tensor stands here: mark a name in the state pane, or go to a step that makes one.")
            return
        from tutor_tui.ui.dialogs.inspector import InspectorScreen

        self.app.push_screen(InspectorScreen(self.trace, self.cursor.moment, number))

    def _tensor_meant(self) -> int | None:
        if not len(self.trace):
            return None
        pane = self.focused_pane()
        if pane.id == "state" and pane.mark is not None:
            return self._state.tensors[pane.mark] if pane.mark < len(self._state.tensors) else None
        node = self._marked_node() if pane.id == "graph" else None
        node = node if node is not None else self._graph.current
        if node is not None and node in self.trace.nodes.by_id:
            op = self.trace.nodes.op(node)
            return self.trace.nodes.by_id[node].tensor or (op.outputs[0].id if op and op.outputs else None)
        outputs = getattr(self.cursor.step, "outputs", None)
        tensor: int | None = outputs[0].id if outputs else getattr(self.cursor.step, "tensor", None)
        return tensor

    def action_copy(self) -> None:
        """Copy the story, and the marked row."""
        pane = self.focused_pane()
        told = story(self.trace, self.cursor.index) if len(self.trace) else ""
        text = "\n".join(t for t in (told, pane.text_of(pane.mark).rstrip()) if t)
        copy: Any = getattr(self.app, "copy_text", None)
        if text and copy is not None:
            self.warn(copy(text))

    def ask(self, question: str, hint: str, then: Any) -> None:
        """Ask for a line of text."""
        from tutor_tui.ui.dialogs.prompt import PromptScreen

        self.app.push_screen(
            PromptScreen(question, hint), lambda text: then(text) if text is not None else None
        )
