"""The screen on which a program is walked."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Static

from tutor_tui.protocol.messages import Loss
from tutor_tui.text.ascii import ascii_text
from tutor_tui.text.safe import one_line
from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.trace.look.tree import LEVEL_NAMES, Tree, tree
from tutor_tui.trace.record.trace import Trace
from tutor_tui.trace.words.story import story
from tutor_tui.ui.keys.actions import ACTIONS, call_of, footer_text
from tutor_tui.ui.panes.code_rows import CodeRows
from tutor_tui.ui.panes.graph_rows import GraphRows, current_node
from tutor_tui.ui.panes.line_pane import LinePane
from tutor_tui.ui.panes.output_rows import output_rows
from tutor_tui.ui.panes.rows import row
from tutor_tui.ui.panes.ruler import ruler_row
from tutor_tui.ui.panes.state_rows import State, state
from tutor_tui.ui.walk.learning import Learning
from tutor_tui.ui.walk.study import Study
from tutor_tui.ui.walk.view import View

if TYPE_CHECKING:
    from tutor_tui.ui.panes.loss import LossPane

PANES_OWN = ("scroll_up", "scroll_down", "help", "quit", "command_palette")
"""Actions whose keys the panes bind, or the application does on every screen."""
COMPARED = 60_000
"""Steps of a record that is kept to be compared with the next run's."""
PATIENCE = 0.3
"""Seconds in which a re-run may come back to the step one stood at, before one sees it on its way."""
TALL = 30
"""Rows of the terminal from which loss and output stand one above the other."""


class WalkScreen(Learning, Screen[None]):
    """Code, graph, state, output, loss, story and ruler: all of them show one trace at one cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, call_of(action), action.help, show=False)
        for action in ACTIONS
        if action.id not in PANES_OWN
        for key in action.keys
    ]

    def __init__(self) -> None:
        super().__init__()
        self.trace = Trace()
        self.cursor = Cursor(self.trace)
        self.status = "starting the kernel"
        self.notice = "Starting PyTorch…"
        self._following = False
        self._wanted: int | None = None  # a re-run returns to the step one stood at
        self._hint = ""
        self.view = View()
        self._tree_of: object = None
        self._tree = Tree([], {})
        self._state = State([], [])
        self._loss: LossPane | None = None
        self.study: Study | None = None
        self.before: Trace | None = None
        self.resume: int | None = None
        """Where the next run begins to be looked at; None for where this one stands."""
        self._began = 0.0
        self.open_at: int | None = None
        """The step to stand at as soon as it is there: a frozen iteration begins with it."""
        self.comparable = False
        """Whether the next run is of the same program."""

    def compose(self) -> ComposeResult:
        """The panes."""
        with Horizontal(id="top"):
            yield LinePane(id="code", title="code")
            yield LinePane(id="graph", title="graph")
        with Horizontal(id="bottom"):
            yield LinePane(id="state", title="state")
            with Vertical(id="side"):
                yield LinePane(id="notes", title="notes")
                yield LinePane(id="output", title="output")
        yield Static(id="story", markup=False)
        yield LinePane(id="ruler")
        yield Static(id="keys", markup=False)

    def on_mount(self) -> None:
        """The graph takes the scroll keys first."""
        self.query_one("#ruler", LinePane).can_focus = False
        self.query_one("#graph", LinePane).focus()

    def on_resize(self, event: events.Resize) -> None:
        """Another size: draw everything."""
        self.apply_settings(self.settings)
        self.set_class(event.size.height >= TALL, "tall")
        self.show_keys()
        self.call_after_refresh(self.show)

    # --- the trace

    def reset(self) -> None:
        """A new run begins: an empty record."""
        self._wanted = self.cursor.index or None if self.resume is None else self.resume
        self.resume = None
        self._began = monotonic()
        small = len(self.trace.steps) <= COMPARED
        self.before = self.trace if self.comparable and small else None
        self.trace = Trace()
        if self.study is not None:
            self.study.forget_layout()
        opened = self.study is not None and not self.has_class("lesson")
        self.set_class(self.study is not None, "lesson")
        if opened:  # the arrow keys scroll what one reads
            self.query_one("#notes", LinePane).focus()
        self.show_keys()
        self.apply_settings(self.settings)
        self.cursor = Cursor(self.trace)
        self._hint = ""
        self.open_at = None
        self._tree_of, self._tree = None, Tree([], {})
        self._code, self._graph = CodeRows(self.cursor), GraphRows(self.cursor, self._tree, 0)
        self._state = State([], [])
        for pane in self.query(LinePane):
            pane.forget()
        self.status = "running"

    def grew(self) -> bool:
        """Steps have come; whether they are drawn: a re-run on its way back to a step is not, for a while."""
        if self.open_at is not None and any(seq >= self.open_at for seq in self.trace.resumed):
            self.cursor.go(self.trace.stop_of(self.trace.resumed[-1]))
            self.open_at = self._wanted = None
            self._following, self._hint = False, ""
        elif self._following:
            self.cursor.last()
        elif self._wanted is not None:
            self.cursor.go(self._wanted)
            if self.cursor.index == self._wanted or self.trace.end is not None:
                self._wanted = None
            elif monotonic() - self._began < PATIENCE:
                return False
        self.show()
        return True

    def quiet(self) -> None:
        """What was said in the place of the story is done with."""
        if self._hint:
            self._hint = ""
            self._show_story()

    def warn(self, text: str) -> None:
        """Say something in the place of the story, until the next move."""
        self._hint = self.notice = text
        self.show()

    def checkable(self) -> tuple[int | None, int]:
        """What a check at the cursor is about: a node, or where there is none the loss of a pass."""
        node = current_node(self.cursor)
        here = self.trace.nodes.by_id.get(node) if node is not None else None
        passes = self.trace.loss_before(self.cursor.moment)
        whole = isinstance(self.cursor.step, Loss) or here is None or here.tensor is not None
        return (None if whole else node), max(1, passes)

    # --- moving

    def action_move(self, move: str) -> None:
        """Move the cursor; `last` on a running program goes on following it."""
        self._wanted = None
        self._following = move == "last" and self.trace.end is None
        before = self.cursor.index
        moved = getattr(self.cursor, move)()
        if moved and move in ("next", "next_line", "previous", "previous_line"):
            self._pass_folded(move)
        if moved and move in ("next", "next_line"):
            now = self.cursor.index
            self.cursor.go(before)
            if self.ask_first(before, now, lambda: self.go(now)):
                return
            self.cursor.go(now)
        hint = "" if moved else self._why_not(move)
        if moved or hint != self._hint:
            self._hint = hint
            self.show()

    def _pass_folded(self, move: str) -> None:
        """A lesson's imports are one stop on the way, not five."""
        while self.study is not None and self.study.folded(self.trace, self.cursor.moment):
            if not getattr(self.cursor, move)():
                return  # the very first line is one of them, and one may stand there

    def _why_not(self, move: str) -> str:
        """Why a move led nowhere."""
        if not len(self.trace):
            return ""
        if move == "backward" and not self.trace.losses:
            return "Nothing has been sent backward so far."
        if move == "forward" and self.trace.forward_start(self.cursor.index) is None:
            return "Nothing computed so far leaves a graph: no forward pass to go to."
        if move in ("next", "next_line"):
            end = self.closing_words() or "This is the end of the record."
            return end if self.trace.end else "The program has come no further yet."
        return "There is nothing before this step." if move == "previous" else ""

    def go(self, index: int | None, why_not: str = "") -> None:
        """Stand at a stop, or say why that cannot be."""
        self._wanted, self._following = None, False
        self._hint = "" if index is not None else why_not
        self.cursor.go(index)
        self.show()

    # --- drawing

    def show(self) -> None:
        """Every pane as a function of trace and cursor."""
        if self.is_mounted and self.size.width and self.query("#ruler"):  # it may be on its way out
            self._show()

    def _show(self) -> None:
        self._pane("ruler").show_rows([ruler_row(self.cursor, self.status, self.size.width)])
        self._show_story()
        self._code = CodeRows(self.cursor, self.view.breakpoints)
        self._title("code", self.say_knob() + self._code.title())
        self._pane("code").show_rows(self._code, self._code.focus)
        self._show_graph()
        pane = self._pane("state")
        self._state = state(self.cursor, pane.size.width - 2, pane.size.height - 1)
        pane.show_rows(self._state.rows, self._state.first_changed())
        self.show_notes()
        self._save_place()
        output = output_rows(self.cursor)
        self._pane("output").show_rows(output, len(output) - 1)
        self._show_loss()

    def _save_place(self) -> None:
        settled = self._wanted is None and (self.trace.end is not None or self.cursor.index > 0)
        if self.study is not None and settled and len(self.trace):
            self.study.stand(self.cursor.index, len(self.trace))

    def show_keys(self) -> None:
        """The keys that matter; in a play, what it says."""
        lesson = self.study is not None
        knob = self.study is not None and self.study.knob is not None
        text = footer_text(self.size.width - 4 * self.settings.ascii, lesson, knob)
        caption: str = getattr(self.app, "caption", "")
        self.query_one("#keys", Static).update(self._plain(caption or text))

    def _pane(self, name: str) -> LinePane:
        return self.query_one(f"#{name}", LinePane)

    def _title(self, name: str, rest: str) -> None:
        title = self._plain(f"{name} · {one_line(rest, 60)}" if rest else name)
        pane = self._pane(name)
        if pane.border_title != title:
            pane.border_title = title

    def _plain(self, text: str) -> str:
        return ascii_text(text) if self.settings.ascii else text

    def _show_story(self) -> None:
        text = self._hint or (story(self.trace, self.cursor.index) if len(self.trace) else self.notice)
        self.query_one("#story", Static).update(one_line(self._plain(text), 2 * max(20, self.size.width - 4)))

    def _show_graph(self) -> None:
        pane = self._pane("graph")
        if not len(self.trace):
            pane.show_rows(())
            return
        moment = self.cursor.moment
        shape = self.view.shape._replace(inputs_on_top=self.settings.inputs_on_top)
        key = (*self.trace.nodes.size(moment), self.trace.loss_before(moment), shape)
        if key != self._tree_of:
            self._tree_of, self._tree = key, tree(self.trace, moment, shape)
        rows = self._graph = GraphRows(self.cursor, self._tree, pane.size.width, shape.inputs_on_top)
        how = [LEVEL_NAMES[shape.level]] if shape.level else []
        how += ["inputs on top"] if shape.inputs_on_top else []
        self._title("graph", " · ".join(how))
        if len(rows):
            pane.show_rows(rows, rows.focus() if rows.current is not None else None)
        else:
            pane.show_rows([row(("No graph yet: nothing computed so far requires a gradient.", "dim"))])

    def _show_loss(self) -> None:
        wanted = self.study is None or self.study.lesson.curve
        if len(self.trace.losses) < 2 or not wanted:
            self.remove_class("plotting")
            return
        if self._loss is None:
            from tutor_tui.ui.panes.loss import LossPane  # plotext takes longer to load than textual

            self._loss = LossPane(id="loss")
            self.query_one("#side", Vertical).mount(self._loss, before=0)
            self.call_after_refresh(self.show)
        self.add_class("plotting")
        self._loss.show(self.cursor, self.settings)
