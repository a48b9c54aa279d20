"""Each numeral on the screen is a whole numeral of the record, however narrow the pane."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Iterator

import pytest

from tests.conftest import Kernel
from tutor_tui.lessons.catalog import lessons
from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.trace.look.tree import Shape, tree
from tutor_tui.trace.record.trace import Trace
from tutor_tui.trace.words.story import story
from tutor_tui.ui.panes.code_rows import CodeRows
from tutor_tui.ui.panes.graph_rows import GraphRows
from tutor_tui.ui.panes.output_rows import output_rows
from tutor_tui.ui.panes.picture.drawing import Drawing
from tutor_tui.ui.panes.picture.plan import drawable, plan
from tutor_tui.ui.panes.rows import Row, in_sight, plain
from tutor_tui.ui.panes.state_rows import state

COUNTS = re.compile(r"▸ [\d,]+ more|^\W*\d+… |\d+ more (rows|columns)")
"""Counts of what is left out depend on the room there is."""
NUMERAL = re.compile(r"[-+−]?\d(?:[\d_.,]*\d)?(?:[eE][-+]?\d+)?")
HUGE = 5000


def numerals(text: str) -> set[str]:
    return set(NUMERAL.findall(text))


def panes(cursor: Cursor, width: int, height: int | None) -> Iterator[tuple[str, Row]]:
    """Every row that a pane of a size may show."""
    shape = Shape(forks=max(4, min(width // 8, 10)))
    for name, rows in (
        ("code", CodeRows(cursor, width=width)),
        ("graph", GraphRows(cursor, tree(cursor.trace, cursor.moment, shape), width, False, height)),
        ("state", state(cursor, width, height).rows),
        ("output", output_rows(cursor, width)),
        ("picture", picture(cursor, width)),
    ):
        for row in rows[: height or 400]:
            yield name, row


def picture(cursor: Cursor, width: int) -> list[Row]:
    """The rows of the graph as a picture; none where there is none that fits."""
    graph = drawable(cursor.trace, cursor.moment, str)
    laid_out = plan(graph, width) if graph is not None else None
    return Drawing(cursor, laid_out, str).rows() if laid_out is not None else []


def known(cursor: Cursor) -> set[str]:
    """The numerals of the same moment on a screen without an edge, of its words, and the counts that stand for many."""
    wide = " ".join(plain(row) for _, row in panes(cursor, HUGE, None))
    found = numerals(f"{wide} {story(cursor.trace, cursor.index)}")
    for scope in (cursor.trace.naming.scope(cursor.moment), 0):
        for meaning in cursor.trace.naming.names(scope, cursor.moment).values():
            preview = (
                cursor.trace.tensors.at(meaning.tensor, cursor.moment) if meaning.tensor is not None else None
            )
            if preview is not None:
                found.add(f"{math.prod(preview.shape):,}")
    return found


def judge(trace: Trace, stops: list[int], chance: random.Random) -> None:
    for stop in stops:
        cursor = Cursor(trace, stop)
        whole = known(cursor)
        width, height, left = (
            chance.randint(20, 120),
            chance.choice([0, 4, 9, 20, None]),
            chance.choice([0, 0, 8, 24]),
        )
        for name, row in panes(cursor, width, height):
            seen = plain(in_sight(row, width, left, held=int(name == "code")))
            cut = {
                n for n in numerals(COUNTS.sub("", seen)) if n not in whole and n.lstrip("+-−") not in whole
            }
            assert not cut, (
                f"{name} at step {stop}, {width}×{height} from {left}: {cut} in {seen!r} of {plain(row)!r}"
            )


@pytest.mark.parametrize("lesson", [lesson.name for lesson in lessons()])
def test_in_every_lesson(kernel: Kernel, lesson: str) -> None:
    found = next(each for each in lessons() if each.name == lesson)
    trace = kernel.run(found.code)
    chance = random.Random(lesson)
    judge(trace, sorted(chance.sample(range(len(trace)), min(len(trace), 60))), chance)


VALUES = ("{:.3f}", "{:.9g}", "{:.2e}", "{:.0f}")
OPERATIONS = (
    "{a} * {b}", "{a} + {b}", "{a} - {b}", "torch.tanh({a})", "{a} ** 2", "{a}.exp()", "{a} / ({b} ** 2 + 1)",
    "{a}.sum() * {b}", "torch.stack([{a}, {b}]).mean(0)", "({a} @ {b}.T)[:1, :2]",
)  # fmt: skip


def program(chance: random.Random) -> str:
    """A program of tensors of odd sizes and values, a loss and a step."""
    rows, columns = chance.choice([(1, 2), (2, 2), (3, 4), (1, 13), (2, 40)])

    def table() -> str:
        row = lambda: ", ".join(  # noqa: E731
            chance.choice(VALUES).format(chance.uniform(-1, 1) * 10 ** chance.randint(-6, 5))
            for _ in range(columns)
        )
        return f"[{', '.join(f'[{row()}]' for _ in range(rows))}]"

    lines = ["import torch", f"w = torch.tensor({table()}, requires_grad=True)"]
    names = ["w"]
    for n in range(chance.randint(2, 5)):
        name = chance.choice(["x", "hidden_state", "a_rather_long_name_of_a_result"]) + str(n)
        text = chance.choice(OPERATIONS[:9]).format(a=chance.choice(names), b=chance.choice(names))
        lines.append(f"{name} = {text}")
        names.append(name)
    lines += [
        f"loss = ({' + '.join(names)}).mean()",
        "loss.backward()",
        f"print(loss, w.grad, {chance.random()})",
    ]
    lines += ["with torch.no_grad():", f"    w -= {chance.random():.6f} * w.grad"]
    return "\n".join(lines) + "\n"


def test_in_random_programs(record: Callable[..., Trace]) -> None:
    for seed in range(200):
        chance = random.Random(seed)
        trace = record(program(chance))
        judge(trace, chance.sample(range(len(trace)), min(len(trace), 6)), chance)
