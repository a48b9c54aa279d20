"""What the walk tells the application: what only that can do."""

from __future__ import annotations

from textual.message import Message


class ShowCurve(Message):
    """The person asks for the curve of the watched run."""


class NextLesson(Message):
    """The person asks for the lesson after this one."""


class Original(Message):
    """The person asks for the program as it came."""


class Copy(Message):
    """The person asks for a text in the clipboard."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
