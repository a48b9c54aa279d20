"""How a graph is laid out as a picture: once for all of it, so that no box moves while one walks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tutor_tui.trace.record.trace import Trace
from tutor_tui.ui.panes.picture import wires
from tutor_tui.ui.panes.picture.boxes import Box, Characters, box, part_text
from tutor_tui.ui.panes.picture.placing import BOX, Placing, place
from tutor_tui.ui.panes.picture.wires import Channel, Run
from tutor_tui.ui.panes.said import chosen

MOST = 40
"""Nodes of a graph that is drawn; a larger one is told as a tree."""
LIMITS = range(34, 9, -1)
"""Characters that a text may have in its box, the widest first."""


class Plan(NamedTuple):
    """Places of boxes and channels, in cells."""

    placing: Placing
    limit: int
    """Characters that a text may have in its box."""
    left: list[int]
    """The first column of each layer."""
    widths: list[int]
    """Cells of each layer's boxes."""
    channels: list[Channel]
    """Between each layer and the next."""
    parted: tuple[tuple[int, int], ...]
    """The edges on which a part of a gradient is written."""

    @property
    def width(self) -> int:
        """Cells across."""
        return self.left[-1] + self.widths[-1]

    @property
    def rows(self) -> int:
        """Rows from the first box to the last."""
        return self.placing.rows


class Drawable(NamedTuple):
    """A graph that may be drawn, as it is in the end: its nodes, their boxes, where they stand in how many rows."""

    placing: Placing
    boxes: dict[int, Box]
    runs: dict[int, list[Run]]
    joins: frozenset[int]
    parts: dict[tuple[int, int], tuple[str, ...]]
    """What is written on an edge, from a node that is used more than once to one that uses it."""


def drawable(trace: Trace, moment: int, characters: Characters) -> Drawable | None:
    """The graph of a moment with all that it will come to; None for one with nothing in it or with too much."""
    end = trace.nodes.last_moment(moment)
    inputs = trace.nodes.graph(end, MOST)
    if not inputs or not trace.nodes.size(moment)[1]:
        return None
    placing = place(inputs)
    boxes = {node: box(trace, node, end, characters) for node in inputs}
    joins = wires.forked(placing.wires)
    return Drawable(
        placing, boxes, wires.runs(placing), joins, _parts(trace, end, placing, joins, characters)
    )


def _parts(
    trace: Trace, moment: int, placing: Placing, joins: frozenset[int], characters: Characters
) -> dict[tuple[int, int], tuple[str, ...]]:
    return {
        (source, target): tuple(map(characters, part_text(trace.nodes.parts(source, moment), target)))
        for source, target in _parted(placing.wires, joins)
    }


def _parted(edges: Mapping[tuple[int, int], object], joins: frozenset[int]) -> list[tuple[int, int]]:
    """The edges on which a part of a gradient is written: where only one of a node's inputs has other uses."""
    found = [(source, target) for source, target in edges if source in joins]
    targets = [target for _, target in found]
    return [(source, target) for source, target in found if targets.count(target) == 1]


def plan(graph: Drawable, width: int) -> Plan | None:
    """The widest picture that fits into `width` cells; None where even the narrowest does not."""
    for limit in LIMITS:
        found = _plan(graph, limit)
        if found.width <= width:
            return found
    return None


def _plan(graph: Drawable, limit: int) -> Plan:
    placing, runs = graph.placing, graph.runs
    widths = [0] * placing.layers
    for node, stop in placing.at.items():
        widths[stop.layer] = max(widths[stop.layer], graph.boxes[node].width(limit))
    channels = [
        Channel(runs.get(layer, []), graph.joins, _label_room(graph, layer, limit))
        for layer in range(placing.layers - 1)
    ]
    left = [0]
    for box_width, channel in zip(widths, channels, strict=False):
        left.append(left[-1] + box_width + channel.width)
    return Plan(placing, limit, left, widths, channels, tuple(graph.parts))


def _label_room(graph: Drawable, layer: int, limit: int) -> int:
    """Cells for the longest part that is written on a wire of a channel, with a bit of wire on each side."""
    texts = [
        chosen(lengths, limit)
        for (_, target), lengths in graph.parts.items()
        if graph.placing.at[target].layer == layer + 1
    ]
    longest = max(map(len, texts), default=0)
    return longest + 4 if longest else 0


def box_rows(row: int) -> Sequence[int]:
    """The rows of a box whose middle is in a row."""
    return range(row - BOX // 2, row + BOX // 2 + 1)
