"""The autograd graph at a moment, as rows of a tree: results on top, leaves at the bottom."""

from __future__ import annotations

from typing import NamedTuple

from tutor_tui.protocol.messages import Preview
from tutor_tui.trace.nodes import Part
from tutor_tui.trace.trace import Trace

LEVELS = 10
"""Ancestors that a row's prefix draws; deeper rows say how deep they are instead."""


class Row(NamedTuple):
    """One line of the tree: a node, or a reference (`again`) to one drawn further up."""

    prefix: str
    node: int
    again: bool


def rows(trace: Trace, moment: int) -> list[Row]:
    """The whole tree at a moment; iterative, linear in nodes and edges. A shared node is drawn once."""
    by_id = trace.nodes.by_id
    drawn: set[int] = set()
    found: list[Row] = []
    pending = [(root, 0, "", "") for root in reversed(trace.nodes.roots(moment))]
    while pending:
        number, depth, trail, branch = pending.pop()
        again = number in drawn
        found.append(Row(_prefix(depth, trail, branch), number, again))
        if again:
            continue
        drawn.add(number)
        children = [e.node for e in by_id[number].next if e is not None and e.node in by_id]
        below = (trail + _continuation(branch))[-3 * LEVELS :]
        for index in range(len(children) - 1, -1, -1):
            turn = "└─ " if index == len(children) - 1 else "├─ "
            pending.append((children[index], depth + 1, below, turn))
    return found


def _prefix(depth: int, trail: str, branch: str) -> str:
    deeper = f"{depth}… " if depth > LEVELS + 1 else ""
    return deeper + trail + branch


def _continuation(branch: str) -> str:
    return {"": "", "└─ ": "   "}.get(branch, "│  ")


class Reading(NamedTuple):
    """What can be said of a node at a moment."""

    label: str
    kind: str
    value: Preview | None
    incoming: Preview | None
    parts: list[Part]
    outgoing: list[str]
    """By the rule, what went along each edge that took a gradient."""
    rule: str


def read(trace: Trace, number: int, moment: int) -> Reading:
    """Label, value and gradients of a node as they stand at a moment."""
    node = trace.nodes.by_id[number]
    parts = trace.nodes.parts(number, moment)
    if node.tensor is not None:
        receipt = trace.nodes.receipt(number, moment)
        value = trace.tensor(node.tensor, moment)
        incoming = receipt.incoming if receipt else None
        return Reading(label(trace, number, moment), "leaf", value, incoming, parts, [], "")
    run = trace.nodes.run(number, moment)
    rule = run.rule if run else None
    return Reading(
        label=label(trace, number, moment),
        kind=node.name,
        value=_value(trace, number, moment),
        incoming=run.grad_outputs[0] if run and run.grad_outputs else None,
        parts=parts,
        outgoing=[e for e in rule.edges if e is not None] if rule else [],
        rule=rule.text if rule else "",
    )


def label(trace: Trace, number: int, moment: int) -> str:
    """The program's own words for a node: its variable and expression; else PyTorch's name for it."""
    node = trace.nodes.by_id.get(number)
    if node is None:  # the record was thinned
        return f"node {number}"
    if node.tensor is not None:
        return trace.name_of(node.tensor, moment) or f"tensor {node.tensor}"
    op = trace.nodes.op(number)
    if op is None:
        return node.name
    text = trace.text(op.span) or op.name
    name = trace.name_of(op.outputs[0].id, moment) if op.outputs else ""
    return f"{name} = {text}" if name and name != text else text


def _value(trace: Trace, number: int, moment: int) -> Preview | None:
    op = trace.nodes.op(number)
    if op is None or not op.outputs:
        return None
    return trace.tensor(op.outputs[0].id, moment)
