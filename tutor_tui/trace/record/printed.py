"""What the program has printed."""

from __future__ import annotations

import re
from bisect import bisect_right

from tutor_tui.protocol.messages import Output

UNSEEN = 2000
"""Lines of output that are kept of each stretch that is watched and not recorded."""
_SAME_PLACE = re.compile(r"(?:\n\r[^\n\x1b]*\x1b\[A)+(?=\n\r[^\n\x1b]*\x1b\[A)")
"""What an inner progress bar has written in the line below, and writes there again."""
OUTPUT_LIMIT = 8 * 1024 * 1024
"""Characters of program output that a trace keeps."""


class Printed:
    """The output steps of a trace, in order."""

    def __init__(self) -> None:
        self.dropped = 0
        """Characters that are not kept."""
        self._steps: list[Output] = []
        self._seqs: list[int] = []
        self._size = 0

    def add(self, step: Output) -> None:
        """Another piece; past the limit its text is dropped."""
        self._size += len(step.text)
        if self._size > OUTPUT_LIMIT:
            self.dropped += len(step.text)
            step.text, step.raw = "", None
        else:
            self._steps.append(step)
            self._seqs.append(step.seq)

    def upto(self, moment: int) -> list[Output]:
        """What had been printed."""
        return self._steps[: bisect_right(self._seqs, moment)]


def prolong(last: Output, more: Output) -> None:
    """Print more in the same step, however much and however long it is: of what nobody records."""
    text = _SAME_PLACE.sub("", last.text + more.text)
    lines = text.split("\n")[-UNSEEN:]
    last.text = "\n".join(map(_written_over, lines))[-UNSEEN * 80 :]


def _written_over(line: str) -> str:
    """The same line without what nobody sees any more; it still begins over what stands before it."""
    return f"\r{latest(line)}" if line.startswith("\r") else latest(line)


def latest(line: str) -> str:
    """What is seen of a line over which a program has written again and again, as a progress bar does."""
    return line if "\r" not in line else next((p for p in reversed(line.split("\r")) if p), "")
