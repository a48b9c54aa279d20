"""A graph as it is drawn at a moment: boxes of the nodes there are, wires, what has flowed through them."""

from __future__ import annotations

from itertools import groupby

from tutor_tui.protocol.messages import Accumulate
from tutor_tui.trace.look import tree
from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.ui.panes.graph_rows import current_node
from tutor_tui.ui.panes.picture.boxes import FRAME, Characters, box, part_text
from tutor_tui.ui.panes.picture.plan import Plan, box_rows
from tutor_tui.ui.panes.picture.wires import LEFT, RIGHT, Cell, Run
from tutor_tui.ui.panes.rows import Row
from tutor_tui.ui.panes.said import chosen

LIGHT, HEAVY = ("┌", "─", "┐", "│", "└", "┘"), ("┏", "━", "┓", "┃", "┗", "┛")
FORWARD, BACKWARD = "▶", "◀"
MARK = "<"
"""In the place of a corner: the marked box."""


class Drawing:
    """The rows of a picture, and which node's box stands in which."""

    def __init__(self, cursor: Cursor, plan: Plan, characters: Characters, marked: int | None = None) -> None:
        self._cursor, self._trace, self._moment = cursor, cursor.trace, cursor.moment
        self._plan, self._characters, self._marked = plan, characters, marked
        self.current = current_node(cursor)
        inputs = self._trace.nodes.graph(self._moment, len(plan.placing.at)) or {}
        self.nodes = sorted(inputs, key=lambda node: self._trace.nodes.by_id[node].seq)
        """The nodes there are, in the order in which they came."""
        self._cells = [[(" ", "")] * plan.width for _ in range(plan.rows)]
        self._wires()
        for node in self.nodes:
            self._box(node)

    def rows(self) -> list[Row]:
        """From the top."""
        return [
            tuple(
                ("".join(character for character, _ in cells), role)
                for role, cells in groupby(line, key=lambda cell: cell[1])
            )
            for line in self._cells
        ]

    def node_at(self, row: int, column: int) -> int | None:
        """The node whose box covers a cell."""
        for node in self.nodes:
            layer, middle = self._plan.placing.at[node]
            left = self._plan.left[layer]
            if row in box_rows(middle) and left <= column < left + self._plan.widths[layer]:
                return node
        return None

    def next_to(self, node: int | None, by: int) -> int | None:
        """The node that came some places later, or at first the one of this step; None where there is none at all."""
        if not self.nodes:
            return None
        if node not in self.nodes:
            return self.current if self.current in self.nodes else self.nodes[0 if by > 0 else -1]
        return self.nodes[max(0, min(self.nodes.index(node) + by, len(self.nodes) - 1))]

    def find(self, text: str, after: int | None) -> int | None:
        """The next node, around the end, whose expression contains a text in any case."""
        start = self.nodes.index(after) + 1 if after in self.nodes else 0
        for node in (*self.nodes[start:], *self.nodes[:start]):
            if text.casefold() in tree.label(self._trace, node, self._moment).casefold():
                return node
        return None

    # --- boxes

    def _box(self, node: int) -> None:
        plan = self._plan
        layer, middle = plan.placing.at[node]
        left, width = plan.left[layer], plan.widths[layer]
        now = node == self.current
        frame, role = (HEAVY, "now") if now else (LIGHT, "dim")
        texts = box(self._trace, node, self._moment, self._characters)
        label, value, gradient = texts.texts(width - FRAME)
        top_left, across, top_right, side, bottom_left, bottom_right = frame
        top_right = MARK if node == self._marked else top_right
        self._put(left, middle - 1, top_left + across * (width - 2) + top_right, role)
        self._put(left, middle, side + " " * (width - 2) + side, role)
        self._put(left, middle + 1, bottom_left + across * (width - 2) + bottom_right, role)
        self._put(
            left + 1, middle - 1, f" {label} ", "now" if now else "marked" if node == self._marked else ""
        )
        self._put(left + 2, middle, value, "value")
        if gradient:
            self._put(left + 1, middle + 1, f" {gradient} ", "gradient")

    def _put(self, column: int, row: int, text: str, role: str) -> None:
        """Write a text into cells."""
        line = self._cells[row]
        for n, character in enumerate(text[: len(line) - column]):
            line[column + n] = character, role

    # --- wires

    def _wires(self) -> None:
        plan, there = self._plan, set(self.nodes)
        cells: dict[tuple[int, int], Cell] = {}
        for layer, channel in enumerate(plan.channels):
            start = plan.left[layer] + plan.widths[layer]
            for run in channel.runs:
                if run.source in there and run.target in there:
                    lit = self._lit(run)
                    for column, row, ways in channel.cells(run):
                        cells.setdefault((start + column, row), Cell()).add(run.source, ways, lit)
                    if plan.placing.at[run.target].layer > layer + 1:  # it goes on past this layer's boxes
                        passed = start + channel.width
                        for column in range(passed, passed + plan.widths[layer + 1]):
                            cells.setdefault((column, run.end), Cell()).add(run.source, LEFT | RIGHT, lit)
        for (column, row), cell in cells.items():
            self._put(column, row, cell.character(), "now" if cell.lit else "dim")
        self._heads(there)

    def _lit(self, run: Run) -> bool:
        """Whether values or gradients of the current node flow through a wire."""
        received = isinstance(self._cursor.step, Accumulate)  # a leaf has no wire on its left
        return self.current is not None and self.current == (run.source if received else run.target)

    def _heads(self, there: set[int]) -> None:
        """Arrows where values come in and where gradients have come back, and the parts that meet in a join."""
        plan = self._plan
        sent = {node: self._trace.nodes.parts(node, self._moment) for node in there}
        for source, target in plan.placing.wires:
            if source not in there or target not in there:
                continue
            layer, row = plan.placing.at[target]
            lit = target == self.current
            self._put(plan.left[layer] - 1, row, FORWARD, "now" if lit else "dim")
            layer, row = plan.placing.at[source]
            if sent[source]:
                self._put(plan.left[layer] + plan.widths[layer], row, BACKWARD, "gradient")
        for source, target in plan.parted:
            if source in there and target in there:
                layer, row = plan.placing.at[target]
                channel = plan.channels[layer - 1]
                text = chosen(part_text(sent[source], target), channel.label - 4) if channel.label else ""
                if text:
                    start = plan.left[layer - 1] + plan.widths[layer - 1] + channel.label_at
                    self._put(start + 1, row, f" {self._characters(text)} ", "gradient")
