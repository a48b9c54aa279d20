"""What a pane or an action wants of the screen it stands on: one small class a wish, carried out at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

from textual.message import Message
from textual.screen import Screen

from tutor_tui.ui.panes.rows import Row


class Go(NamedTuple):
    """Stand at a stop; with None, say why that cannot be. `said` is told before the story of the stop."""

    stop: int | None
    why_not: str = ""
    said: str = ""


class Say(NamedTuple):
    """Say something in the place of the story."""

    text: str


class Draw(NamedTuple):
    """Draw everything again: something is looked at in another way.

    `keep` writes the person's choices down for the next time. `later` draws once the panes have their sizes.
    """

    keep: bool = False
    later: bool = False


class Inspect(NamedTuple):
    """Look into a tensor."""

    tensor: int | None


class Ask(NamedTuple):
    """Ask for a line of text, None where the person leaves it."""

    question: str
    hint: str
    then: Callable[[str | None], Outcome]


class Read(NamedTuple):
    """Show rows to read, laid out in a number of cells; with `at`, stand at that stop first."""

    title: str
    rows: Callable[[int], Sequence[Row]]
    at: int | None = None


class Open(NamedTuple):
    """Open a screen over this one; `then` gets its result."""

    screen: Screen[Any]
    then: Callable[[Any], Outcome]


class Post(NamedTuple):
    """Tell the application."""

    message: Message


class Work(NamedTuple):
    """Say something, and carry out what a longer work comes to."""

    said: str
    job: Callable[[], Awaitable[Outcome]]


Outcome = Go | Say | Draw | Inspect | Ask | Read | Open | Post | Work | None
