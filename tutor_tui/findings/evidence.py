"""What rules ask a record: which operation made a tensor, what a loss was made of, what a place is called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from tutor_tui.protocol.messages import AnyStep, Finding, Loss, Op, Span
from tutor_tui.text.safe import one_line
from tutor_tui.trace.record.trace import Trace

CODE = 80
"""Characters of an expression that a finding quotes."""


class Evidence:
    """The operations of a record, by what they made."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.ops = [step for step in trace.steps if isinstance(step, Op)]
        self._made: defaultdict[int, list[Op]] = defaultdict(list)
        for op in self.ops:
            for output in op.outputs:
                self._made[output.id].append(op)

    def maker(self, tensor: int, before: int) -> Op | None:
        """The last operation before a step that made, or wrote, a tensor."""
        return next((op for op in reversed(self._made.get(tensor, ())) if op.seq < before), None)

    def losses(self) -> Iterator[Loss]:
        """Everything that was sent backward."""
        for seq in self.trace.losses:
            step = self.trace.steps[seq]
            if isinstance(step, Loss):
                yield step

    def behind(self, loss: Loss) -> set[int]:
        """The nodes of the graph of a loss."""
        seen: set[int] = set()
        pending = [loss.node] if loss.node is not None else []
        while pending:
            number = pending.pop()
            if number in seen or number not in self.trace.nodes.by_id:
                continue
            seen.add(number)
            pending += self.trace.nodes.inputs(number)
        return seen


def covered(trace: Trace, seq: int) -> range:
    """The steps before one that are of the same stretch of the record; none where nothing was recorded by then."""
    if trace.mode is not None and trace.mode.mode != "recording":
        return range(0)
    return range(trace.passes.since(seq), seq)


def code(trace: Trace, span: Span | None) -> str:
    """The text of an expression, as a sentence quotes it."""
    return one_line(trace.sources.text(span), CODE)


def place(trace: Trace, step: AnyStep) -> Span | None:
    """Where in the program a step happened: its own expression, else the line that ran."""
    span: Span | None = getattr(step, "span", None)
    if span is not None and span.file in trace.sources:
        return span
    line = trace.lines.at(step.seq)
    if line is None:
        return None
    return Span(line.file, line.line, 0, line.line, len(trace.sources.line(line.file, line.line)))


def told(
    trace: Trace, at: AnyStep, message: str, why: str, fix: str, steps: Sequence[AnyStep], level: str = ""
) -> Finding:
    """A finding at the place of a step."""
    span = place(trace, at)
    return Finding(
        rule="",
        level=level,
        file=span.file if span is not None else "",
        line=span.line if span is not None else 0,
        span=span,
        message=message,
        why=why,
        fix=fix,
        steps=sorted({step.seq for step in (at, *steps)}),
    )
