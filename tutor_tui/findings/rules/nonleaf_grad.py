"""The gradient of a tensor that is no leaf was read, or wanted by an optimizer: it is not kept.

Evidence: torch's own warning at the read, or its refusal; and the operation that made the tensor of a leaf. Legal
twins: `retain_grad()` before the pass, gradients of leaves, and `autograd.grad`. Source: `torch.Tensor.is_leaf` and
`torch.Tensor.retain_grad`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tutor_tui.findings.evidence import Evidence, code, place, told, whole_line
from tutor_tui.findings.failures import failed
from tutor_tui.protocol.messages import Finding, Op, Output

LEVEL = "mistake"
WARNED = re.compile(r"(?m)^(.+?):(\d+): UserWarning: The \.grad attribute of a Tensor that is not a leaf")
REFUSED = "can't optimize a non-leaf Tensor"
READ = re.compile(r"(\w[\w.\[\]]*)\.grad\b")
WHY = "backward() keeps gradients only in leaves: tensors that no operation made."


def find(evidence: Evidence) -> Iterator[Finding]:
    """Once for each line that reads."""
    trace = evidence.trace
    failure = trace.failure
    if failure is not None and REFUSED in failure.message:  # torch raises it as a plain ValueError
        yield failed(
            trace,
            failure,
            "The optimizer was given a tensor that an operation made: it is no leaf.",
            f"{WHY} An optimizer can only step what has a gradient.",
            "Make it the leaf itself: move or scale it first, then requires_grad_(), or wrap it in nn.Parameter.",
        )
    seen: set[tuple[str, int]] = set()
    for step in trace.steps:
        if isinstance(step, Output) and step.stream == "stderr":
            for found in WARNED.finditer(step.text):
                where = found[1], int(found[2])
                if where not in seen and where[0] in trace.sources:
                    seen.add(where)
                    yield _read(evidence, step, *where)


def _read(evidence: Evidence, step: Output, file: str, line: int) -> Finding:
    trace = evidence.trace
    text = trace.sources.line(file, line)
    names = [match[1] for match in READ.finditer(text)]
    maker = next((op for name in names if (op := _maker(evidence, name, step.seq)) is not None), None)
    name = next(iter(names), "the tensor")
    if maker is not None and _hides_a_leaf(evidence, maker):
        made = code(trace, maker.span) or maker.name
        return told(
            trace,
            maker,
            f"{name} is no leaf: it is the result of {made}. Its .grad, read in line {line}, stays None.",
            WHY,
            f"Make {name} the leaf: do that first, then call requires_grad_() on the result.",
            [step],
            span=place(trace, maker),
        )
    return told(
        trace,
        step,
        f"{name}.grad is None: {name} is no leaf, so backward() did not keep its gradient.",
        WHY,
        f"Call {name}.retain_grad() before backward(), or read the gradient of a leaf.",
        [maker] if maker is not None else [],
        span=whole_line(trace, file, line),
    )


def _maker(evidence: Evidence, name: str, moment: int) -> Op | None:
    """The operation that made what a name means."""
    naming = evidence.trace.naming
    for scope in dict.fromkeys((naming.scope(moment), 0)):
        meaning = naming.names(scope, moment).get(name)
        if meaning is not None and meaning.tensor is not None:
            return evidence.maker(meaning.tensor, moment)
    return None


def _hides_a_leaf(evidence: Evidence, op: Op) -> bool:
    """Whether the leaf that an operation took has no name: it was made in the same expression, and is lost."""
    leaves = [p for p in op.inputs if p.requires_grad and p.is_leaf]
    return bool(leaves) and not any(evidence.name(p.id, len(evidence.trace.steps) - 1) for p in leaves)
