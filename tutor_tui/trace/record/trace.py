"""The record of a run, indexed so that any moment of it can be asked about at the same cost."""

from __future__ import annotations

from collections.abc import Iterable

from tutor_tui.protocol.messages import (
    Accumulate,
    AnyStep,
    Backward,
    Bad,
    Bind,
    End,
    Evaluated,
    Failure,
    Finding,
    Line,
    Loss,
    Measured,
    Mode,
    Node,
    Note,
    Op,
    Output,
    Series,
    Source,
    Update,
)
from tutor_tui.trace.record.curves import Curves
from tutor_tui.trace.record.evaluated import EvaluatedLines
from tutor_tui.trace.record.line_runs import Lines
from tutor_tui.trace.record.naming import Naming
from tutor_tui.trace.record.nodes import NodeIndex
from tutor_tui.trace.record.passes import Passes
from tutor_tui.trace.record.printed import Printed, prolong
from tutor_tui.trace.record.sharing import Sharing
from tutor_tui.trace.record.sources import Sources
from tutor_tui.trace.record.stops import Stop, Stops
from tutor_tui.trace.record.tensors import Tensors

TURNS = 500
"""Turns from one output stream to the other that are kept of what is printed while nothing is recorded."""


class Trace:
    """Every step of a run in order, and indexes into them. `seq` of a step is its place in `steps`."""

    def __init__(self) -> None:
        self.steps: list[AnyStep] = []
        self.sources = Sources()
        self.stops = Stops(self.steps)
        self._sharing = Sharing()
        self.tensors = Tensors(self._sharing)
        self.naming = Naming()
        self.passes = Passes(self.stops)
        self.lines = Lines(self.steps, self.stops, self.naming, self.passes)
        self.nodes = NodeIndex()
        self.printed = Printed()
        self.evaluated = EvaluatedLines()
        self.curves = Curves()
        self.mode: Mode | None = None
        """What a run that may be watched is doing."""
        self.findings: list[Finding] = []
        """What is wrong with the program, once that has been judged."""
        self.bad: Bad | None = None
        """Where the first value came from that was not finite, where that was looked for."""
        self.end: End | None = None
        self.failure: Failure | None = None
        self._unseen: list[Output] = []
        self._gap = False

    # --- building

    def extend(self, messages: Iterable[AnyStep | Source | Mode | Series | Measured | Bad]) -> None:
        """Add steps as they come, and what is measured beside them."""
        for message in messages:
            match message:
                case Source(library=True):
                    self.sources.libraries[message.file] = message.text
                case Source():
                    self.sources[message.file] = message.text
                case Bad():
                    self.bad = message
                case Series():
                    self.curves.begin(message)
                case Measured():
                    self.curves.take(message)
                case Mode():
                    self.mode = message
                    self.curves.measured = True
                case Output() if self._looks_away():
                    self._add_unseen_output(message)
                case _:
                    self._append(message)

    def _looks_away(self) -> bool:
        """Whether nothing is recorded at the moment."""
        return self._gap or (self.mode is not None and self.mode.mode != "recording")

    def _append(self, step: AnyStep) -> None:
        step.seq = len(self.steps)
        self.stops.before(step)
        self.steps.append(step)
        match step:
            case Line():
                self._sharing.line(step)
                self.lines.run(step)
                self.naming.enter(step.scope, step.seq)
            case Op():
                self._add_op(step)
            case Node():
                self._sharing.node(step)
                self.nodes.add(step)
            case Bind():
                self._sharing.bind(step)
                step.preview = self.tensors.maybe(step.seq, step.preview)
                self.lines.bind(step)
                self.naming.bind(step)
            case Backward():
                self._sharing.backward(step)
                step.grad_outputs = self.tensors.share_some(step.seq, step.grad_outputs)
                step.grad_inputs = self.tensors.share_some(step.seq, step.grad_inputs)
                self.naming.enter(step.scope, step.seq)
                self.nodes.ran(step)
            case Accumulate():
                self._add_gradient(step)
            case Update():
                step.before = step.before and self.tensors.earlier(step.before)
                step.after = self.tensors.see(step.seq, step.after)
            case Loss():
                since = self.losses[-1] if self.losses else -1
                self.passes.send_backward(step, self.nodes.first_operation(step.node, since))
                if step.value is not None:
                    self.curves.lost(step.iteration, step.name or "loss", step.value)
                self.nodes.sent_backward(step)
            case Output():
                self.printed.add(step)
            case Evaluated():
                self.evaluated.add(step)
            case Note():
                self.lines.halt(step.seq)  # a person who walks line by line must not miss it
                self._gap = step.leaves
                if step.resumes:
                    self.passes.resumed.append(step.seq)
                    self.nodes.begin_anew(step.seq)
            case Failure():
                self.failure = step
            case End():
                self.end = step

    def _add_op(self, op: Op) -> None:
        self._sharing.op(op)
        op.inputs = self.tensors.share(op.seq, op.inputs)
        op.outputs = self.tensors.share(op.seq, op.outputs)
        self.naming.enter(op.scope, op.seq)
        self.nodes.operation(op)
        if op.node is not None and not op.within:
            self.nodes.made_by(op.node, op)
            self.passes.go_forward(op.seq)

    def _add_gradient(self, step: Accumulate) -> None:
        step.before = step.before and self.tensors.earlier(step.before)
        step.incoming = self.tensors.maybe(step.seq, step.incoming)
        step.after = self.tensors.maybe(step.seq, step.after)
        if step.after is not None:
            self.naming.is_gradient_of(step.after.id, step.tensor)
        self.naming.enter(step.scope, step.seq)
        self.nodes.received(step)
        self.tensors.receive(step)

    def _add_unseen_output(self, output: Output) -> None:
        """What is printed while nothing is recorded: few steps, however much it is.

        One for each turn from one stream to the other, up to some; from then on two, which grow.
        """
        before = self._unseen
        if not before or before[-1] is not self.steps[-1]:
            before.clear()
        last = before[-1] if before else None
        if len(before) >= TURNS:
            last = next((step for step in reversed(before) if step.stream == output.stream), last)
        if last is None or (last.stream != output.stream and len(before) < TURNS):
            last = Output(stream=output.stream, text="")
            before.append(last)
            self._append(last)
        prolong(last, output)

    # --- stops

    def __len__(self) -> int:
        """The number of places to stand."""
        return len(self.stops)

    def stop(self, index: int) -> Stop:
        """The stop of that number, from 0."""
        return self.stops.at(index)

    def stop_of(self, seq: int) -> int:
        """The number of the stop that a step belongs to."""
        return self.stops.of(seq)

    def main(self, index: int) -> AnyStep:
        """The step that a stop is about."""
        return self.steps[self.stops.first(index)]

    def moment(self, index: int) -> int:
        """The last step that has happened when a viewer stands at a stop."""
        return self.stops.moment(index)

    @property
    def losses(self) -> list[int]:
        """The `seq` of each step that began a backward pass."""
        return self.passes.losses
