"""An exercise's claims against the record of a run."""

from __future__ import annotations

import math
from typing import NamedTuple

from tutor_tui.client.target import Target
from tutor_tui.lessons.model import Claim, Exercise
from tutor_tui.protocol.messages import Backward, LineExpressions, Op, Result, Update
from tutor_tui.trace.record.trace import Trace

AT_END = 0
"""The line of the watch that is evaluated when the program ends."""


class Verdict(NamedTuple):
    """One claim: whether it holds, and what was expected and seen."""

    holds: bool
    text: str

    @property
    def marked(self) -> str:
        """The sentence with a mark before it that tells, without colour, whether the claim holds."""
        return f"{'✓' if self.holds else '✗'} {self.text}"


def target(exercise: Exercise, source: str, device: str = "") -> Target:
    """The learner's program, watched at its end."""
    wanted = [e for claim in exercise.claims if claim.see for e in (claim.see, claim.expect)]
    expressions = (LineExpressions(AT_END, AT_END, wanted),)
    return Target(str(exercise.starter), device=device or "cpu", source=source, expressions=expressions)


def judge(exercise: Exercise, trace: Trace) -> list[Verdict]:
    """Every claim in order. All fail where the program did not reach its end."""
    if trace.failure is not None and trace.failure.type == "KeyboardInterrupt":
        return [Verdict(False, "The program was stopped before it had ended.")]
    if trace.failure is not None:
        return [Verdict(False, f"The program stopped with {trace.failure.type}: {trace.failure.message}")]
    seen = trace.evaluated.last(AT_END)
    results = iter(seen.results if seen is not None else [])
    return [
        _ran(claim, trace) if claim.ran else _equals(claim, next(results, None), next(results, None))
        for claim in exercise.claims
    ]


def _ran(claim: Claim, trace: Trace) -> Verdict:
    kinds = {"backward": Backward, "update": Update}
    wanted = kinds.get(claim.ran)
    holds = any(
        isinstance(step, wanted) if wanted is not None else isinstance(step, Op) and step.name == claim.ran
        for step in trace.steps
    )
    return Verdict(holds, claim.says if holds else f"{claim.says}: expected {claim.ran} to run, none did.")


def _equals(claim: Claim, seen: Result | None, expected: Result | None) -> Verdict:
    if seen is None or expected is None:
        return Verdict(False, f"{claim.says}: the program did not reach its end.")
    if seen.error:
        return Verdict(False, f"{claim.says}: {claim.see} raises {seen.error}.")
    if expected.error:
        return Verdict(False, f"{claim.says}: what is expected cannot be computed yet ({expected.error}).")
    if _same(seen, expected):
        return Verdict(True, claim.says)
    return Verdict(False, f"{claim.says}: expected {expected.text}, seen {seen.text}.")


def _same(one: Result, other: Result) -> bool:
    if one.number is not None and other.number is not None:
        both_nan = math.isnan(one.number) and math.isnan(other.number)
        return both_nan or math.isclose(one.number, other.number, rel_tol=1e-4, abs_tol=1e-7)
    return one.text == other.text
