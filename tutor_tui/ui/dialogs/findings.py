"""The findings of a run: what each says, and the steps that prove it, to go to."""

from __future__ import annotations

from textwrap import fill
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

MARGIN = 5
"""Cells beside the text."""
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
            rows.append(Option("\n".join(map(self._wrapped, self._told(finding), (0, 3, 3, 3)))))
            self._steps.append(finding.steps[0] if finding.steps else 0)
            for seq in finding.steps:
                rows.append(Option(self._wrapped(f"→ {proof(self._trace, seq)}", 6)))
                self._steps.append(seq)
        return rows

    def _told(self, finding: Finding) -> tuple[str, ...]:
        said = f"{SIGNS[finding.level]} {head(finding)}"
        return said, finding.message, finding.why, f"Fix: {finding.fix}"

    def _wrapped(self, text: str, indent: int) -> str:
        """A text on as many rows as it takes, each of them as far in."""
        blanks = " " * indent
        width = max(20, self.app.size.width - MARGIN)
        return fill(
            self._settings.characters(safe(text)),
            width,
            initial_indent=blanks,
            subsequent_indent=blanks + "  " * text.startswith("→"),
            break_on_hyphens=False,
        )

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
