"""The autograd graph as rows: expression, value, gradient that came in, rule by which it went on."""

from __future__ import annotations

import textwrap

from tutor_tui.protocol.messages import Accumulate, Backward, Loss, Op
from tutor_tui.text.safe import one_line, path_end
from tutor_tui.trace.look import tree
from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.trace.look.tree import Tree
from tutor_tui.trace.record.nodes import Part
from tutor_tui.trace.words.story import value_text
from tutor_tui.ui.panes.rows import LazyRows, Row, row

LABEL = 26
"""Cells to which prefix and label of a row are filled at most, so that values stand in a column."""
ROOM = 40
"""Characters that a label may take; in a wide pane, half of its width."""
FIXED = 6
"""Pieces of a row before its gradients: marker, prefix, edge, label, dots, value."""
_LIT = str.maketrans("└├─", "┗┣━")
PARTS = 6
"""Gradients that are written out where many meet, and rules where many go on; of more, the number is said."""
SAMPLE = 200
"""Rows around the current one that decide how wide that column is."""


class GraphRows(LazyRows):
    """The rows of a tree, each made only when it is looked at: a graph may have 100,000."""

    def __init__(self, cursor: Cursor, graph: Tree, width: int, inputs_on_top: bool = False) -> None:
        super().__init__()
        self._trace = cursor.trace
        self._moment = cursor.moment
        self._graph = graph
        self._rows = graph.rows
        self._width = width
        self._room = max(ROOM, width // 2)
        self._down = "↑" if inputs_on_top else "↓"
        step = cursor.step if len(cursor.trace) else None
        self._in_pass = isinstance(step, (Backward, Accumulate, Loss)) or cursor.trace.end is None
        self.current = current_node(cursor)
        self._focus = graph.at.get(self.current, 0) if self.current is not None else 0
        self._column = self._label_column()
        self._detail = self._fold_current()

    def __len__(self) -> int:
        return len(self._rows) + len(self._detail)

    def make(self, index: int) -> Row:
        """A node, or a line that goes on with the current one's text."""
        entry = self.entry(index)
        return self._detail[index - self._focus - 1] if entry is None else self._row(entry)

    def _fold_current(self) -> list[Row]:
        """What of the current row lies beyond the pane's edge goes below it: nothing of it may be lost."""
        if self.current is None or self.current not in self._graph.at:
            return []
        pieces = self._row(self._rows[self._focus])
        if sum(len(text) for text, _ in pieces) <= self._width:
            return []
        lines = textwrap.wrap("".join(text for text, _ in pieces[FIXED:]), max(10, self._width - 6))
        return [row(("      ", ""), (line, "gradient")) for line in lines]

    def focus(self) -> int:
        """The row of the current node, 0 where there is none."""
        return self._focus

    def entry(self, index: int) -> tree.Row | None:
        """What the tree has at a row; None for one that only goes on with the current row's text."""
        after = index - self._focus - 1
        if self._detail and after >= 0:
            if after < len(self._detail):
                return None
            index -= len(self._detail)
        return self._rows[index] if 0 <= index < len(self._rows) else None

    def row_of(self, node: int) -> int | None:
        """The row in which a node is drawn, or its module is."""
        index = self._graph.at.get(node)
        if index is None:
            return None
        return index + len(self._detail) if index > self._focus else index

    def find(self, text: str, after: int) -> int | None:
        """The next row behind `after`, around the end, whose words contain a text in any case."""
        wanted = text.casefold()
        count = len(self._rows)
        start = self._graph_index(after)
        for turn in range(1, count + 1):
            index = (start + turn) % count
            entry = self._rows[index]
            words = f"{self._label(entry)} {self._trace.nodes.by_id[entry.node].name}"
            if not entry.again and wanted in words.casefold():
                return index + len(self._detail) if index > self._focus else index
        return None

    def _graph_index(self, row: int) -> int:
        after = row - self._focus
        return row if after <= 0 else max(self._focus, row - len(self._detail))

    def _label_column(self) -> int:
        near = self._rows[max(0, self._focus - SAMPLE // 2) : self._focus + SAMPLE // 2]
        widths = [len(r.prefix) + len(self._label(r)) for r in near]
        limit = min(LABEL, self._width // 2)
        return max((w for w in widths if w <= limit), default=limit)

    def _label(self, entry: tree.Row) -> str:
        if entry.group:
            return path_end(entry.group, self._room)
        text = tree.label(self._trace, entry.node, self._moment)
        leaf = self._trace.nodes.by_id[entry.node].tensor is not None
        return path_end(text, self._room) if leaf else one_line(text, self._room)

    def _row(self, entry: tree.Row) -> Row:
        now = self.current in self._graph.at and self._rows[self._graph.at[self.current]] is entry
        name = self._label(entry)
        prefix = self._prefix(entry, now)
        if entry.again:
            return row("  ", *prefix, name, " ↑")
        reading = tree.read(self._trace, entry.node, self._moment)
        marker = ("◀ " if reading.incoming or reading.parts else "▶ ") if now else "  "
        fill = max(0, self._column - len(entry.prefix) - len(name))
        pieces: list[tuple[str, str]] = [
            (marker, "now"),
            *prefix,
            (name, "now" if now else ""),
            (f" {'.' * fill}.. ", "dim"),
            (value_text(reading.value, 6) if reading.value else reading.kind, "value"),
        ]
        if entry.hidden:
            pieces.append((f"  ▸ {entry.hidden:,} more", "dim"))
        pieces += self._gradient(entry.node, reading)
        if reading.value and not reading.incoming and not reading.parts:
            pieces.append((f"  {reading.kind}", "dim"))
        return tuple(pieces)

    def _prefix(self, entry: tree.Row, now: bool) -> list[tuple[str, str]]:
        """The way down to a row; an edge of the current node in heavy lines."""
        start = len(entry.prefix) - (2 if entry.prefix.endswith(tree.CHAIN) else 3)
        trail, edge = entry.prefix[: max(0, start)], entry.prefix[max(0, start) :]
        lit = now or (self.current is not None and entry.above == self.current)
        return [(trail, "dim"), (edge.translate(_LIT), "now") if lit else (edge, "dim")]

    def _gradient(self, node: int, reading: tree.Reading) -> list[tuple[str, str]]:
        if reading.incoming is None:
            rest = "… (the rest never came)" if self._broken(node) else "…"
            return (
                [(f"  {self._down} {self._sum(reading.parts)} + {rest}", "gradient")] if reading.parts else []
            )
        total = value_text(reading.incoming, 6)
        if len(reading.parts) > 1:
            origins = ", ".join(self._origin(p) for p in reading.parts[:PARTS])
            return [
                (f"  {self._down} {self._sum(reading.parts)} = {total}", "gradient"),
                (f"  ({origins}{', …' if len(reading.parts) > PARTS else ''})", "dim"),
            ]
        pieces = [(f"  {self._down} {total}", "gradient")]
        rules = [r for r in reading.outgoing[:PARTS] if r != total]
        more = f" ; … {len(reading.outgoing):,} in all" if len(reading.outgoing) > PARTS else ""
        if rules:
            pieces.append((f"  {' ; '.join(rules)}{more}", "backward"))
        return pieces

    def _broken(self, node: int) -> bool:
        """Whether a pass died before all gradients had come: it is over here, and the node never ran."""
        return not self._in_pass and self._trace.nodes.run(node, len(self._trace.steps)) is None

    def _sum(self, parts: list[Part]) -> str:
        shown = " + ".join(value_text(p.gradient, 4) for p in parts[:PARTS])
        return f"{shown} + … {len(parts):,} in all" if len(parts) > PARTS else shown

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
