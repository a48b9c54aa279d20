"""What happens to a run, as its owner tells it: one small class a kind."""

from __future__ import annotations

from dataclasses import dataclass

from tutor_tui.protocol.messages import Mode


@dataclass(frozen=True)
class Began:
    """A run begins: the trace is another one, and empty."""


@dataclass(frozen=True)
class Grew:
    """More has come: the trace, the curves or the status have changed."""


@dataclass(frozen=True)
class Moved:
    """The program goes on unseen, and is at another place."""


@dataclass(frozen=True)
class Said:
    """Something to tell the person."""

    text: str


@dataclass(frozen=True)
class ModeChanged:
    """A watched run is recorded, watched, frozen or paused from now on."""

    mode: Mode


@dataclass(frozen=True)
class NotFinite:
    """The first loss that is NaN or infinite. `soon`: to look for its origin takes no time to speak of."""

    soon: bool


@dataclass(frozen=True)
class Ended:
    """The program is over, or an exception has left it."""


@dataclass(frozen=True)
class Left:
    """The run goes on without this screen."""


Change = Began | Grew | Moved | Said | ModeChanged | NotFinite | Ended | Left
