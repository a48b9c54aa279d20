"""Every action once: its id, the keys that call it, and what help says of it."""

from __future__ import annotations

from typing import NamedTuple


class Action(NamedTuple):
    """Something a person can do. `short` stands in the footer, "" keeps it out of there."""

    id: str
    keys: tuple[str, ...]
    help: str
    short: str = ""
    group: str = "Walk"


ACTIONS: tuple[Action, ...] = (
    Action("next", ("space", "right"), "Next step", "next"),
    Action("previous", ("left",), "Previous step", "back"),
    Action("next_line", ("n",), "Next line of the program", "line"),
    Action("previous_line", ("p",), "Previous line of the program"),
    Action("forward", ("f",), "Start of the forward pass; again: of the next one", "forward"),
    Action("backward", ("b",), "Start of the backward pass; again: of the next one", "backward"),
    Action("first", ("home",), "First step"),
    Action("last", ("end",), "Last step; follows a program that still runs", "end"),
    Action("scroll_up", ("up",), "Scroll the focused pane up", group="Look"),
    Action("scroll_down", ("down",), "Scroll the focused pane down", group="Look"),
    Action("focus_next_pane", ("tab",), "Focus the next pane", group="Look"),
    Action("rerun", ("r",), "Run the program again", "rerun", group="Run"),
    Action("check", ("c",), "Compare this gradient, or the loss's, with finite differences", group="Run"),
    Action("stop_run", ("s",), "Stop the running program", group="Run"),
    Action("lessons", ("l",), "List of lessons", group="Run"),
    Action("help", ("question_mark",), "This help", "help", group="Program"),
    Action("quit", ("q",), "Quit", "quit", group="Program"),
)

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
}


def key_name(key: str) -> str:
    """A key as a person reads it."""
    return KEY_NAMES.get(key, key)


def footer_text(width: int) -> str:
    """The keys that matter most, as many as fit into `width` cells."""
    text = ""
    for action in ACTIONS:
        if not action.short:
            continue
        keys = (
            "f/b"
            if action.id == "forward"
            else "n/p"
            if action.id == "next_line"
            else key_name(action.keys[-1])
        )
        if action.id == "backward":
            continue
        label = "forward/backward" if action.id == "forward" else action.short
        piece = f" {keys} {label} "
        if len(text) + len(piece) > width:
            break
        text += piece
    return text
