"""An exercise's claims against records of programs that do, and do not, what is asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tutor_tui.course.answers import due
from tutor_tui.course.exercises import judge, target
from tutor_tui.course.plan import Plan
from tutor_tui.course.runner import Runner
from tutor_tui.lessons.catalog import find_lesson
from tutor_tui.lessons.model import Claim, Exercise


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


CLAIMS = {
    "near enough": (Claim("w", see="w.item()", expect="3", within="0.1"), True, "w: 2.95."),
    "not near enough": (
        Claim("w", see="w.item()", expect="4", within="0.1"),
        False,
        "w: expected 4 ± 0.1, got 2.95.",
    ),
    "below": (Claim("w", see="w.item()", below="3", above="2"), True, "w: 2.95."),
    "not below": (Claim("w", see="w.item()", below="2"), False, "w: expected less than 2, got 2.95."),
    "not above": (Claim("w", see="w.item()", above="3"), False, "w: expected more than 3, got 2.95."),
    "neither": (
        Claim("w", see="w.item()", below="2", above="5"),
        False,
        "w: expected less than 2 and more than 5, got 2.95.",
    ),
    "no number": (Claim("w", see="name", below="2"), False, "w: expected less than 2, got w."),
    "equal": (Claim("name", see="name", expect="'w'"), True, "name: w."),
    "it raises": (Claim("q", see="q", expect="1"), False, "q: q raises NameError: name 'q' is not defined."),
    "what is expected raises": (
        Claim("w", see="w.item()", expect="q"),
        False,
        "w: the expected value is not available yet (NameError: name 'q' is not defined).",
    ),
    "it ran": (Claim("a product", ran="mul"), True, "a product."),
    "it did not run": (Claim("a sum", ran="sum"), False, "a sum: expected sum, got tensor, mul."),
    "no update": (
        Claim("a step", ran="update"),
        False,
        "a step: expected an update of a parameter, got tensor, mul.",
    ),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_a_verdict_says_what_was_expected_and_what_came(exercise: Exercise, name: str) -> None:
    claim, holds, text = CLAIMS[name]
    source = "import torch\nw = torch.tensor(2.95)\nname = 'w'\nx = w * 2\n"
    assert verdicts(replace(exercise, claims=(claim,)), source) == [(holds, text)]


def test_where_nothing_ran_that_is_said(exercise: Exercise) -> None:
    claims = (Claim("a product", ran="mul"),)
    (found,) = verdicts(replace(exercise, claims=claims), "print('nothing')\n")
    assert found == (False, "a product: expected mul, but no operation ran.")


def test_a_mistake_that_is_to_be_mended_is_told_until_it_is_gone() -> None:
    lesson = find_lesson("when_it_does_not_learn").exercise
    assert lesson is not None
    starter = lesson.starter.read_text()
    told = verdicts(lesson, starter)
    assert not any(holds for holds, _ in told)
    assert "not yet. Line 16: model.weight.grad still held the gradient of an earlier iteration" in told[0][1]
    cleared = starter.replace(
        "        loss = F.mse_loss(model(X).squeeze(1), y)\n        loss.backward()\n        optimizer.step()",
        "        loss = F.mse_loss(model(X).squeeze(1), y)\n        optimizer.zero_grad()\n"
        "        loss.backward()\n        optimizer.step()",
        1,
    )
    assert [holds for holds, _ in verdicts(lesson, cleared)] == [True, True, *[False] * 10]
    assert all(holds for holds, _ in verdicts(lesson, lesson.solution.read_text()))
