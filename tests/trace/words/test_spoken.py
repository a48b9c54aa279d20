"""A stop in sentences alone: what a person hears who cannot see the panes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import SAMPLES, Kernel
from tutor_tui.protocol.messages import Backward, Evaluated, Mode, Node, Note, Op
from tutor_tui.trace.record.trace import Trace
from tutor_tui.trace.words.run_state import state_text
from tutor_tui.trace.words.spoken import graph_lines, state_lines, step_lines, where_line
from tutor_tui.trace.words.story import story


@pytest.fixture(scope="module")
def trace(kernel: Kernel) -> Trace:
    return kernel.run(SAMPLES / "gradient.py")


def stop_of(trace: Trace, kind: type, name: str) -> int:
    return next(
        trace.stop_of(s.seq)
        for s in trace.steps
        if isinstance(s, kind)
        and name in getattr(s, "name", "") + getattr(getattr(s, "rule", None), "name", "")
    )


def test_where_one_is(trace: Trace) -> None:
    early = Trace()
    early.extend([Note(seq=0, text="the program begins")])
    assert where_line(early, 0) == "No line has run yet."
    said = where_line(trace, stop_of(trace, Op, "pow"))
    assert "Line 8" in said
    assert "y = x**2 + 3*x + 1" in said


def test_a_loop_says_which_turn_it_is(record: Callable[..., Trace]) -> None:
    trace = record(
        "import torch\ndef twice(x):\n    return x * 2\nfor n in range(3):\n    twice(torch.ones(1))\n"
    )
    middle = [trace.stop_of(s.seq) for s in trace.steps if isinstance(s, Op) and s.name == "mul"][1]
    said = where_line(trace, middle)
    assert "Line 3" in said
    assert "in twice" in said
    assert "run 2 of 3" in said


def test_names_with_values_shapes_and_gradients(trace: Trace) -> None:
    before, after = list(state_lines(trace, 8)), list(state_lines(trace, len(trace) - 1))
    assert any(line.startswith("x, scalar float32, is 2; its gradient is none: ") for line in before)
    assert any(line.startswith("x, scalar float32, is 2; its gradient is 7") for line in after)


def test_names_that_share_memory_and_plain_ones(record: Callable[..., Trace]) -> None:
    trace = record("import torch\na = torch.arange(4.)\nb = a.view(2, 2)\nrate = 0.5\nc = b * rate\n")
    said = list(state_lines(trace, len(trace) - 1))
    assert any("shares memory with b" in line for line in said)
    assert "rate is 0.5." in said


def test_the_graph_from_the_result_to_the_inputs(trace: Trace) -> None:
    forward = list(graph_lines(trace, stop_of(trace, Op, "pow") + 3))
    assert forward[0].startswith("y (AddBackward0) uses ") or "AddBackward0" in forward[0]
    assert not any("gradient" in line for line in forward)
    back = list(graph_lines(trace, len(trace) - 1))
    assert any("PowBackward0" in line and "received the gradient 1" in line for line in back)
    assert len(back) == len(set(back))


def test_a_backward_step_gives_its_rule(trace: Trace) -> None:
    at = next(trace.stop_of(s.seq) for s in trace.steps if isinstance(s, Backward) and s.rule is not None)
    assert any(line.startswith("  Gradient: ") for line in step_lines(trace, at))


def test_the_state_of_a_run_in_a_word() -> None:
    trace = Trace()
    assert state_text(trace) == "starting"
    assert state_text(trace, "the line was cut") == "unreachable"
    for mode, passes, words in (
        ("recording", 0, "recording"),
        ("recording", 4, "recording pass 4"),
        ("watching", 9, "watching"),
        ("frozen", 12, "12"),
        ("paused", 13, "13"),
    ):
        trace.extend([Mode(mode=mode, passes=passes)])
        assert words in state_text(trace)


def test_every_kind_of_step_has_a_story(trace: Trace) -> None:
    seen: dict[type, str] = {}
    for index in range(len(trace)):
        seen[type(trace.main(index))] = story(trace, index)
    assert all(seen.values())
    for kind in (
        Node(seq=0, id=1, name="PowBackward0", sequence_nr=1, next=(), saved={}),
        Evaluated(seq=0, file="a.py", line=3, results=[]),
    ):
        alone = Trace()
        alone.extend([kind])
        assert ("PowBackward0" if isinstance(kind, Node) else "Line 3") in story(alone, 0)
