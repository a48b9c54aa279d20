"""What a run is doing, in a word or two."""

from __future__ import annotations

from tutor_tui.trace.record.trace import Trace


def state_text(trace: Trace, lost: str = "") -> str:
    """`watching`, `frozen behind pass 12`, `over: exit 0`; `lost` says how its link was lost."""
    if trace.end is not None:
        return f"over: exit {trace.end.status}"
    if lost:
        return "unreachable"
    mode = trace.mode
    if mode is None:
        return "starting"
    words = {
        "recording": f"recording pass {mode.passes}" if mode.passes else "recording",
        "watching": "watching",
        "frozen": f"frozen after pass {mode.passes}",
        "paused": f"paused after pass {mode.passes}",
    }
    return words.get(mode.mode, mode.mode)
