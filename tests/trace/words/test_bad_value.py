"""Where the first NaN came from, as a sentence: each kind of origin."""

from __future__ import annotations

from typing import Any

from tutor_tui.protocol.messages import Bad, Preview, Span, Stats
from tutor_tui.trace.words.bad_value import bad_text

SPAN = Span("/home/somebody/train.py", 7, 4, 7, 20)


def preview(number: int, shape: tuple[int, ...], values: Any, stats: Stats | None = None) -> Preview:
    return Preview(
        id=number,
        shape=shape,
        dtype="float32",
        device="cpu",
        requires_grad=False,
        is_leaf=True,
        version=0,
        storage=number,
        values=values,
        stats=stats,
    )


def bad(how: str, **fields: Any) -> Bad:
    return Bad(request=1, how=how, name="log", span=SPAN, text="torch.log(p)", passes=3, **fields)


def test_none_was_found() -> None:
    assert "every value was finite" in bad_text(Bad(request=1, error="every value was finite"))


def test_an_operation_names_its_line_its_operands_and_what_it_made() -> None:
    said = bad_text(
        bad(
            "operation",
            inputs=[preview(1, (2,), [0.0, 1.0])],
            outputs=[preview(2, (2,), ["-inf", 0.0])],
            names={1: "p"},
        )
    )
    assert "Line 7 of train.py, torch.log(p)" in said
    assert "pass 3" in said
    assert "-inf" in said
    assert "p = [0, 1]" in said


def test_of_a_large_tensor_the_one_place_is_told() -> None:
    said = bad_text(
        bad(
            "operation",
            inputs=[preview(1, (100, 100), None)],
            outputs=[preview(2, (100, 100), None)],
            names={1: "p"},
            place=[17, 4],
            value=float("-inf"),
            there=[0.0],
        )
    )
    assert "-inf at [17, 4]" in said
    assert "p = 0 there" in said


def test_of_a_large_tensor_without_a_place_its_ends_are_told() -> None:
    stats = Stats(min=-2.5, max=40.0, mean=1.0, std=1.0, nan=2, inf=1)
    none = Stats(min=None, max=None, mean=None, std=None, nan=10_000, inf=0)
    said = bad_text(
        bad(
            "operation",
            inputs=[preview(1, (100, 100), None, stats)],
            outputs=[preview(2, (100, 100), None, none)],
        )
    )
    assert "2 nan, 1 inf, finite from -2.5 to 40" in said
    assert "10000 nan, no finite number" in said
    assert "a tensor = " in said


def test_backward_and_update_say_when() -> None:
    back = bad_text(bad("backward", inputs=[preview(1, (), 0.0)], outputs=[preview(2, (), "nan")]))
    assert "on the way back in pass 3" in back
    step = bad_text(Bad(request=1, how="update", name="SGD.step", passes=3, inputs=[preview(1, (), 1.5)]))
    assert step.startswith("SGD.step: ")
    assert "pass 3" in step
    assert "a non-finite value" in step
