"""An exercise's claims against records of programs that do, and do not, what is asked."""

from __future__ import annotations

import pytest

from tutor_tui.course.answers import due
from tutor_tui.course.exercises import judge, target
from tutor_tui.course.plan import Plan
from tutor_tui.course.runner import Runner
from tutor_tui.lessons.catalog import find_lesson
from tutor_tui.lessons.model import Exercise


@pytest.fixture
def exercise() -> Exercise:
    found = find_lesson("first_gradient").exercise
    assert found is not None
    return found


def verdicts(exercise: Exercise, source: str) -> list[tuple[bool, str]]:
    with Runner() as runner:
        return [(v.holds, v.text) for v in judge(exercise, runner.run(target(exercise, source)))]


def test_the_solution_passes_and_the_starter_does_not(exercise: Exercise) -> None:
    assert all(holds for holds, _ in verdicts(exercise, exercise.solution.read_text()))
    assert not all(holds for holds, _ in verdicts(exercise, exercise.starter.read_text()))


def test_a_program_that_fails_holds_no_claim(exercise: Exercise) -> None:
    assert verdicts(exercise, "1 / 0") == [
        (False, "The program stopped with ZeroDivisionError: division by zero")
    ]


def test_a_program_that_leaves_early_has_not_reached_its_end(exercise: Exercise) -> None:
    found = verdicts(exercise, "import os\nos._exit(0)\n")
    assert all(not holds for holds, _ in found)
    assert any("did not reach its end" in text for _, text in found)


def test_a_leap_raises_no_question() -> None:
    lesson = find_lesson("first_gradient")
    with Runner() as runner:
        trace = runner.run(Plan(lesson).target())
    assert due(Plan(lesson), trace, 0, len(trace) - 1, []) == []
    assert due(Plan(lesson), trace, 5, 5, []) == []
