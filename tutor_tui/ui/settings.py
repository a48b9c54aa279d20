"""What a person has chosen and wants to find again: one small JSON file."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from tutor_tui.text.ascii import ascii_text

THEMES = ("dark", "light", "high-contrast", "ansi-dark", "ansi-light")


@dataclass
class Settings:
    """Choices that outlive a session. `split` is the code pane's share of the upper half, in percent."""

    theme: str = ""
    """One of `THEMES`; "" takes what suits the terminal."""
    ascii: bool = False
    picture: bool = True
    """Whether the graph is drawn as a picture wherever that fits; else as a tree."""
    inputs_on_top: bool = False
    log_loss: bool = False
    smooth_loss: bool = False
    split: int = 50
    top: int = 60

    def __post_init__(self) -> None:
        self.forced_ascii = False
        """An option, or this terminal, asks for ASCII: that is no choice for the next time."""
        self._path: Path | None = None

    @property
    def plain(self) -> bool:
        """Whether nothing but ASCII may be drawn."""
        return self.ascii or self.forced_ascii

    def characters(self, text: str) -> str:
        """A text in the characters that may be drawn."""
        return ascii_text(text) if self.plain else text

    def toggle_ascii(self) -> None:
        """ASCII characters only, and back."""
        self.ascii, self.forced_ascii = not self.plain, False

    def resize(self, which: str, by: int) -> None:
        """Give the `split` (between left and right) or the `top` another share, in percent."""
        setattr(self, which, max(20, min(80, getattr(self, which) + by)))

    @classmethod
    def load(cls, path: Path) -> Settings:
        """What the file says; the defaults for whatever it lacks or says wrongly."""
        found = cls()
        found._path = path
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return found
        for field in fields(cls):
            value = said.get(field.name) if isinstance(said, dict) else None
            if type(value) is type(getattr(found, field.name)):
                setattr(found, field.name, value)
        found.theme = found.theme.removeprefix("textual-")  # as they were called once
        if found.theme not in THEMES:
            found.theme = ""
        found.split, found.top = max(20, min(found.split, 80)), max(20, min(found.top, 80))
        return found

    def keep(self) -> str:
        """Write the choices down, whole or not at all; "" or why that failed."""
        path = self._path
        if path is None:
            return ""
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            beside = path.with_suffix(f".{os.getpid()}")
            beside.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")
            beside.replace(path)
        except OSError as error:
            return f"Your choice holds for this session only: {path}: {error.strerror}"
        return ""


def settings_path() -> Path:
    """Where the file is on this system."""
    from platformdirs import user_config_path

    return user_config_path("tutor-tui") / "settings.json"
