"""Rows as plain text, as functions of a real trace and a cursor."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from tests.conftest import SAMPLES, Kernel
from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.trace.look.tree import tree
from tutor_tui.trace.record.trace import Trace
from tutor_tui.ui.panes.code_rows import CodeRows, where
from tutor_tui.ui.panes.graph_rows import GraphRows
from tutor_tui.ui.panes.matrix import heat_rows
from tutor_tui.ui.panes.output_rows import output_rows
from tutor_tui.ui.panes.rows import plain
from tutor_tui.ui.panes.state_rows import state


@pytest.fixture(scope="module")
def trace(kernel: Kernel) -> Trace:
    return kernel.run(SAMPLES / "gradient.py")


def graph_text(cursor: Cursor, width: int = 100) -> list[str]:
    rows = GraphRows(cursor, tree(cursor.trace, cursor.moment), width)
    return [plain(row).rstrip() for row in rows]


def everything(cursor: Cursor) -> list[str]:
    code = CodeRows(cursor)
    rows = [*code, *state(cursor).rows, *output_rows(cursor)]
    return [*graph_text(cursor), *map(plain, rows)]


def test_the_graph_at_3x(trace: Trace) -> None:
    cursor = Cursor(trace)
    cursor = cursor.after("forward")
    cursor = cursor.after("next")
    assert graph_text(cursor) == [
        "▶ 3*x ... 6  MulBackward0",
        "  ┗ x ... 2  leaf",
        "  x**2 .. 4  PowBackward0",
        "  └ x ↑",
    ]


def test_the_graph_after_pow_ran_backward(trace: Trace) -> None:
    cursor = Cursor(trace)
    cursor = cursor.after("backward")
    for _ in range(4):
        cursor = cursor.after("next")
    text = graph_text(cursor)
    assert text[2].startswith("◀  ┣━ x**2")
    assert text[2].endswith("4  ↓ 1  1 · 2·2 = 4")
    assert text[3].endswith("2  ↓ 3 + 4")
    cursor = cursor.after("next")
    assert graph_text(cursor)[3].endswith("↓ 3 + 4 = 7  (3 from 3*x, 4 from x**2)")


def test_what_has_not_run_is_not_there(trace: Trace) -> None:
    cursor = Cursor(trace)
    cursor = cursor.after("forward")
    assert not any("3*x" in line for line in graph_text(cursor))
    assert not any("↓" in line for line in graph_text(cursor))


def test_views_depend_on_trace_and_cursor_alone(trace: Trace) -> None:
    cursor = Cursor(trace)
    straight = []
    for index in range(len(trace)):
        cursor = cursor.at(index)
        straight.append(everything(cursor))
    order = list(range(len(trace)))
    random.Random(0).shuffle(order)
    for index in order:
        cursor = cursor.at(index)
        assert everything(cursor) == straight[index]


def test_the_backward_pass_points_at_the_expression(trace: Trace) -> None:
    cursor = Cursor(trace)
    cursor = cursor.after("backward")
    cursor = cursor.after("next")
    place = where(cursor)
    assert place.direction == "◀"
    assert trace.sources.text(place.span) == "x**2 + 3*x + 1"


def test_a_reused_name_shows_the_value_of_its_time(record: Callable[..., Trace]) -> None:
    trace = record("import torch\nx = torch.tensor(1.0)\nx = x + 1\nx.add_(5)\nprint(x)\n")
    cursor = Cursor(trace)
    seen = []
    for index in range(len(trace)):
        cursor = cursor.at(index)
        seen += [plain(r).lstrip("* ").split()[1] for r in state(cursor).rows]
    assert list(dict.fromkeys(seen)) == ["1", "2", "7"]


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
    cursor = cursor.after("last")
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
    cursor = cursor.after("backward")
    cursor = cursor.after("backward")
    assert not any("↓" in line for line in graph_text(cursor))
    cursor = cursor.after("next")
    assert any("↓" in line for line in graph_text(cursor))


MATRICES = """
import torch
a = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], requires_grad=True)
b = torch.arange(40.0).reshape(20, 2)
c = a * 2
d = c.sum() + a.sum()
d.backward()
"""


def test_matrices_are_laid_out_where_there_is_room(record: Callable[..., Trace]) -> None:
    cursor = Cursor(record(MATRICES))
    cursor = cursor.after("last")
    roomy, tight = state(cursor, 60, 30), state(cursor, 60, 4)
    text = [plain(r).rstrip() for r in roomy.rows]
    at = next(n for n, line in enumerate(text) if line.split()[:1] == ["a"])
    assert [line.split() for line in text[at + 1 : at + 5]] == [
        ["0", "1"], ["0", "1", "2"], ["1", "3", "4"], ["2", "5", "6"],
    ]  # fmt: skip
    assert any("12 more rows" in line for line in text)
    assert len(tight.rows) == 4
    assert roomy.tensors[at + 3] == roomy.tensors[at]


def test_the_edges_of_the_current_node_are_heavy(record: Callable[..., Trace]) -> None:
    cursor = Cursor(record(MATRICES))
    cursor = cursor.after("backward")
    cursor = cursor.after("next")
    assert [line.split(" ")[0:3] for line in graph_text(cursor)[:2]] == [["◀", "d", "="], ["", "", "┣━"]]
    heavy = [line for line in graph_text(cursor) if "┣" in line or "┗" in line]
    assert len(heavy) == 2


def test_a_heat_map_says_what_it_shows() -> None:
    values = [[0.0, 1.0], [2.0, float("nan")], [8.0, 4.0]]
    coloured = heat_rows(values, 40, 10, colours=True)
    assert coloured[0] == (("▀▀", "heat 0 2"), ("!!", "error"))
    assert coloured[1] == (("▀▀", "heat 8"), ("▀▀", "heat 4"))
    shaded = [plain(r) for r in heat_rows(values, 40, 10)]
    assert shaded[:3] == ["    ", "░░!!", "██▒▒"]
    assert "[░] 1.6 to 3.2" in shaded
    assert "… 3×1 of 3×2" in [plain(r) for r in heat_rows(values, 2, 10)]
