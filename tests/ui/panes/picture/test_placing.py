"""Boxes and wires of any graph: nothing overlaps, and every wire leads from its box to the other."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tutor_tui.ui.panes.picture.placing import BOX, Placing, place
from tutor_tui.ui.panes.picture.wires import DOWN, LEFT, RIGHT, UP, Cell, Channel, Run, forked, runs

Graph = dict[int, list[int]]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """The inputs of some nodes: earlier ones, now and then the same one twice."""
    count = draw(st.integers(1, 14))
    return {n: draw(st.lists(st.integers(0, n - 1), max_size=3)) if n else [] for n in range(count)}


@given(graphs())
@settings(max_examples=300, deadline=None)
def test_boxes_stand_apart_and_inputs_on_the_left(graph: Graph) -> None:
    placing = place(graph)
    assert set(placing.at) == set(graph)
    taken: set[tuple[int, int]] = set()
    for stop in placing.at.values():
        rows = {(stop.layer, row) for row in range(stop.row - 1, stop.row + 2)}
        assert len(rows) == BOX
        assert not rows & taken
        assert all(0 <= row < placing.rows for _, row in rows)
        taken |= rows
    for (source, target), stops in placing.wires.items():
        assert source in graph[target]
        assert (stops[0], stops[-1]) == (placing.at[source], placing.at[target])
        assert all(b.layer == a.layer + 1 for a, b in pairwise(stops))
        for stop in stops[1:-1]:  # a wire passes beside the boxes, never through one
            assert (stop.layer, stop.row) not in taken
    assert {(s, t) for t, used in graph.items() for s in used} == set(placing.wires)


@given(graphs())
@settings(max_examples=100, deadline=None)
def test_what_is_used_stands_right_beside_its_first_user(graph: Graph) -> None:
    at = place(graph).at
    for node in graph:
        users = [at[user].layer for user, used in graph.items() if node in used]
        if users:
            assert at[node].layer == min(users) - 1


def followed(channel: Channel, run: Run) -> tuple[int, int]:
    """Where one comes out who follows a wire through a channel from the left; the steps must fit each other."""
    ways = {(column, row): way for column, row, way in channel.cells(run)}
    column, row, came = 0, run.start, LEFT
    while column < channel.width:
        way = ways.pop((column, row))
        assert way & came, (column, row)
        out = way & ~came
        column, row = column + (out == RIGHT) - (out == LEFT), row + (out == DOWN) - (out == UP)
        came = {RIGHT: LEFT, LEFT: RIGHT, UP: DOWN, DOWN: UP}[out]
    assert not ways
    return column, row


@given(graphs(), st.integers(0, 6))
@settings(max_examples=200, deadline=None)
def test_every_wire_leads_where_it_should(graph: Graph, label: int) -> None:
    placing: Placing = place(graph)
    joins = forked(placing.wires)
    for pieces in runs(placing).values():
        channel = Channel(pieces, joins, label)
        for run in pieces:
            assert followed(channel, run) == (channel.width, run.end)


def test_wires_that_meet_are_joined_and_those_that_cross_are_not() -> None:
    met, crossed = Cell(), Cell()
    met.add(1, LEFT | RIGHT, False)
    met.add(2, UP | RIGHT, False)
    crossed.add(1, LEFT | RIGHT, False)
    crossed.add(2, UP | DOWN, True)
    assert met.character() == "┴"
    assert crossed.character() == "━"
