"""Text for terminals that can show ASCII alone."""

from __future__ import annotations

import unicodedata

_WORDS = {
    "…": "...", "×": "x", "·": "*", "→": "->", "←": "<-", "↑": "^", "↓": "v", "▶": ">", "◀": "<", "●": "o",
    "∂": "d", "Σ": "sum ", "Π": "prod ", "√": "sqrt ", "σ": "sigma", "Φ": "Phi", "φ": "phi", "α": "alpha",
    "β": "beta", "π": "pi", "ε": "eps", "ᵀ": ".T", "‖": "||", "≡": "==", "⋆": "*", "✗": "x", "—": "-", "–": "-",
    "≈": "~", "“": '"', "”": '"', "‘": "'", "’": "'", "ĝ": "g^", "x̂": "x^", "⏎": "Enter",
    "└": "`", "├": "|", "─": "-", "│": "|", "━": "=", "┌": "+", "┐": "+", "┘": "+", "┤": "|", "┬": "+", "┴": "+",
    "┼": "+", "▸": ">", "▾": "v", "◆": "*", "█": "#", "▀": "^", "▄": "_", "▌": "|", "▐": "|",
    "┗": "#", "┣": "#", "┏": "#", "┓": "#", "┛": "#", "┫": "#", "┳": "#", "┻": "#", "╋": "#", "┃": "#",
    "░": ".", "▒": ":", "▓": "#",
}  # fmt: skip
_POWERS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻ⁿˣ⁺⁽⁾", "0123456789-nx+()", strict=True))


def ascii_text(text: str) -> str:
    """The text in characters up to `~`: powers as `^2`, what has no other form as `?`."""
    if text.isascii():
        return text
    out: list[str] = []
    raised = False
    for character in text:
        power = _POWERS.get(character)
        if power is not None:
            out.append(power if raised else f"^{power}")
        else:
            out.append(character if character.isascii() else _other(character))
        raised = power is not None
    return "".join(out)


def ascii_cell(character: str, width: int) -> str:
    """One character in as many cells as it took, for what was laid out already."""
    word = _WORDS.get(character) or _POWERS.get(character) or ""
    if "\u2800" <= character <= "\u28ff":  # braille, of which plots are made
        word = " " if character == "\u2800" else "*"
    elif "\u2500" <= character <= "\u259f" and not word:
        word = "+" if character < "\u2580" else "#"
    return (word.strip() or _folded(character) or "?")[:width].ljust(width, "?" if width > 1 else " ")


def _other(character: str) -> str:
    return _WORDS.get(character) or _folded(character) or "?"


def _folded(character: str) -> str:
    """`e` for `é`."""
    return "".join(c for c in unicodedata.normalize("NFKD", character) if c.isascii())
