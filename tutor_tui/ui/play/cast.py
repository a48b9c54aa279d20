"""A play as an asciicast file, which `asciinema` and its players show. The clock is the script's own.

The format is documented at docs.asciinema.org/manual/asciicast/v2 and /v3.
"""

from __future__ import annotations

import json

from tutor_tui.ui.terminal.difference import Shown
from tutor_tui.ui.terminal.grid import Grid

CLEAR = "\x1b[?25l\x1b[2J\x1b[H"


class Cast:
    """Frames, each with the seconds that it stays; the same frames give the same bytes."""

    def __init__(self, columns: int, rows: int, title: str, version: int = 2) -> None:
        self._version = version
        self._shown = Shown()
        self._clock = 0.0
        self._last = 0.0
        size = (
            {"width": columns, "height": rows} if version == 2 else {"term": {"cols": columns, "rows": rows}}
        )
        self._lines = [json.dumps({"version": version, **size, "title": title})]
        self._begun = False

    def frame(self, grid: Grid, seconds: float, marker: str = "") -> None:
        """What the screen shows from now on, and for how long."""
        if marker:
            self._event("m", marker)
        drawn = self._shown.update(grid)
        if not self._begun:
            drawn, self._begun = CLEAR + drawn, True
        if drawn:
            self._event("o", drawn)
        self._clock += seconds

    def text(self) -> str:
        """The whole file."""
        ending = []
        if self._version == 2:
            ending = [json.dumps([round(self._clock, 3), "o", ""])]
        return "\n".join([*self._lines, *ending]) + "\n"

    def _event(self, code: str, data: str) -> None:
        at = self._clock if self._version == 2 else self._clock - self._last
        self._last = self._clock
        self._lines.append(json.dumps([round(at, 3), code, data], ensure_ascii=False))
