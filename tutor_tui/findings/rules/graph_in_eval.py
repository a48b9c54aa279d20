"""Evaluation builds graphs that nobody ever sends backward.

Evidence: passes through a module with parameters to train were tracked, at one line again and again, in evaluation
mode, or judged by a loss or a comparison (else it is a notice); and nothing of them, nor of what was computed from
them, was ever sent backward. Legal twins: target networks and sampling that detach, gradients of inputs
(`autograd.grad` counts), and modules without parameters to train. Source: `torch.no_grad`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from tutor_tui.findings.evaluation import LOSSES, judged
from tutor_tui.findings.evidence import Evidence, code, place, told
from tutor_tui.protocol.messages import AnyStep, Finding, Op

LEVEL = "mistake"
FIX = "Wrap the evaluation: with torch.no_grad(): … (or torch.inference_mode())."
ENOUGH = {True: 2, False: 3}
"""Passes at one line after which it is no look at the model, in evaluation mode and in training mode."""


def find(evidence: Evidence) -> Iterator[Finding]:
    """Once for each line that calls a module."""
    if evidence.trace.failure is not None or not evidence.training.optimizers:
        return
    found: list[tuple[list[list[Op]], bool, str]] = []
    for calls in _by_line(evidence).values():
        for evaluates in (True, False):
            ours = [ops for ops in calls.values() if ops[0].evaluates is evaluates]
            unsent = [ops for ops in ours if _unsent(evidence, ops)]
            if len(unsent) < len(ours) or len(unsent) < ENOUGH[evaluates]:
                continue
            if not evaluates and _hangs_on(evidence, unsent[0][-1]):
                continue
            by = judged(evidence, unsent[0][-1])
            if _tracks(evidence, unsent[0][-1]) and (evaluates or by is not None):
                found.append((unsent, evaluates, "mistake" if by is not None else "notice"))
                break
    lasts = [ops[0][-1].node for ops, _, _ in found]
    found = [one for one in found if not _only_judges(evidence, one[0][0], lasts)]
    for unsent, evaluates, level in found:
        last = unsent[0][-1]
        others = [ops[0][-1].node for ops, _, _ in found if ops is not unsent]
        if not any(last.node in evidence.reached([node]) for node in others if node is not None):
            yield _finding(evidence, unsent, evaluates, level)


def _by_line(evidence: Evidence) -> Mapping[tuple[str, int], Mapping[int, list[Op]]]:
    """The tracked operations of modules by the line that calls the outermost, and by each run of it."""
    found: defaultdict[tuple[str, int], defaultdict[int, list[Op]]] = defaultdict(lambda: defaultdict(list))
    for op in evidence.ops:
        if op.module and not op.within:
            call = evidence.call(op)
            if call is op:
                call = evidence.trace.lines.at(op.seq) or op
            span = place(evidence.trace, call)
            if span is not None and op.node is not None:
                found[span.file, span.line][call.seq].append(op)
    return found


def _only_judges(evidence: Evidence, ops: list[Op], lasts: list[int | None]) -> bool:
    """Whether a pass is that of a loss over the result of another one."""
    node = ops[-1].node
    below = evidence.reached([node]) if node is not None else set()
    return all(op.name in LOSSES for op in ops) and any(last in below for last in lasts if last != node)


def _unsent(evidence: Evidence, ops: list[Op]) -> bool:
    """Whether nothing of a pass, and nothing that was made of it, was sent backward."""
    return not any(
        op.node is not None and op.node in evidence.sent for op in (*ops, *evidence.following(ops[-1]))
    )


def _hangs_on(evidence: Evidence, last: Op) -> bool:
    """Whether a pass goes on from one that was sent backward: it is a part of training of which nothing was made."""
    nodes = evidence.trace.nodes.by_id
    below = evidence.reached([last.node] if last.node is not None else [])
    return any(number in evidence.sent and nodes[number].tensor is None for number in below)


def _tracks(evidence: Evidence, last: Op) -> bool:
    """Whether the graph leads to parameters that are trained in this run."""
    nodes = evidence.trace.nodes.by_id
    leaves = {nodes[n].tensor for n in evidence.reached([last.node] if last.node is not None else [])}
    return any(tensor is not None and evidence.training.holders(tensor) for tensor in leaves)


def _finding(evidence: Evidence, unsent: list[list[Op]], evaluates: bool, level: str) -> Finding:
    trace, last = evidence.trace, unsent[0][-1]
    call: AnyStep = evidence.call(last)
    mode = "in evaluation mode " if evaluates else ""
    nodes = len(evidence.reached([last.node] if last.node is not None else []))
    span = place(trace, call)
    text = (
        code(trace, last.span) if call is last else trace.sources.line(span.file, span.line) if span else ""
    )
    return told(
        trace,
        call,
        f"{text or last.name} {mode}built a graph of {nodes} nodes that was never sent backward, "
        f"{len(unsent)} times in this record.",
        "The graph and all values that it saved take memory and time for nothing.",
        FIX
        if evaluates
        else f"If it only measures, {FIX[0].lower()}{FIX[1:]} If it is to train, send its loss backward.",
        [last, unsent[-1][-1]],
        level,
    )
