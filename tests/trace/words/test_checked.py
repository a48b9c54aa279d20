"""What a comparison with finite differences found, in words."""

from __future__ import annotations

import pytest

from tests.conftest import SAMPLES, Kernel
from tutor_tui.protocol.messages import Checked, Difference
from tutor_tui.trace.record.trace import Trace
from tutor_tui.trace.words.checked import checked_text, relative


def difference(**changed: object) -> Difference:
    plain = {
        "tensor": 10**6, "shape": (2, 3), "index": [1, 2], "analytic": 7.0, "numeric": 7.0, "error": 0.0,
        "tried": 6, "entries": 6,
    }  # fmt: skip
    return Difference(**{**plain, **changed})  # type: ignore[arg-type]


def said(*inputs: Difference) -> str:
    return checked_text(Trace(), 0, Checked(request=1, what="the whole loss", inputs=list(inputs)))


def test_they_agree_or_they_do_not() -> None:
    assert "differences agree for the whole loss (float64, all 6 entries)" in said(difference())
    wrong = difference(analytic=8.0, error=1.0)
    assert "DISAGREE" in said(difference(), wrong)
    assert "a tensor of 2×3[1, 2]: gradient 8, difference 7." in said(difference(), wrong)


def test_how_much_was_tried_is_told() -> None:
    assert "its only entry" in said(difference(shape=(), index=[], tried=1, entries=1))
    assert "20 of 1,000 entries" in said(difference(tried=20, entries=1000))


def test_what_could_not_be_compared_says_why() -> None:
    text = checked_text(Trace(), 0, Checked(request=1, what="mul", error="it is random"))
    assert text == "No comparison with finite differences: it is random."


@pytest.mark.parametrize(
    ("analytic", "error", "share"), [(100.0, 1.0, 0.01), (0.001, 0.5, 0.5), (-4.0, 2.0, 0.5)]
)
def test_errors_are_relative_to_no_less_than_one(analytic: float, error: float, share: float) -> None:
    assert relative(difference(analytic=analytic, numeric=0.0, error=error)) == pytest.approx(share)


def test_a_tensor_with_a_name_is_called_by_it(kernel: Kernel) -> None:
    trace = kernel.run(SAMPLES / "gradient.py")
    x = next(step.tensor for step in trace.steps if getattr(step, "name", "") == "x")
    found = Checked(request=1, what="pow", inputs=[difference(tensor=x, shape=(), index=[])])
    assert ", in x: gradient 7" in checked_text(trace, len(trace.steps) - 1, found)
