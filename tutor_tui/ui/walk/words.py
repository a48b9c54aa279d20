"""The lines of words of the walk: the story of the step, and the keys."""

from __future__ import annotations

from textual.widgets import Static

from tutor_tui.course.study import Study
from tutor_tui.text.safe import one_line
from tutor_tui.ui.keys.footer import footer_text
from tutor_tui.ui.settings import Settings


class StoryLine(Static):
    """What the step has done; or, in its place, what there is to say."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(id="story", markup=False)
        self._settings = settings

    def show(self, text: str) -> None:
        """On two lines."""
        text = self._settings.characters(text)
        self.update(one_line(text, 2 * max(20, self.app.size.width - 4)))


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
        text = footer_text(width, study is not None, study is not None and study.knob is not None)
        self.update(self._settings.characters(self.caption or text))
