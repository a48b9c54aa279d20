"""Keys as a person reads them."""

from __future__ import annotations

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
