"""A value that the backward pass needed was overwritten after the operation that saved it.

Evidence: the exception that ended the program; the write, which is the last one to a tensor that an operation of
the graph took or made before it. Legal twins raise nothing: in-place writes to what no operation has saved. Source:
the autograd notes on in-place correctness checks.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from tutor_tui.findings.evidence import Evidence, code, covered, place
from tutor_tui.findings.failures import expression, failed, failure_like
from tutor_tui.protocol.messages import Failure, Finding, Op, Update
from tutor_tui.trace.record.trace import Trace

LEVEL = "mistake"
PATTERN = r"modified by an inplace operation"
MEANT = re.compile(r"Tensor \[(?P<shape>[\d, ]*)\](?:\], which is output \d+ of (?P<node>\w+))?")
TURNED = re.compile(r"AsStrided|T(ranspose)?Backward")
"""What a layer keeps of its weights is turned round: torch names that, not the layer."""


def find(evidence: Evidence) -> Iterator[Finding]:
    """At the write, if the record knows it; else where the backward pass failed."""
    trace = evidence.trace
    failure = failure_like(trace, PATTERN)
    if failure is None:
        return
    why = "The operation had saved that value for its gradient. Overwritten, the gradient would be wrong."
    fix = (
        "Make a new tensor instead of writing into this one (x = x + 1), or call backward() before the write."
    )
    written = _write(trace, failure)
    if written is None:
        message = f"{expression(trace, failure)} needed a value that was overwritten: {failure.message}"
        yield failed(trace, failure, message, why, fix)
        return
    write, needed = written
    at = place(trace, write)
    line = at.line if at is not None else 0
    message = (
        f"Line {line} overwrites {_name(trace, write)}, which {code(trace, needed.span) or needed.name} "
        "still needs for the backward pass."
    )
    if isinstance(write, Update) and write.by == "optimizer":
        fix = "Send each loss that was made of the old values backward before the step, or compute it anew behind it."
    yield failed(trace, failure, message, why, fix, at, (write.seq, needed.seq))


def _write(trace: Trace, failure: Failure) -> tuple[Op | Update, Op] | None:
    """The last write to what torch says was needed, and the operation that had saved it; None if unknown."""
    said = MEANT.search(failure.message)
    if said is None:
        return None
    shape = tuple(int(size) for size in said["shape"].split(",") if size.strip())
    turned = bool(TURNED.match(said["node"] or ""))
    shapes, node = ({shape, shape[::-1]}, "") if turned else ({shape}, said["node"])
    uses: defaultdict[int, list[Op]] = defaultdict(list)
    found: tuple[Op | Update, Op] | None = None
    for step in (trace.steps[seq] for seq in covered(trace, failure.seq)):
        if isinstance(step, Op) and not step.mutates:
            if step.node is not None:
                for preview in (*step.inputs, *step.outputs):
                    if preview.shape in shapes:
                        uses[preview.storage or -preview.id].append(step)
        elif isinstance(step, (Op, Update)):
            needed = [op for memory in _written(step) for op in uses.get(memory, ())]
            named = [op for op in needed if _node(trace, op) == node]
            if needed and (named or found is None or not node):
                found = step, max(named or needed, key=lambda op: op.seq)
    return found


def _written(step: Op | Update) -> Iterator[int]:
    """The memory that a step has written to, and counted it: a view of it may be what is needed."""
    if isinstance(step, Update) and step.by == "shared memory":
        return
    previews = [step.after] if isinstance(step, Update) else [p for p in step.inputs if p.id in step.mutates]
    yield from dict.fromkeys(preview.storage or -preview.id for preview in previews)


def _node(trace: Trace, op: Op) -> str:
    node = trace.nodes.by_id.get(op.node) if op.node is not None else None
    return node.name if node is not None else ""


def _name(trace: Trace, write: Op | Update) -> str:
    number = write.mutates[0] if isinstance(write, Op) else write.tensor
    return trace.naming.name_of(number, write.seq) or "a tensor"
