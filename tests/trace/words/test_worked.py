"""Worked arithmetic, from real records."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from tutor_tui.protocol.messages import Op
from tutor_tui.record import record
from tutor_tui.trace.record.trace import Trace
from tutor_tui.trace.words.worked import worked


def last(trace: Trace) -> list[str]:
    return worked([s for s in trace.steps if isinstance(s, Op)][-1])


def test_a_dot_product() -> None:
    with record() as trace:
        torch.tensor([1.0, 2, 3]).dot(torch.tensor([4.0, 5, 6]))
    assert last(trace) == ["1×4 + 2×5 + 3×6 = 32"]


def test_a_matrix_product_entry_by_entry() -> None:
    with record() as trace:
        torch.tensor([[1.0, 2], [3, 4]]) @ torch.tensor([[5.0, 6], [7, 8]])
    assert last(trace) == [
        "[0, 0]: 1×5 + 2×7 = 19",
        "[0, 1]: 1×6 + 2×8 = 22",
        "[1, 0]: 3×5 + 4×7 = 43",
        "[1, 1]: 3×6 + 4×8 = 50",
    ]


def test_a_linear_layer_with_its_bias() -> None:
    with record() as trace:
        F.linear(torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, -4.0]]), torch.tensor([0.5]))
    assert last(trace) == ["1×3 + 2×(-4) + 0.5 = -4.5"]


def test_reductions_and_a_loss() -> None:
    x = torch.tensor([1.0, 2.0, 6.0])
    for call, wanted in [
        (lambda: x.sum(), "1 + 2 + 6 = 9"),
        (lambda: x.mean(), "(1 + 2 + 6) / 3 = 3"),
        (lambda: x.prod(), "1 × 2 × 6 = 12"),
        (lambda: F.mse_loss(x, torch.zeros(3)), "((1 - 0)² + (2 - 0)² + (6 - 0)²) / 3 = 13.67"),
    ]:
        with record() as trace:
            call()
        assert last(trace) == [wanted]


def test_what_is_large_or_summed_differently_is_left_out() -> None:
    x = torch.ones(3)
    for call in (lambda: torch.ones(50).sum(), lambda: F.mse_loss(x, x, reduction="sum"), lambda: x + x):
        with record() as trace:
            call()
        assert last(trace) == []
