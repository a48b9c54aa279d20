"""The autograd graph as rows: expression, value, gradient that came in, rule by which it went on."""

from __future__ import annotations

from copy import copy

from tutor_tui.protocol.messages import Accumulate, Backward, Loss, Op
from tutor_tui.text.fit import broken
from tutor_tui.text.safe import one_line, path_end
from tutor_tui.trace.look import tree
from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.trace.look.tree import Tree
from tutor_tui.trace.record.nodes import Part
from tutor_tui.trace.words.story import value_text
from tutor_tui.ui.panes.node_words import PARTS, came_in, sum_text, value_lengths
from tutor_tui.ui.panes.rows import LazyRows, Piece, Row, plain
from tutor_tui.ui.panes.said import GAP, Said, least, shortened, side_by_side, size

LABEL = 26
"""Cells to which prefix and label of a row are filled at most, so that values stand in a column."""
ROOM = 24
"""Characters that a label may take beside the value; in a wide pane, two thirds of its width."""
LEAST = 12
"""Characters that it keeps in a narrow one."""
DOTS = 4
"""Cells between a label and its value."""
AGAIN = " ↑"
WHOLE = 200
"""Characters of a label that goes on below."""
LAID_OUT = 100
"""Rows of a graph that can all go on below where they do not fit; of a larger one, the current row alone."""
_LIT = str.maketrans("└├─", "┗┣━")
SAMPLE = 200
"""Rows around the current one that decide how wide that column is."""


class GraphRows(LazyRows):
    """The rows of a tree, each made only when it is looked at: a graph may have 100,000.

    What does not fit on its row goes on below it: of the current row always, and of others as far as `height` rows
    have room for it. A height of None has no end.
    """

    def __init__(
        self, cursor: Cursor, graph: Tree, width: int, inputs_on_top: bool = False, height: int | None = 0
    ) -> None:
        super().__init__()
        self._trace = cursor.trace
        self._moment = cursor.moment
        self._graph = graph
        self._rows = graph.rows
        self._width = width
        self._room = max(ROOM, width * 2 // 3)
        self._down = "↑" if inputs_on_top else "↓"
        step = cursor.step if len(cursor.trace) else None
        self._in_pass = isinstance(step, (Backward, Accumulate, Loss)) or cursor.trace.end is None
        self.current = current_node(cursor)
        self._now = graph.at.get(self.current) if self.current is not None else None
        self._column = self._label_column()
        self._known: dict[int, list[Said]] = {}
        self._lines_of: dict[int, list[Row]] = {}
        self._folded: dict[int, list[Row]] = {}
        """The rows of the tree that go on below, each with all its lines."""
        self._fold(height)

    def within(self, height: int) -> GraphRows:
        """The same in so many rows of the pane; what both have laid out is shared."""
        fewer = copy(self)
        fewer._made = {}
        fewer._fold(height)
        return fewer

    def __len__(self) -> int:
        return len(self._rows) + sum(len(lines) - 1 for lines in self._folded.values())

    def make(self, index: int) -> Row:
        """A node, or a line that goes on with the text of the one above."""
        at, line = self._place(index)
        return self._folded[at][line] if at in self._folded else self._row(at)

    def focus(self) -> int:
        """The row of the current node, 0 where there is none."""
        return self._index(self._now) if self._now is not None else 0

    def entry(self, index: int) -> tree.Row | None:
        """What the tree has at a row; None for one that only goes on with the text of the one above."""
        at, line = self._place(index)
        return self._rows[at] if not line and 0 <= at < len(self._rows) else None

    def row_of(self, node: int) -> int | None:
        """The row in which a node is drawn, or its module is."""
        at = self._graph.at.get(node)
        return self._index(at) if at is not None else None

    def find(self, text: str, after: int) -> int | None:
        """The next row behind `after`, around the end, whose words contain a text in any case."""
        wanted = text.casefold()
        count = len(self._rows)
        start = self._place(after)[0] if after >= 0 else after
        for turn in range(1, count + 1):
            at = (start + turn) % count
            entry = self._rows[at]
            if not entry.again and self._is_called(entry, wanted):
                return self._index(at)
        return None

    def _is_called(self, entry: tree.Row, wanted: str) -> bool:
        """Whether a row's words contain a text, or the name of its operation begins with it."""
        node = self._trace.nodes.by_id[entry.node]
        name = node.name.casefold() if node.tensor is None else ""  # every leaf is an AccumulateGrad
        return wanted in self._label(entry).casefold() or name.startswith(wanted)

    # --- where rows stand

    def _place(self, index: int) -> tuple[int, int]:
        """The row of the tree that stands at a row of the pane, and which of its lines that is."""
        for at, lines in self._folded.items():
            if index <= at:
                break
            if index - at < len(lines):
                return at, index - at
            index -= len(lines) - 1
        return index, 0

    def _index(self, at: int) -> int:
        """Where a row of the tree stands in the pane."""
        return at + sum(len(lines) - 1 for other, lines in self._folded.items() if other < at)

    def _fold(self, height: int | None) -> None:
        found = {self._now: self._lines(self._now)} if self._now is not None else {}
        if len(self._rows) <= LAID_OUT:
            middle = self._now or 0
            left = None if height is None else height - len(self._rows)
            left = None if left is None else left - sum(len(lines) - 1 for lines in found.values())
            for at in sorted(set(range(len(self._rows))) - set(found), key=lambda n: abs(n - middle)):
                lines = self._lines(at)
                if left is None or len(lines) - 1 <= left:
                    found[at] = lines
                    left = None if left is None else left - (len(lines) - 1)
        self._folded = {at: found[at] for at in sorted(found) if len(found[at]) > 1}

    # --- what stands in them

    def _row(self, at: int) -> Row:
        """All on one row, be it longer than the pane is wide."""
        entry = self._rows[at]
        said = self._said(entry) if not entry.again else []
        needed = least(said) + DOTS - len(GAP) if said else len(AGAIN)
        label = self._label(entry, max(LEAST, min(self._room, self._width - 2 - len(entry.prefix) - needed)))
        start = (*self._before(at), (label, "now" if at == self._now else ""))
        if entry.again:
            return (*start, (AGAIN, ""))
        fill = max(0, self._column - len(entry.prefix) - len(label))
        room = self._width - len(plain(start)) - 2
        said = shortened(said, room - fill)
        if size(said) > room - fill:
            fill = 0
        pieces = side_by_side(said)[1:]
        return (*start, (f" {'.' * fill}.. ", "dim"), *pieces) if pieces else start

    def _lines(self, at: int) -> list[Row]:
        """The same on as many lines as it takes, below one another."""
        found = self._lines_of.get(at)
        if found is None:
            found = self._lines_of[at] = self._make_lines(at)
        return found

    def _make_lines(self, at: int) -> list[Row]:
        one = self._row(at)
        entry = self._rows[at]
        label = self._label(entry, WHOLE)
        if entry.again or (len(plain(one)) <= self._width and label == self._label(entry, self._room)):
            return [one]
        has_inputs = at + 1 < len(self._rows) and self._rows[at + 1].above == entry.node
        indent = (("  " + tree.goes_on(entry.prefix, has_inputs), "dim"),)
        lines: list[Row] = [self._before(at)]
        below = max(LEAST, self._width - len(plain(indent)))
        first = broken(label, self._width - len(plain(lines[0])), below)
        lines[0] = (*lines[0], (first[0], "now" if at == self._now else ""))
        lines += [(*indent, (more, "now" if at == self._now else "")) for more in first[1:]]
        gap: Piece = (" .. ", "dim")
        for text, role in (said.piece for said in self._said(entry) if said.text):
            room = self._width - len(plain(lines[-1])) - len(gap[0])
            if len(text) <= room:
                lines[-1] = (*lines[-1], gap, (text, role))
            else:
                parts = broken(text, below, below)
                lines += [(*indent, (part, role)) for part in parts]
            gap = (GAP, "")
        return lines

    def _before(self, at: int) -> Row:
        """The mark of the current row, and the way down to it."""
        entry = self._rows[at]
        marker = "  "
        if at == self._now and not entry.again:
            reading = tree.read(self._trace, entry.node, self._moment)
            marker = "◀ " if reading.incoming or reading.parts else "▶ "
        return ((marker, "now"), *self._prefix(entry, at == self._now))

    def _said(self, entry: tree.Row) -> list[Said]:
        """What there is to say of a node, in the order in which it is said."""
        found = self._known.get(entry.node)
        if found is None:
            found = self._known[entry.node] = self._read(entry)
        return found

    def _read(self, entry: tree.Row) -> list[Said]:
        reading = tree.read(self._trace, entry.node, self._moment)
        inside = self._trace.nodes.inside(entry.node) is not None  # its label begins with its kind
        kind = "" if inside else reading.kind
        flows = bool(reading.incoming or reading.parts)  # then the gradient matters more
        value = value_lengths(reading.value) if reading.value else (kind,)
        said = [Said((*value, "") if flows else value, "value")]
        if entry.hidden:
            said.append(Said((f"▸ {entry.hidden:,} more",), "dim"))
        said += self._gradient(entry.node, reading)
        if reading.value and not reading.incoming and not reading.parts:
            said.append(Said((kind, ""), "dim"))
        return said

    def _label_column(self) -> int:
        focus = self._now or 0
        near = self._rows[max(0, focus - SAMPLE // 2) : focus + SAMPLE // 2]
        widths = [len(r.prefix) + len(self._label(r, self._room)) for r in near]
        limit = min(LABEL, self._width // 2)
        return max((w for w in widths if w <= limit), default=limit)

    def _label(self, entry: tree.Row, room: int = WHOLE) -> str:
        if entry.group:
            return path_end(entry.group, room)
        text = tree.label(self._trace, entry.node, self._moment)
        leaf = self._trace.nodes.by_id[entry.node].tensor is not None
        return path_end(text, room) if leaf else one_line(text, room)

    def _prefix(self, entry: tree.Row, now: bool) -> list[Piece]:
        """The way down to a row; an edge of the current node in heavy lines."""
        start = len(entry.prefix) - (2 if entry.prefix.endswith(tree.CHAIN) else 3)
        trail, edge = entry.prefix[: max(0, start)], entry.prefix[max(0, start) :]
        lit = now or (self.current is not None and entry.above == self.current)
        return [(trail, "dim"), (edge.translate(_LIT), "now") if lit else (edge, "dim")]

    def _gradient(self, node: int, reading: tree.Reading) -> list[Said]:
        if reading.incoming is None:
            rest = "… (the rest never came)" if self._broken(node) else "…"
            more_to_come = self._trace.nodes.edges_into(node, self._moment) > len(reading.parts)
            waiting = f" + {rest}" if more_to_come else ""
            arrived = f"{self._down} {sum_text(reading.parts)}{waiting}"
            return [Said((arrived,), "gradient")] if reading.parts else []
        values = came_in(reading.parts, reading.incoming)
        totals = tuple(f"{self._down} {value}" for value in values)
        if len(reading.parts) > 1:
            origins = ", ".join(self._origin(p) for p in reading.parts[:PARTS])
            origins = f"({origins}{', …' if len(reading.parts) > PARTS else ''})"
            return [Said(totals, "gradient"), Said((origins, ""), "dim")]
        said = [Said(totals, "gradient")]
        rules = [r for r in reading.outgoing[:PARTS] if r != values[0]]
        more = f" ; … {len(reading.outgoing):,} in all" if len(reading.outgoing) > PARTS else ""
        if rules:
            said.append(Said((f"{' ; '.join(rules)}{more}", ""), "backward"))
        return said

    def _broken(self, node: int) -> bool:
        """Whether a pass died before all gradients had come: it is over here, and the node never ran."""
        return not self._in_pass and self._trace.nodes.run(node, len(self._trace.steps)) is None

    def _origin(self, part: Part) -> str:
        label = one_line(tree.label(self._trace, part.source, self._moment), 20)
        return f"{value_text(part.gradient, 4)} from {label}"


def current_node(cursor: Cursor) -> int | None:
    """The node that the step one stands at is about."""
    if not len(cursor.trace):
        return None
    match cursor.step:
        case Op(node=node) | Loss(node=node) | Backward(node=node):
            return node
        case Accumulate(tensor=tensor):
            return cursor.trace.nodes.leaf(tensor)
    return None
