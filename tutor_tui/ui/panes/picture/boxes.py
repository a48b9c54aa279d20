"""What stands in the box of a node: its expression, its value, the gradient that came back to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tutor_tui.text.fit import fit
from tutor_tui.text.safe import one_line
from tutor_tui.trace.look import tree
from tutor_tui.trace.record.nodes import Part
from tutor_tui.trace.record.trace import Trace
from tutor_tui.trace.words.story import value_text
from tutor_tui.ui.panes.node_words import came_in, sum_text, value_lengths
from tutor_tui.ui.panes.said import chosen

Characters = Callable[[str], str]
"""A text in the characters that the terminal may show."""
WHOLE = 200
"""Characters of an expression, before it is fitted into its box."""
FRAME = 4
"""Cells of a box's width that are its frame's: the two sides, and a space within each."""


class Box(NamedTuple):
    """The texts of a box, each in the lengths it can be shown in, the longest first."""

    label: tuple[str, ...]
    value: tuple[str, ...]
    gradient: tuple[str, ...]
    """Empty texts where none has come yet."""

    def width(self, limit: int) -> int:
        """Cells that the box takes, where no text should have more than `limit`."""
        return max(map(len, self.texts(limit))) + FRAME

    def texts(self, limit: int) -> tuple[str, str, str]:
        """Label, value and gradient as they are written, each of at most `limit` characters, if that can be."""
        return fit(chosen(self.label, limit), limit), chosen(self.value, limit), chosen(self.gradient, limit)


def box(trace: Trace, node: int, moment: int, characters: Characters) -> Box:
    """The box of a node as it stands at a moment."""
    reading = tree.read(trace, node, moment)
    value = value_lengths(reading.value) if reading.value is not None else (reading.kind,)
    kind = tree.plain_name(reading.kind)
    name, named, _ = reading.label.partition(" = ")
    label = (reading.label, name if named and name.isidentifier() else kind)
    value = value if value != (reading.label,) else ("",)
    labels = [one_line(text, WHOLE) for text in label]
    texts = (labels if kind != "leaf" else labels[:1], value, _gradient(trace, node, moment, reading))
    return Box(*(tuple(map(characters, lengths)) for lengths in texts))


def _gradient(trace: Trace, node: int, moment: int, reading: tree.Reading) -> tuple[str, ...]:
    """Parts that met are added up in sight."""
    if reading.incoming is None and not reading.parts:
        return ("",)
    if reading.incoming is None:
        waits = " + …" if trace.nodes.edges_into(node, moment) > len(reading.parts) else ""
        shortest = value_lengths(reading.parts[0].gradient)[-1]
        return (
            f"◀ {sum_text(reading.parts)}{waits}",
            f"◀ {shortest}{waits}" if len(reading.parts) == 1 else "◀ …",
        )
    return tuple(f"◀ {text}" for text in came_in(reading.parts, reading.incoming))


def part_text(parts: list[Part], consumer: int) -> tuple[str, ...]:
    """What one consumer sent to a node that others use too."""
    sent = [part.gradient for part in parts if part.source == consumer]
    if not sent:
        return ("",)
    whole = " + ".join(value_text(gradient, 4) for gradient in sent)
    return tuple(dict.fromkeys((whole, value_lengths(sent[0])[-1])))
