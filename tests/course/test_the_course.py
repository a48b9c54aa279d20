"""The eight lessons: sound, and with every figure that they promise, computed and never typed."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tutor_tui.course.check import check
from tutor_tui.course.plan import Plan
from tutor_tui.course.runner import Runner
from tutor_tui.lessons.catalog import CONTENT, find_lesson, lessons
from tutor_tui.plain.show import Teller
from tutor_tui.trace.record.trace import Trace

NAMES = [
    "numpy_to_pytorch",
    "pytorch_operations",
    "computation_graph",
    "first_gradient",
    "neuron",
    "training_step",
    "gradient_descent",
    "training_loop",
    "when_it_does_not_learn",
]
FIGURES = {
    "numpy_to_pytorch": ["= 4 MB", "= 8 MB", "(4, 3)", "float32", "float64"],
    "pytorch_operations": [
        "[5, 7, 9]", "[4, 10, 18]", "4 + 10 + 18 = 32", "[[19, 22], [43, 50]]",
        "19", "22", "43", "50", "1×5 + 2×7 = 5 + 14 = 19", "3×6 + 4×8 = 18 + 32 = 50",
    ],
    "computation_graph": ["10 + 1 = 11", "2x = 4", "4 + 3 = 7. PyTorch found 7"],
    "first_gradient": ["11", "3 + 4 = 7", "at x = 2", "RuntimeError"],
    "neuron": ["1.15", "3.80", "1.40", "3.45", "0.86", "4.18", "1.60", "3.25"],
    "training_step": [
        "1.15", "1.40", "0.86", "1.60", "0.7595", "0.8022", "0.7027", "0.8320", "0.2751", "1.6204", "0.3529", "1.7839",
        "1.0081", "40.7270", "11.5755", "10.1581", "0.2741", "0.0059", "-0.0212", "0.0290", "-2.7409e-05", "0.8785",
    ],
    "gradient_descent": ["0.997", "2.965", "w at the end 3;", "w one step before the end 6; w at the end 0;", "-112"],
    "training_loop": ["0.1374", "0.776", "0.212", "0.987", "0.044", "4 of 4"],
    "when_it_does_not_learn": ["(20, 20): 400", "-0.007297", "1.417", "1.816", "0.9998"],
}  # fmt: skip
"""What `tutor-tui show LESSON` must tell, to these digits."""


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner() as found:
        yield found


def test_the_lessons_are_all_there_in_their_order() -> None:
    assert [lesson.name for lesson in lessons()] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_lesson_keeps_what_it_promises(name: str, runner: Runner) -> None:
    assert check(CONTENT / name, runner) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_lesson_has_questions_notes_tables_and_an_exercise(name: str) -> None:
    lesson = find_lesson(name)
    assert len(lesson.predicts) >= 3
    assert len(lesson.notes) >= 8
    assert lesson.tables
    assert lesson.objectives
    assert lesson.minutes
    assert lesson.exercise is not None
    assert len(lesson.exercise.hints) >= 2


def told(name: str, runner: Runner, capsys: pytest.CaptureFixture[str]) -> str:
    """What `show` prints, without a process of its own."""
    plan = Plan(find_lesson(name))
    Teller(runner.run(plan.target()), False, plan).tell_all()
    return capsys.readouterr().out


def test_show_prints_just_that(runner: Runner, capsys: pytest.CaptureFixture[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tutor_tui", "show", "first_gradient"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == told("first_gradient", runner, capsys)


@pytest.mark.parametrize("name", NAMES)
def test_the_text_tells_every_figure(name: str, runner: Runner, capsys: pytest.CaptureFixture[str]) -> None:
    text = told(name, runner, capsys)
    assert [figure for figure in FIGURES[name] if figure not in text] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_figure_is_typed(name: str) -> None:
    notes = (CONTENT / name / "notes.md").read_text()
    code = (CONTENT / name / "code.py").read_text()
    for figure in FIGURES[name]:
        for number in re.findall(r"-?\d+\.\d\d+(?:e-?\d+)?|\d\d+", figure):
            if number not in code:  # an input may be named
                assert not re.search(rf"(?<![\w.]){re.escape(number)}(?![\d])", notes), number


def notes_of(name: str, value: str, runner: Runner) -> tuple[str, Trace]:
    lesson = find_lesson(name)
    plan = Plan(lesson)
    source = lesson.knobs[0].turn(lesson.code.read_text(), value)
    trace = runner.run(plan.target(source=source))
    last = len(trace.steps)
    return "\n".join(plan.note(n, plan.evaluated(n, trace, last)) for n in lesson.notes), trace


def test_the_graphs_knob_changes_every_number(runner: Runner) -> None:
    values = find_lesson("computation_graph").knobs[0].values
    assert len(values) >= 8
    for value in values:
        text, trace = notes_of("computation_graph", value, runner)
        x = float(value)
        assert f"- gives: {x * x + 3 * x + 1:.4g}" in text
        assert f" + 1 = {x * x + 3 * x + 1:.4g}." in text, value
        assert f" = {2 * x + 3:g}. PyTorch found {2 * x + 3:g}" in text, value
        assert trace.failure is None


ENDS = {"0.01": 0.9972, "0.1": 2.965, "0.3": 3, "0.5": 3, "0.7": 3, "0.9": 2.965, "1.0": 0, "1.1": -112}


def test_the_learning_rates_knob_changes_the_walk(runner: Runner) -> None:
    assert set(find_lesson("gradient_descent").knobs[0].values) == set(ENDS)
    pictures = set()
    for value, end in ENDS.items():
        text, _ = notes_of("gradient_descent", value, runner)
        assert f"1 - 2·{float(value):g} = " in text
        told = re.search(r"after 20 steps w is (\S+);", text)
        assert told is not None
        assert float(told[1]) == pytest.approx(end, rel=1e-3), value
        pictures.add(text.split("```")[1])
    assert len(pictures) >= 6


def test_half_lands_in_one_step(runner: Runner) -> None:
    text, _ = notes_of("gradient_descent", "0.5", runner)
    assert "the first step lands exactly on the lowest point" in text
    assert re.search(r"\| first  \| 3 +\| 0 ", text)
