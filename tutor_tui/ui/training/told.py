"""What is said below the curve: how the run is, and what can be done."""

from __future__ import annotations

from tutor_tui.client.run import Run
from tutor_tui.trace.words.bad_value import bad_text
from tutor_tui.trace.words.run_state import state_text


def told(run: Run) -> str:
    """One or two sentences."""
    trace, mode = run.trace, run.trace.mode
    if run.lost and trace.end is None:
        return f"{run.lost} w walks the record, and r there starts over."
    if run.bad is not None and run.bad.how and not run.held:
        return bad_text(run.bad)
    if trace.end is not None:
        failure = trace.failure
        how = f"{failure.type}: {failure.message}" if failure else trace.end.reason
        return f"The run is over: {how}. w walks the record."
    if mode is not None and mode.mode == "frozen":
        return (
            f"Pass {mode.passes} was recorded in full ({mode.reason}), and the program waits. "
            "w walks it, c continues."
        )
    if mode is not None and mode.mode == "paused":
        return f"The program waits after pass {mode.passes}. c continues, space records the next iteration."
    if mode is not None and mode.mode == "watching":
        return (
            "The run is watched, at next to no cost. space freezes the next iteration and records it in full."
        )
    return f"The run: {state_text(trace)}."
