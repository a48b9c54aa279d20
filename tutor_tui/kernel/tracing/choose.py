"""Which way of telling calls and lines this Python has."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

from tutor_tui.kernel.tracing.by_settrace import BySettrace
from tutor_tui.kernel.tracing.tracing import Trace, Tracing


def new_tracing(
    is_program: Callable[[str], bool], enter: Callable[[FrameType], Trace], lost: Callable[[str], None]
) -> Tracing:
    """The best way of this Python.

    `is_program` tells whether a file is the program's, and always says the same of the same. `enter` is given the frame
    of each call into such a file, and answers its local trace function. `lost` is told, in a sentence, what the
    program does that takes its lines out of sight.
    """
    if sys.version_info >= (3, 12):
        from tutor_tui.kernel.tracing.by_monitoring import ByMonitoring
        from tutor_tui.kernel.tracing.tools import free_tool

        if free_tool() is not None:
            return ByMonitoring(is_program, enter, lost)
    return BySettrace(is_program, enter, lost)
