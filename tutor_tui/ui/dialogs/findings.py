"""The findings of a run: what each says, and the steps that prove it, to go to."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tutor_tui.protocol.messages import Finding
from tutor_tui.text.safe import safe
from tutor_tui.trace.record.trace import Trace
from tutor_tui.trace.words.found import counted, head, proof
from tutor_tui.ui.settings import Settings

SIGNS = {"mistake": "✗", "notice": "!"}


class FindingsScreen(Screen[int | None]):
    """The result is the step to go to, as its `seq`; None for none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "back"),
        ("a", "back"),
        ("j", "move(1)"),
        ("k", "move(-1)"),
    ]

    def __init__(self, settings: Settings, trace: Trace) -> None:
        super().__init__()
        self._settings, self._trace = settings, trace
        self._steps: list[int] = []
        """By row, the step to go to."""

    def compose(self) -> ComposeResult:
        """A title, the findings with their proof, the keys."""
        title = f"What is wrong: {counted(self._trace.findings)}"
        yield Static(self._settings.characters(title), id="picker-title", markup=False)
        yield OptionList(*self._rows(), id="picker", markup=False)
        keys = " ↑↓ choose   Enter go to that step   Esc back   ? help   q quit"
        yield Static(self._settings.characters(keys), id="keys", markup=False)

    def on_mount(self) -> None:
        """The list takes the keys."""
        self.query_one("#picker", OptionList).focus()

    def _rows(self) -> list[Option]:
        rows: list[Option] = []
        for finding in self._trace.findings:
            rows.append(Option(self._settings.characters(self._told(finding))))
            self._steps.append(finding.steps[0] if finding.steps else 0)
            for seq in finding.steps:
                rows.append(Option(self._settings.characters(f"     {safe(proof(self._trace, seq))}")))
                self._steps.append(seq)
        return rows

    def _told(self, finding: Finding) -> str:
        said = f"{SIGNS[finding.level]} {head(finding)}\n{finding.message}\n{finding.why}\nFix: {finding.fix}"
        return "\n  ".join(map(safe, said.split("\n")))

    def action_move(self, by: int) -> None:
        """The row below, or above."""
        listed = self.query_one("#picker", OptionList)
        (listed.action_cursor_down if by > 0 else listed.action_cursor_up)()

    def action_back(self) -> None:
        """To where one stood."""
        self.dismiss(None)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go to that step."""
        self.dismiss(self._steps[event.option_index])
