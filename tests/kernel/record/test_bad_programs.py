"""Programs that work against the recorder: the record up to there survives, the message names the line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import stdout_of, steps
from tutor_tui.protocol.messages import Backward, Failure, Line, Loss, Note, Op
from tutor_tui.trace.record.trace import Trace

Record = Callable[..., Trace]


def test_a_program_that_replaces_torchs_functions(record: Record) -> None:
    trace = record(
        """
        import torch
        real = torch.Tensor.__add__
        torch.Tensor.__add__ = lambda self, other: real(self, other) * 2
        torch.relu = lambda x: "mine"
        torch.Tensor.backward = lambda self: print("not today")
        x = torch.tensor(1.0, requires_grad=True)
        y = x + 1
        y.backward()
        print(y.item(), torch.relu(x))
        """
    )
    assert stdout_of(trace) == "not today\n4.0 mine\n"
    assert trace.end.status == 0


def test_a_program_that_deletes_its_own_source(record: Record) -> None:
    trace = record(
        """
        import os, torch
        os.remove(__file__)
        x = torch.tensor(1.0, requires_grad=True)
        y = x * 2
        y.missing
        """
    )
    (failure,) = steps(trace, Failure)
    assert (failure.type, failure.frames[-1].line) == ("AttributeError", 6)
    assert [trace.sources.text(op.span) for op in steps(trace, Op)][-1] == "x * 2"


def test_a_program_that_raises_inside_a_hook(record: Record) -> None:
    trace = record(
        """
        import torch
        x = torch.tensor(1.0, requires_grad=True)
        y = (x * 2).exp()
        def broken(g):
            raise ValueError("not in my graph")
        x.register_hook(broken)
        y.backward()
        """
    )
    (failure,) = steps(trace, Failure)
    assert (failure.type, failure.message) == ("ValueError", "not in my graph")
    assert failure.frames[-1].line == 6
    assert len(steps(trace, Backward)) == 2
    assert trace.end.status == 1


def test_a_program_that_exits_inside_backward(record: Record) -> None:
    trace = record(
        """
        import os, torch
        x = torch.tensor(1.0, requires_grad=True)
        y = x * 2
        y.register_hook(lambda g: os._exit(5))
        z = y.exp()
        z.backward()
        """
    )
    assert trace.end.status == 5
    assert len(steps(trace, Loss)) == 1
    assert steps(trace, Line)[-1].line in (5, 7)


def test_a_program_that_runs_out_of_memory_in_the_middle(record: Record) -> None:
    trace = record(
        """
        import torch
        x = torch.ones(10)
        y = torch.ones(10**15)
        """
    )
    (failure,) = steps(trace, Failure)
    assert failure.frames[-1].line == 4
    assert "memory" in failure.explanation
    assert [op.name for op in steps(trace, Op)] == ["ones"]


def test_a_program_that_is_killed_for_its_memory(record: Record) -> None:
    trace = record(
        """
        import resource, torch
        x = torch.ones(10)
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
        kept = []
        while True:
            kept.append(torch.ones(64 << 20))
        """
    )
    assert steps(trace, Failure)[0].frames[-1].line == 7
    assert trace.end.status == 1


def test_a_program_that_takes_the_trace_function_away(record: Record) -> None:
    trace = record("import sys, torch\nsys.settrace(None)\nx = torch.ones(2)\nx * 3\n")
    assert [op.name for op in steps(trace, Op)] == ["ones", "mul"]
    assert trace.end.status == 0


@pytest.mark.slow
def test_a_deep_and_a_wide_graph(record: Record) -> None:
    trace = record(
        """
        import torch
        x = torch.tensor(1.0, requires_grad=True)
        y = x
        for _ in range(50_000): y = y + 1
        y.backward()
        torch.stack([x * i for i in range(20_000)]).sum().backward()
        print(x.grad.item())
        """,
        max_steps=10**6,
        timeout=170,
    )
    assert stdout_of(trace).startswith("1999")
    assert len(steps(trace, Backward)) == 50_000 + 20_002
    assert steps(trace, Note) == []
