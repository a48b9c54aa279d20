"""What the record says beyond the bare facts: why there is no gradient, what shares memory."""

from __future__ import annotations

from collections.abc import Callable

from tests.conftest import stdout_of, steps
from tutor_tui.protocol.messages import Line, Update
from tutor_tui.trace.look.gradients import why_none
from tutor_tui.trace.look.shared import sharing
from tutor_tui.trace.record.trace import Trace

Record = Callable[..., Trace]


def at_line(trace: Trace, line: int) -> int:
    return int(next(s.seq for s in steps(trace, Line) if s.line == line))


def tensor(trace: Trace, name: str, moment: int) -> int:
    found = trace.naming.names(0, moment)[name].tensor
    assert found is not None
    return found


def test_the_causes_of_no_gradient(record: Record) -> None:
    trace = record(
        """
        import torch
        x = torch.tensor(1.0, requires_grad=True)
        data = torch.tensor(1.0)
        other = torch.tensor(1.0, requires_grad=True)
        y = x * data
        y.backward()
        x.grad = None
        print("end")
        """
    )

    def why(name: str, line: int) -> str:
        moment = at_line(trace, line)
        return why_none(trace, tensor(trace, name, moment), moment)

    assert why("x", 7) == "backward has not run"
    assert why("data", 8) == "does not require grad"
    assert why("y", 8) == "not a leaf, not retained"
    assert why("other", 8) == "no backward pass reached it"
    assert why("x", 8) == ""
    assert why("x", 9) == "cleared"


def test_a_write_through_numpy_is_seen_in_both_directions(record: Record) -> None:
    trace = record(
        """
        import numpy, torch
        a = numpy.array([1.0, 2.0])
        t = torch.from_numpy(a)
        a[0] = 9
        u = torch.tensor([3.0])
        u.numpy()[0] = 5
        print("end")
        """
    )
    seen = [(s.before.values, s.after.values, s.by) for s in steps(trace, Update)]
    assert seen == [([1, 2], [9, 2], "shared memory"), ([3], [5], "shared memory")]


def test_a_write_through_data_is_seen_at_the_parameter(record: Record) -> None:
    trace = record(
        """
        import torch
        w = torch.tensor([1.0], requires_grad=True)
        w.data -= 0.5
        print("end")
        """
    )
    name = tensor(trace, "w", len(trace.steps))
    assert [s.after.values for s in steps(trace, Update) if s.tensor == name] == [[0.5]]


def test_names_that_share_memory_and_since_when(record: Record) -> None:
    trace = record(
        """
        import torch
        a = torch.arange(6.0)
        v = a.view(2, 3)
        c = a.clone()
        print("end")
        """
    )
    moment = at_line(trace, 6)
    found = sharing(trace, moment)
    assert set(found) == {"a", "v"}
    assert [s.name for s in found["a"]] == ["v"]
    assert found["a"][0].since == trace.naming.since(0, "v", moment)


def test_tensors_with_names_can_be_swapped(record: Record) -> None:
    trace = record(
        """
        import torch
        a, b = torch.arange(2.0), torch.arange(3.0)
        torch.utils.swap_tensors(a, b)
        print(a, b)
        """
    )
    assert trace.failure is None
    assert stdout_of(trace) == "tensor([0., 1., 2.]) tensor([0., 1.])\n"
