"""The program's files, as they were when they ran."""

from __future__ import annotations

from collections.abc import Sequence

from tutor_tui.protocol.messages import Frame, Span


class Sources(dict[str, str]):
    """Texts by the path of their file."""

    def __init__(self) -> None:
        super().__init__()
        self.libraries: dict[str, str] = {}
        """Texts of the libraries that ran steps for the program."""

    def of(self, file: str) -> str:
        """The text of a file of the program's or of a library's; "" where it is not known."""
        return self.get(file) or self.libraries.get(file, "")

    def line(self, file: str, line: int) -> str:
        """A line, without the blanks around it; "" where it is not known."""
        lines = self.get(file, "").split("\n")
        return lines[line - 1].strip() if 0 < line <= len(lines) else ""

    def innermost(self, frames: Sequence[Frame]) -> Frame | None:
        """The innermost of some frames that is the program's own; where none is, the innermost of all."""
        own = [frame for frame in frames if frame.file in self] or frames
        return own[-1] if own else None

    def text(self, span: Span | None) -> str:
        """What a span cuts out, on one line."""
        if span is None:
            return ""
        lines = self.of(span.file).split("\n")[span.line - 1 : span.end_line]
        if not lines:
            return ""
        lines[-1] = lines[-1][: span.end_column]
        lines[0] = lines[0][span.column :]
        return " ".join(" ".join(lines).split())
