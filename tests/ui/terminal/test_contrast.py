"""Text stands out from its ground as WCAG 2.2 asks (1.4.3: 4.5 to 1; 1.4.11: 3 to 1 for marks), in every theme.

Themes that take the terminal's own colours are the terminal's matter.
"""

from __future__ import annotations

import pytest

from tests.terminal import PROGRAM, SAMPLES, Terminal
from tutor_tui.ui.settings import THEMES

OWN = [theme for theme in THEMES if not theme.startswith("ansi")]
TEXT, MARK = 4.5, 3.0
PICTURE = "▀█"
"""The cells of a heat map, whose colours are what they say; its legend says it in numbers."""


def luminance(colour: str) -> float:
    """Relative luminance of a colour like `a0b1c2`, by WCAG 2.2."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1 for the same colour to 21 for black on white."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_formula() -> None:
    assert contrast("000000", "ffffff") == pytest.approx(21)
    assert contrast("777777", "ffffff") == pytest.approx(4.48, abs=0.01)


def faint(terminal: Terminal) -> dict[tuple[str, str], str]:
    """Colours and grounds that are too near to each other, each with a text that has them."""
    found: dict[tuple[str, str], str] = {}
    lines = terminal.text.splitlines()
    for line, _, cell in terminal.cells():
        if "default" in (cell.fg, cell.bg) or cell.data in PICTURE:
            continue
        fg, bg = (cell.bg, cell.fg) if cell.reverse else (cell.fg, cell.bg)
        if contrast(fg, bg) < (TEXT if cell.data.isalnum() else MARK):
            found.setdefault(
                (fg, bg), f"{contrast(fg, bg):.1f}: {cell.data!r} in {lines[line].strip()[:100]!r}"
            )
    return found


@pytest.mark.parametrize("theme", OWN)
def test_every_text_can_be_read(theme: str) -> None:
    with Terminal(
        *PROGRAM, "run", str(SAMPLES / "polynomial.py"), env={"COLORTERM": "truecolor"}, columns=110, rows=36
    ) as terminal:
        terminal.wait("recorded|exit 0", 60)
        for _ in range(OWN.index(theme)):
            terminal.press("t")
        seen: dict[tuple[str, str], str] = {}
        for key in (
            "home",
            "f",
            "b",
            "right",
            "right",
            "j",
            "i",
            "v",
            "esc",
            "?",
            "esc",
            "end",
            "l",
            "esc",
            "e",
            "esc",
        ):
            terminal.press(key)
            seen |= faint(terminal)
        assert not seen, "\n".join(f"{fg} on {bg}, {said}" for (fg, bg), said in seen.items())
