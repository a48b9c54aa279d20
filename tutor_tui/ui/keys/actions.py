"""Every action once: its id, the keys that call it, and what help says of it."""

from __future__ import annotations

from typing import NamedTuple

from tutor_tui.trace.look.moves import MOVES


class Action(NamedTuple):
    """Something a person can do. `short` stands in the footer, "" keeps it out of there.

    `owner` has the method: the application, the screen, or by its name a part of the walk's screen.
    """

    id: str
    keys: tuple[str, ...]
    help: str
    short: str = ""
    group: str = "Walk"
    owner: str = "screen"


ACTIONS: tuple[Action, ...] = (
    Action("next", ("space", "right"), "Next step", "next"),
    Action("previous", ("left",), "Previous step", "back"),
    Action("next_line", ("n",), "Next line of the program", "line"),
    Action("previous_line", ("p",), "Previous line of the program"),
    Action("forward", ("f",), "Start of the forward pass; again: the next iteration's", "forward"),
    Action("backward", ("b",), "Start of the backward pass; again: the next iteration's", "backward"),
    Action("first", ("home",), "First step"),
    Action("last", ("end",), "Last step; follows a program that still runs", "end"),
    Action("print", ("P",), "Next step that prints"),
    Action("next_note", ("full_stop",), "Next note or question of the lesson", owner="lesson"),
    Action("failure", ("E",), "Where the program failed, and what the operation was given"),
    Action(
        "findings", ("a",), "What is wrong: the findings, and the steps that prove them", owner="findings"
    ),
    Action("jump", ("g",), "Go to a step, a line or a pass", "go to"),
    Action("next_break", ("right_square_bracket",), "Next breakpoint", owner="code"),
    Action("previous_break", ("left_square_bracket",), "Breakpoint before", owner="code"),
    Action("mark_down", ("j",), "Mark the next row of the focused pane", group="Look"),
    Action("mark_up", ("k",), "Mark the previous row", group="Look"),
    Action("enter", ("enter",), "Go where the marked row leads", group="Look"),
    Action("scroll_up", ("up",), "Scroll the focused pane up", group="Look"),
    Action("scroll_down", ("down",), "Scroll the focused pane down", group="Look"),
    Action("slide_right", ("shift+right",), "Scroll the focused pane sideways", group="Look"),
    Action("slide_left", ("shift+left",), "Scroll it back", group="Look"),
    Action(
        "focus_next",
        ("tab",),
        "Focus the next pane; the zoom follows it",
        "pane",
        group="Look",
        owner="panes",
    ),
    Action("focus_previous", ("shift+tab",), "Focus the previous pane", group="Look", owner="panes"),
    Action(
        "zoom",
        ("z",),
        "Zoom: give the focused pane the whole screen, and back",
        "zoom",
        group="Look",
        owner="panes",
    ),
    Action(
        "swap",
        ("u",),
        "Output: show everything printed, and back",
        group="Look",
        owner="panes",
    ),
    Action("wider", ("greater_than_sign",), "Wider left half", group="Look", owner="panes"),
    Action("narrower", ("less_than_sign",), "Narrower left half", group="Look", owner="panes"),
    Action("taller", ("plus",), "Taller upper half", group="Look", owner="panes"),
    Action("shorter", ("minus",), "Shorter upper half", group="Look", owner="panes"),
    Action("inspect", ("i",), "Look into a tensor: slices, statistics, heat map", "inspect", group="Look"),
    Action(
        "picture",
        ("G",),
        "Draw the graph as a picture, or as a tree",
        "picture/tree",
        group="Graph",
        owner="graph",
    ),
    Action("describe", ("H",), "Explain the function that runs at this step", group="Look", owner="run"),
    Action("search", ("slash",), "Search the graph", group="Graph", owner="graph"),
    Action("search_next", ("N",), "Next match of the search", group="Graph", owner="graph"),
    Action("fold", ("x",), "Fold or open everything under the marked node", group="Graph", owner="graph"),
    Action("fold_modules", ("m",), "Fold the graph by module, or open it", group="Graph", owner="graph"),
    Action("turn", ("o",), "Flip the graph: result on top, or inputs on top", group="Graph", owner="graph"),
    Action("breakpoint", ("B",), "Set or clear a breakpoint on the marked line", group="Code", owner="code"),
    Action(
        "library",
        ("O",),
        "The library's line that ran this step, and back",
        group="Code",
        owner="code",
    ),
    Action("log_loss", ("L",), "Loss pane: logarithmic axis", group="Loss", owner="loss"),
    Action("smooth_loss", ("S",), "Loss pane: smoothed line, extremes kept", group="Loss", owner="loss"),
    Action(
        "landscape",
        ("M",),
        "Landscape: the loss over the numbers it depends on, and back",
        group="Loss",
        owner="landscapes",
    ),
    Action("tables", ("T",), "The lesson's tables", group="Lesson", owner="lesson"),
    Action(
        "knob_up",
        ("right_parenthesis",),
        "Turn the lesson's knob up: the program runs again",
        group="Lesson",
        owner="lesson",
    ),
    Action("knob_down", ("left_parenthesis",), "Turn it down", group="Lesson", owner="lesson"),
    Action("set_knob", ("equals_sign",), "Type a value for the knob", group="Lesson", owner="lesson"),
    Action("other_knob", ("K",), "Switch to another of the lesson's knobs", group="Lesson", owner="lesson"),
    Action("exercise", ("X",), "The lesson's exercise, with hints", group="Lesson", owner="lesson"),
    Action("next_lesson", ("C",), "The next lesson", group="Lesson", owner="run"),
    Action(
        "recap",
        ("W",),
        "Recap: write the lesson with this run's values to a file",
        group="Lesson",
        owner="lesson",
    ),
    Action("edit", ("e",), "Edit the program and run it; no file is changed", group="Run", owner="lesson"),
    Action("original", ("R",), "Back to the original program", group="Run", owner="run"),
    Action(
        "difference",
        ("D",),
        "Compare with the previous run: results, gradients, curve",
        group="Run",
        owner="lesson",
    ),
    Action("rerun", ("r",), "Run the program again", "rerun", group="Run", owner="app"),
    Action(
        "check",
        ("c",),
        "Compare this gradient, or the loss's, with finite differences",
        group="Run",
        owner="run",
    ),
    Action("stop_run", ("s",), "Stop the running program", group="Run", owner="app"),
    Action("lessons", ("l",), "List of lessons", group="Run", owner="app"),
    Action("live", ("v",), "The curve of a watched run", group="Run", owner="run"),
    Action("freeze", ("F",), "Record the next whole iteration of a watched run", group="Run", owner="run"),
    Action("watch", ("w",), "Stop recording; watch the run from here on", group="Run", owner="run"),
    Action(
        "find_bad",
        ("exclamation_mark",),
        "Find where the first non-finite value came from",
        group="Run",
        owner="app",
    ),
    Action("detach", ("d",), "Detach from the run; tutor-tui attach returns to it", group="Run", owner="app"),
    Action("help", ("question_mark",), "This help", "help", group="Program", owner="app"),
    Action("command_palette", ("ctrl+p", "colon"), "Search all actions", group="Program", owner="app"),
    Action("next_theme", ("t",), "Another theme", group="Program", owner="app"),
    Action("ascii", ("A",), "ASCII characters only, and back", group="Program", owner="app"),
    Action("copy", ("y",), "Copy the story, and the marked row", group="Program"),
    Action("redraw", ("ctrl+l",), "Draw everything again", group="Program", owner="app"),
    Action("suspend_process", ("ctrl+z",), "To the shell; fg returns", group="Program", owner="app"),
    Action("quit", ("q", "ctrl+q"), "Quit", "quit", group="Program", owner="app"),
)


def call_of(action: Action) -> str:
    """The action as Textual calls it."""
    if action.id in MOVES:
        return f"screen.move('{action.id}')"
    if action.owner in ("app", "screen"):
        return f"{action.owner}.{action.id}"
    return f"screen.let('{action.owner}', '{action.id}')"
