"""A model is judged while its dropout or batch norm works as in training.

Evidence: such a layer was active in a pass that was never sent backward, and its results were held against targets,
or, once training was over, decided by: of a single sample, as where text is made, that is a notice. A functional
dropout without `training=` is active in evaluation mode, too. Legal twins: accuracy on the batch that is trained
with, `update_bn`, teachers and targets whose results go into a loss, and MC dropout: the same data again and again,
with no step between. Source: `torch.nn.Module.eval` and `torch.nn.functional.dropout`.
"""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from collections.abc import Iterator

from tutor_tui.findings.evaluation import given, holds, judged, of_the_batch, steps
from tutor_tui.findings.evidence import Evidence, code, place, told
from tutor_tui.protocol.messages import AnyStep, Finding, Layer, Op

LEVEL = "mistake"
FIX = "Call model.eval() before it, and model.train() before training goes on."
REPEATS = ("repeat", "repeat_interleave", "expand", "tile")
AGAIN = 3
"""Passes over the same data between two steps from which on randomness is meant."""
DOES = {
    True: "dropout still sets random elements to 0",
    False: "batch norm still uses the statistics of each batch, and changes its running ones",
}


def find(evidence: Evidence) -> Iterator[Finding]:
    """Once for each line that calls the model."""
    seen: set[tuple[str, int]] = set()
    calls, stepped = _calls(evidence), steps(evidence)
    for layer, op in _unsent(evidence):
        inner = layer.training[0] if layer.training else True
        outer = layer.training[-1] if layer.training else True
        if (inner and not outer) or _says_so(evidence, layer):
            continue  # switched on for this very purpose
        data = given(evidence, op)
        call: AnyStep = op if not outer else evidence.call(op)
        span = place(evidence.trace, call)
        where = (span.file, span.line) if span is not None else ("", 0)
        over = not [seq for seq in stepped if seq > op.seq]
        by = judged(evidence, op, over and outer)
        if where in seen or by is None:
            continue
        seen.add(where)
        at = bisect(stepped, op.seq)
        repeated = max((calls[where[1], number, at] for number in data), default=0) >= AGAIN
        meant = "dropout" in layer.name and (repeated or _repeats(evidence, op, data))
        sampled = not holds(evidence, by) and _single(op)
        level = "notice" if meant or sampled or of_the_batch(evidence, op, data) else "mistake"
        yield _finding(evidence, layer, op, call, by, level)


def _unsent(evidence: Evidence) -> Iterator[tuple[Layer, Op]]:
    """The layers that were active in a pass that no gradient ever came from, and their operations."""
    if not evidence.training.optimizers and not any(evidence.losses()):
        return
    for layer in evidence.training.layers:
        op = evidence.maker(layer.output, layer.seq) if layer.active else None
        if op is not None and not op.within and (layer.node is None or layer.node not in evidence.sent):
            yield layer, op


def _calls(evidence: Evidence) -> Counter[tuple[int, int, int]]:
    """How often a line handed the same data to layers that were active between two steps, by line and tensor."""
    found: Counter[tuple[int, int, int]] = Counter()
    stepped = steps(evidence)
    first: dict[tuple[int, int], str] = {}
    for layer, op in _unsent(evidence):
        span = place(evidence.trace, evidence.call(op))
        for number in given(evidence, op):
            key = span.line if span is not None else 0, number
            if first.setdefault(key, layer.module) == layer.module:  # one layer of each pass counts
                found[*key, bisect(stepped, op.seq)] += 1
    return found


def _repeats(evidence: Evidence, op: Op, data: set[int]) -> bool:
    """Whether data was written out several times before it was handed over: for the mean over random passes."""
    makers = (evidence.maker(number, op.seq) for number in data)
    return any(maker is not None and maker.name in REPEATS for maker in makers)


def _single(op: Op) -> bool:
    """Whether an operation worked on one sample."""
    return bool(op.outputs) and op.outputs[0].shape[:1] in ((), (1,))


def _says_so(evidence: Evidence, layer: Layer) -> bool:
    """Whether a functional dropout is told that it shall be active."""
    text = evidence.trace.sources.text(layer.span)
    return not (layer.training and layer.training[0]) and "training" in text


def _finding(evidence: Evidence, layer: Layer, op: Op, call: AnyStep, by: Op, level: str) -> Finding:
    trace = evidence.trace
    named = layer.module or layer.name
    does = DOES["dropout" in layer.name]
    judge = code(trace, by.span) or by.name
    if layer.training and not layer.training[-1]:
        return told(
            trace,
            op,
            f"{code(trace, op.span) or layer.name} is active in evaluation mode: {does}, and {judge} judges by it.",
            "A functional dropout does not know of model.eval(): its training argument is True unless it is told.",
            "Write F.dropout(x, p, training=self.training), or use nn.Dropout.",
            [layer, by],
            level,
        )
    return told(
        trace,
        call,
        f"{named} ran as in training in a pass that is only judged, by {judge}: {does}.",
        "The numbers look worse than the model is, and differ from run to run.",
        FIX if op.node is None else f"If it only measures, {FIX[0].lower()}{FIX[1:]}",
        [op, layer, by],
        level,
    )
