"""What a graph says of operations with several outputs, of values written to since, and of complex numbers."""

from __future__ import annotations

from collections.abc import Callable

from tests.conftest import steps
from tutor_tui.protocol.messages import Accumulate, Backward, Line, Op
from tutor_tui.text.numbers import format_values
from tutor_tui.trace.look.gradients import why_none
from tutor_tui.trace.look.tree import label, read
from tutor_tui.trace.record.trace import Trace
from tutor_tui.trace.words.story import story

Record = Callable[..., Trace]


def told(trace: Trace, kind: type, number: int = 0) -> str:
    return story(trace, trace.stop_of(steps(trace, kind)[number].seq))


def test_each_output_goes_by_its_own_name(record: Record) -> None:
    trace = record(
        """
        import torch
        x = torch.tensor([[3.0, 1.0], [2.0, 5.0]], requires_grad=True)
        low, high = x.unbind(0)
        (low * 2 + high * 3).sum().backward()
        """
    )
    unbind = next(op for op in steps(trace, Op) if op.name == "unbind")
    assert "x.unbind(0) = ([3, 1], [2, 5])" in story(trace, trace.stop_of(unbind.seq))
    assert unbind.node is not None
    end = len(trace.steps) - 1
    assert label(trace, unbind.node, end) == "low, high = x.unbind(0)"
    sent = [told(trace, Backward, n) for n, s in enumerate(steps(trace, Backward))]
    assert any("[2, 2] to low = x.unbind(0)" in text for text in sent)
    assert any("[3, 3] to high = x.unbind(0)" in text for text in sent)


def test_the_graph_shows_what_flowed_not_what_was_written_since(record: Record) -> None:
    trace = record(
        """
        import torch
        w = torch.tensor(3.0, requires_grad=True)
        u = w * 1.5
        u += 1
        u.backward()
        with torch.no_grad():
            w -= 1.0
        print(w)
        """
    )
    end = len(trace.steps) - 1
    made = next(op for op in steps(trace, Op) if op.name == "mul")
    assert made.node is not None
    value = read(trace, made.node, end).value
    assert value is not None
    assert format_values(value.values) == "4.5"
    leaf = trace.nodes.leaf(steps(trace, Accumulate)[0].tensor)
    assert leaf is not None
    value = read(trace, leaf, end).value
    assert value is not None
    assert value.values == 3.0


def test_rules_of_complex_numbers_have_the_conjugate(record: Record) -> None:
    trace = record(
        """
        import torch
        z = torch.tensor([1 + 2j, 3 - 1j], requires_grad=True)
        (z * z.conj()).real.sum().backward()
        z.abs().sum().backward()
        """
    )
    rules = {trace.nodes.by_id[s.node].name: s.rule for s in steps(trace, Backward)}
    assert rules["MulBackward0"].edges == ("g · conj(y)", "g · conj(x)")
    assert rules["AbsBackward0"] is None


def test_no_rule_is_a_page_of_c(record: Record) -> None:
    trace = record(
        """
        import torch
        x = torch.randn(3, 3, requires_grad=True)
        q, r = torch.linalg.qr(x)
        a, b, c = x.unbind(0)
        (q.sum() + a.sum() + 2**x.sum()).backward()
        """
    )
    texts = [s.rule.text for s in steps(trace, Backward) if s.rule is not None]
    assert not any("::" in text or "result:" in text for text in texts)
    assert "∂(aˣ) = aˣ·ln(a) = y·ln(a)" in texts


def test_a_gradient_that_was_only_returned_is_not_on_its_way(record: Record) -> None:
    trace = record(
        """
        import torch
        a = torch.tensor(2.0, requires_grad=True)
        g, = torch.autograd.grad(a * a, a)
        print(g)
        """
    )
    moment = next(s.seq for s in steps(trace, Line) if s.line == 5)
    number = trace.naming.names(0, moment)["a"].tensor
    assert number is not None
    assert why_none(trace, number, moment) == "not stored"


def test_many_operations_of_one_call_tell_what_it_came_to(record: Record) -> None:
    trace = record(
        """
        import torch
        model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU())
        with torch.no_grad():
            torch.nn.init.constant_(model[0].weight, 1.0)
            torch.nn.init.zeros_(model[0].bias)
            print(model(torch.tensor([1.0, 2.0])))
        """
    )
    texts = [story(trace, index) for index in range(len(trace))]
    assert any("2 operations ran inside" in t and "The last, relu, gave [3, 3]" in t for t in texts), texts
    assert not any("empty gave" in text for text in texts)


def test_what_changes_in_place_is_no_name(record: Record) -> None:
    trace = record(
        """
        import torch
        u = torch.ones(2, requires_grad=True) * 2
        u += 1
        u[0] = 7
        u.sum().backward()
        """
    )
    end = len(trace.steps) - 1
    labels = [label(trace, op.node, end) for op in steps(trace, Op) if op.node is not None]
    assert "u += 1 (in place)" in labels
    assert "u[0] (in place)" in labels
