"""Text of unknown origin, made fit for a terminal."""

from __future__ import annotations

import re

from tutor_tui.text.fit import fit

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def safe(text: str) -> str:
    """Control and direction characters as visible escapes; newlines and tabs stay."""
    return _CONTROL.sub(lambda m: f"\\x{ord(m[0]):02x}" if ord(m[0]) < 256 else f"\\u{ord(m[0]):04x}", text)


def path_end(path: str, limit: int) -> str:
    """Safe text of a dotted path of at most `limit` characters: what is too long loses its first parts."""
    flat = " ".join(safe(path).split())
    if len(flat) <= limit:
        return flat
    tail = flat[len(flat) - limit + 1 :]
    at = next((i for i, character in enumerate(tail) if character in ".[" and i), 0)
    return "…" + tail[at:].removeprefix(".")


def one_line(text: str, limit: int = 500) -> str:
    """Safe text on one line of at most `limit` characters; no number is cut."""
    flat = " ".join(safe(text).split())
    return fit(flat, limit)
