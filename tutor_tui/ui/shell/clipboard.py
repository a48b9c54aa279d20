"""Copying by the terminal: OSC 52, which also works over SSH."""

from __future__ import annotations

import base64
import os
from pathlib import Path

LIMIT = 74_994
"""Bytes of text that terminals take by OSC 52 at least; a longer one goes into the file alone."""


def copy_sequence(text: str, tmux: bool) -> str:
    """The sequence that asks a terminal to copy; inside tmux wrapped so that it is passed on."""
    payload = base64.b64encode(text.encode()).decode()
    sequence = f"\x1b]52;c;{payload}\x07"
    return f"\x1bPtmux;{sequence.replace(chr(27), chr(27) * 2)}\x1b\\" if tmux else sequence


def keep_copy(text: str) -> str:
    """Write the text into a private file too, as no terminal says whether it copied; its path or ""."""
    from platformdirs import user_state_path

    path = Path(user_state_path("tutor-tui")) / "copied.txt"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError:
        return ""
    return str(path)
