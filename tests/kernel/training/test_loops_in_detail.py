"""The first iterations of a loop are recorded, and the last; the rest is measured, and nothing is changed by it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from tests.conftest import Kernel
from tutor_tui.protocol.messages import Bind, Evaluated, Line, LineExpressions, Loss, Note, Op, Output
from tutor_tui.trace.record.trace import Trace

Record = Callable[..., Trace]

BY_HAND = """
import torch
w = torch.tensor(0.0, requires_grad=True)
for step in range(50):
    loss = (w - 3) ** 2
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    w.grad = None
after = w * 2
"""

WITH_OPTIMIZER = """
import torch
w = torch.tensor(0.0, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
for step in range(50):
    loss = (w - 3) ** 2
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
after = w * 2
"""

CALLED = """
import torch
def train(rate):
    w = torch.tensor(0.0, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=rate)
    for step in range(20):
        loss = (w - 3) ** 2
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return w.item()
first = train(0.1)
second = train(0.2)
third = torch.ones(1) * second
"""


def passes(trace: Trace) -> list[int]:
    """The passes that were recorded step by step."""
    return [step.iteration for step in trace.steps if isinstance(step, Loss)]


@pytest.mark.parametrize("source", [BY_HAND, WITH_OPTIMIZER], ids=["by hand", "optimizer"])
def test_the_first_iterations_and_the_last_are_recorded(record: Record, source: str) -> None:
    trace = record(source, detail=3)
    assert passes(trace) == [1, 2, 3, 50]
    whole = record(source)
    assert passes(whole) == [*range(1, 51)]
    (curve,) = trace.curves.of("loss")
    losses = [step.value for step in whole.steps if isinstance(step, Loss)]
    assert curve.name == "loss"
    assert list(curve.xs) == [*range(1, 51)]
    assert list(curve.ys) == losses


def test_what_follows_the_loop_is_recorded_with_the_values_that_it_has(record: Record) -> None:
    trace = record(BY_HAND, detail=3)
    last = [step for step in trace.steps if isinstance(step, Op)][-1]
    whole = [step for step in record(BY_HAND).steps if isinstance(step, Op)][-1]
    assert last.outputs[0].values == whole.outputs[0].values


def test_a_loop_that_runs_again_is_recorded_for_one_iteration(record: Record) -> None:
    trace = record(CALLED, detail=3)
    assert passes(trace) == [1, 2, 3, 20, 21]
    assert [len(curve) for curve in trace.curves.of("loss")] == [40]
    bound = {step.name: step.text for step in trace.steps if isinstance(step, Bind) and step.text}
    assert float(bound["second"]) == pytest.approx(3, abs=0.001)
    lines = [step.line for step in trace.steps if isinstance(step, Line)]
    assert lines[-1] == 14


def test_a_statement_that_was_under_way_is_evaluated(record: Record) -> None:
    wanted = (LineExpressions(13, 13, ["second > 2"]),)
    found = [
        s
        for s in record(CALLED, detail=3, expressions=wanted).steps
        if isinstance(s, Evaluated) and s.line == 13
    ]
    assert [result.text for step in found for result in step.results] == ["True"]


LOOPS = {
    "while": ("n = 0\nwhile n < 12:\n    n += 1\n", [1, 2, 3]),
    "over a list": ("for n in [1] * 12:\n", [1, 2, 3]),
    "enumerated": ("letters = 'abcdefghijkl'\nfor n, _ in enumerate(letters):\n", [1, 2, 3, 12]),
    "broken off": ("for n in range(30):\n    if n == 12: break\n", [1, 2, 3]),
    "short": ("for n in range(3):\n", [1, 2, 3]),
    "one more": ("for n in range(4):\n", [1, 2, 3, 4]),
    "two more": ("for n in range(5):\n", [1, 2, 3, 5]),
    "counting written": ("for n in range(12):\n    n = 0\n", [1, 2, 3]),
    "with continue": ("for n in range(12):\n    if n % 2: continue\n", [1, 2, 3]),
}


@pytest.mark.parametrize("name", LOOPS)
def test_every_kind_of_loop(record: Record, name: str, tmp_path: Path) -> None:
    head, recorded = LOOPS[name]
    source = (
        "import torch\nw = torch.tensor(0.0, requires_grad=True)\no = torch.optim.SGD([w], lr=0.1)\n"
        f"{head}    loss = (w - 3) ** 2\n    loss.backward()\n    o.step()\n    o.zero_grad()\nprint(w.item())\n"
    )
    trace = record(source, detail=3)
    assert passes(trace) == recorded
    file = tmp_path / "bare.py"
    file.write_text(source)
    bare = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, check=True).stdout
    assert "".join(step.text for step in trace.steps if isinstance(step, Output)) == bare
    assert sum(isinstance(step, Note) and step.leaves for step in trace.steps) == (
        0 if name in ("short", "one more") else 1
    )


def test_a_node_of_the_last_iteration_is_the_one_that_is_checked(
    record: Record, kernel: Kernel, tmp_path: Path
) -> None:
    trace = record(BY_HAND, detail=3)
    power = [s for s in trace.steps if isinstance(s, Op) and s.name == "pow"][-1]
    checked = kernel.check(tmp_path / "program.py", detail=3, node=power.node or 0)
    assert (checked.what, checked.error) == ("pow", "")
    (found,) = checked.inputs
    assert found.analytic == pytest.approx(2 * power.inputs[0].values, rel=1e-4)


def test_an_exception_leaves_the_loop(record: Record) -> None:
    trace = record(
        """
        import torch
        w = torch.tensor(0.0, requires_grad=True)
        o = torch.optim.SGD([w], lr=0.1)
        def train():
            for n in range(30):
                loss = (w - 3) ** 2
                loss.backward()
                o.step()
                if n == 9:
                    raise ValueError("enough")
        try:
            train()
        except ValueError:
            after = w * 2
        """,
        detail=3,
    )
    assert passes(trace) == [1, 2, 3]
    assert [step.name for step in trace.steps if isinstance(step, Op)][-1] == "mul"


def test_an_exception_ends_the_program(record: Record) -> None:
    source = WITH_OPTIMIZER.replace(
        "    optimizer.zero_grad()", "    if step == 9: raise ValueError('enough')"
    )
    trace = record(source, detail=3)
    assert trace.failure is not None
    assert trace.failure.message == "enough"


def test_what_is_printed_in_between_is_one_step(record: Record) -> None:
    source = WITH_OPTIMIZER.replace("    optimizer.zero_grad()", "    print(step)")
    trace = record(source, detail=3)
    outputs = [step for step in trace.steps if isinstance(step, Output)]
    assert "".join(step.text for step in outputs) == "".join(f"{n}\n" for n in range(50))
    assert len(outputs) < 8


def test_nested_loops_record_one_iteration_an_epoch(record: Record) -> None:
    trace = record(
        """
        import torch
        w = torch.tensor(0.0, requires_grad=True)
        o = torch.optim.SGD([w], lr=0.1)
        for epoch in range(4):
            for batch in range(10):
                loss = (w - 3) ** 2
                loss.backward()
                o.step()
                o.zero_grad()
        """,
        detail=2,
    )
    assert passes(trace) == [1, 2, 10, 11, 21, 31]


def test_a_loop_that_yields_is_recorded_whole(record: Record) -> None:
    trace = record(
        """
        import torch
        w = torch.tensor(0.0, requires_grad=True)
        o = torch.optim.SGD([w], lr=0.1)
        def train():
            for n in range(8):
                loss = (w - 3) ** 2
                loss.backward()
                o.step()
                o.zero_grad()
                yield loss.item()
        losses = list(train())
        """,
        detail=2,
    )
    assert passes(trace) == [*range(1, 9)]
    assert not any(step.leaves for step in trace.steps if isinstance(step, Note))


def test_a_call_that_returns_in_the_turn_that_was_to_end_the_record(record: Record) -> None:
    trace = record(
        """
        import torch
        def fit(last):
            w = torch.tensor(0.0, requires_grad=True)
            o = torch.optim.SGD([w], lr=0.1)
            for step in range(40):
                loss = (w - 3) ** 2
                o.zero_grad()
                loss.backward()
                o.step()
                if step == last:
                    return w.item()
        fit(2)
        fit(30)
        fit(30)
        """,
        detail=3,
    )
    assert passes(trace) == [1, 2, 3, 4, 35]


def test_an_endless_loop_with_a_loop_within_has_no_last_turn(record: Record) -> None:
    trace = record(
        """
        import torch
        w = torch.tensor(0.0, requires_grad=True)
        o = torch.optim.SGD([w], lr=0.1)
        n = 0
        while True:
            for m in range(20):
                if m == 3:
                    break
            loss = (w - 3) ** 2
            o.zero_grad()
            loss.backward()
            o.step()
            n += 1
            if n == 30:
                break
        """,
        detail=3,
    )
    assert passes(trace) == [1, 2, 3]


def test_a_generator_of_the_program_is_not_followed_while_nobody_looks(record: Record) -> None:
    trace = record(
        """
        import torch
        w = torch.tensor(0.0, requires_grad=True)
        o = torch.optim.SGD([w], lr=0.1)
        def batches():
            for n in range(40):
                yield float(n)
        for x in batches():
            loss = (w - x) ** 2
            o.zero_grad()
            loss.backward()
            o.step()
        """,
        detail=3,
    )
    leaves = next(step.seq for step in trace.steps if isinstance(step, Note) and step.leaves)
    resumes = next(step.seq for step in trace.steps if isinstance(step, Note) and step.resumes)
    assert not any(isinstance(step, Line) for step in trace.steps[leaves:resumes])


EPOCHS = """
import torch
w = torch.tensor(0.0, requires_grad=True)
o = torch.optim.SGD([w], lr=0.1)
def epoch():
    for n in range(20):
        loss = (w - 3) ** 2
        loss.backward()
        o.step()
        o.zero_grad()
for e in range(10):
    epoch()
    seen = w * 2
after = w * 2
"""

RARE = """
import torch
w = torch.tensor(0.0, requires_grad=True)
o = torch.optim.SGD([w], lr=0.1)
for n in range(100):
    loss = (w - 3) ** 2
    loss.backward()
    o.step()
    o.zero_grad()
    if n == 57:
        seen = w * 2
"""


def test_a_loop_around_loops_is_left_after_some_rounds(record: Record) -> None:
    trace = record(EPOCHS, detail=3, rounds=2)
    rounds = [step for step in trace.steps if isinstance(step, Line) and step.line == 13]
    followed = [step for step in record(EPOCHS, detail=3).steps if isinstance(step, Line) and step.line == 13]
    assert (len(rounds), len(followed)) == (4, 10)
    assert passes(trace)[:3] == [1, 2, 3]
    assert any(n > 180 for n in passes(trace)), "the last round is recorded, too"
    assert [step.line for step in trace.steps if isinstance(step, Line)][-1] == 14
    (curve,) = trace.curves.of("loss")
    assert len(curve) == 200


def test_a_line_that_had_not_run_is_recorded_when_it_does(record: Record) -> None:
    trace = record(RARE, detail=3, rounds=2)
    assert [step.line for step in trace.steps if isinstance(step, Line)].count(11) == 1
    assert any(isinstance(step, Bind) and step.name == "seen" for step in trace.steps)
    assert 11 not in [step.line for step in record(RARE, detail=3).steps if isinstance(step, Line)]


def test_iterations_in_between_are_recorded_further_and_further_apart(record: Record) -> None:
    recorded = passes(record(WITH_OPTIMIZER.replace("range(50)", "range(200)"), detail=3, rounds=2))
    assert recorded[:3] == [1, 2, 3]
    assert recorded[-1] == 200
    gaps = [b - a for a, b in pairwise(recorded[2:-1])]
    assert len(gaps) >= 4
    assert gaps == sorted(gaps)
