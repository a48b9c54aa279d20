"""The lines of words of the walk: the story of the step, and the keys."""

from __future__ import annotations

from textwrap import wrap

from textual.widgets import Static

from tutor_tui.course.study import Study
from tutor_tui.text.safe import one_line, safe
from tutor_tui.ui.keys.footer import footer_text
from tutor_tui.ui.settings import Settings

STORY = 2
"""Rows that the story always has; it takes more where it needs them."""
FOOT = 2
"""Rows of the screen below it: the ruler and the keys."""
OTHERS = 12
"""Rows of the screen that are not the story's, however long it is."""


class StoryLine(Static):
    """What the step has done; or, in its place, what there is to say."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(id="story", markup=False)
        self._settings = settings
        self.rows = STORY
        """Rows that it takes."""

    def show(self, text: str) -> None:
        """On as many rows as it needs."""
        lines = wrap(
            self._settings.characters(" ".join(safe(text).split())), max(20, self.app.size.width - 2)
        )
        most = max(STORY, self.app.size.height - OTHERS)
        if len(lines) > most:
            lines = [*lines[: most - 1], one_line(" ".join(lines[most - 1 :]), self.app.size.width - 2)]
        self.rows = max(STORY, len(lines))
        # it covers the lowest rows of the panes: those above would move at every step
        self.styles.height, self.styles.offset = self.rows, (0, self.app.size.height - FOOT - self.rows)
        self.update("\n".join(lines), layout=False)  # its height is set above, its width is the screen's


class KeysLine(Static):
    """The keys that matter most; in a play, what it says."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(id="keys", markup=False)
        self._settings = settings
        self.caption = ""
        """What a play says, "" for the keys."""

    def show(self, study: Study | None) -> None:
        """As many as fit."""
        width = self.app.size.width - 4 * self._settings.plain
        text = footer_text(width, study is not None, study.slider() if study is not None else None)
        self.update(self._settings.characters(self.caption or text))
