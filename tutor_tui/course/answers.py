"""A learner's guess against what the run computed."""

from __future__ import annotations

import math
import re
from collections.abc import Collection

from tutor_tui.course.plan import Plan
from tutor_tui.lessons.model import Predict
from tutor_tui.protocol.messages import Line, Result
from tutor_tui.text.numbers import format_number
from tutor_tui.trace.record.trace import Trace

CLOSE = 0.005
"""Relative distance up to which a guessed number counts: two digits by head are enough."""


def judge(predict: Predict, given: str, found: Result) -> tuple[bool, str]:
    """Whether a guess is right, and the gap in one sentence."""
    if found.error:
        return False, f"The run did not get there: {found.error}"
    if predict.kind == "number" and found.number is not None:
        right, said = _number(given, found.number, found.text)
    else:
        right = _plain(given) == _plain(found.text)
        said = f"Right: {found.text}." if right else f"You said {given.strip()}; it is {found.text}."
    return right, f"{said} {predict.because}".strip()


def readable(predict: Predict, given: str) -> str:
    """What is wrong with how an answer is written, "" for nothing."""
    number = _as_number(given) if predict.kind == "number" else 0.0
    if number is None:
        return f"“{given}” is not a number. Write it like 7 or -0.5."
    if not math.isfinite(number):
        return f"{given} is not a finite number. Write it like 7 or -0.5."
    if predict.kind == "shape" and not re.fullmatch(r"[\s()\[\]\d,x×]*", given):
        return f"“{given}” is not a shape. Write it like 4, 3."
    if predict.kind == "choice" and _choice(predict, given) is None:
        return f"Answer with a number from 1 to {len(predict.choices)}."
    return ""


def meant(predict: Predict, given: str) -> str:
    """The answer that was meant: a choice by its number is that choice's text."""
    return (_choice(predict, given) or given) if predict.kind == "choice" else given


def question(predict: Predict) -> str:
    """The question with its choices, on one line."""
    listed = "  ".join(f"{n} {text}" for n, text in enumerate(predict.choices, 1))
    return f"{predict.ask} {listed}".strip()


def _choice(predict: Predict, given: str) -> str | None:
    text = given.strip()
    if text.isdigit() and 1 <= int(text) <= len(predict.choices):
        return predict.choices[int(text) - 1]
    return next((c for c in predict.choices if _plain(c) == _plain(text)), None)


def _number(given: str, number: float, text: str) -> tuple[bool, str]:
    guess = _as_number(given)
    if guess is None:
        return False, f"It is {text}."
    if guess == number or format_number(guess) == format_number(number):
        return True, f"Right: {text}."
    gap = abs(guess - number)
    way = "too high" if guess > number else "too low"
    if gap <= CLOSE * abs(number):
        return (
            True,
            f"Right to two digits: it is {text}, and {given.strip()} is {format_number(gap, 2)} {way}.",
        )
    return False, f"You said {given.strip()}; it is {text}: {format_number(gap)} {way}."


def _as_number(text: str) -> float | None:
    try:
        return float(text.strip().replace("−", "-").replace(",", "."))
    except ValueError:
        return None


def _plain(text: str) -> str:
    """Without blanks, brackets and case: (4, 3), 4×3 and 4x3 are the same shape."""
    return re.sub(r"[\s()\[\]]|,(?=\s*[)\]]|$)", "", text.casefold().replace("×", ",").replace("x", ","))


def due(plan: Plan, trace: Trace, before: int, now: int, asked: Collection[str]) -> list[Predict]:
    """The questions that a move from one stop to the next raises: their lines begin to show what they made.

    None for a leap over several lines: nobody who leaps wants to be held up. In a loop a question is about the first
    time that its line runs.
    """
    if now <= before or sum(isinstance(trace.main(n), Line) for n in range(before + 1, now)) > 1:
        return []
    line = trace.lines.at(trace.moment(before))
    return [
        predict
        for predict in plan.lesson.predicts
        if line is not None
        and line.line == plan.line(predict)
        and line.file == str(plan.lesson.code)
        and predict.key not in asked
        and trace.lines.times_run(line.file, line.line, trace.moment(before))[0] == 1
    ]
