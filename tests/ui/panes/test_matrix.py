"""Matrices with names for their rows and columns, where they fit."""

from __future__ import annotations

from tests.ui.stage import of_lesson
from tutor_tui.lessons.model import Labels
from tutor_tui.ui.panes.matrix import matrix_rows
from tutor_tui.ui.panes.rows import plain

PEOPLE = Labels(frozenset({"people"}), ("person 0", "person 1"), ("height", "weight", "age"))
VALUES = [[170.0, 65.0, 25.0], [160.0, 55.0, 30.0]]


def test_rows_and_columns_have_their_names() -> None:
    assert [plain(row) for row in matrix_rows(VALUES, 60, names=PEOPLE)] == [
        "            height  weight     age",
        " person 0      170      65      25",
        " person 1      160      55      30",
    ]


def test_names_that_do_not_fit_are_left_out() -> None:
    turned = [plain(row) for row in matrix_rows([[1.0], [2.0], [3.0]], 60, names=PEOPLE)]
    assert turned[0].split() == ["0"]
    assert turned[1].split() == ["0", "1"]
    narrow = [plain(row) for row in matrix_rows(VALUES, 29, names=PEOPLE)]
    assert narrow[0].split() == ["0", "1", "2"]
    assert narrow[1].split() == ["person", "0", "170", "65", "25"]


def test_a_lesson_names_the_columns_of_its_people() -> None:
    with of_lesson("training_step", 120, 40) as stage:
        stage.wait("recorded|exit 0")
        text = stage.goto("40")
        assert "height  weight     age" in text
        assert "person 3      155      50      35" in text
