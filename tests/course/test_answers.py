"""What a learner may answer, how it is read, and what is said of it."""

from __future__ import annotations

import pytest

from tutor_tui.course.answers import judge, meant, question, readable
from tutor_tui.lessons.model import Predict
from tutor_tui.protocol.messages import Result


def predict(kind: str, *choices: str, because: str = "") -> Predict:
    return Predict(
        key="k", line=1, end_line=1, ask="What?", kind=kind, answer="a", choices=choices, because=because
    )


@pytest.mark.parametrize(
    ("kind", "given", "said"),
    [
        ("number", "seven", "“seven” is not a number. Write it like 7 or -0.5."),
        ("number", "-0.5", ""),
        ("number", "−7", ""),
        ("number", "9,5", ""),
        ("number", "1e400", "1e400 is not a finite number"),
        ("number", "nan", "nan is not a finite number"),
        ("shape", "(4, 3)", ""),
        ("shape", "4x3", ""),
        ("shape", "four by three", "is not a shape"),
        ("choice", "3", "Answer with a number from 1 to 2"),
        ("choice", "2", ""),
        ("choice", "UP", ""),
        ("text", "anything", ""),
    ],
)
def test_what_can_be_read(kind: str, given: str, said: str) -> None:
    found = readable(predict(kind, "up", "down") if kind == "choice" else predict(kind), given)
    assert said in found if said else found == ""


@pytest.mark.parametrize(
    ("given", "right", "said"),
    [
        ("11", True, "Right: 11."),
        ("11.00", True, "Right: 11."),
        ("10.96", True, "Right to two digits: it is 11, and 10.96 is 0.04 too low."),
        ("11.05", True, "0.05 too high"),
        ("12", False, "You said 12; it is 11: 1 too high."),
        ("what", False, "It is 11."),
    ],
)
def test_numbers(given: str, right: bool, said: str) -> None:
    found = judge(predict("number"), given, Result(text="11", number=11.0))
    assert found[0] is right
    assert said in found[1]


def test_shapes_and_choices_are_compared_without_their_dress() -> None:
    assert judge(predict("shape"), "4x3", Result(text="(4, 3)"))[0]
    assert not judge(predict("shape"), "3, 4", Result(text="(4, 3)"))[0]
    choice = predict("choice", "up", "down", because="It falls.")
    assert meant(choice, "2") == "down"
    assert meant(choice, "sideways") == "sideways"
    assert meant(predict("number"), "2") == "2"
    assert judge(choice, meant(choice, "2"), Result(text="down")) == (True, "Right: down. It falls.")
    assert question(choice) == "What? 1 up  2 down"


def test_a_run_that_did_not_get_there_is_nobodys_fault() -> None:
    right, said = judge(predict("number"), "7", Result(text="", error="NameError: y"))
    assert not right
    assert "NameError: y" in said
