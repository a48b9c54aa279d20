"""The record of a run, indexed so that any moment of it can be asked about at the same cost."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tutor_tui.protocol.messages import (
    Accumulate,
    AnyStep,
    Backward,
    Bind,
    End,
    Evaluated,
    Failure,
    Line,
    Loss,
    Measured,
    Mode,
    Node,
    Note,
    Op,
    Output,
    Preview,
    Series,
    Source,
    Span,
    Update,
)
from tutor_tui.trace.record.curves import Curves
from tutor_tui.trace.record.evaluated import EvaluatedLines
from tutor_tui.trace.record.history import History
from tutor_tui.trace.record.nodes import NodeIndex

NEAR = 2000
"""Steps around an operation in which others of the same expression are looked for."""
UNSEEN = 2000
"""Lines of output that are kept of each stretch that is watched and not recorded."""
OUTPUT_LIMIT = 8 * 1024 * 1024
"""Characters of program output that a trace keeps."""


INLINE = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>", "<lambda>")
"""Code that runs within a line: who walks by lines does not halt there."""


class Meaning(NamedTuple):
    """What a name means: a tensor by id, or a plain value as text; neither where it means nothing now."""

    tensor: int | None
    text: str
    storage: int = 0
    """Of a NumPy array: the memory that it shares with a tensor, 0 for none."""


class Stop(NamedTuple):
    """A place where a viewer can stand: a step, and what belongs to it up to `last`."""

    first: int
    last: int


class Trace:
    """Every step of a run in order, and indexes into them. `seq` of a step is its place in `steps`."""

    def __init__(self) -> None:
        self.steps: list[AnyStep] = []
        self.sources: dict[str, str] = {}
        self.nodes = NodeIndex()
        self.evaluated = EvaluatedLines()
        self._gradient_of: dict[int, int] = {}
        self.losses: list[int] = []
        self.curves = Curves()
        self.mode: Mode | None = None
        """What a run that may be watched is doing."""
        self.resumed: list[int] = []
        """Where a recording begins again that was left: what lies before is of another time."""
        self._unseen: Output | None = None
        self.end: End | None = None
        self.failure: Failure | None = None
        self.output_dropped = 0
        self._stops: list[int] = []
        self._lines: list[int] = []
        self._lines_of: defaultdict[int, list[int]] = defaultdict(list)
        self._forwards: list[int] = []
        self._outputs: list[int] = []
        self._output_size = 0
        self._at_line: dict[int, tuple[str, int]] = {}
        self._runs_of: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
        self._bound: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
        self._scopes: list[int] = []
        self._scope_seqs: list[int] = []
        self._tensors: defaultdict[int, History[Preview]] = defaultdict(History)
        self._gradients: defaultdict[int, History[Preview | None]] = defaultdict(History)
        self._last_name: defaultdict[int, History[str]] = defaultdict(History)
        self._names: defaultdict[int, dict[str, History[Meaning]]] = defaultdict(dict)

    # --- building

    def extend(self, messages: Iterable[AnyStep | Source | Mode | Series | Measured]) -> None:
        """Add steps as they come, and what is measured beside them."""
        for message in messages:
            match message:
                case Source():
                    self.sources[message.file] = message.text
                case Series():
                    self.curves.begin(message)
                case Measured():
                    self.curves.take(message)
                case Mode():
                    self.mode = message
                    self.curves.measured = True
                case Output() if self.mode is not None and self.mode.mode != "recording":
                    self._add_unseen_output(message)
                case _:
                    self._append(message)

    def _append(self, step: AnyStep) -> None:
        step.seq = len(self.steps)
        if self._starts_a_stop(step):
            self._stops.append(step.seq)
        self.steps.append(step)
        match step:
            case Line():
                if step.function not in INLINE:
                    self._lines.append(step.seq)
                self._lines_of[step.scope].append(step.seq)
                self._at_line[step.scope] = (step.file, step.line)
                self._runs_of[step.file, step.line].append(step.seq)
                self._enter(step.scope, step.seq)
            case Op():
                self._add_op(step)
            case Node():
                self.nodes.add(step)
            case Bind():
                self._see(step.seq, step.preview)
                self._name(step)
            case Backward():
                self._see(step.seq, *step.grad_outputs, *step.grad_inputs)
                self._enter(step.scope, step.seq)
                self.nodes.ran(step)
            case Accumulate():
                self._see(step.seq, step.incoming, step.after)
                if step.after is not None:
                    self._gradient_of[step.after.id] = step.tensor
                self._enter(step.scope, step.seq)
                self.nodes.received(step)
                if step.before is not None and not self._gradients[step.tensor].seqs:
                    self._gradients[step.tensor].add(0, step.before)
                self._gradients[step.tensor].add(step.seq, step.after)
            case Update():
                self._see(step.seq, step.after)
            case Loss():
                self.losses.append(step.seq)
                if step.value is not None:
                    self.curves.lost(step.iteration, step.name or "loss", step.value)
                self.nodes.sent_backward(step)
            case Output():
                self._add_output(step)
            case Evaluated():
                self.evaluated.add(step)
            case Note():
                self._lines.append(step.seq)  # a person who walks line by line must not miss it
                if step.resumes:
                    self.resumed.append(step.seq)
                    self.nodes.begin_anew(step.seq)
            case Failure():
                self.failure = step
            case End():
                self.end = step

    def _add_unseen_output(self, output: Output) -> None:
        """What is printed while nothing is recorded: one step, however much and however long it is."""
        last = self._unseen
        if last is None or last is not self.steps[-1]:
            last = self._unseen = Output(stream=output.stream, text="")
            self._append(last)
        lines = (last.text + output.text).split("\n")[-UNSEEN:]
        last.text = "\n".join(map(_written_over, lines))[-UNSEEN * 80 :]

    def _starts_a_stop(self, step: AnyStep) -> bool:
        """Whether a viewer halts at this step: not at one that only completes the one before it."""
        if not self.steps:
            return True
        before = self.steps[-1]
        match step:
            case Node() | Bind() | Evaluated():
                return False
            case Update(by="in-place"):
                return False
            case Update():
                return not (isinstance(before, Update) and before.by == step.by)
            case Op(node=None):
                return not self._continues(step)
            case Accumulate(incoming=None):
                return not isinstance(before, (Op, Node, Update, Bind, Note)) and not (
                    isinstance(before, Accumulate) and before.incoming is None
                )
        return True

    def _continues(self, op: Op) -> bool:
        """Whether an operation is one more of a library call's many that leave nothing in the graph.

        A DataLoader indexes every sample: a person wants to stand at the call once, not 200 times.
        """
        first = self.steps[self._stops[-1]]
        return isinstance(first, Op) and first.node is None and op.span is not None and first.span == op.span

    def _add_op(self, op: Op) -> None:
        self._see(op.seq, *op.inputs, *op.outputs)
        self._enter(op.scope, op.seq)
        self.nodes.operation(op)
        if op.node is not None and not op.within:
            self.nodes.made_by(op.node, op)
            last = self._forwards[-1] if self._forwards else -1
            done = self.losses[-1] if self.losses else -1
            if last <= done:
                self._forwards.append(op.seq)

    def _add_output(self, step: Output) -> None:
        self._output_size += len(step.text)
        if self._output_size > OUTPUT_LIMIT:
            self.output_dropped += len(step.text)
            step.text, step.raw = "", None
        else:
            self._outputs.append(step.seq)

    def _see(self, seq: int, *previews: Preview | None) -> None:
        for preview in previews:
            if preview is not None:
                self._tensors[preview.id].add(seq, preview)

    def _enter(self, scope: int, seq: int) -> None:
        if not self._scopes or self._scopes[-1] != scope:
            self._scopes.append(scope)
            self._scope_seqs.append(seq)

    def _name(self, bind: Bind) -> None:
        if bind.scope in self._at_line:
            self._bound[self._at_line[bind.scope]].append(bind.seq)
        names = self._names[bind.scope]
        if bind.name not in names:
            names[bind.name] = History()
        names[bind.name].add(bind.seq, Meaning(bind.tensor, bind.text, bind.storage))
        if bind.tensor is not None:
            self._last_name[bind.tensor].add(bind.seq, bind.name)

    # --- stops

    def __len__(self) -> int:
        """The number of places to stand."""
        return len(self._stops)

    def stop(self, index: int) -> Stop:
        """The stop of that number, from 0."""
        following = index + 1
        last = self._stops[following] - 1 if following < len(self._stops) else len(self.steps) - 1
        return Stop(self._stops[index], last)

    def stop_of(self, seq: int) -> int:
        """The number of the stop that a step belongs to."""
        return max(0, bisect_right(self._stops, seq) - 1)

    def main(self, index: int) -> AnyStep:
        """The step that a stop is about."""
        return self.steps[self._stops[index]]

    def moment(self, index: int) -> int:
        """The last step that has happened when a viewer stands at a stop.

        A line is about to run: what it binds is still to come.
        """
        stop = self.stop(index)
        return stop.first if isinstance(self.steps[stop.first], Line) else stop.last

    def loss_of_pass(self, number: int) -> int | None:
        """The place in `losses` of the pass of that number; None where it was not recorded."""
        at = bisect_left(self.losses, number, key=self._pass_of)
        return at if at < len(self.losses) and self._pass_of(self.losses[at]) == number else None

    def _pass_of(self, seq: int) -> int:
        step = self.steps[seq]
        return step.iteration if isinstance(step, Loss) else 0

    # --- the state at a moment

    def tensor(self, number: int, moment: int) -> Preview | None:
        """What was last seen of a tensor."""
        history = self._tensors.get(number)
        return history.at(moment) if history else None

    def tensor_history(self, number: int) -> History[Preview]:
        """All that was seen of a tensor."""
        return self._tensors[number]

    def gradient(self, number: int, moment: int) -> Preview | None:
        """A tensor's `.grad`."""
        history = self._gradients.get(number)
        return history.at(moment) if history else None

    def had_gradient(self, number: int, moment: int) -> bool:
        """Whether a tensor has had a `.grad` up to a moment, be it gone again."""
        history = self._gradients.get(number)
        return (
            history is not None
            and history.at(moment) is None
            and any(
                value is not None
                for seq, value in zip(history.seqs, history.values, strict=True)
                if seq <= moment
            )
        )

    def gradient_changed(self, number: int, first: int, last: int) -> bool:
        """Whether a tensor's `.grad` changed from step `first` to step `last`."""
        history = self._gradients.get(number)
        return history is not None and history.changed_in(first, last)

    def scope(self, moment: int) -> int:
        """The call of the program that is running."""
        index = bisect_right(self._scope_seqs, moment)
        return self._scopes[index - 1] if index else 0

    def names(self, scope: int, moment: int) -> dict[str, Meaning]:
        """The names of one call and what they mean, in the order in which they came up."""
        found: dict[str, Meaning] = {}
        for name, history in self._names.get(scope, {}).items():
            meaning = history.at(moment)
            if meaning is not None and (meaning.tensor is not None or meaning.text):
                found[name] = meaning
        return found

    def name_changed(self, scope: int, name: str, first: int, last: int) -> bool:
        """Whether a name came to mean something else from step `first` to step `last`."""
        return self._names[scope][name].changed_in(first, last)

    def named_since(self, scope: int, name: str, moment: int) -> int:
        """The step at which a name came to mean what it means."""
        history = self._names[scope][name]
        return history.seqs[max(0, bisect_right(history.seqs, moment) - 1)]

    def name_of(self, number: int, moment: int) -> str:
        """The program's name for a tensor, "" where it has none.

        The running call's names come first, then the module's, then whatever it was last called.
        """
        for scope in dict.fromkeys((self.scope(moment), 0)):
            for name, meaning in self.names(scope, moment).items():
                if meaning.tensor == number:
                    return name
        if number in self._last_name:
            return self._last_name[number].at(moment) or ""
        owner = self._gradient_of.get(number)
        name = self.name_of(owner, moment) if owner is not None else ""
        return f"{name}.grad" if name else ""

    def line_before(self, step: Line) -> Line | None:
        """The line that ran before a line in the same call."""
        seqs = self._lines_of.get(step.scope, [])
        at = bisect_left(seqs, step.seq)
        before = self.steps[seqs[at - 1]] if at else None
        return before if isinstance(before, Line) else None

    def line(self, moment: int) -> Line | None:
        """The line that is running, in the call that is running."""
        seqs = self._lines_of.get(self.scope(moment), [])
        index = bisect_right(seqs, moment)
        step = self.steps[seqs[index - 1]] if index else None
        if step is None or step.seq < self.since(
            moment
        ):  # the recording has just begun: what is to run first
            step = next((s for s in self.steps[moment + 1 : moment + 1 + NEAR] if isinstance(s, Line)), step)
        return step if isinstance(step, Line) else None

    def went_on(self, seq: int, moment: int) -> bool:
        """Whether the call in which a step ran had come to another line, or the run to its end."""
        lines = self._lines_of.get(self.scope(seq), [])
        at = bisect_right(lines, seq)
        return (at < len(lines) and lines[at] <= moment) or isinstance(self.steps[moment], End)

    def times_run(self, file: str, line: int, moment: int) -> tuple[int, int]:
        """How often a line has begun to run up to a moment, and in the whole record."""
        seqs = self._runs_of.get((file, line), [])
        return bisect_right(seqs, moment), len(seqs)

    def run_of(self, file: str, line: int, index: int, backwards: bool = False) -> int | None:
        """The next stop after `index`, or the last before it, at which a line is about to run."""
        seqs = self._runs_of.get((file, line), [])
        if backwards:
            at = bisect_left(seqs, self._stops[index]) - 1
            return self.stop_of(seqs[at]) if at >= 0 else None
        at = bisect_right(seqs, self._stops[index]) if index >= 0 else 0
        return self.stop_of(seqs[at]) if at < len(seqs) else None

    def bound_at(self, file: str, line: int, moment: int) -> list[Bind]:
        """What a line bound when it ran last before a moment, in order; a name that ended is left out."""
        runs = self._runs_of.get((file, line), [])
        seqs = self._bound.get((file, line), [])
        began = bisect_right(runs, moment)
        since = runs[began - 1] if began else 0
        if since < self.since(moment):
            return []
        found: dict[str, Bind] = {}
        for seq in seqs[bisect_left(seqs, since) : bisect_right(seqs, moment)]:
            step = self.steps[seq]
            if isinstance(step, Bind) and (step.tensor is not None or step.text):
                found[step.name] = step
        return list(found.values())

    def alone_in_its_call(self, op: Op) -> bool:
        """Whether no other operation has run in the same expression while its line was running."""
        return not any(
            isinstance(step, Op) and step.span == op.span and step is not op
            for step in (*self._around(op, 1), *self._around(op, -1))
        )

    def _around(self, op: Op, direction: int) -> Iterator[AnyStep]:
        """The steps from an operation to the next line of its call, or back to the one before."""
        seq = op.seq + direction
        while 0 <= seq < len(self.steps) and abs(seq - op.seq) < NEAR:
            step = self.steps[seq]
            if isinstance(step, Line) and step.scope == op.scope:
                return
            yield step
            seq += direction

    def since(self, moment: int) -> int:
        """Where the recording began that a moment lies in."""
        index = bisect_right(self.resumed, moment)
        return self.resumed[index - 1] if index else 0

    def loss_before(self, moment: int) -> int:
        """How many times something had been sent backward."""
        return bisect_right(self.losses, moment)

    def phase(self, moment: int) -> str:
        """`forward` or `after backward`, "" before the first operation that the graph remembers."""
        forward = bisect_right(self._forwards, moment)
        done = bisect_right(self.losses, moment)
        if not forward or self._forwards[forward - 1] < self.since(moment):
            return ""
        return "after backward" if done and self.losses[done - 1] > self._forwards[forward - 1] else "forward"

    def output(self, moment: int) -> list[Output]:
        """What had been printed."""
        seqs = self._outputs[: bisect_right(self._outputs, moment)]
        return [step for step in (self.steps[s] for s in seqs) if isinstance(step, Output)]

    def source_line(self, file: str, line: int) -> str:
        """A line of a file of the program, without the blanks around it; "" where it is not known."""
        lines = self.sources.get(file, "").split("\n")
        return lines[line - 1].strip() if 0 < line <= len(lines) else ""

    def text(self, span: Span | None) -> str:
        """The source that a span cuts out, on one line."""
        if span is None or span.file not in self.sources:
            return ""
        lines = self.sources[span.file].split("\n")[span.line - 1 : span.end_line]
        if not lines:
            return ""
        lines[-1] = lines[-1][: span.end_column]
        lines[0] = lines[0][span.column :]
        return " ".join(" ".join(lines).split())

    # --- landmarks, as numbers of stops

    def next_line(self, index: int) -> int | None:
        """The first stop after `index` that is a line."""
        at = bisect_right(self._lines, self._stops[index])
        return self.stop_of(self._lines[at]) if at < len(self._lines) else None

    def previous_line(self, index: int) -> int | None:
        """The last stop before `index` that is a line."""
        at = bisect_left(self._lines, self._stops[index])
        return self.stop_of(self._lines[at - 1]) if at else None

    def forward_start(self, index: int) -> int | None:
        """Where the forward pass around a stop begins; asked there, where the next one does."""
        return self._start(self._forwards, index)

    def backward_start(self, index: int) -> int | None:
        """Where the backward pass of the forward pass around a stop begins; asked there, the next one."""
        if not self.losses:
            return None
        begin = bisect_right(self._forwards, self._stops[index])
        since = self._forwards[begin - 1] if begin else 0
        at = bisect_left(self.losses, since)
        if self.stop_of(self.losses[min(at, len(self.losses) - 1)]) == index:
            at += 1
        return self.stop_of(self.losses[min(at, len(self.losses) - 1)])

    def forward_starts(self) -> list[int]:
        """The `seq` of the first operation of each forward pass."""
        return self._forwards

    def _start(self, seqs: list[int], index: int) -> int | None:
        """The landmark at or before a stop; the next where one stands on it or before all."""
        if not seqs:
            return None
        stops = [self.stop_of(seq) for seq in seqs]
        at = bisect_right(stops, index)
        if at == 0:
            return stops[0]
        if stops[at - 1] == index:
            return stops[min(at, len(stops) - 1)]
        return stops[at - 1]


def _written_over(line: str) -> str:
    """The same line without what nobody sees any more; it still begins over what stands before it."""
    return f"\r{latest(line)}" if line.startswith("\r") else latest(line)


def latest(line: str) -> str:
    """What is seen of a line over which a program has written again and again, as a progress bar does."""
    return line if "\r" not in line else next((p for p in reversed(line.split("\r")) if p), "")
