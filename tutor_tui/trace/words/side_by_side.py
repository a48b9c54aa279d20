"""Two runs of nearly the same program, side by side: losses, results and gradients, as a table of Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tutor_tui.protocol.messages import Loss, Preview
from tutor_tui.text.numbers import format_number
from tutor_tui.trace.record.trace import Trace
from tutor_tui.trace.words.story import value_text

PASSES = 12
"""Passes of which the loss is told: the first ones, and the last."""
NOTHING = "—"


class Pair(NamedTuple):
    """One thing in both runs; `same` is None where it cannot be told: large tensors are not kept."""

    name: str
    before: str
    now: str
    same: bool | None


def side_by_side(old: Trace, new: Trace) -> str:
    """What the runs came to. What is the same in both is told once, below."""
    rows = [
        *_losses(old, new),
        *_compared(_received(old), _received(new)),
        *_compared(_last(old), _last(new)),
    ]
    differ = [row for row in rows if row.same is False]
    lines = ["| | before | now |", "|---|---|---|"]
    lines += [f"| {row.name} | {row.before} | {row.now} |" for row in differ]
    found = ["\n".join(lines)] if differ else []
    for same, said in ((True, "The same in both"), (None, "Too large to compare")):
        if names := [row.name for row in rows if row.same is same]:
            found.append(f"{said}: {', '.join(names)}.")
    return "\n\n".join(found) or "Neither run has computed anything."


def _losses(old: Trace, new: Trace) -> Iterator[Pair]:
    """The loss of some passes, by their number."""
    before, now = (_by_pass(trace) for trace in (old, new))
    numbers = sorted({*before, *now})
    chosen = numbers if len(numbers) <= PASSES else [*numbers[: PASSES - 1], numbers[-1]]
    for number in chosen:
        a, b = before.get(number), now.get(number)
        yield Pair(f"loss of pass {number}", _number(a), _number(b), repr(a) == repr(b))


def _number(value: float | None) -> str:
    return NOTHING if value is None else format_number(value, 6)


def _by_pass(trace: Trace) -> dict[int, float]:
    steps = (trace.steps[seq] for seq in trace.losses)
    return {s.iteration: s.value for s in steps if isinstance(s, Loss) and s.value is not None}


Named = Iterator[tuple[str, Preview | str]]


def _compared(old: Named, new: Named) -> Iterator[Pair]:
    """Whatever either run has, by its name."""
    before, now = dict(old), dict(new)
    for name in dict.fromkeys((*before, *now)):
        a, b = before.get(name), now.get(name)
        yield Pair(name, _text(a), _text(b), _same(a, b))


def _text(value: Preview | str | None) -> str:
    text = value_text(value, 6) if isinstance(value, Preview) else value or NOTHING
    return text.replace("|", "\\|")


def _same(a: Preview | str | None, b: Preview | str | None) -> bool | None:
    if not (isinstance(a, Preview) and isinstance(b, Preview)):
        return a == b
    if (a.shape, a.dtype) != (b.shape, b.dtype):
        return False
    return None if a.values is None or b.values is None else repr(a.values) == repr(b.values)


def _received(trace: Trace) -> Named:
    """What each leaf of the program received in its last backward pass: `.grad` may have been cleared since."""
    if not trace.losses:
        return
    loss = trace.steps[trace.losses[-1]]
    last = trace.nodes.last_moment(loss.seq)
    for name, meaning in trace.naming.names(0, trace.moment(len(trace) - 1)).items():
        node = trace.nodes.leaf(meaning.tensor) if meaning.tensor is not None else None
        receipt = trace.nodes.receipt(node, last) if node is not None else None
        if receipt is not None and receipt.incoming is not None and isinstance(loss, Loss):
            yield f"gradient of {name}, pass {loss.iteration}", receipt.incoming


def _last(trace: Trace) -> Named:
    """Every name of the program at the end, and its gradient."""
    moment = trace.moment(len(trace) - 1)
    for name, meaning in trace.naming.names(0, moment).items():
        preview = trace.tensors.at(meaning.tensor, moment) if meaning.tensor is not None else None
        if preview is None or meaning.tensor is None:
            yield name, meaning.text
            continue
        yield name, preview
        gradient = trace.tensors.gradient(meaning.tensor, moment)
        if gradient is not None:
            yield f"{name}.grad", gradient
