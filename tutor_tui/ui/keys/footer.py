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
Slider = tuple[str, list[str], int]
"""A knob's name, its values, and the number of the one it has."""


def footer_text(width: int, lesson: bool = False, knob: Slider | None = None) -> str:
    """The keys that matter most, as many as fit into `width` cells; the knob, help and quit always."""
    *pieces, last = [f" {keys} {label} " for keys, label in _footer()]
    if lesson:
        taken = [f" {keys} {label} " for keys, label in LESSON_KEYS]
        if knob is not None:
            taken.insert(0, f" {slider_text(knob, width - len(' ? help  q quit  → next '))} ")
        pieces = taken + [piece for piece in pieces if piece not in taken and "forward" not in piece]
    always = f" ? help {last}"
    text = ""
    for piece in pieces:
        if len(text) + len(piece) + len(always) > width:
            break
        text += piece
    return text + always


def slider_text(knob: Slider, width: int) -> str:
    """`( lr 0.01 [0.1] 0.3 )`: the keys that turn it, and as many of its values around its own as fit."""
    name, values, at = knob
    first, last = at, at + 1
    while True:
        wider = [(max(0, first - 1), last), (first, min(len(values), last + 1))]
        fitting = [
            (low, high)
            for low, high in sorted(wider, key=lambda ends: ends[1] - at > at - ends[0])
            if (low, high) != (first, last) and len(_slider(name, values, at, low, high)) <= width
        ]
        if not fitting:
            return _slider(name, values, at, first, last)
        first, last = fitting[0]


def _slider(name: str, values: list[str], at: int, first: int, last: int) -> str:
    shown = [f"[{value}]" if n == at else value for n, value in enumerate(values)][first:last]
    ends = "… " * (first > 0), " …" * (last < len(values))
    return f"( {name} {ends[0]}{' '.join(shown)}{ends[1]} )"


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
