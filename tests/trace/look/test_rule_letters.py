"""Rules of derivatives in letters that the program does not use."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tutor_tui.protocol.messages import Backward
from tutor_tui.trace.look.rule_letters import UNCHANGED, in_free_letters
from tutor_tui.trace.record.trace import Trace

START = "import torch\n"


def rules(trace: Trace) -> list[tuple[str, list[str]]]:
    return [
        in_free_letters(trace, step, step.rule)
        for step in trace.steps
        if isinstance(step, Backward) and step.rule is not None
    ]


@pytest.mark.parametrize(
    ("program", "rule"),
    [
        # no letter is taken
        (
            "one = torch.tensor(2., requires_grad=True)\n(one * one).backward()",
            "∂(x·y)/∂x = y, ∂(x·y)/∂y = x",
        ),
        # the program's x is the very x of the rule, its y another thing
        (
            "x = torch.tensor(2., requires_grad=True)\ny = torch.tensor(5.)\n(x * 3).backward()",
            "∂(x·u)/∂x = u, ∂(x·u)/∂u = x",
        ),
        # a label x, which is no operand
        (
            "x = 'label'\none = torch.tensor(2., requires_grad=True)\n(one * 3).backward()",
            "∂(u·y)/∂u = y, ∂(u·y)/∂y = u",
        ),
        # u is taken, too
        (
            "x = u = 'label'\none = torch.tensor(2., requires_grad=True)\n(one * 3).backward()",
            "∂(v·y)/∂v = y, ∂(v·y)/∂y = v",
        ),
        # a raised letter cannot be exchanged, so none is
        (
            "n = 7\none = torch.tensor(2., requires_grad=True)\n(one ** 2.5).backward()",
            "∂(xⁿ) = n·xⁿ⁻¹",
        ),
    ],
)
def test_letters(record: Callable[[str], Trace], program: str, rule: str) -> None:
    ((text, _),) = rules(record(START + program))
    assert text == rule


def test_a_sum_passes_on_what_came(record: Callable[[str], Trace]) -> None:
    trace = record(START + "a = torch.ones(100, requires_grad=True)\nc = (a + a).sum()\nc.backward()\n")
    assert [UNCHANGED, UNCHANGED] in [edges for _, edges in rules(trace)]
