"""The looks one can choose from."""

from __future__ import annotations

import os

from textual.theme import Theme

HIGH_CONTRAST = Theme(
    name="high-contrast",
    primary="#00d7ff",
    secondary="#ffff00",
    warning="#ffaf00",
    error="#ff5f5f",
    success="#5fff5f",
    accent="#ff87ff",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#303030",
    dark=True,
)


def suitable_theme() -> str:
    """For a terminal of 16 colours its own; else the dark theme."""
    colours = os.environ.get("TERM", "")
    rich = os.environ.get("COLORTERM", "") in ("truecolor", "24bit") or "256" in colours or "kitty" in colours
    return "textual-dark" if rich else "ansi-dark"
