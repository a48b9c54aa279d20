"""The looks one can choose from.

Of every theme but those in the terminal's own colours, texts stand out from their ground by at least 4.5 to 1, and
marks by 3 to 1 (WCAG 2.2). `quiet` is the colour of what is said by the way, `frame` that of lines between panes.
"""

from __future__ import annotations

import os

from textual.theme import Theme

OWN_COLOURS = {"quiet": "ansi_default", "frame": "ansi_bright_black"}
"""What these two are in a terminal's own colours."""

DARK = Theme(
    name="dark",
    primary="#5ab4ff",
    secondary="#cba6ff",
    warning="#ffb454",
    error="#ff8585",
    success="#6fd78f",
    accent="#ffb454",
    foreground="#e4e4e4",
    background="#121212",
    surface="#1c1c1c",
    panel="#262626",
    dark=True,
    variables={"quiet": "#a0a0a0", "frame": "#757575"},
)
LIGHT = Theme(
    name="light",
    primary="#00539f",
    secondary="#6a2aa8",
    warning="#8a4700",
    error="#ad0016",
    success="#0a6428",
    accent="#8a4700",
    foreground="#1c1c1c",
    background="#f7f7f7",
    surface="#eeeeee",
    panel="#e4e4e4",
    dark=False,
    variables={"quiet": "#595959", "frame": "#808080"},
)
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
    variables={"quiet": "#c0c0c0", "frame": "#a0a0a0"},
)
OWN = (DARK, LIGHT, HIGH_CONTRAST)


def suitable_theme() -> str:
    """For a terminal of 16 colours its own; else the dark theme."""
    colours = os.environ.get("TERM", "")
    rich = os.environ.get("COLORTERM", "") in ("truecolor", "24bit") or "256" in colours or "kitty" in colours
    return "dark" if rich else "ansi-dark"
