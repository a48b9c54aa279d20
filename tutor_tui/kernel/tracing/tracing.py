"""What tells of a program's calls and lines, whichever way a Python has for that."""

from __future__ import annotations

from collections.abc import Callable
from types import FrameType
from typing import Any, Protocol

Trace = Callable[[FrameType, str, Any], Any]
"""A local trace function as `sys.settrace` has them: given a frame, "line", "exception" or "return", and its value."""


class Tracing(Protocol):
    """Calls local trace functions for frames of the program: a new call's, and those of frames given by hand."""

    def start(self) -> None:
        """Enter every call that this thread, and the threads that it starts, make from now on."""

    def stop(self) -> None:
        """Tell of nothing any more."""

    def only(self, frame: FrameType, trace: Trace) -> None:
        """Tell of this frame, which runs already, and of no other call."""

    def follow(self, frame: FrameType, trace: Trace | None) -> Trace | None:
        """Tell of a frame that runs already, too, or of it no more; the trace function it had before."""

    def check(self) -> bool:
        """Say so where the program has taken its lines out of sight; called now and then, where the program runs.

        True where lines had been lost and are told of again: of running calls, those that are followed anew.
        """

    def trace_of(self, frame: FrameType) -> Trace | None:
        """The local trace function that a frame has now."""
