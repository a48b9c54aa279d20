"""What a written rule is, and the letters that many of them share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class WrittenRule:
    """A rule. `letters` says which saved value each letter is; `shown` replaces edges on the screen."""

    text: str
    edges: tuple[str, ...]
    letters: Mapping[str, str] = field(default_factory=dict)
    shown: tuple[str, ...] = ()

    def display(self, index: int) -> str:
        """What the screen shows for an edge; the last entry serves all that follow it."""
        templates = self.shown or self.edges
        return templates[min(index, len(templates) - 1)]

    def expression(self, index: int) -> str:
        """What computes an edge's gradient."""
        return self.edges[min(index, len(self.edges) - 1)]


X = {"x": "self"}
Y = {"y": "result"}
XY = {"x": "self", "y": "other"}
XT = {"x": "self", "t": "target"}

LIMITS = {"x": "self", "a": "min", "b": "max"}
N = {"n": "self_sym_numel"}
PLACED = ("g at those entries, 0 elsewhere",)
