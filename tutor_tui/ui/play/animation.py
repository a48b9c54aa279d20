"""A play as one SVG file that moves by itself, in a browser and in a README.

Each row of the screen that is ever shown is drawn once; where and when it is in sight is said beside it, by SMIL's
discrete `animate` (w3.org/TR/SVG11/animate.html). Where nothing can move, the last picture stands.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from tutor_tui.ui.terminal.grid import Cell, Grid, attributes

WIDE, HIGH, SIZE, BASE = 9.0, 17.4, 15, 13.6
"""Of a cell, in pixels; of its letters; and how far down they stand."""
INK, GROUND = "#d0d0d0", "#101014"
"""Where a cell says nothing of its colours."""

Line = tuple[Cell, ...]


class _Run(NamedTuple):
    """Cells next to each other that look alike."""

    column: int
    width: int
    text: str
    style: str


class Animation:
    """Frames, each with the seconds that it stays; the same frames give the same bytes."""

    def __init__(self, columns: int, rows: int, title: str) -> None:
        self._columns, self._rows, self._title = columns, rows, title
        self._frames: list[tuple[float, list[Line]]] = []

    def frame(self, grid: Grid, seconds: float, marker: str = "") -> None:
        """What the screen shows from now on, and for how long."""
        lines = [tuple(row) for row in grid.rows]
        if self._frames and self._frames[-1][1] == lines:
            self._frames[-1] = self._frames[-1][0] + seconds, lines
        else:
            self._frames.append((seconds, lines))

    def text(self) -> str:
        """The whole file."""
        numbers: dict[Line, int] = {}
        for _, lines in self._frames:
            for line in lines:
                numbers.setdefault(line, len(numbers))
        ground = self._ground()
        width, height = self._columns * WIDE, self._rows * HIGH
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" '
                f'viewBox="0 0 {_number(width)} {_number(height)}" width="{_number(width)}" '
                f'font-family="monospace" font-size="{SIZE}">',
                f"<title>{escape(self._title)}</title>",
                f'<rect width="100%" height="100%" fill="{ground}"/>',
                "<defs>",
                *(
                    f'<g id="r{number}">{"".join(_drawn(line, ground))}</g>'
                    for line, number in numbers.items()
                ),
                "</defs>",
                *self._placed(numbers),
                "</svg>",
                "",
            ]
        )

    def _ground(self) -> str:
        grounds = Counter(
            _colours(style)[1] for _, lines in self._frames for line in lines for _, style in line
        )
        return grounds.most_common(1)[0][0] or GROUND if grounds else GROUND

    def _placed(self, numbers: dict[Line, int]) -> Iterator[str]:
        """Every row where it stands, and when."""
        ends = [0.0]
        for seconds, _ in self._frames:
            ends.append(ends[-1] + seconds)
        for y in range(self._rows):
            shown: defaultdict[int, list[int]] = defaultdict(list)
            for n, (_, lines) in enumerate(self._frames):
                shown[numbers[lines[y]]].append(n)
            for number, frames in shown.items():
                place = f'<use href="#r{number}" y="{_number(y * HIGH)}"'
                if len(frames) == len(self._frames):
                    yield f"{place}/>"
                    continue
                now = "visible" if frames[-1] == len(self._frames) - 1 else "hidden"
                yield f'{place} visibility="{now}">{self._times(frames, ends)}</use>'

    def _times(self, frames: Sequence[int], ends: Sequence[float]) -> str:
        """When a row is in sight, that is to be seen in some of the frames."""
        seen = set(frames)
        states = [n in seen for n in range(len(self._frames))]
        changes = [0, *(n for n, (a, b) in enumerate(pairwise(states), 1) if a != b)]
        values = ";".join("visible" if states[n] else "hidden" for n in changes)
        times = ";".join(f"{ends[n] / (ends[-1] or 1):.5f}".rstrip("0").rstrip(".") for n in changes)
        return (
            f'<animate attributeName="visibility" calcMode="discrete" repeatCount="indefinite" '
            f'dur="{_number(ends[-1])}s" values="{values}" keyTimes="{times}"/>'
        )


def _drawn(line: Line, ground: str) -> Iterator[str]:
    for run in _runs(line):
        ink, behind = _colours(run.style)
        x, width = _number(run.column * WIDE), _number(run.width * WIDE)
        if behind and behind != ground:
            yield f'<rect x="{x}" width="{width}" height="{_number(HIGH)}" fill="{behind}"/>'
        text = run.text.rstrip()
        if text:
            look = "".join(_looks(run.style))
            fill = f" fill={quoteattr(ink or INK)}"
            length = _number((run.width - len(run.text) + len(text)) * WIDE)
            yield f'<text x="{x}" y="{BASE}" textLength="{length}"{fill}{look}>{escape(text)}</text>'


def _runs(line: Line) -> Iterator[_Run]:
    column = 0
    for style, cells in groupby(line, key=lambda cell: cell[1]):
        texts = [text for text, _ in cells]
        yield _Run(column, len(texts), "".join(texts), style)
        column += len(texts)


def _looks(style: str) -> Iterator[str]:
    found = attributes(style)
    if "1" in found:
        yield ' font-weight="bold"'
    if "2" in found:
        yield ' opacity="0.7"'
    if "3" in found:
        yield ' font-style="italic"'
    if "4" in found:
        yield ' text-decoration="underline"'


def _colours(style: str) -> tuple[str, str]:
    """Of the letters, and of what is behind them, as #rrggbb; "" where nothing is said."""
    found = attributes(style)
    ink, behind = _colour(found.get("foreground", "")), _colour(found.get("background", ""))
    return (behind or GROUND, ink or INK) if "7" in found else (ink, behind)


def _colour(said: str) -> str:
    kind, _, rest = said.partition(";2;")
    return (
        "#" + "".join(f"{int(part):02x}" for part in rest.split(";")) if kind in ("38", "48") and rest else ""
    )


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
