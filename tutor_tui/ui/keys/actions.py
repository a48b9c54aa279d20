"""Every action once: its id, the keys that call it, and what help says of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple


class Action(NamedTuple):
    """Something a person can do. `short` stands in the footer, "" keeps it out of there."""

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
    Action("forward", ("f",), "Start of the forward pass; again: of the next one", "forward"),
    Action("backward", ("b",), "Start of the backward pass; again: of the next one", "backward"),
    Action("first", ("home",), "First step"),
    Action("last", ("end",), "Last step; follows a program that still runs", "end"),
    Action("jump", ("g",), "Go to a step, a line or a pass", "go to"),
    Action("next_break", ("right_square_bracket",), "Next breakpoint"),
    Action("previous_break", ("left_square_bracket",), "Breakpoint before"),
    Action("mark_down", ("j",), "Mark the next row of the focused pane", group="Look"),
    Action("mark_up", ("k",), "Mark the row before", group="Look"),
    Action("enter", ("enter",), "Go where the marked row leads", group="Look"),
    Action("scroll_up", ("up",), "Scroll the focused pane up", group="Look"),
    Action("scroll_down", ("down",), "Scroll the focused pane down", group="Look"),
    Action("focus_next", ("tab",), "Focus the next pane; zoomed, it takes the room", "pane", group="Look"),
    Action("focus_previous", ("shift+tab",), "Focus the pane before", group="Look"),
    Action("zoom", ("z",), "Give the focused pane all the room, and take it back", "zoom", group="Look"),
    Action("swap", ("u",), "What was printed in the place of the loss curve, and back", group="Look"),
    Action("wider", ("greater_than_sign",), "Wider left half", group="Look"),
    Action("narrower", ("less_than_sign",), "Narrower left half", group="Look"),
    Action("taller", ("plus",), "Taller upper half", group="Look"),
    Action("shorter", ("minus",), "Shorter upper half", group="Look"),
    Action("inspect", ("i",), "Look into a tensor: slices, statistics, heat map", "inspect", group="Look"),
    Action("search", ("slash",), "Search the graph", group="Graph"),
    Action("search_next", ("N",), "Next match of the search", group="Graph"),
    Action("fold", ("x",), "Fold what hangs under the marked node, or open it", group="Graph"),
    Action("fold_modules", ("m",), "Fold the graph by module, and open it", group="Graph"),
    Action("turn", ("o",), "Turn the graph: result on top, or inputs on top", group="Graph"),
    Action("breakpoint", ("B",), "Set or take a breakpoint at the marked line", group="Code"),
    Action("log_loss", ("L",), "Loss pane: logarithmic axis", group="Loss"),
    Action("smooth_loss", ("S",), "Loss pane: smoothed line, extremes kept", group="Loss"),
    Action("tables", ("T",), "The lesson's tables", group="Lesson"),
    Action(
        "knob_up", ("right_parenthesis",), "Turn the lesson's knob up: the program runs again", group="Lesson"
    ),
    Action("knob_down", ("left_parenthesis",), "Turn it down", group="Lesson"),
    Action("other_knob", ("K",), "Turn another of the lesson's knobs from now on", group="Lesson"),
    Action("exercise", ("X",), "The lesson's exercise", group="Lesson"),
    Action("next_lesson", ("C",), "The next lesson", group="Lesson"),
    Action("recap", ("W",), "Write the lesson with this run's values to a file", group="Lesson"),
    Action("edit", ("e",), "Change the program and run it; no file is changed", group="Run"),
    Action("original", ("R",), "The program again as it came", group="Run"),
    Action("difference", ("D",), "Where this run parts from the one before", group="Run"),
    Action("rerun", ("r",), "Run the program again", "rerun", group="Run", owner="app"),
    Action(
        "check",
        ("c",),
        "Compare this gradient, or the loss's, with finite differences",
        group="Run",
        owner="app",
    ),
    Action("stop_run", ("s",), "Stop the running program", group="Run", owner="app"),
    Action("lessons", ("l",), "List of lessons", group="Run", owner="app"),
    Action("live", ("v",), "The curve of a run that is watched", group="Run"),
    Action("freeze", ("F",), "Record the next whole iteration of a watched run", group="Run"),
    Action(
        "find_bad",
        ("exclamation_mark",),
        "Where the first value came from that was not finite",
        group="Run",
        owner="app",
    ),
    Action(
        "detach", ("d",), "Leave a run that goes on; tutor-tui attach comes back", group="Run", owner="app"
    ),
    Action("help", ("question_mark",), "This help", "help", group="Program", owner="app"),
    Action(
        "command_palette", ("ctrl+p", "colon"), "Find an action by its words", group="Program", owner="app"
    ),
    Action("next_theme", ("t",), "Another theme", group="Program", owner="app"),
    Action("ascii", ("A",), "ASCII characters only, and back", group="Program", owner="app"),
    Action("copy", ("y",), "Copy the story, and the marked row", group="Program"),
    Action("redraw", ("ctrl+l",), "Draw everything again", group="Program", owner="app"),
    Action("suspend_process", ("ctrl+z",), "To the shell; fg comes back", group="Program", owner="app"),
    Action("quit", ("q", "ctrl+q"), "Quit", "quit", group="Program", owner="app"),
)

LIVE_ACTIONS: tuple[Action, ...] = (
    Action("freeze", ("space",), "Freeze: record the next whole iteration, and open it", "freeze"),
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
    Action("find_bad", ("exclamation_mark",), "Where the first value came from that was not finite"),
    Action("export", ("E",), "Write the curves to a CSV file, or a TensorBoard event file"),
    Action("stop", ("s",), "Stop the run between two iterations; again: at once", "stop"),
    Action("detach", ("d",), "Leave: the run goes on, and tutor-tui attach comes back to it", "detach"),
    Action("help", ("question_mark",), "This help", "help", owner="app"),
    Action("quit", ("q", "ctrl+q"), "End the run and quit", "quit", owner="app"),
)
"""What can be done while a run is watched."""


_OF_A_RUN = ("freeze", "go_on", "pause", "freeze_when", "set_rate", "stop", "detach")
"""What is asked of a run that still trains."""


def live_footer(width: int, held: bool, running: bool = True) -> str:
    """The keys that matter most beside the curve, as many as fit; help and quit always."""
    names = {"left": "←→", "zoom_in": "+-"}
    left_out = {"help", "quit", *(() if held else ("go_on",)), *(() if running else _OF_A_RUN)}
    chosen = [a for a in LIVE_ACTIONS if a.short and a.id not in left_out]
    text, always = "", " ? help  q quit "
    for action in chosen:
        piece = f" {names.get(action.id, key_name(action.keys[0]))} {action.short} "
        if len(text) + len(piece) + len(always) > width:
            break
        text += piece
    return text + always


MOVES = ("next", "previous", "next_line", "previous_line", "forward", "backward", "first", "last")


_CALLS = {"focus_next": "screen.other_pane(1)", "focus_previous": "screen.other_pane(-1)"}


def call_of(action: Action) -> str:
    """The action as Textual calls it."""
    if action.id in _CALLS:
        return _CALLS[action.id]
    return f"screen.move('{action.id}')" if action.id in MOVES else f"{action.owner}.{action.id}"


KEY_NAMES = {
    "space": "Space",
    "right": "→",
    "left": "←",
    "up": "↑",
    "down": "↓",
    "home": "Home",
    "end": "End",
    "tab": "Tab",
    "question_mark": "?",
    "enter": "Enter",
    "shift+tab": "⇧Tab",
    "slash": "/",
    "exclamation_mark": "!",
    "equals_sign": "=",
    "escape": "Esc",
    "shift+left": "⇧←",
    "shift+right": "⇧→",
    "colon": ":",
    "plus": "+",
    "minus": "-",
    "right_parenthesis": ")",
    "left_parenthesis": "(",
    "greater_than_sign": ">",
    "less_than_sign": "<",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "ctrl+p": "Ctrl-P",
    "ctrl+l": "Ctrl-L",
    "ctrl+z": "Ctrl-Z",
    "ctrl+q": "Ctrl-Q",
}


def key_name(key: str) -> str:
    """A key as a person reads it."""
    return KEY_NAMES.get(key, key)


LESSON_KEYS = (
    ("→", "next"),
    ("n/p", "line"),
    ("↑↓", "notes"),
    ("X", "exercise"),
    ("T", "tables"),
    ("e", "edit"),
    ("b", "backward"),
)
KNOB_KEYS = ("()", "turn")


def footer_text(width: int, lesson: bool = False, knob: bool = False) -> str:
    """The keys that matter most, as many as fit into `width` cells; help and quit always."""
    *pieces, last = [f" {keys} {label} " for keys, label in _footer()]
    if lesson:
        own = [KNOB_KEYS, *LESSON_KEYS] if knob else LESSON_KEYS
        taken = [f" {keys} {label} " for keys, label in own]
        pieces = taken + [piece for piece in pieces if piece not in taken and "forward" not in piece]
    always = f" ? help {last}"
    text = ""
    for piece in pieces:
        if len(text) + len(piece) + len(always) > width:
            break
        text += piece
    return text + always


def _footer() -> Iterator[tuple[str, str]]:
    """Keys and labels in order, pairs of opposite moves as one."""
    for action in ACTIONS:
        if action.id == "forward":
            yield "f/b", "forward/backward"
        elif action.id == "next_line":
            yield "n/p", "line"
        elif action.short and action.id not in ("backward", "help"):
            yield key_name(action.keys[-1] if action.id != "quit" else "q"), action.short
