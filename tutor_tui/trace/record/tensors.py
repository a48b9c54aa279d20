"""What was seen of each tensor, and of its gradient, by the moment."""

from __future__ import annotations

from collections import defaultdict

from tutor_tui.protocol.messages import Accumulate, Preview
from tutor_tui.trace.record.history import History


class Tensors:
    """Tensors by their number."""

    def __init__(self) -> None:
        self._tensors: defaultdict[int, History[Preview]] = defaultdict(History)
        self._gradients: defaultdict[int, History[Preview | None]] = defaultdict(History)

    def see(self, seq: int, *previews: Preview | None) -> None:
        """What tensors are like from a step on."""
        for preview in previews:
            if preview is not None:
                self._tensors[preview.id].add(seq, preview)

    def receive(self, step: Accumulate) -> None:
        """A tensor's `.grad` has changed."""
        if step.before is not None and not self._gradients[step.tensor].seqs:
            self._gradients[step.tensor].add(0, step.before)
        self._gradients[step.tensor].add(step.seq, step.after)

    def at(self, number: int, moment: int) -> Preview | None:
        """What was last seen of a tensor."""
        history = self._tensors.get(number)
        return history.at(moment) if history else None

    def history(self, number: int) -> History[Preview]:
        """All that was seen of a tensor."""
        return self._tensors[number]

    def gradient(self, number: int, moment: int) -> Preview | None:
        """A tensor's `.grad`."""
        history = self._gradients.get(number)
        return history.at(moment) if history else None

    def had_gradient(self, number: int, moment: int) -> bool:
        """Whether a tensor has had a `.grad` up to a moment that is gone again."""
        history = self._gradients.get(number)
        if history is None or history.at(moment) is not None:
            return False
        pairs = zip(history.seqs, history.values, strict=True)
        return any(value is not None for seq, value in pairs if seq <= moment)

    def gradient_changed(self, number: int, first: int, last: int) -> bool:
        """Whether a tensor's `.grad` changed from step `first` to step `last`."""
        history = self._gradients.get(number)
        return history is not None and history.changed_in(first, last)
