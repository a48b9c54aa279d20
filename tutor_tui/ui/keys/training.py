"""Every action beside the curve once: its id, the keys that call it, and what help says of it."""

from __future__ import annotations

from tutor_tui.ui.keys.actions import Action

TRAINING_ACTIONS: tuple[Action, ...] = (
    Action("freeze", ("space", "F"), "Freeze: record the next whole iteration, and open it", "freeze"),
    Action("go_on", ("c",), "Resume a held run", "go on"),
    Action("pause", ("p",), "Hold the run at the end of this iteration, or resume it", "pause"),
    Action("walk", ("w", "escape", "v"), "Walk the record", "walk"),
    Action("open", ("enter",), "Walk the iteration at the cursor, if it was recorded"),
    Action("quantity", ("tab",), "Losses, gradient norms, weight norms, learning rates, memory", "curve"),
    Action("left", ("left",), "Move the cursor left", "values"),
    Action("right", ("right",), "Move it right"),
    Action("no_cursor", ("end", "0"), "The whole curve, no cursor"),
    Action("zoom_in", ("plus", "equals_sign"), "Zoom in around the cursor", "zoom"),
    Action("zoom_out", ("minus",), "Zoom out"),
    Action("pan_left", ("less_than_sign", "shift+left"), "Earlier passes"),
    Action("pan_right", ("greater_than_sign", "shift+right"), "Later passes"),
    Action("log_y", ("L",), "Logarithmic heights"),
    Action("log_x", ("X",), "Logarithmic passes"),
    Action("smooth", ("S",), "A smoothed line over the raw one"),
    Action("rates", ("O",), "Learning rates over the curve, on their own axis"),
    Action("freeze_when", ("f",), "Freeze automatically: on nan, a jump or a norm", "when"),
    Action("set_rate", ("r",), "Set a learning rate from the next step on", "lr"),
    Action("find_bad", ("exclamation_mark",), "Find where the first non-finite value came from", owner="app"),
    Action("export", ("E",), "Write the curves to a CSV file, or a TensorBoard event file"),
    Action("stop", ("s",), "Stop the run between two iterations; again: at once", "stop"),
    Action(
        "detach",
        ("d",),
        "Detach: the run continues; tutor-tui attach returns to it",
        "detach",
        owner="app",
    ),
    Action("help", ("question_mark",), "This help", "help", owner="app"),
    Action("quit", ("q", "ctrl+q"), "End the run and quit", "quit", owner="app"),
)
"""What can be done while a run is watched."""
