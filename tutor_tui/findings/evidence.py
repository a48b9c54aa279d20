"""What rules ask a record: which operation made a tensor, what a loss was made of, what a place is called."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

from tutor_tui.findings.training import Training
from tutor_tui.protocol.messages import AnyStep, Finding, Line, Loss, Note, Op, Span
from tutor_tui.text.safe import one_line
from tutor_tui.trace.record.trace import Trace

CODE = 80
"""Characters of an expression that a finding quotes."""
CALLS = ("forward", "__call__")
"""Functions in which a module runs."""


class Evidence:
    """The operations of a record, by what they made and what they took."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.ops = [step for step in trace.steps if isinstance(step, Op)]
        self._made: defaultdict[int, list[Op]] = defaultdict(list)
        for op in self.ops:
            for output in op.outputs:
                self._made[output.id].append(op)
        self._behind: dict[int, set[int]] = {}

    @cached_property
    def training(self) -> Training:
        """What optimizers hold and do."""
        return Training(self.trace)

    @cached_property
    def uses(self) -> dict[int, list[Op]]:
        """The operations that took a tensor and did not write to it, by its id, in their order."""
        found: defaultdict[int, list[Op]] = defaultdict(list)
        for op in self.ops:
            for number in dict.fromkeys(preview.id for preview in op.inputs):
                if number not in op.mutates:
                    found[number].append(op)
        return found

    @cached_property
    def sent(self) -> set[int]:
        """The nodes of all graphs that were sent backward."""
        found: set[int] = set()
        for loss in self.losses():
            found |= self.behind(loss)
        return found

    def has(self, name: str) -> bool:
        """Whether an operation of this name ran."""
        return any(op.name == name for op in self.ops)

    def maker(self, tensor: int, before: int) -> Op | None:
        """The last operation before a step that made, or wrote, a tensor."""
        return next((op for op in reversed(self._made.get(tensor, ())) if op.seq < before), None)

    def first_made(self, tensor: int) -> Op | None:
        """The first operation that made, or filled, a tensor."""
        return next(iter(self._made.get(tensor, ())), None)

    def losses(self) -> Iterator[Loss]:
        """Everything that was sent backward."""
        for seq in self.trace.losses:
            step = self.trace.steps[seq]
            if isinstance(step, Loss):
                yield step

    def sent_before(self, step: AnyStep) -> Loss | None:
        """What was last sent backward before a step."""
        at = bisect_left(self.trace.losses, step.seq)
        found = self.trace.steps[self.trace.losses[at - 1]] if at else None
        return found if isinstance(found, Loss) else None

    def sent_after(self, step: AnyStep) -> Loss | None:
        """What was sent backward next."""
        at = bisect_left(self.trace.losses, step.seq)
        found = self.trace.steps[self.trace.losses[at]] if at < len(self.trace.losses) else None
        return found if isinstance(found, Loss) else None

    def behind(self, loss: Loss) -> set[int]:
        """The nodes of the graph of a loss."""
        if loss.seq not in self._behind:
            self._behind[loss.seq] = self.reached([loss.node] if loss.node is not None else [])
        return self._behind[loss.seq]

    def reached(self, roots: Sequence[int]) -> set[int]:
        """The nodes of the graph under some nodes."""
        seen: set[int] = set()
        pending = list(roots)
        while pending:
            number = pending.pop()
            if number in seen or number not in self.trace.nodes.by_id:
                continue
            seen.add(number)
            pending += self.trace.nodes.inputs(number)
        return seen

    def following(self, op: Op) -> Iterator[Op]:
        """The operations that what an operation made went into, and so on, through what has no graph too."""
        seen = {op.seq}
        pending = [op]
        while pending:
            current = pending.pop()
            for output in current.outputs:
                for after in self.uses.get(output.id, ()):
                    if after.seq > current.seq and after.seq not in seen:
                        seen.add(after.seq)
                        pending.append(after)
                        yield after

    @cached_property
    def _outer(self) -> dict[int, Line]:
        """By a line's step, the line whose call it runs in."""
        found: dict[int, Line] = {}
        running: dict[int, Line] = {}
        for step in self.trace.steps:
            if isinstance(step, Note) and step.resumes:
                running.clear()
            elif isinstance(step, Line):
                running[step.depth] = step
                if step.depth - 1 in running:
                    found[step.seq] = running[step.depth - 1]
        return found

    def call(self, step: AnyStep) -> AnyStep:
        """The line at which the program calls the outermost module that a step ran in; the step itself outside all."""
        found: AnyStep = step
        for line in self.running(step):
            outer = self._outer.get(line.seq)
            if line.function in CALLS and outer is not None:
                found = outer
        return found

    def asked_for(self, step: AnyStep) -> AnyStep:
        """The line that makes the object in whose `__init__` a step ran; the step itself outside all."""
        lines = list(self.running(step))
        outside = next((line for line in lines if line.function != "__init__"), None)
        return step if outside is None or outside is lines[0] else outside

    def running(self, step: AnyStep) -> Iterator[Line]:
        """The line that runs at a step, the one whose call that is, and so on outwards."""
        line = self.trace.lines.at(step.seq)
        while line is not None:
            yield line
            line = self._outer.get(line.seq)

    def last_run(self, pattern: re.Pattern[str], before: int) -> Line | None:
        """The last line before a step in which something stands."""
        sources = self.trace.sources
        for step in reversed(self.trace.steps[:before]):
            if isinstance(step, Line) and pattern.search(
                sources.line(step.file, step.line).partition("#")[0]
            ):
                return step
        return None

    def name(self, tensor: int, moment: int) -> str:
        """What the program calls a tensor, or where in a module it stands; "" for neither."""
        return self.trace.naming.name_of(tensor, moment) or self.training.path(tensor)

    def listed(self, tensors: Sequence[int]) -> str:
        """What the program calls some parameters: `a, b and 3 more`."""
        end = len(self.trace.steps) - 1
        names = list(dict.fromkeys(self.training.path(t) or self.name(t, end) for t in tensors))
        return ", ".join(names[:2]) + (f" and {len(names) - 2} more" if len(names) > 2 else "")


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
    line = step if isinstance(step, Line) else trace.lines.at(step.seq)
    return None if line is None else whole_line(trace, line.file, line.line)


def whole_line(trace: Trace, file: str, line: int) -> Span:
    """A line as a span."""
    return Span(file, line, 0, line, len(trace.sources.line(file, line)))


def told(
    trace: Trace,
    at: AnyStep,
    message: str,
    why: str,
    fix: str,
    steps: Sequence[AnyStep],
    level: str = "",
    span: Span | None = None,
) -> Finding:
    """A finding at the place of a step, or at another that is to blame."""
    span = span or place(trace, at)
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
