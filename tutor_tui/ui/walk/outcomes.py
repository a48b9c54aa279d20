"""Carrying out what a pane or an action wants of the walk."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from textual.screen import Screen

from tutor_tui.client.run import Run
from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.ui.panes.outcome import Ask, Draw, Go, Inspect, Open, Outcome, Post, Read, Say, Work
from tutor_tui.ui.settings import Settings

WIDE = 80
"""Cells in which texts are laid out at most."""
NO_TENSOR = "No tensor here: mark a name in the state pane, or go to a step that makes one."


class Walk(Protocol):
    """What the walk can do when it is asked to."""

    run: Run
    settings: Settings

    @property
    def cursor(self) -> Cursor:
        """Where one stands."""

    def say(self, text: str) -> None:
        """Say something in the place of the story."""

    def tell(self, go: Go) -> None:
        """Stand somewhere, and say what there is to say."""

    def draw(self, draw: Draw) -> None:
        """Draw everything again."""


class Outcomes:
    """Grants wishes, one after the other, on a screen that is a walk."""

    def __init__(self, walk: Walk, screen: Screen[None]) -> None:
        self._walk, self._screen = walk, screen

    def grant(self, outcome: Outcome) -> None:
        """Carry out one wish; None is none. Each screen is loaded when it is first opened."""
        walk, settings, push = self._walk, self._walk.settings, self._screen.app.push_screen
        match outcome:
            case Go():
                walk.tell(outcome)
            case Say(text=text):
                walk.say(text)
            case Draw():
                walk.draw(outcome)
            case Inspect(tensor=None):
                walk.say(NO_TENSOR)
            case Inspect(tensor=int(tensor)):
                from tutor_tui.ui.dialogs.inspector import InspectorScreen

                push(InspectorScreen(settings, walk.run.inspect, walk.cursor, tensor))
            case Ask(question=question, hint=hint, then=asked):
                from tutor_tui.ui.dialogs.prompt import PromptScreen

                push(PromptScreen(settings, question, hint), lambda text: self.grant(asked(text)))
            case Read(title=title, rows=rows, at=at):
                from tutor_tui.ui.dialogs.help import RowsScreen

                if at is not None:
                    walk.tell(Go(at))
                width = max(20, min(WIDE, self._screen.size.width - 8))
                push(RowsScreen(settings, title, rows(width)))
            case Open(screen=screen, then=then):
                push(screen, lambda result: self.grant(then(result)))
            case Post(message=message):
                self._screen.post_message(message)
            case Work(said=said, job=job):
                walk.say(said)
                self._screen.run_worker(self._carry_out(job), exclusive=True, group="check")

    async def _carry_out(self, job: Callable[[], Awaitable[Outcome]]) -> None:
        self.grant(await job())
