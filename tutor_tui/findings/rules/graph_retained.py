"""Graphs of earlier iterations are kept alive: memory grows with every step.

Evidence: tensors of one expression, from several iterations, were still alive with their graphs when the optimizer
stepped again; or a sum was made of the losses of several iterations, with the graphs of all of them. Legal twins:
lists that are emptied before each step, sums that are sent backward, and `total += loss.item()`. Source: PyTorch's
frequently asked questions, on memory.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator

from tutor_tui.findings.evaluation import steps
from tutor_tui.findings.evidence import Evidence, code, told
from tutor_tui.protocol.messages import Bind, Finding, Line, Op, Optimizer

LEVEL = "mistake"
ENOUGH, MANY = 3, 6
"""Iterations whose graphs are alive at once: where none was ever let go, and where some may have been."""
SUMS = (
    "add",
    "add_",
    "__add__",
    "__iadd__",
    "iadd",
    "__radd__",
    "radd",
    "sub",
    "mul",
    "div",
    "true_divide",
    "stack",
    "cat",
)
"""Operations by which losses are collected."""
FAR = 5000
"""How many steps behind an operation the line that puts its result away is looked for."""
WHY = "A tensor with a graph keeps all that its backward pass would need: every iteration takes more memory."


def find(evidence: Evidence) -> Iterator[Finding]:
    """Once for each expression whose results are kept; else once for a sum."""
    seen: set[tuple[str, int]] = set()
    for held in evidence.training.optimizers.values():
        for step in held.stepped:
            for op, kept in _kept(evidence, step):
                where = (op.span.file, op.span.line) if op.span is not None else ("", 0)
                if where not in seen:
                    seen.add(where)
                    yield _list(evidence, op, kept, step)
    summed = _sum(evidence) if not seen else None
    if summed is not None:
        yield summed


def _kept(evidence: Evidence, step: Optimizer) -> Iterator[tuple[Op, list[int]]]:
    """What one expression made in several iterations, and is alive at a step."""
    stepped = steps(evidence)
    found: defaultdict[tuple[str, int, int], dict[int, Op]] = defaultdict(dict)
    for number in step.kept:
        op = evidence.maker(number, step.seq)
        if op is not None and op.span is not None and not op.within:
            place = op.span.file, op.span.line, op.span.column
            found[place].setdefault(bisect(stepped, op.seq), op)
    for by_iteration in found.values():
        whole = step is _last(evidence, step) and len(by_iteration) == bisect(stepped, step.seq - 1)
        if len(by_iteration) >= MANY or (whole and len(by_iteration) >= ENOUGH):
            ops = list(by_iteration.values())
            yield ops[0], [op.outputs[0].id for op in ops]


def _last(evidence: Evidence, step: Optimizer) -> Optimizer:
    """The last step of the optimizer that has made a step."""
    return evidence.training.optimizers[step.number].stepped[-1]


def _list(evidence: Evidence, op: Op, kept: list[int], step: Optimizer) -> Finding:
    trace = evidence.trace
    line = _collects(evidence, op, kept[0])
    name = evidence.trace.naming.first_name(kept[0], len(trace.steps) - 1) or code(trace, op.span) or op.name
    return told(
        trace,
        line or op,
        f"{name} of {len(kept)} earlier iterations is kept alive, with its graph, when {step.name} steps again.",
        WHY,
        "Keep the number: loss.item(); or the values without the graph: tensor.detach().",
        [op, step],
    )


def _collects(evidence: Evidence, op: Op, tensor: int) -> Line | None:
    """The line that puts a result into a list, under the name that it has in that call."""
    trace = evidence.trace
    names: defaultdict[int, set[str]] = defaultdict(set)
    for step in trace.steps[op.seq :]:
        if isinstance(step, Optimizer) and step.did == "stepped" and step.seq > op.seq + FAR:
            return None
        if isinstance(step, Bind) and step.tensor == tensor:
            names[step.scope].add(step.name)
        elif isinstance(step, Line):
            text = trace.sources.line(step.file, step.line)
            if any(_puts_away(text, name) for name in names.get(step.scope, ())):
                return step
    return None


def _puts_away(text: str, name: str) -> bool:
    """Whether a line puts what a name means into something that outlasts it."""
    own = rf"(append|extend|insert|add|put)\(.*\b{re.escape(name)}\b|(\+=|\]\s*=).*\b{re.escape(name)}\b"
    return re.search(own, text) is not None


def _sum(evidence: Evidence) -> Finding | None:
    """A sum of losses that had been sent backward, of several iterations."""
    stepped = steps(evidence)
    losses = {loss.node: bisect(stepped, loss.seq) for loss in evidence.losses() if loss.node is not None}
    collected: dict[int, set[int]] = {}
    for op in evidence.ops:
        if op.node is None or op.within or op.name not in SUMS or op.node not in evidence.trace.nodes.by_id:
            continue
        found: set[int] = set()
        for number in evidence.trace.nodes.inputs(op.node):
            found |= {losses[number]} if number in losses else collected.get(number, set())
        collected[op.node] = found
        if len(found) >= ENOUGH and op.node not in evidence.sent:
            return _told_of_sum(evidence, op, len(found))
    return None


def _told_of_sum(evidence: Evidence, op: Op, count: int) -> Finding:
    trace = evidence.trace
    return told(
        trace,
        op,
        f"{code(trace, op.span) or op.name} adds up the losses of {count} iterations with the graphs behind them.",
        WHY,
        "Add the number: total += loss.item().",
        list(evidence.losses())[:count],
    )
