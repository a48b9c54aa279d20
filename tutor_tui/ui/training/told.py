"""What is said below the curve: how the run is, and what can be done."""

from __future__ import annotations

from tutor_tui.client.run import Run
from tutor_tui.trace.words.bad_value import bad_text
from tutor_tui.trace.words.run_state import state_text


def told(run: Run) -> str:
    """One or two sentences."""
    trace, mode = run.trace, run.trace.mode
    if run.lost and trace.end is None:
        return f"{run.lost} w walks what was recorded, and r there begins anew."
    if run.bad is not None and run.bad.how and not run.held:
        return bad_text(run.bad)
    if trace.end is not None:
        failure = trace.failure
        how = f"{failure.type}: {failure.message}" if failure else trace.end.reason
        return f"The run is over: {how}. w walks what was recorded."
    if mode is not None and mode.mode == "frozen":
        return f"Pass {mode.passes} was recorded whole ({mode.reason}), and the program waits. w walks it, c goes on."
    if mode is not None and mode.mode == "paused":
        return f"The program waits behind pass {mode.passes}. c goes on, space records the next iteration."
    if mode is not None and mode.mode == "watching":
        return (
            "The run is watched, at next to no cost. space freezes the next iteration and records it whole."
        )
    return f"The run: {state_text(trace)}."
