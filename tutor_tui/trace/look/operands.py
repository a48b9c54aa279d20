"""What an operation that failed had been given, and which sizes do not go together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

from tutor_tui.protocol.messages import Failure, Op, Preview
from tutor_tui.trace.record.trace import Trace

PRODUCTS = ("matmul", "mm", "bmm", "mv", "dot", "rmatmul", "__matmul__", "__rmatmul__")
JOINED = ("cat", "concat", "concatenate", "stack", "hstack", "vstack")
MOST = 12
"""Operands that are told; `cat` may be given thousands."""
BACK = 2000
"""Steps before a failure in which the operation is looked for that made one of its operands."""

_BROADCAST = re.compile(r"must match the size|broadcast|shape mismatch|not match the existing size")

Shape = tuple[int, ...]
Place = tuple[int, int]
"""The number of an operand, and one of its dimensions."""


class Operand(NamedTuple):
    """A tensor that an operation was given."""

    name: str
    preview: Preview
    clashing: frozenset[int]
    """Dimensions whose sizes do not go with those of another operand."""


def operands(trace: Trace, failure: Failure) -> list[Operand]:
    """The operands of the operation that failed, in their order."""
    given = failure.operands[:MOST]
    places = clashes(failure.operation, [tuple(p.shape) for p in given], failure.message)
    return [
        Operand(called(trace, preview, failure.seq), preview, frozenset(d for n, d in places if n == number))
        for number, preview in enumerate(given)
    ]


def clashes(operation: str, shapes: Sequence[Shape], message: str = "") -> set[Place]:
    """The sizes that an operation cannot bring together; none where it is not known, or they are not to blame."""
    if operation == "linear":
        return _unequal(shapes, (0, -1), (1, -1))
    if operation in ("addmm", "baddbmm"):
        return {(n + 1, d) for n, d in _product(shapes[1:])}
    if operation in PRODUCTS:
        return _product(shapes)
    if operation in JOINED:
        return _joined(shapes, message)
    if operation.startswith("conv") and operation[4:5].isdigit() and ("channels" in message or not message):
        return _unequal(shapes, (0, -1 - int(operation[4])), (1, 1))
    if operation in ("cross_entropy", "cross_entropy_loss", "nll_loss", "nll_loss_nd"):
        return _unequal(shapes, (0, 0), (1, 0))
    # other operations ask other things of their operands: only where torch speaks of this rule is it the cause
    return _broadcast(shapes[:3]) if not message or _BROADCAST.search(message) else set()


def _product(shapes: Sequence[Shape]) -> set[Place]:
    """In (m×n) @ (n×p) the inner sizes have to be equal."""
    if len(shapes) < 2 or not shapes[0] or not shapes[1]:
        return set()
    return _unequal(shapes, (0, -1), (1, -2 if len(shapes[1]) > 1 else -1))


def _joined(shapes: Sequence[Shape], message: str) -> set[Place]:
    """All sizes have to be equal except in the dimension along which tensors are joined."""
    found = re.search(r"except in dimension (\d+)", message)
    along = int(found[1]) if found else -1
    places: set[Place] = set()
    for dimension in range(min(map(len, shapes), default=0)):
        if dimension != along and len({shape[dimension] for shape in shapes}) > 1:
            places |= {(n, dimension) for n in range(len(shapes))}
    return places


def _broadcast(shapes: Sequence[Shape]) -> set[Place]:
    """Aligned from the right, sizes have to be equal, or one of them 1."""
    places: set[Place] = set()
    for (a, first), (b, second) in combinations(enumerate(shapes), 2):
        for back in range(1, min(len(first), len(second)) + 1):
            if first[-back] != second[-back] and 1 not in (first[-back], second[-back]):
                places |= {(a, len(first) - back), (b, len(second) - back)}
    return places


def _unequal(shapes: Sequence[Shape], *places: Place) -> set[Place]:
    """Both places, counted from the front, where they exist and their sizes differ."""
    found: set[Place] = set()
    sizes = set()
    for number, dimension in places:
        if number >= len(shapes) or not -len(shapes[number]) <= dimension < len(shapes[number]):
            return set()
        found.add((number, dimension % len(shapes[number])))
        sizes.add(shapes[number][dimension])
    return found if len(sizes) > 1 else set()


def called(trace: Trace, preview: Preview, moment: int) -> str:
    """The program's name for a tensor, or the expression that made it."""
    name = trace.naming.name_of(preview.id, moment)
    if name:
        return name
    for step in reversed(trace.steps[max(0, moment - BACK) : moment]):
        if isinstance(step, Op) and any(output.id == preview.id for output in step.outputs):
            return trace.sources.text(step.span) or step.name
    return f"tensor {preview.id}"
