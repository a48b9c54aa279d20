"""The autograd graph as rows: expression, value, gradient that came in, rule by which it went on."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import overload

from tutor_tui.protocol.messages import Accumulate, Backward, Loss, Op
from tutor_tui.trace import tree
from tutor_tui.trace.cursor import Cursor
from tutor_tui.trace.nodes import Part
from tutor_tui.trace.safe import one_line
from tutor_tui.trace.story import value_text
from tutor_tui.ui.render.rows import Row, row

LABEL = 26
"""Cells to which prefix and label of a row are filled at most, so that values stand in a column."""
FIXED = 5
"""Pieces of a row before its gradients: marker, prefix, label, dots, value."""
SAMPLE = 200
"""Rows around the current one that decide how wide that column is."""


class GraphRows(Sequence[Row]):
    """The rows of a tree, each made only when it is looked at: a graph may have 100,000."""

    def __init__(self, cursor: Cursor, rows: list[tree.Row], width: int) -> None:
        self._trace = cursor.trace
        self._moment = cursor.moment
        self._rows = rows
        self._width = width
        self.current = current_node(cursor)
        self._focus = self._find()
        self._column = self._label_column()
        self._detail = self._fold_current()

    def __len__(self) -> int:
        return len(self._rows) + len(self._detail)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        after = index - self._focus - 1
        if self._detail and after >= 0:
            if after < len(self._detail):
                return self._detail[after]
            index -= len(self._detail)
        return self._row(self._rows[index])

    def _fold_current(self) -> list[Row]:
        """What of the current row lies beyond the pane's edge goes below it: nothing of it may be lost."""
        if self.current is None or not self._rows or self._rows[self._focus].node != self.current:
            return []
        pieces = self._row(self._rows[self._focus])
        if sum(len(text) for text, _ in pieces) <= self._width:
            return []
        lines = textwrap.wrap("".join(text for text, _ in pieces[FIXED:]), max(10, self._width - 6))
        return [row(("      ", ""), (line, "gradient")) for line in lines]

    def focus(self) -> int:
        """The row of the current node, 0 where there is none."""
        return self._focus

    def _find(self) -> int:
        for index, entry in enumerate(self._rows):
            if entry.node == self.current and not entry.again:
                return index
        return 0

    def _label_column(self) -> int:
        near = self._rows[max(0, self._focus - SAMPLE // 2) : self._focus + SAMPLE // 2]
        widths = [len(r.prefix) + len(self._label(r.node)) for r in near]
        limit = min(LABEL, self._width // 2)
        return max((w for w in widths if w <= limit), default=limit)

    def _label(self, node: int) -> str:
        return one_line(tree.label(self._trace, node, self._moment), 40)

    def _row(self, entry: tree.Row) -> Row:
        now = entry.node == self.current
        name = self._label(entry.node)
        if entry.again:
            return row("  ", (entry.prefix, "dim"), name, " ↑")
        reading = tree.read(self._trace, entry.node, self._moment)
        marker = ("◀ " if reading.incoming or reading.parts else "▶ ") if now else "  "
        fill = max(0, self._column - len(entry.prefix) - len(name))
        pieces: list[tuple[str, str]] = [
            (marker, "now"),
            (entry.prefix, "dim"),
            (name, "now" if now else ""),
            (f" {'.' * fill}.. ", "dim"),
            (value_text(reading.value, 6) if reading.value else reading.kind, "value"),
        ]
        pieces += self._gradient(reading)
        if reading.value and not reading.incoming and not reading.parts:
            pieces.append((f"  {reading.kind}", "dim"))
        return tuple(pieces)

    def _gradient(self, reading: tree.Reading) -> list[tuple[str, str]]:
        if reading.incoming is None:
            if reading.parts:
                waiting = " + ".join(value_text(p.gradient, 4) for p in reading.parts)
                return [(f"  ↓ {waiting} + …", "gradient")]
            return []
        total = value_text(reading.incoming, 6)
        if len(reading.parts) > 1:
            values = " + ".join(value_text(p.gradient, 4) for p in reading.parts)
            origins = ", ".join(self._origin(p) for p in reading.parts)
            return [(f"  ↓ {values} = {total}", "gradient"), (f"  ({origins})", "dim")]
        pieces = [(f"  ↓ {total}", "gradient")]
        rules = [r for r in reading.outgoing if r != total]
        if rules:
            pieces.append((f"  {' ; '.join(rules)}", "backward"))
        return pieces

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
