"""A run of its own, unseen, in which the loss is computed for other values of one or two parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any

import torch

from tutor_tui.kernel.again.gradient_check import CHANGED, TapingOperations, unwatched
from tutor_tui.kernel.again.tape import Tape, widened
from tutor_tui.kernel.training.training_run import TrainingRun
from tutor_tui.protocol.messages import Axis, Sample, Sampled

LEAST = 9
"""Points of an axis that are computed, however long they take."""
ELSEWHERE = "the loss of this pass does not depend on {}"


def run_sampling(sample: Sample, answer: Callable[[Sampled], None]) -> Sampled:
    """Run the program; `answer` is called, and does not return, once the loss asked for was sent backward.

    What is returned says that it never was.
    """
    recorded = TrainingRun(unwatched(sample.run), lambda messages: 0, operations=TapingOperations)
    recorder = recorded.recorder
    ops = recorder.ops
    assert isinstance(ops, TapingOperations)

    def sent_backward(iteration: int, outputs: Sequence[Any]) -> None:
        if iteration == sample.iteration:
            recorder.backward.remove()
            answer(_sampled(sample, ops.tape, outputs, recorder.identities.number))
        ops.tape.clear()

    recorder.backward.on_loss = sent_backward
    recorded.run()
    return Sampled(request=sample.request, error=CHANGED)


def _sampled(
    sample: Sample, tape: Tape, outputs: Sequence[Any], number: Callable[[torch.Tensor], int]
) -> Sampled:
    found = Sampled(request=sample.request)
    try:
        (loss,) = outputs
        leaves = tape.leaves_of(loss)
        places = {number(leaf): n for n, leaf in enumerate(leaves)}
        missing = [axis.name for axis in sample.axes if axis.tensor not in places]
        if missing:
            return Sampled(request=sample.request, error=ELSEWHERE.format(" and ".join(missing)))
        with torch.no_grad():
            surface = Surface(tape, loss, leaves, [(places[axis.tensor], axis.entry) for axis in sample.axes])
            axes = _affordable(sample.axes, surface, sample.seconds)
            found.values = surface.over(axes)
            found.axes = axes
    except Exception as error:
        found.error = f"it cannot be recomputed in float64 ({type(error).__name__}: {error})"
    return found


class Surface:
    """The loss as a function of some entries of its leaves; all else stays as it was."""

    def __init__(
        self,
        tape: Tape,
        loss: torch.Tensor,
        leaves: Sequence[torch.Tensor],
        entries: Sequence[tuple[int, int]],
    ) -> None:
        self._tape, self._loss, self._leaves, self._entries = tape, loss, leaves, entries
        self._values = [widened(leaf).contiguous() for leaf in leaves]

    def at(self, point: Sequence[float]) -> float:
        """The loss with these values in the places of the entries."""
        values = [*self._values]
        for leaf in {leaf for leaf, _ in self._entries}:
            values[leaf] = values[leaf].clone()
        for (leaf, entry), number in zip(self._entries, point, strict=True):
            values[leaf].view(-1)[entry] = number
        return float(self._tape.replay(self._loss, self._leaves, values))

    def over(self, axes: Sequence[Axis]) -> list[float]:
        """The loss at every point of a grid; the last axis is the fastest."""
        points: list[tuple[float, ...]] = [()]
        for axis in axes:
            points = [(*point, number) for point in points for number in axis.numbers()]
        return [self.at(point) for point in points]


def _affordable(axes: Sequence[Axis], surface: Surface, seconds: float) -> list[Axis]:
    """The same axes with as many points as can be computed in some seconds."""
    began = monotonic()
    surface.at([axis.low for axis in axes])
    each = max(1e-9, monotonic() - began)
    count = 1
    for axis in axes:
        count *= axis.points
    share = min(1.0, seconds / each / count) ** (1 / len(axes))
    return [
        Axis(axis.tensor, axis.entry, axis.name, axis.low, axis.high, max(LEAST, int(axis.points * share)))
        for axis in axes
    ]
