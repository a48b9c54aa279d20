"""The lines that have run: in which call, how often, and what they have bound."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence

from tutor_tui.protocol.messages import AnyStep, Bind, End, Line, Op
from tutor_tui.trace.record.naming import Naming
from tutor_tui.trace.record.passes import Passes
from tutor_tui.trace.record.stops import Stops

NEAR = 2000
"""Steps around an operation in which others of the same expression are looked for."""
INLINE = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>", "<lambda>")
"""Code that runs within a line: who walks by lines does not halt there."""


class Lines:
    """Line steps by call and by place in the source."""

    def __init__(self, steps: Sequence[AnyStep], stops: Stops, naming: Naming, passes: Passes) -> None:
        self._steps, self._stops, self._naming, self._passes = steps, stops, naming, passes
        self._halts: list[int] = []
        self._of_scope: defaultdict[int, list[int]] = defaultdict(list)
        self._at: dict[int, tuple[str, int]] = {}
        self._runs: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
        self._bound: defaultdict[tuple[str, int], list[int]] = defaultdict(list)

    # --- building

    def run(self, step: Line) -> None:
        """A line is about to run."""
        if step.function not in INLINE:
            self._halts.append(step.seq)
        self._of_scope[step.scope].append(step.seq)
        self._at[step.scope] = (step.file, step.line)
        self._runs[step.file, step.line].append(step.seq)

    def halt(self, seq: int) -> None:
        """A step at which who walks by lines halts too."""
        self._halts.append(seq)

    def bind(self, step: Bind) -> None:
        """The line that runs in a call has bound a name."""
        if step.scope in self._at:
            self._bound[self._at[step.scope]].append(step.seq)

    # --- asking

    def at(self, moment: int) -> Line | None:
        """The line that is running, in the call that is running."""
        seqs = self._of_scope.get(self._naming.scope(moment), [])
        index = bisect_right(seqs, moment)
        step = self._steps[seqs[index - 1]] if index else None
        if step is None or step.seq < self._passes.since(moment):
            # the recording has just begun: what is to run first
            ahead = self._steps[moment + 1 : moment + 1 + NEAR]
            step = next((s for s in ahead if isinstance(s, Line)), step)
        return step if isinstance(step, Line) else None

    def before(self, step: Line) -> Line | None:
        """The line that ran before a line in the same call."""
        seqs = self._of_scope.get(step.scope, [])
        at = bisect_left(seqs, step.seq)
        before = self._steps[seqs[at - 1]] if at else None
        return before if isinstance(before, Line) else None

    def went_on(self, seq: int, moment: int) -> bool:
        """Whether the call in which a step ran had come to another line, or the run to its end."""
        lines = self._of_scope.get(self._naming.scope(seq), [])
        at = bisect_right(lines, seq)
        return (at < len(lines) and lines[at] <= moment) or isinstance(self._steps[moment], End)

    def times_run(self, file: str, line: int, moment: int) -> tuple[int, int]:
        """How often a line has begun to run up to a moment, and in the whole record."""
        seqs = self._runs.get((file, line), [])
        return bisect_right(seqs, moment), len(seqs)

    def run_of(self, file: str, line: int, index: int, backwards: bool = False) -> int | None:
        """The next stop after `index`, or the last before it, at which a line is about to run."""
        seqs = self._runs.get((file, line), [])
        if backwards:
            at = bisect_left(seqs, self._stops.first(index)) - 1
            return self._stops.of(seqs[at]) if at >= 0 else None
        at = bisect_right(seqs, self._stops.first(index)) if index >= 0 else 0
        return self._stops.of(seqs[at]) if at < len(seqs) else None

    def bound_at(self, file: str, line: int, moment: int) -> list[Bind]:
        """What a line bound when it ran last before a moment, in order; a name that ended is left out."""
        runs = self._runs.get((file, line), [])
        seqs = self._bound.get((file, line), [])
        began = bisect_right(runs, moment)
        since = runs[began - 1] if began else 0
        if since < self._passes.since(moment):
            return []
        found: dict[str, Bind] = {}
        for seq in seqs[bisect_left(seqs, since) : bisect_right(seqs, moment)]:
            step = self._steps[seq]
            if isinstance(step, Bind) and (step.tensor is not None or step.text):
                found[step.name] = step
        return list(found.values())

    def next_stop(self, index: int) -> int | None:
        """The first stop after `index` at which who walks by lines halts."""
        at = bisect_right(self._halts, self._stops.first(index))
        return self._stops.of(self._halts[at]) if at < len(self._halts) else None

    def previous_stop(self, index: int) -> int | None:
        """The last one before `index`."""
        at = bisect_left(self._halts, self._stops.first(index))
        return self._stops.of(self._halts[at - 1]) if at else None

    def alone_in_its_call(self, op: Op) -> bool:
        """Whether no other operation has run in the same expression while its line was running."""
        return not any(
            isinstance(step, Op) and step.span == op.span and step is not op
            for step in (*self._around(op, 1), *self._around(op, -1))
        )

    def _around(self, op: Op, direction: int) -> Iterator[AnyStep]:
        """The steps from an operation to the next line of its call, or back to the one before."""
        seq = op.seq + direction
        while 0 <= seq < len(self._steps) and abs(seq - op.seq) < NEAR:
            step = self._steps[seq]
            if isinstance(step, Line) and step.scope == op.scope:
                return
            yield step
            seq += direction
