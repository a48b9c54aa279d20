"""Clearing, backward, step and scheduler come in an order in which nothing, or the wrong thing, is learned.

Evidence, per optimizer: a gradient that had arrived was cleared before the step that was to use it, at most of its
steps; the first step ran before any gradient had come, and all later ones without any, or with that of the iteration
before; gradients came in several passes, and nothing ever stepped; torch itself warned that the scheduler was first.
Legal twins: closures, optimizers stepped in backward hooks, gradients of a network that is cleared before its own
pass, accumulation, and schedulers per batch. Source: `torch.optim.Optimizer` and `torch.optim.lr_scheduler`.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator

from tutor_tui.findings.evidence import Evidence, code, told, whole_line
from tutor_tui.findings.training import Held, finite_zero
from tutor_tui.protocol.messages import Accumulate, AnyStep, Finding, Note, Optimizer, Output, Span
from tutor_tui.trace.record.trace import Trace

LEVEL = "mistake"
ENOUGH = 2
"""Passes after which an optimizer should have stepped."""
ORDER = "Each iteration in this order: optimizer.zero_grad(), loss.backward(), optimizer.step()."
SCHEDULER = re.compile(r"(?m)^(.+?):(\d+): UserWarning: Detected call of `lr_scheduler.step\(\)` before")
NO_CALL = re.compile(r"^\w[\w.]*\.step$")
SCALED = "_amp_foreach_non_finite_check_and_unscale_"


def find(evidence: Evidence) -> Iterator[Finding]:
    """At most one for each optimizer, and one for the scheduler."""
    order = _Order(evidence)
    seen: set[tuple[str, int]] = set()
    for held in evidence.training.optimizers.values():
        finding = order.too_early(held) or order.lost(held) or _never(evidence, held)
        if finding is not None and (finding.file, finding.line) not in seen:
            seen.add((finding.file, finding.line))
            yield finding
    yield from _scheduler(evidence)


class _Order:
    """What each step of each optimizer found: gradients, or only the traces of such as had been cleared."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence, self._trace = evidence, evidence.trace
        self._optimizers = evidence.training.optimizers
        self._arrived: dict[int, AnyStep] = {}
        self._cleared: dict[int, tuple[AnyStep, AnyStep]] = {}
        self._ever: set[int] = set()
        self._gap = False
        self.lost_at: dict[int, list[tuple[Optimizer, AnyStep, AnyStep]]] = {}
        self.used: dict[int, int] = {}
        self.empty: dict[int, list[Optimizer]] = {}
        for step in self._trace.steps:
            self._see(step)

    def _see(self, step: AnyStep) -> None:
        match step:
            case Note(resumes=True):
                self._arrived.clear()
                self._cleared.clear()
                self._gap = True
            case Accumulate():
                self._gradient(step)
            case Optimizer(did="cleared"):
                for tensor in step.tensors:
                    self._clear(tensor, step)
                    if tensor in self._cleared:  # it was told just before, gradient by gradient
                        self._cleared[tensor] = self._cleared[tensor][0], step
            case Optimizer(did="stepped"):
                self._step(step)

    def _gradient(self, step: Accumulate) -> None:
        tensor = step.tensor
        if step.incoming is not None:
            self._come(tensor, step)
        elif step.after is None or finite_zero(step.after):
            self._clear(tensor, step)
        elif tensor not in self._arrived:  # the program has put something there
            self._come(tensor, step)

    def _come(self, tensor: int, step: AnyStep) -> None:
        self._arrived[tensor] = step
        self._ever.add(tensor)
        self._cleared.pop(tensor, None)

    def _clear(self, tensor: int, step: AnyStep) -> None:
        arrival = self._arrived.pop(tensor, None)
        if arrival is not None:
            self._cleared[tensor] = arrival, step

    def _step(self, step: Optimizer) -> None:
        held = self._optimizers[step.number]
        tensors = held.tensors
        if any(tensor in self._arrived for tensor in tensors):
            self.used[step.number] = self.used.get(step.number, 0) + 1
        elif lost := [self._cleared[tensor] for tensor in tensors if tensor in self._cleared]:
            self.lost_at.setdefault(step.number, []).append((step, *lost[-1]))
        if not self._gap and not step.tensors and not self._ever:
            self.empty.setdefault(step.number, []).append(step)
        for tensor in tensors:
            self._arrived.pop(tensor, None)
            self._cleared.pop(tensor, None)

    def too_early(self, held: Held) -> Finding | None:
        """The first step ran before any gradient, and the same line stepped again later."""
        first = next(iter(self.empty.get(held.first.number, ())), None)
        came = any(tensor in self._ever for tensor in held.tensors)
        again = [s for s in held.stepped if first is not None and s is not first and s.span == first.span]
        if first is None or not came or not again:
            return None
        if self.used.get(held.first.number) and not self._one_late(held):
            return None
        return told(
            self._trace,
            first,
            f"{code(self._trace, first.span) or 'step()'} runs before the first backward(): no gradient is there.",
            "A step uses the gradients that are there when it runs. Before backward() there are none, or old ones.",
            ORDER,
            [again[0]],
            span=self._asked(held, first),
        )

    def _one_late(self, held: Held) -> bool:
        """Whether each step uses what the single pass of the iteration before has brought."""
        losses = self._trace.losses
        places = [bisect(losses, step.seq) for step in held.stepped]
        return len(places) > ENOUGH and places == list(range(len(places))) and len(losses) == len(places)

    def _asked(self, held: Held, step: Optimizer) -> Span | None:
        """Where the program asks for a step: further out, where one line does what it is told, step or clear."""
        if step.span is None or not any(cleared.span == step.span for cleared in held.cleared):
            return None
        outer = list(self._evidence.running(step))[1:2]
        return whole_line(self._trace, outer[0].file, outer[0].line) if outer else None

    def lost(self, held: Held) -> Finding | None:
        """Gradients were cleared between backward and most steps."""
        found = self.lost_at.get(held.first.number, [])
        if len(found) <= self.used.get(held.first.number, 0):
            return None
        step, arrival, clearing = found[0]
        name = self._trace.naming.name_of(_tensor(arrival), arrival.seq) or "a parameter"
        return told(
            self._trace,
            clearing,
            f"The gradients were cleared after backward() and before {code(self._trace, step.span) or 'step()'}: "
            f"the gradient that had come to {name} was never used.",
            "The step finds no gradient, or zeros, and changes nothing.",
            ORDER,
            [arrival, step],
        )


def _tensor(step: AnyStep) -> int:
    return step.tensor if isinstance(step, Accumulate) else 0


def _never(evidence: Evidence, held: Held) -> Finding | None:
    """Gradients came again and again, and nothing ever stepped."""
    trace, training = evidence.trace, evidence.training
    if held.stepped or trace.curves.of("rate") or trace.end is None:
        return None
    if any(other.stepped for t in held.tensors for other in training.holders(t)) or evidence.has(SCALED):
        return None
    came = [a for tensor in held.tensors for a in training.arrivals.get(tensor, ()) if a.incoming is not None]
    first = min((arrival.seq for arrival in came), default=0)
    passes = {
        loss.iteration: loss for loss in evidence.losses() if loss.seq < max((a.seq for a in came), default=0)
    }
    if len(passes) < ENOUGH or any(training.changed_since(tensor, first) for tensor in held.tensors):
        return None
    loss = next(iter(passes.values()))
    at = _named_only(trace)
    return told(
        trace,
        loss,
        f"{len(passes)} backward passes brought gradients, and {held.name} never stepped: no parameter has changed.",
        "backward() only fills .grad. The parameters change when optimizer.step() is called.",
        "Write the brackets: step() calls it, step alone only names it." if at is not None else ORDER,
        [came[-1], held.first],
        span=whole_line(trace, *at) if at is not None else None,
    )


def _named_only(trace: Trace) -> tuple[str, int] | None:
    """A line that names a method `step` and does not call it."""
    for file, text in trace.sources.items():
        for number, line in enumerate(text.split("\n"), 1):
            if NO_CALL.match(line.partition("#")[0].strip()):
                return file, number
    return None


def _scheduler(evidence: Evidence) -> Iterator[Finding]:
    trace = evidence.trace
    if evidence.has(SCALED):  # a scaler skips steps, and torch then warns for nothing
        return
    for step in trace.steps:
        found = SCHEDULER.search(step.text) if isinstance(step, Output) and step.stream == "stderr" else None
        if found is not None:
            file, line = found[1], int(found[2])
            yield told(
                trace,
                step,
                "The scheduler stepped before the optimizer had: torch itself warned here.",
                "The first value of the schedule is skipped: the optimizer never steps with it.",
                "Call scheduler.step() after optimizer.step(), once per epoch or batch.",
                [],
                span=whole_line(trace, file, line) if file in trace.sources else None,
            )
            return
