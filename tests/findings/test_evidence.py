"""No finding speaks without its evidence: what it says is found in the steps that it names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import Kernel
from tests.findings.test_rules import MISTAKES, recorded
from tutor_tui.findings.evidence import Evidence
from tutor_tui.findings.judge import all_rules, judge
from tutor_tui.protocol.messages import Finding, Op, Preview
from tutor_tui.text.numbers import format_values, shape_text
from tutor_tui.trace.record.trace import Trace
from tutor_tui.trace.words.found import lines, proof

SHAPE = re.compile(r" \((\d+(?:×\d+)*)\)")
OWN_WORDS = "do not fit: "
"""Behind it, torch speaks."""
VALUES = re.compile(r": (.+) was there, and (.+) was added")


def previews(trace: Trace, finding: Finding) -> list[Preview]:
    """Every tensor that the named steps show."""
    found: list[Preview] = []
    for seq in finding.steps:
        step = trace.steps[seq]
        held = [
            getattr(step, name, None)
            for name in ("inputs", "outputs", "operands", "incoming", "before", "after")
        ]
        for part in held:
            found += [
                p for p in (part if isinstance(part, (list, tuple)) else [part]) if isinstance(p, Preview)
            ]
    return found


@pytest.mark.parametrize("path", MISTAKES, ids=lambda path: path.stem)
def test_what_a_finding_says_stands_in_its_steps(kernel: Kernel, path: Path) -> None:
    trace = recorded(kernel, path)
    for finding in judge(trace):
        shown = previews(trace, finding)
        assert finding.steps == sorted({*finding.steps})
        assert all(0 <= seq < len(trace.steps) for seq in finding.steps)
        assert all(proof(trace, seq) for seq in finding.steps)
        shapes = {shape_text(p.shape) for p in shown} | {str(p.shape[0]) for p in shown if len(p.shape) == 1}
        assert {*SHAPE.findall(finding.message.partition(OWN_WORDS)[0])} <= shapes | _of_failure(trace)
        if values := VALUES.search(finding.message):
            told = {format_values(p.values, limit=4) for p in shown if p.values is not None}
            assert {values[1], values[2]} <= told
        assert _quoted(trace, finding)
        assert next(iter(lines(trace, finding))).startswith(
            f"{finding.file}:{finding.line}: {finding.level}: "
        )


def _of_failure(trace: Trace) -> set[str]:
    return {shape_text(p.shape) for p in trace.failure.operands} if trace.failure is not None else set()


def _quoted(trace: Trace, finding: Finding) -> bool:
    """Whether every line number that a message gives is one that has run."""
    ran = {getattr(step, "line", 0) for step in trace.steps}
    return all(int(number) in ran for number in re.findall(r"[Ll]ine (\d+)", finding.message))


def test_evidence_is_gathered_once_for_all_rules(kernel: Kernel, monkeypatch: pytest.MonkeyPatch) -> None:
    trace = kernel.run(MISTAKES[0])
    made: list[Evidence] = []
    begin = Evidence.__init__

    def counted(self: Evidence, trace: Trace) -> None:
        made.append(self)
        begin(self, trace)

    monkeypatch.setattr(Evidence, "__init__", counted)
    judge(trace)
    assert len(made) == 1
    assert all(hasattr(rule.module, "find") for rule in all_rules().values())
    assert all(isinstance(op, Op) for op in made[0].ops)
