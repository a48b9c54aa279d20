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

from tutor_tui.findings.evidence import Evidence, told
from tutor_tui.findings.training import finite_zero
from tutor_tui.protocol.messages import Accumulate, AnyStep, Finding, Note, Op, Preview, Update
from tutor_tui.text.numbers import format_values
from tutor_tui.trace.record.trace import Trace

LEVEL = "mistake"
BY_HAND = ("sub_", "add_", "isub", "iadd", "__isub__", "__iadd__", "copy_", "addcdiv_")
"""Operations by which a parameter is changed by its gradient."""
ZEROED = ("zero_", "_foreach_zero_", "zeros_like", "zeros")
"""Operations after which a tensor, and whatever shares its memory, holds nothing but zeros."""


def find(evidence: Evidence) -> Iterator[Finding]:
    """Once, at the backward pass that was to bring the gradient, and added to an old one."""
    trace = evidence.trace
    gradients = Gradients(trace)
    stepped: dict[int, AnyStep] = {}
    optimized = {s.tensor for s in trace.steps if isinstance(s, Update) and s.by == "optimizer"}
    for step in trace.steps:
        if isinstance(step, Note) and step.resumes:  # nobody saw what came before
            gradients = Gradients(trace)
            stepped.clear()
        gradients.see(step)
        for tensor in _updated(trace, step, optimized):
            last = stepped.get(tensor)
            old = [a for a in gradients.held[tensor] if last is not None and a.seq < last.seq]
            new = [a for a in gradients.held[tensor] if last is not None and a.seq > last.seq]
            if old and new and last is not None:
                yield _finding(trace, tensor, old, _meant(evidence, tensor, new, step), last, step)
                return
            stepped[tensor] = step


class Gradients:
    """What each gradient holds: the arrivals since it was cleared last."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._clips = False
        self.held: defaultdict[int, list[Accumulate]] = defaultdict(list)
        self._now: dict[int, Preview] = {}
        self._blank: set[int] = set()
        """The memory that holds nothing but zeros."""

    def see(self, step: AnyStep) -> None:
        """One more step."""
        if isinstance(step, Op):
            self._clips = "clip_grad" in self._trace.sources.text(step.span)
        if isinstance(step, Op) and (step.name in ZEROED or _fills_with_zeros(step)):
            self._blank |= {preview.storage for preview in step.outputs}
            for tensor, gradient in self._now.items():
                if gradient.storage in self._blank:
                    self.held[tensor].clear()
        elif isinstance(step, Accumulate):
            self._changed(step)

    def _changed(self, step: Accumulate) -> None:
        held, known = self.held[step.tensor], self._now.get(step.tensor)
        if step.incoming is None:
            if (
                step.after is None or not self._clips
            ):  # whoever sets a gradient, or scales it, means what is there
                held.clear()
        else:
            if step.before is None or finite_zero(step.before) or _written_unseen(known, step.before):
                held.clear()
            held.append(step)
        if step.after is not None:
            self._now[step.tensor] = step.after
            if step.incoming is not None:
                self._blank.discard(step.after.storage)


def _fills_with_zeros(op: Op) -> bool:
    return op.name == "fill_" and op.arguments[1:2] in (("0",), ("0.0",))


def _written_unseen(known: Preview | None, now: Preview) -> bool:
    """Whether something large was written to in between: to zeros, for all that the record can tell."""
    return known is not None and now.values is None and (known.id, known.version) != (now.id, now.version)


def _updated(trace: Trace, step: AnyStep, optimized: set[int]) -> Iterator[int]:
    """The leaves that a step has updated: by an optimizer, or, where none ever does, by hand."""
    if isinstance(step, Update) and step.by == "optimizer":
        yield step.tensor
    elif isinstance(step, Op) and not step.within and step.name in BY_HAND and len(step.inputs) > 1:
        for number in step.mutates:
            if number not in optimized and trace.nodes.leaf(number) is not None:
                yield number


def _meant(evidence: Evidence, tensor: int, new: list[Accumulate], step: AnyStep) -> Accumulate:
    """The arrival of a pass that was made for this step: what came before another optimizer's last step was for that.

    A GAN's discriminator gets a gradient from the generator's pass, too.
    """
    others = [h for h in evidence.training.optimizers.values() if tensor not in h.tensors]
    since = max((s.seq for h in others for s in h.stepped if s.seq < step.seq), default=0)
    return next((arrival for arrival in new if arrival.seq > since), new[0])


def _finding(
    trace: Trace, tensor: int, old: list[Accumulate], new: Accumulate, last: AnyStep, step: AnyStep
) -> Finding:
    name = trace.naming.name_of(tensor, step.seq) or "a parameter"
    before, came = new.before, new.incoming
    small = before is not None and before.values is not None and came is not None and came.values is not None
    numbers = (
        f": {format_values(before.values, limit=4)} was there, and {format_values(came.values, limit=4)} was added"
        if small and before is not None and came is not None
        else ""
    )
    return told(
        trace,
        new,
        f"{name}.grad still held the gradient of an earlier iteration when this backward pass added to it{numbers}.",
        "backward() adds to .grad. What is not cleared after a step counts again in the next one.",
        "Clear the gradients once per iteration, before backward() or after step(): optimizer.zero_grad().",
        [old[-1], last, step],
    )
