"""An exercise's claims against the record of a run."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from tutor_tui.client.target import Target
from tutor_tui.lessons.model import Claim, Exercise
from tutor_tui.protocol.messages import Backward, LineExpressions, Op, Result, Update
from tutor_tui.trace.record.trace import Trace

SOME = 6
"""Of what ran so many operations are named."""
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
    wanted = [e for claim in exercise.claims for e in claim.expressions]
    expressions = (LineExpressions(AT_END, AT_END, wanted),)
    return Target(str(exercise.starter), device=device or "cpu", source=source, expressions=expressions)


def judge(exercise: Exercise, trace: Trace) -> list[Verdict]:
    """Every claim in order. All fail where the program did not reach its end."""
    if trace.failure is not None and trace.failure.type == "KeyboardInterrupt":
        return [Verdict(False, "The program was stopped before it ended.")]
    if trace.failure is not None:
        return [Verdict(False, f"The program stopped with {trace.failure.type}: {trace.failure.message}")]
    seen = trace.evaluated.last(AT_END)
    results = iter(seen.results if seen is not None else [])
    looked_for = {claim.gone for claim in exercise.claims if claim.gone}
    if looked_for:
        from tutor_tui.findings.judge import judge as judge_all
        from tutor_tui.findings.judge import passed_over

        trace.findings = judge_all(trace, fault=passed_over)
    return [_verdict(claim, trace, results) for claim in exercise.claims]


def _verdict(claim: Claim, trace: Trace, results: Iterator[Result]) -> Verdict:
    if claim.gone:
        return _gone(claim, trace)
    if claim.ran:
        return _ran(claim, trace)
    return _holds(claim, list(islice(results, len(claim.expressions))))


def _gone(claim: Claim, trace: Trace) -> Verdict:
    """A claim that something is not wrong any more: else what it is, and in which line."""
    found = next((finding for finding in trace.findings if finding.rule == claim.gone), None)
    if found is None:
        return Verdict(True, f"{claim.says}.")
    return Verdict(False, f"{claim.says}: not yet. Line {found.line}: {found.message}")


def _ran(claim: Claim, trace: Trace) -> Verdict:
    kinds = {"backward": Backward, "update": Update}
    wanted = kinds.get(claim.ran)
    holds = any(
        isinstance(step, wanted) if wanted is not None else isinstance(step, Op) and step.name == claim.ran
        for step in trace.steps
    )
    if holds:
        return Verdict(True, f"{claim.says}.")
    ran = list(dict.fromkeys(step.name for step in trace.steps if isinstance(step, Op) and not step.within))
    seen = f"got {', '.join(ran[:SOME])}{', …' if len(ran) > SOME else ''}" if ran else "but no operation ran"
    wanted_text = {"backward": "a backward pass", "update": "an update of a parameter"}.get(
        claim.ran, claim.ran
    )
    return Verdict(False, f"{claim.says}: expected {wanted_text}, {seen}.")


def _holds(claim: Claim, results: Sequence[Result]) -> Verdict:
    """A claim about a value: the verdict says what was seen, whether it holds or not."""
    if len(results) < len(claim.expressions):
        return Verdict(False, f"{claim.says}: the program did not reach its end.")
    seen, *against = results
    if seen.error:
        return Verdict(False, f"{claim.says}: {claim.see} raises {seen.error}.")
    for result in against:
        if result.error:
            return Verdict(False, f"{claim.says}: the expected value is not available yet ({result.error}).")
    missed = [text for holds, text in _comparisons(claim, seen, iter(against)) if not holds]
    if missed:
        return Verdict(False, f"{claim.says}: expected {' and '.join(missed)}, got {seen.text}.")
    return Verdict(True, f"{claim.says}: {seen.text}.")


def _comparisons(claim: Claim, seen: Result, against: Iterator[Result]) -> Iterator[tuple[bool, str]]:
    """Each thing that a value is held against: whether it holds, and what was expected."""
    if claim.expect:
        expected = next(against)
        within = next(against) if claim.within else None
        if within is None:
            yield _same(seen, expected), expected.text
        else:
            yield (
                _all_hold(lambda a, b, gap: abs(a - b) <= gap, seen, expected, within),
                f"{expected.text} ± {within.text}",
            )
    if claim.below:
        limit = next(against)
        yield _all_hold(lambda a, b: a < b, seen, limit), f"less than {limit.text}"
    if claim.above:
        limit = next(against)
        yield _all_hold(lambda a, b: a > b, seen, limit), f"more than {limit.text}"


def _all_hold(compare: Callable[..., bool], *results: Result) -> bool:
    """A comparison of numbers; False where one of them is none."""
    numbers = [result.number for result in results]
    return None not in numbers and compare(*numbers)


def _same(one: Result, other: Result) -> bool:
    if one.number is not None and other.number is not None:
        both_nan = math.isnan(one.number) and math.isnan(other.number)
        return both_nan or math.isclose(one.number, other.number, rel_tol=1e-4, abs_tol=1e-7)
    return one.text == other.text
