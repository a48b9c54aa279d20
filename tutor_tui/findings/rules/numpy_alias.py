"""A tensor and a NumPy array share their memory, and one was changed after the other had been handed on.

Evidence: the tensor was made of the array; it was used or put away; then the array was written to; then the tensor,
or another one on the same memory, was used. Or the other way round: the array was made of a tensor that changed
before the array was used. Legal twins: an array that is filled before the tensor is used, a buffer whose tensor is
not used again, and `torch.tensor`, which copies. Source: `torch.from_numpy` and `torch.Tensor.numpy`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from tutor_tui.findings.evidence import Evidence, code, told
from tutor_tui.protocol.messages import AnyStep, Bind, Finding, Line, Note, Op, Update
from tutor_tui.trace.record.trace import Trace

LEVEL = "mistake"
SHARES = ("from_numpy", "as_tensor", "asarray")
COPIES = ("clone", "tensor", "copy_")
"""Uses of a tensor that take its numbers as they are at that moment: whoever does so knows that they change."""
WHY = "Both are one piece of memory: what is written through one of them is read through the other."
COLLECTS = re.compile(r"(append|extend|insert|add|put)\(|\+=\s*\[|\[.*\]\s*=|yield\b|return\b")

OWN_DATA = re.compile(r"\((self\.\w+)(\[[^\[\]()]*:[^\[\]()]*\]|\[\w+\])?\)$")
"""What a dataset holds, or a slice or an item of it, handed over as it is; another array as its index makes a copy."""


class _Write(NamedTuple):
    step: Bind | Update
    name: str
    storage: int


def find(evidence: Evidence) -> Iterator[Finding]:
    """Once for each line that writes."""
    seen: set[tuple[str, int]] = set()
    found = (_tensor_changed, _array_changed, _parameter_again, _data_changed)
    for finding in (finding for find_some in found for finding in find_some(evidence)):
        where = finding.file, finding.line
        if where not in seen:
            seen.add(where)
            yield finding


def _writes(evidence: Evidence) -> Iterator[_Write]:
    """Each time that an array on a tensor's memory holds other numbers than before, and is the same array."""
    last: dict[tuple[int, str], Bind] = {}
    for step in evidence.trace.steps:
        if isinstance(step, Note) and step.resumes:
            last.clear()
        if isinstance(step, Update) and step.by == "shared memory":
            yield _Write(step, "the array", step.after.storage)
        if isinstance(step, Bind) and step.tensor is None and step.text.startswith("array "):
            before = last.get((step.scope, step.name))
            if (
                before is not None
                and step.storage
                and before.storage == step.storage
                and before.text != step.text
            ):
                yield _Write(step, step.name, step.storage)
            last[step.scope, step.name] = step


def _tensor_changed(evidence: Evidence) -> Iterator[Finding]:
    made = [op for op in evidence.ops if op.name in SHARES and op.outputs]
    for write in _writes(evidence):
        writer = _line_before(evidence, write.step)
        if writer is None or _by_the_program(evidence, write):
            continue
        for op in made:
            tensor = op.outputs[0]
            if tensor.storage != write.storage or op.seq > writer.seq:
                continue
            handed = _handed_on(evidence, op, writer.seq)
            uses = (use for use in evidence.uses.get(tensor.id, ()) if use.name not in COPIES)
            later = next((use for use in uses if use.seq > write.step.seq), None)
            if handed is None or later is None:
                continue
            again = evidence.trace.lines.times_run(writer.file, writer.line, len(evidence.trace.steps))[1] > 1
            if again and isinstance(handed, Op):
                continue  # a buffer that is filled anew before each use
            used = code(evidence.trace, later.span) or later.name
            put_away = handed is evidence.trace.lines.at(op.seq)
            yield told(
                evidence.trace,
                op if put_away else writer,
                f"Line {writer.line} writes to {write.name}, and so to the tensor that {code(evidence.trace, op.span)} "
                f"made of it before: {used} in line {_number(evidence, later)} reads the new numbers.",
                WHY,
                "Copy where the tensor is made: torch.tensor(…), torch.from_numpy(….copy()), or .clone().",
                [op, handed, writer, write.step, later],
            )
            break


def _by_the_program(evidence: Evidence, write: _Write) -> bool:
    """Whether it was the tensor that was written to: an in-place operation, or an optimizer."""
    line = _line_before(evidence, write.step)
    start = line.seq if line is not None else write.step.seq
    return any(
        isinstance(s, Update) and s.by != "shared memory"
        for s in evidence.trace.steps[start : write.step.seq]
    )


def _line_before(evidence: Evidence, step: AnyStep) -> Line | None:
    """The line that has just run when a name is told to mean something else."""
    return evidence.trace.lines.at(step.seq)


def _number(evidence: Evidence, step: AnyStep) -> int:
    line = evidence.trace.lines.at(step.seq)
    return line.line if line is not None else 0


def _handed_on(evidence: Evidence, op: Op, until: int) -> AnyStep | None:
    """What used a tensor, or put it away, before a step: the operation, or the line."""
    tensor = op.outputs[0].id
    use = next((use for use in evidence.uses.get(tensor, ()) if use.seq < until), None)
    if use is not None:
        return use
    trace = evidence.trace
    line = trace.lines.at(op.seq)
    if line is not None and COLLECTS.search(trace.sources.line(line.file, line.line)):
        return line
    name = trace.naming.first_name(tensor, until)
    for step in trace.steps[op.seq : until]:
        if name and isinstance(step, Line):
            text = trace.sources.line(step.file, step.line)
            if COLLECTS.search(text) and re.search(rf"\b{re.escape(name)}\b", text):
                return step
    return None


def _array_changed(evidence: Evidence) -> Iterator[Finding]:
    """Arrays made of a tensor that changed in place before a line read the array."""
    trace = evidence.trace
    for step in trace.steps:
        if not isinstance(step, Bind) or step.tensor is not None or not step.storage:
            continue
        line = trace.lines.at(step.seq)
        text = trace.sources.line(line.file, line.line) if line is not None else ""
        if line is None or ".numpy()" not in text or not re.match(rf"{re.escape(step.name)}\s*=[^=]", text):
            continue
        change = _changed(evidence, step)
        reader = _read(evidence, step, change.seq) if change is not None else None
        if change is None or reader is None:
            continue
        yield told(
            trace,
            line,
            f"{step.name} shares its memory with the tensor it was made of, which changed after that: line "
            f"{reader.line} reads the new numbers, not those of this moment.",
            WHY,
            f"Keep a copy: {step.name} = ….detach().numpy().copy(), or ….clone() before numpy().",
            [step, change, reader],
            "notice" if _only_shows(trace, change, reader) else "mistake",
        )


def _only_shows(trace: Trace, change: Update, reader: Line) -> bool:
    """Whether to see the change is what a line is for: it runs again and again, or prints what it has just written."""
    again = trace.lines.times_run(reader.file, reader.line, len(trace.steps))[1] > 1
    return again or (
        change.by == "in-place" and _prints_names(trace.sources.line(reader.file, reader.line).strip())
    )


def _prints_names(text: str) -> bool:
    """Whether a line prints nothing but texts, and names as they are."""
    try:
        call = ast.parse(text, mode="eval").body
    except SyntaxError:
        return False
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id != "print":
        return False
    shown = [
        part
        for value in call.args
        for part in (value.values if isinstance(value, ast.JoinedStr) else [value])
    ]
    bare = [part.value if isinstance(part, ast.FormattedValue) else part for part in shown]
    return all(isinstance(part, (ast.Name, ast.Constant)) for part in bare)


def _changed(evidence: Evidence, bound: Bind) -> Update | None:
    """The first change of the tensor behind an array, as long as its name means that array."""
    for step in evidence.trace.steps[bound.seq + 1 :]:
        same = isinstance(step, Bind) and (step.scope, step.name) == (bound.scope, bound.name)
        if same and isinstance(step, Bind) and step.storage != bound.storage:
            return None
        if (
            isinstance(step, Update)
            and step.after.storage == bound.storage
            and step.by in ("optimizer", "in-place")
        ):
            return step
    return None


def _read(evidence: Evidence, bound: Bind, after: int) -> Line | None:
    """The first line of the same call behind a step that reads the array's name, which still means it."""
    trace = evidence.trace
    own = re.compile(rf"(?<![\w.]){re.escape(bound.name)}\b")
    for step in trace.steps[after:]:
        if isinstance(step, Line) and step.scope == bound.scope:
            text = trace.sources.line(step.file, step.line)
            if re.match(rf"{re.escape(bound.name)}\s*=[^=]", text):
                return None
            if own.search(text):
                shown = any(
                    isinstance(s, Line) and (s.file, s.line) == (step.file, step.line)
                    for s in trace.steps[bound.seq : after]
                )
                return None if shown else step  # else it is looked at as it changes
    return None


def _parameter_again(evidence: Evidence) -> Iterator[Finding]:
    """A tensor was made of an array that turns out to be a parameter's own memory, which had been stepped since."""
    trace = evidence.trace
    stepped: dict[int, Update] = {}
    for step in trace.steps:
        if isinstance(step, Update) and step.by == "optimizer":
            stepped.setdefault(step.after.storage, step)
        elif isinstance(step, Op) and step.name in SHARES and step.outputs:
            change = stepped.get(step.outputs[0].storage)
            taken = _taken(evidence, step.seq) if change is not None else None
            if change is None or taken is None:
                continue
            name = evidence.name(change.tensor, step.seq) or "a parameter"
            yield told(
                trace,
                taken,
                f"The array made here is {name} itself: when {code(trace, step.span)} takes it back, it holds the "
                "numbers of now, not those of then.",
                WHY,
                "Keep a copy: ….detach().numpy().copy(), or copy.deepcopy(model.state_dict()).",
                [change, step],
            )
            return


def _taken(evidence: Evidence, before: int) -> Line | None:
    """The last line before a step that makes an array of a tensor, and does not copy it."""
    trace = evidence.trace
    for step in reversed(trace.steps[:before]):
        if isinstance(step, Line):
            text = trace.sources.line(step.file, step.line)
            if ".numpy()" in text and not re.search(r"copy|clone", text):
                return step
    return None


def _data_changed(evidence: Evidence) -> Iterator[Finding]:
    """A dataset hands out a piece of its own array, and writes to that piece."""
    trace = evidence.trace
    for op in evidence.ops:
        line = trace.lines.at(op.seq) if op.mutates else None
        if line is None or line.function != "__getitem__":
            continue
        made = evidence.first_made(op.mutates[0])
        taken = OWN_DATA.search(trace.sources.text(made.span)) if made is not None else None
        if made is None or made.name not in SHARES or taken is None:
            continue
        yield told(
            trace,
            made,
            f"{code(trace, made.span)} is a piece of {taken[1]}, and line {line.line} writes to it: each time that an "
            "item is taken, the data itself is changed.",
            WHY,
            "Copy it first: torch.tensor(…) or torch.from_numpy(….copy()); or write x = x + … in place of x += ….",
            [op],
        )
        return
