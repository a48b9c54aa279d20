"""The keys that matter most, on one line."""

from __future__ import annotations

from collections.abc import Iterator

from tutor_tui.ui.keys.actions import ACTIONS
from tutor_tui.ui.keys.names import key_name
from tutor_tui.ui.keys.training import TRAINING_ACTIONS

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


_OF_A_RUN = ("freeze", "go_on", "pause", "freeze_when", "set_rate", "stop", "detach")
"""What is asked of a run that still trains."""


def training_footer(width: int, held: bool, running: bool = True) -> str:
    """The keys that matter most beside the curve, as many as fit; help and quit always."""
    names = {"left": "←→", "zoom_in": "+-"}
    left_out = {"help", "quit", *(() if held else ("go_on",)), *(() if running else _OF_A_RUN)}
    chosen = [a for a in TRAINING_ACTIONS if a.short and a.id not in left_out]
    text, always = "", " ? help  q quit "
    for action in chosen:
        piece = f" {names.get(action.id, key_name(action.keys[0]))} {action.short} "
        if len(text) + len(piece) + len(always) > width:
            break
        text += piece
    return text + always
