"""Every action beside the curve once: its id, the keys that call it, and what help says of it."""

from __future__ import annotations

from tutor_tui.ui.keys.actions import Action

TRAINING_ACTIONS: tuple[Action, ...] = (
    Action("freeze", ("space", "F"), "Freeze: record the next whole iteration, and open it", "freeze"),
    Action("go_on", ("c",), "Let a held run go on", "go on"),
    Action("pause", ("p",), "Hold the run at the end of this iteration, and let it go on", "pause"),
    Action("walk", ("w", "escape", "v"), "Walk what was recorded", "walk"),
    Action("open", ("enter",), "Walk the iteration at the cursor, if it was recorded"),
    Action("quantity", ("tab",), "Losses, gradient norms, weight norms, learning rates, memory", "curve"),
    Action("left", ("left",), "Cursor to the left on the curve", "values"),
    Action("right", ("right",), "Cursor to the right"),
    Action("no_cursor", ("end", "0"), "All of the curve, and no cursor"),
    Action("zoom_in", ("plus", "equals_sign"), "Look closer, around the cursor", "zoom"),
    Action("zoom_out", ("minus",), "Look from further away"),
    Action("pan_left", ("less_than_sign", "shift+left"), "Earlier passes"),
    Action("pan_right", ("greater_than_sign", "shift+right"), "Later passes"),
    Action("log_y", ("L",), "Logarithmic heights"),
    Action("log_x", ("X",), "Logarithmic passes"),
    Action("smooth", ("S",), "A smoothed line over the raw one"),
    Action("rates", ("O",), "Learning rates over the curve, on an axis of their own"),
    Action("freeze_when", ("f",), "Freeze by itself: at nan, at a jump, at a norm", "when"),
    Action("set_rate", ("r",), "Another learning rate, from the next step on", "lr"),
    Action(
        "find_bad", ("exclamation_mark",), "Where the first value came from that was not finite", owner="app"
    ),
    Action("export", ("E",), "Write the curves to a CSV file, or a TensorBoard event file"),
    Action("stop", ("s",), "Stop the run between two iterations; again: at once", "stop"),
    Action(
        "detach",
        ("d",),
        "Leave: the run goes on, and tutor-tui attach comes back to it",
        "detach",
        owner="app",
    ),
    Action("help", ("question_mark",), "This help", "help", owner="app"),
    Action("quit", ("q", "ctrl+q"), "End the run and quit", "quit", owner="app"),
)
"""What can be done while a run is watched."""
