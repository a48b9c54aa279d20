"""What was seen of each tensor, and of its gradient, by the moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from tutor_tui.protocol.messages import Accumulate, Preview
from tutor_tui.trace.record.history import History
from tutor_tui.trace.record.sharing import Sharing


class Tensors:
    """Tensors by their number."""

    def __init__(self, sharing: Sharing) -> None:
        self._sharing = sharing
        self._tensors: dict[int, History[Preview]] = {}
        self._gradients: defaultdict[int, History[Preview | None]] = defaultdict(History)

    def see(self, seq: int, preview: Preview) -> Preview:
        """What a tensor is like from a step on; where it is like that already, the preview that said so."""
        history = self._tensors.get(preview.id)
        if history is None:
            history = self._tensors[preview.id] = History()
        kept = history.add(seq, preview)
        if kept is preview:
            self._sharing.preview(preview)
        return kept

    def earlier(self, preview: Preview) -> Preview:
        """What a tensor was like until now: the preview that said so, where it is the last."""
        history = self._tensors.get(preview.id)
        return history.values[-1] if history is not None and history.values[-1] == preview else preview

    def maybe(self, seq: int, preview: Preview | None) -> Preview | None:
        """The same of what may be no tensor."""
        return None if preview is None else self.see(seq, preview)

    def share(self, seq: int, previews: Sequence[Preview]) -> tuple[Preview, ...]:
        """The same of several."""
        return tuple([self.see(seq, preview) for preview in previews])

    def share_some(self, seq: int, previews: Sequence[Preview | None]) -> tuple[Preview | None, ...]:
        """The same of several, some of which may be none."""
        return tuple([None if preview is None else self.see(seq, preview) for preview in previews])

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
        return self._tensors.get(number) or History()

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
