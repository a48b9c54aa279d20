"""Rows as plain text, as functions of a real trace and a cursor."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from tests.conftest import Kernel
from tutor_tui.lessons.catalog import find_lesson
from tutor_tui.trace.cursor import Cursor
from tutor_tui.trace.trace import Trace
from tutor_tui.trace.tree import tree
from tutor_tui.ui.render.code import CodeRows, where
from tutor_tui.ui.render.graph import GraphRows
from tutor_tui.ui.render.losses import extremes
from tutor_tui.ui.render.output import output_rows
from tutor_tui.ui.render.rows import plain
from tutor_tui.ui.render.state import state_rows


@pytest.fixture(scope="module")
def trace(kernel: Kernel) -> Trace:
    return kernel.run(find_lesson("first_gradient").code)


def graph_text(cursor: Cursor, width: int = 100) -> list[str]:
    rows = GraphRows(cursor, tree(cursor.trace, cursor.moment), width)
    return [plain(row).rstrip() for row in rows]


def everything(cursor: Cursor) -> list[str]:
    code = CodeRows(cursor)
    rows = [*code, *state_rows(cursor), *output_rows(cursor)]
    return [*graph_text(cursor), *map(plain, rows)]


def test_the_graph_at_3x(trace: Trace) -> None:
    cursor = Cursor(trace)
    cursor.forward()
    cursor.next()
    assert graph_text(cursor) == [
        "▶ 3*x ... 6  MulBackward0",
        "  └ x ... 2  leaf",
        "  x**2 .. 4  PowBackward0",
        "  └ x ↑",
    ]


def test_the_graph_after_pow_ran_backward(trace: Trace) -> None:
    cursor = Cursor(trace)
    cursor.backward()
    for _ in range(4):
        cursor.next()
    text = graph_text(cursor)
    assert text[2].startswith("◀   ├─ x**2")
    assert text[2].endswith("4  ↓ 1  1 · 2·2 = 4")
    assert text[3].endswith("2  ↓ 3 + 4 + …")
    cursor.next()
    assert graph_text(cursor)[3].endswith("↓ 3 + 4 = 7  (3 from 3*x, 4 from x**2)")


def test_what_has_not_run_is_not_there(trace: Trace) -> None:
    cursor = Cursor(trace)
    cursor.forward()
    assert not any("3*x" in line for line in graph_text(cursor))
    assert not any("↓" in line for line in graph_text(cursor))


def test_views_depend_on_trace_and_cursor_alone(trace: Trace) -> None:
    cursor = Cursor(trace)
    straight = []
    for index in range(len(trace)):
        cursor.go(index)
        straight.append(everything(cursor))
    order = list(range(len(trace)))
    random.Random(0).shuffle(order)
    for index in order:
        cursor.go(index)
        assert everything(cursor) == straight[index]


def test_the_backward_pass_points_at_the_expression(trace: Trace) -> None:
    cursor = Cursor(trace)
    cursor.backward()
    cursor.next()
    place = where(cursor)
    assert place.direction == "◀"
    assert trace.text(place.span) == "x**2 + 3*x + 1"


def test_a_reused_name_shows_the_value_of_its_time(record: Callable[..., Trace]) -> None:
    trace = record("import torch\nx = torch.tensor(1.0)\nx = x + 1\nx.add_(5)\nprint(x)\n")
    cursor = Cursor(trace)
    seen = []
    for index in range(len(trace)):
        cursor.go(index)
        seen += [plain(r).lstrip("* ").split()[1] for r in state_rows(cursor)]
    assert list(dict.fromkeys(seen)) == ["1", "2", "7"]


def test_no_extreme_is_lost() -> None:
    points = [(float(i), random.Random(i).random()) for i in range(5000)] + [(5000.0, 99.0), (5001.0, -99.0)]
    kept = extremes(points, 60)
    assert len(kept) <= 120
    assert max(p[1] for p in kept) == 99
    assert min(p[1] for p in kept) == -99


def test_a_chain_of_3000_operations_is_drawn_without_recursion(record: Callable[..., Trace]) -> None:
    trace = record(
        """
        import torch
        x = y = torch.tensor(1.0, requires_grad=True)
        for _ in range(3000): y = y * 1.0001
        y.backward()
        """
    )
    cursor = Cursor(trace)
    cursor.last()
    rows = tree(trace, cursor.moment).rows
    assert len(rows) == 3001
    assert max(len(r.prefix) for r in rows) < 60


def test_a_second_pass_over_the_same_graph_starts_blank(record: Callable[..., Trace]) -> None:
    trace = record(
        """
        import torch
        x = torch.tensor(3.0, requires_grad=True)
        y = x * x
        y.backward(retain_graph=True)
        y.backward()
        """
    )
    cursor = Cursor(trace)
    cursor.backward()
    cursor.backward()
    assert not any("↓" in line for line in graph_text(cursor))
    cursor.next()
    assert any("↓" in line for line in graph_text(cursor))
