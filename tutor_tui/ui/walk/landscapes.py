"""The landscapes of a run's losses: which numbers they are over, and what the kernel has computed of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tutor_tui.client.run import Run
from tutor_tui.protocol.messages import Sampled
from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.trace.look.landscape import (
    Entry,
    Landscape,
    Place,
    axes,
    entries,
    fits,
    named,
    places,
    same_data,
)
from tutor_tui.ui.panes.outcome import Ask, Draw, Outcome, Say

RUNNING = "Rerunning the program to compute the loss for other values…"
HINT = "one or two numbers: w, or w, b, or layer.weight[0, 1]"


class Landscapes:
    """Asks the kernel for what is to be seen, once, and keeps it until another run begins."""

    def __init__(
        self, run: Run, start: Callable[[Callable[[], Awaitable[None]]], None], draw: Callable[[], None]
    ) -> None:
        """`start` lets a question be answered in the background; `draw` draws again once it is."""
        self._run, self._start, self._draw = run, start, draw
        self._wanted = ""
        """What the person, or the lesson, has asked for: names; "" for no landscape."""
        self._of_lesson: str | None = None
        """What the lesson has of its own: only another lesson changes what is shown."""
        self._kept: dict[tuple[Entry, ...], list[tuple[int, Sampled]]] = {}
        self._before: dict[tuple[Entry, ...], list[tuple[int, Sampled]]] = {}
        """What was kept of the run before: shown where this run fits it, until its own is there."""
        self._asked: set[tuple[tuple[Entry, ...], int]] = set()
        self._of: object = None

    def begin(self, wanted: str | None) -> None:
        """Another run; a lesson may have a landscape of its own. None leaves what was asked for."""
        other = wanted != self._of_lesson
        if wanted is not None and other:
            self._wanted = wanted
        self._of_lesson = wanted
        self._forget()
        if other:
            self._before = {}

    def _forget(self) -> None:
        self._before = self._kept or self._before
        self._kept, self._asked, self._of = {}, set(), self._run.trace

    @property
    def shown(self) -> bool:
        """Whether there is to be a landscape."""
        return bool(self._wanted)

    def at(self, cursor: Cursor) -> Landscape | None:
        """The landscape of the pass around a cursor; None as long as none can be."""
        trace = cursor.trace
        if not self._wanted or not len(trace) or not trace.losses:
            return None
        if self._of is not trace:
            self._forget()
        iteration = trace.passes.number(cursor.moment)
        try:
            chosen = tuple(named(trace, iteration, self._wanted))
        except ValueError as error:
            return Landscape((), [], None, iteration, str(error))
        way = places(trace, chosen, cursor.moment)
        kept = self._fitting(chosen, way, iteration)
        if kept is not None:
            return Landscape(chosen, way, *kept)
        before = next((s for _, s in self._before.get(chosen, []) if way and fits(s, way)), None)
        said = self._ask(cursor, chosen, iteration, before)
        return Landscape(chosen, way, before, iteration, said)

    def _fitting(
        self, chosen: tuple[Entry, ...], way: list[Place], iteration: int
    ) -> tuple[Sampled, int] | None:
        """What was computed for this pass, or for one that had the same data."""
        known = self._kept.get(chosen, [])
        own = next((pair for pair in known if pair[0] == iteration), None)
        if own is None and way:
            own = next((pair for pair in known if same_data(pair[1], way[-1])), None)
        return (own[1], own[0]) if own is not None else None

    def _ask(self, cursor: Cursor, chosen: tuple[Entry, ...], iteration: int, before: Sampled | None) -> str:
        """Have it computed; over the same numbers as `before`, where that fits the whole way."""
        trace = cursor.trace
        if trace.end is None and self._run.mode == "":
            return "The landscape appears when the program has run."
        way = places(trace, chosen, cursor.moment)
        whole = places(trace, chosen, trace.moment(len(trace) - 1))
        if not way:
            return "No pass has a loss that is one finite number."
        if self._asked:  # one question at a time
            return RUNNING
        question = chosen, iteration
        self._asked.add(question)
        wanted = before.axes if before is not None and fits(before, whole) else axes(chosen, [*whole, *way])

        async def ask() -> None:
            found = await self._run.sample(iteration, wanted)
            self._asked.discard(question)
            if self._of is trace:
                if found is not None:
                    self._kept.setdefault(chosen, []).append((iteration, found))
                self._draw()

        self._start(ask)
        return RUNNING

    # --- what a key asks for

    def action_landscape(self) -> Outcome:
        """The loss over the numbers it depends on, and away; where there are more than two, ask for which."""
        if self._wanted:
            self._wanted = ""
            return Draw(later=True)
        trace = self._run.trace
        if not len(trace) or not trace.losses:
            return Say("There is no landscape yet: no backward pass has run.")
        there = entries(trace, trace.passes.number(trace.moment(len(trace) - 1)))
        if not there:
            return Say("This loss depends on no tensor of at most 64 numbers.")
        if len(there) <= 2:
            self._wanted = ", ".join(entry.name for entry in there)
            return Draw(later=True)
        some = ", ".join(entry.name for entry in there[:4])
        return Ask("The loss over", f"{HINT} · here: {some}, …", self._chosen)

    def _chosen(self, text: str | None) -> Outcome:
        trace = self._run.trace
        if not text:
            return None
        try:
            named(trace, trace.passes.number(trace.moment(len(trace) - 1)), text)
        except ValueError as error:
            return Say(str(error))
        self._wanted = text
        return Draw(later=True)
