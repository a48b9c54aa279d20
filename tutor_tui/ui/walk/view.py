"""How a person looks at a walk: what is folded, searched, marked."""

from __future__ import annotations

from dataclasses import dataclass, field

from tutor_tui.trace.look.tree import Shape


@dataclass
class View:
    """Belongs to a session, not to a run: it stays when the program is run again."""

    shape: Shape = field(default_factory=Shape)
    search: str = ""
    breakpoints: set[tuple[str, int]] = field(default_factory=set)
    zoomed: str = ""
    """The pane that has all the room, "" where all share it."""
