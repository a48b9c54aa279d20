"""Where the boxes of a graph stand: layers from the leaves on the left to the result on the right."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, NamedTuple

BOX = 3
"""Rows of a box, its frame included."""
GAP = 1
"""Rows between two boxes of a layer."""


class Stop(NamedTuple):
    """Where a wire passes a layer: the number of the layer, from the left, and the row of the wire."""

    layer: int
    row: int


class Placing(NamedTuple):
    """Layers and rows of nodes and wires."""

    at: dict[int, Stop]
    """Each node's layer, and the row in the middle of its box."""
    wires: dict[tuple[int, int], list[Stop]]
    """Of each edge, from an input to the node that uses it, where it passes, both ends included."""
    rows: int

    @property
    def layers(self) -> int:
        """How many layers there are."""
        return 1 + max((stop.layer for stop in self.at.values()), default=-1)


def load(module: str) -> Any:
    """A module of the library, without NumPy: it needs that for nothing here, and it takes longer than a key may."""
    missing = object()
    before = sys.modules.get("numpy", missing)
    if before is missing:
        sys.modules["numpy"] = None  # type: ignore[assignment]
    try:
        return import_module(module)
    finally:
        if before is missing:
            del sys.modules["numpy"]


def place(inputs: Mapping[int, Sequence[int]]) -> Placing:
    """Places for the nodes of a graph, given the inputs of each; parts that do not hang together, one below the other.

    Layers are counted from the results, so that a leaf stands next to what uses it. The order within a layer and
    the rows are those of the Sugiyama method, after Brandes and Köpf, "Fast and Simple Horizontal Coordinate
    Assignment" (2001), as the library has it.
    """
    graphs = load("grandalf.graphs")
    vertices = {node: graphs.Vertex(node) for node in inputs}
    edges = [
        graphs.Edge(vertices[user], vertices[node])
        for user, used in inputs.items()
        for node in dict.fromkeys(used)
    ]
    found = Placing({}, {}, 0)
    for part in graphs.Graph(list(vertices.values()), edges).C:
        found = _below(found, _place_part(part))
    last = found.layers - 1
    return Placing(
        {node: Stop(last - layer, row) for node, (layer, row) in found.at.items()},
        {edge: [Stop(last - layer, row) for layer, row in stops] for edge, stops in found.wires.items()},
        found.rows,
    )


def _place_part(part: Any) -> Placing:
    """One part; layer 0 is that of its results."""
    layouts = load("grandalf.layouts")
    for vertex in part.sV:
        vertex.view = layouts.VertexViewer(w=BOX, h=1)  # the library's layers lie one below the other
    layout = layouts.SugiyamaLayout(part)
    layout.xspace, layout.yspace = GAP, 0
    layout.dw = layout.dh = 1
    layout.init_all(roots=[v for v in part.sV if not v.e_in()])
    layout.draw(8)
    rows = _whole_rows(layout.layers)
    at = {v.data: Stop(layout.grx[v].rank, rows[v]) for v in part.sV}
    wires = {}
    for edge in part.sE:
        user, used = edge.v
        passed = layout.ctrls.get(edge, {})
        between = [Stop(layer, rows[passed[layer]]) for layer in sorted(passed, reverse=True)]
        wires[used.data, user.data] = between or [at[used.data], at[user.data]]
    lowest = [stop.row + BOX // 2 for stop in at.values()] + [*rows.values()]
    return Placing(at, wires, 1 + max(lowest, default=-1))


def _whole_rows(layers: Sequence[Sequence[Any]]) -> dict[Any, int]:
    """The rows of all vertices, rounded, and apart from one another in each layer."""
    found: dict[Any, int] = {}
    for layer in layers:
        free = -(10**9)
        for vertex in sorted(layer, key=lambda v: v.view.xy[0]):
            half = int(vertex.view.w) // 2
            found[vertex] = max(round(vertex.view.xy[0]), free + half)
            free = found[vertex] + half + 1 + (GAP if half else 0)
    top = min((row - int(v.view.w) // 2 for v, row in found.items()), default=0)
    return {vertex: row - top for vertex, row in found.items()}


def _below(first: Placing, second: Placing) -> Placing:
    """Two parts, the second below the first; their results stand in one layer."""
    down = first.rows + GAP if first.rows else 0
    return Placing(
        first.at | {node: Stop(layer, row + down) for node, (layer, row) in second.at.items()},
        first.wires
        | {edge: [Stop(layer, row + down) for layer, row in stops] for edge, stops in second.wires.items()},
        second.rows + down,
    )
