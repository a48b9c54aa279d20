"""The autograd graph as a tree: expressions, values, the gradients that flow back and the rule behind each."""

from __future__ import annotations

from textwrap import wrap

from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.trace.look.tree import LEVEL_NAMES, LEVELS, Shape, Tree, tree
from tutor_tui.ui.panes.graph_rows import GraphRows, current_node
from tutor_tui.ui.panes.outcome import Ask, Draw, Go, Outcome, Say
from tutor_tui.ui.panes.pane import Last, Pane
from tutor_tui.ui.panes.picture.view import PictureView
from tutor_tui.ui.panes.rows import Row, row
from tutor_tui.ui.settings import Settings

NOTHING = "No graph yet: nothing computed so far requires a gradient."


def _nothing(width: int) -> list[Row]:
    return [row((line, "dim")) for line in wrap(NOTHING, max(20, width))]


class GraphPane(Pane):
    """Shows the graph at a cursor. Entering a node goes to where it was made, and from there to where it ran."""

    name_shown = "graph"

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, id="graph", title=self.name_shown)
        self._shape = Shape()
        self._search = ""
        self._cursor: Cursor | None = None
        self._tree_of: object = None
        self._tree = Tree([], {})
        self._graph: GraphRows | None = None
        self._whole = Last[GraphRows]()
        """All there is to see."""
        self._picture = PictureView(settings)

    def reset(self) -> None:
        """How the graph is folded stays; the graph does not."""
        super().reset()
        self._cursor = self._graph = None
        self._whole.forget()
        self._picture.forget()
        self._tree_of, self._tree = None, Tree([], {})

    def measure(self, cursor: Cursor, width: int) -> int:
        """The picture; or every node, and what goes on below them; one row says that there is none."""
        if not len(cursor.trace):
            return 0
        if picture := self.picture_rows(cursor, width):
            return picture
        return len(self._all(cursor, width)) or len(_nothing(width))

    def essence(self, cursor: Cursor) -> int:
        """The picture is of use only as a whole; of the tree, a row a node."""
        drawn = self._drawn_as_picture()
        return (self._picture.rows if drawn else 0) or len(self._tree.rows)

    def picture_rows(self, cursor: Cursor, width: int, limit: int = 0) -> int:
        """Rows of the picture in some cells, where each text has room for `limit` characters; 0 for no picture."""
        if not self._drawn_as_picture():
            return 0
        return self._picture.measure(cursor, width, limit)

    def _drawn_as_picture(self) -> bool:
        return self.settings.picture and not self._shape.level and not self._shape.folded

    def show(self, cursor: Cursor) -> None:
        """The current node is kept in sight."""
        self._cursor = cursor
        if not len(cursor.trace):
            self._graph = None
            self.show_rows(())
            return
        width, height = self.room
        if 0 < self.picture_rows(cursor, width) <= height:
            self._show_picture(cursor, width)
            return
        self._picture.reset()
        self.marks_rows = True
        rows = self._all(cursor, width)
        if len(rows) > height:
            rows = rows.within(height)
        self._graph = rows
        how = [LEVEL_NAMES[self._shape.level]] if self._shape.level else []
        how += ["inputs on top"] if self.settings.inputs_on_top else []
        self.set_title(" · ".join(how))
        if len(rows):
            self.show_rows(rows, rows.focus() if rows.current is not None else None)
        else:
            self.show_rows(_nothing(width))

    def _show_picture(self, cursor: Cursor, width: int) -> None:
        """No row is marked in it, but a box."""
        self._graph = None
        self.marks_rows = False
        self.set_title()
        self.show_rows(self._picture.draw(cursor, width))

    def _all(self, cursor: Cursor, width: int) -> GraphRows:
        """The rows with all that goes on below them."""
        forks = max(4, min(width // 8, LEVELS))
        shape = self._shape._replace(inputs_on_top=self.settings.inputs_on_top, forks=forks)
        self._grow(cursor, shape)
        return self._whole.get(
            cursor, (width, shape), lambda: GraphRows(cursor, self._tree, width, shape.inputs_on_top, None)
        )

    def _grow(self, cursor: Cursor, shape: Shape) -> None:
        """The tree of this moment, unless it is the one at hand."""
        trace, moment = cursor.trace, cursor.moment
        key = (*trace.nodes.size(moment), trace.passes.done(moment), shape)
        if key != self._tree_of:
            self._tree_of, self._tree = key, tree(trace, moment, shape)

    # --- marks

    def move_mark(self, by: int) -> None:
        """In a picture, from box to box in the order in which they came."""
        if self._picture.drawing is None:
            super().move_mark(by)
        else:
            self._mark_box(self._picture.drawing.next_to(self._picture.marked, by))

    def mark_cell(self, row: int, column: int) -> None:
        """In a picture, the box there."""
        if self._picture.drawing is None:
            super().mark_cell(row, column)
        elif (node := self._picture.drawing.node_at(row, column)) is not None:
            self._mark_box(node)

    def _mark_box(self, node: int | None) -> None:
        """Mark a node in the picture."""
        self._picture.marked = node
        self.mark = None if node is None else 0
        if self._cursor is not None:
            self.show(self._cursor)

    def choose(self, row: int) -> Outcome:
        """To the step of the node; a reference leads to the row it means."""
        if self._cursor is None:
            return None
        if self._picture.drawing is not None:
            return self._go_to(self._marked_node())
        entry = self._graph.entry(row) if self._graph is not None else None
        if entry is None or self._graph is None:
            return None
        if entry.again:
            self.set_mark(self._graph.row_of(entry.node))
            return None
        return self._go_to(entry.node)

    def _go_to(self, node: int | None) -> Outcome:
        """To where a node was made, and from there to where it ran."""
        if node is None or self._cursor is None:
            return None
        trace, nodes = self._cursor.trace, self._cursor.trace.nodes
        op = nodes.op(node)
        ran = nodes.run(node, self._cursor.moment)
        made = op.seq if op else nodes.by_id[node].seq
        stands_there = trace.stop_of(made) == self._cursor.index
        return Go(trace.stop_of(ran.seq if ran is not None and stands_there else made))

    def meant_node(self, marked_counts: bool) -> int | None:
        """The node that is marked, where that counts; else the one of this step."""
        marked = self._marked_node() if marked_counts else None
        return marked if marked is not None or self._cursor is None else current_node(self._cursor)

    def checkable(self) -> int | None:
        """The node of this step whose operation can be compared with finite differences; None for the whole loss."""
        return current_node(self._cursor) if self._cursor is not None else None

    def _marked_node(self) -> int | None:
        drawing = self._picture.drawing
        if drawing is not None:
            return self._picture.marked if self._picture.marked in drawing.nodes else None
        if self.mark is None or self._graph is None:
            return None
        entry = self._graph.entry(self.mark)
        return entry.node if entry is not None else None

    # --- how it is looked at

    def action_picture(self) -> Outcome:
        """As a picture, or as a tree."""
        wanted = not self._drawn_as_picture()
        has_graph = self._graph is not None and len(self._graph) > 0
        if self._picture.drawing is None and has_graph and not self._fits():
            return Say("This graph does not fit on this screen as a picture; it is drawn as a tree.")
        self.settings.picture = wanted
        self._shape = self._shape._replace(level=0, folded=frozenset())
        return Draw(keep=True, later=True)

    def _fits(self) -> bool:
        """Whether there can be a picture on this screen."""
        width, height = self.screen.size
        return self._cursor is not None and 0 < self._picture.measure(self._cursor, width - 3) < height // 2

    def action_fold(self) -> Outcome:
        """Fold what hangs under the marked node, or open it."""
        node = self._marked_node()
        if node is None or self._cursor is None:
            return Say("Mark a node of the graph first: Tab to the graph, then j and k.")
        self._shape = self._shape._replace(folded=self._shape.folded ^ {node})
        self.show(self._cursor)
        self.set_mark(self._graph.row_of(node) if self._graph is not None else None)
        return Draw()

    def action_fold_modules(self) -> Outcome:
        """Every node; modules; numbered layers; all such layers as one."""
        self._shape = self._shape._replace(level=(self._shape.level + 1) % len(LEVEL_NAMES))
        return Draw()

    def action_turn(self) -> Outcome:
        """Result on top, or inputs on top."""
        if self._picture.drawing is not None:
            return Say("A picture has its inputs on the left. G shows the tree, which can flip.")
        self.settings.inputs_on_top = not self.settings.inputs_on_top
        return Draw(keep=True)

    # --- search

    def action_search(self) -> Outcome:
        """Ask for words of the graph."""
        return Ask("Search the graph for", "a name, an expression or an operation", self._search_for)

    def _search_for(self, text: str | None) -> Outcome:
        if text is None:
            return None
        self._search = text or self._search
        return self.action_search_next()

    def action_search_next(self) -> Outcome:
        """Mark the next row that has the words."""
        if self._picture.drawing is not None and self._search:
            return self._search_picture()
        graph = self._graph
        if not self._search or graph is None or not len(graph):
            return Say("Nothing to search for yet: press / to search the graph.")
        found = graph.find(self._search, self.mark if self.mark is not None else graph.focus())
        if found is None:
            return Say(f"“{self._search}” is not in the graph at this step.")
        self.focus()
        self.set_mark(found)
        return None

    def _search_picture(self) -> Outcome:
        drawing = self._picture.drawing
        found = drawing.find(self._search, self._picture.marked) if drawing is not None else None
        if found is None:
            return Say(f"“{self._search}” is not in the graph at this step.")
        self.focus()
        self._mark_box(found)
        return None
