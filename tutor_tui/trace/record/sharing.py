"""What many steps say alike is kept once: a record may have a million of them, and each came with its own."""

from __future__ import annotations

from tutor_tui.protocol.messages import Backward, Bind, Line, Node, Op, Preview, Span


class Sharing:
    """Puts what is there already in the place of what is equal to it."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._spans: dict[Span, Span] = {}
        self._shapes: dict[tuple[int, ...], tuple[int, ...]] = {}
        self._nothing_saved: dict[str, str] = {}

    def preview(self, preview: Preview) -> None:
        """Of a preview that is kept."""
        preview.dtype, preview.device = self._text(preview.dtype), self._text(preview.device)
        preview.shape = self._shapes.setdefault(preview.shape, preview.shape)

    def line(self, step: Line) -> None:
        """Of a line."""
        step.file, step.function = self._text(step.file), self._text(step.function)

    def op(self, step: Op) -> None:
        """Of an operation, its tensors left out."""
        step.name, step.api, step.module = (
            self._text(step.name),
            self._text(step.api),
            self._text(step.module),
        )
        if step.span is not None:
            step.span = self._spans.setdefault(step.span, step.span)

    def node(self, step: Node) -> None:
        """Of a node."""
        step.name = self._text(step.name)
        step.saved = step.saved or self._nothing_saved

    def bind(self, step: Bind) -> None:
        """Of a name, its tensor left out."""
        step.name = self._text(step.name)

    def backward(self, step: Backward) -> None:
        """Of a node's run, its gradients left out."""
        if step.rule is not None:
            step.rule.text = self._text(step.rule.text)

    def _text(self, text: str) -> str:
        return self._texts.setdefault(text, text)
