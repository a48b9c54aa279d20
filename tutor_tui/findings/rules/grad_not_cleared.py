"""Gradients of an earlier iteration were still in `.grad` when the optimizer stepped.

Evidence, at the second step of a parameter: its gradient holds what a backward pass brought before its previous
step, since nothing cleared it in between. Manual updates count. Legal twins: gradient accumulation (several
backward passes between two steps, all newer than the last), GANs and actor-critic (gradients of a network that is
cleared before its own step), leaves that nobody updates, and closures that clear. Source:
`torch.optim.Optimizer.zero_grad`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from tutor_tui.findings.evidence import told
from tutor_tui.protocol.messages import Accumulate, AnyStep, Finding, Op, Update
from tutor_tui.text.numbers import format_values
from tutor_tui.trace.record.trace import Trace

LEVEL = "mistake"


def find(trace: Trace) -> Iterator[Finding]:
    """Once, at the first backward pass that added to an old gradient."""
    held: defaultdict[int, list[Accumulate]] = defaultdict(list)
    stepped: dict[int, AnyStep] = {}
    for step in trace.steps:
        if isinstance(step, Accumulate):
            if step.incoming is None:
                if _cleared(step):
                    held[step.tensor].clear()
            else:
                held[step.tensor].append(step)
            continue
        for tensor in _updated(trace, step):
            last = stepped.get(tensor)
            old = [a for a in held[tensor] if last is not None and a.seq < last.seq]
            new = [a for a in held[tensor] if last is not None and a.seq > last.seq]
            if old and new and last is not None:
                yield _finding(trace, tensor, old, new, last, step)
                return
            stepped[tensor] = step


def _cleared(step: Accumulate) -> bool:
    """Whether the gradient is gone, or all zeros."""
    return step.after is None or (step.after.values is not None and not any(_numbers(step.after.values)))


def _numbers(values: object) -> list[float]:
    if isinstance(values, list):
        return [number for value in values for number in _numbers(value)]
    return [values] if isinstance(values, (int, float)) else [1.0]


def _updated(trace: Trace, step: AnyStep) -> Iterator[int]:
    """The leaves that a step has updated, by an optimizer or by hand."""
    if isinstance(step, Update) and step.by == "optimizer":
        yield step.tensor
    elif isinstance(step, Op) and not step.within:
        for number in step.mutates:
            if trace.nodes.leaf(number) is not None:
                yield number


def _finding(
    trace: Trace, tensor: int, old: list[Accumulate], new: list[Accumulate], last: AnyStep, step: AnyStep
) -> Finding:
    name = trace.naming.name_of(tensor, step.seq) or "a parameter"
    before, came = new[0].before, new[0].incoming
    small = before is not None and before.values is not None and came is not None and came.values is not None
    numbers = (
        f": {format_values(before.values, limit=4)} was there, and {format_values(came.values, limit=4)} was added"
        if small and before is not None and came is not None
        else ""
    )
    return told(
        trace,
        new[0],
        f"{name}.grad still held the gradient of an earlier iteration when this backward pass added to it{numbers}.",
        "backward() adds to .grad. What is not cleared after a step counts again in the next one.",
        "Clear the gradients once per iteration, before backward() or after step(): optimizer.zero_grad().",
        [old[-1], last, step],
    )
