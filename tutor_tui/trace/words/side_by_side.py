"""Two runs of nearly the same program, side by side: losses, results and gradients, as a table of Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from tutor_tui.protocol.messages import Loss
from tutor_tui.text.numbers import format_number
from tutor_tui.trace.record.trace import Trace
from tutor_tui.trace.words.story import value_text

PASSES = 12
"""Passes of which the loss is told: the first ones, and the last."""
NOTHING = "—"

Pair = tuple[str, str, str]


def side_by_side(old: Trace, new: Trace) -> str:
    """What the runs came to. What is the same in both is told once, below."""
    rows = [*_losses(old, new), *_gradients(old, new), *_names(old, new)]
    differ = [row for row in rows if row[1] != row[2]]
    same = [row[0] for row in rows if row[1] == row[2]]
    lines = ["| | before | now |", "|---|---|---|", *(f"| {a} | {b} | {c} |" for a, b, c in differ)]
    found = "\n".join(lines) if differ else "What the runs came to is the same."
    return f"{found}\n\nThe same in both: {', '.join(same)}." if same else found


def _losses(old: Trace, new: Trace) -> Iterator[Pair]:
    """The loss of some passes, by their number."""
    before, now = (_by_pass(trace) for trace in (old, new))
    numbers = sorted({*before, *now})
    chosen = numbers if len(numbers) <= PASSES else [*numbers[: PASSES - 1], numbers[-1]]
    for number in chosen:
        yield f"loss of pass {number}", before.get(number, NOTHING), now.get(number, NOTHING)


def _by_pass(trace: Trace) -> dict[int, str]:
    steps = (trace.steps[seq] for seq in trace.losses)
    return {
        step.iteration: format_number(step.value, 6)
        for step in steps
        if isinstance(step, Loss) and step.value is not None
    }


def _gradients(old: Trace, new: Trace) -> Iterator[Pair]:
    """What each leaf of the program received in its last backward pass: `.grad` may have been cleared since."""
    before, now = (dict(_received(trace)) for trace in (old, new))
    for name in dict.fromkeys((*before, *now)):
        yield name, before.get(name, NOTHING), now.get(name, NOTHING)


def _received(trace: Trace) -> Iterator[tuple[str, str]]:
    if not trace.losses:
        return
    loss = trace.steps[trace.losses[-1]]
    last = trace.nodes.last_moment(loss.seq)
    for name, meaning in trace.naming.names(0, trace.moment(len(trace) - 1)).items():
        node = trace.nodes.leaf(meaning.tensor) if meaning.tensor is not None else None
        receipt = trace.nodes.receipt(node, last) if node is not None else None
        if receipt is not None and isinstance(loss, Loss):
            yield f"gradient of {name}, pass {loss.iteration}", value_text(receipt.incoming, 6)


def _names(old: Trace, new: Trace) -> Iterator[Pair]:
    """Every name of the program at the end of each run, and its gradient."""
    before, now = (dict(_at_the_end(trace)) for trace in (old, new))
    for name in dict.fromkeys((*before, *now)):
        yield name, before.get(name, NOTHING), now.get(name, NOTHING)


def _at_the_end(trace: Trace) -> Iterator[tuple[str, str]]:
    moment = trace.moment(len(trace) - 1)
    for name, meaning in trace.naming.names(0, moment).items():
        preview = trace.tensors.at(meaning.tensor, moment) if meaning.tensor is not None else None
        if preview is None or meaning.tensor is None:
            yield name, meaning.text.replace("|", "\\|")
            continue
        yield name, value_text(preview, 6)
        gradient = trace.tensors.gradient(meaning.tensor, moment)
        if gradient is not None:
            yield f"{name}.grad", value_text(gradient, 6)
