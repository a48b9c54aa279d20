"""Steps, made of what was seen: the second stage of recording."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import CodeType

import msgspec

from tutor_tui.kernel.probes.graph import FoundNode, described
from tutor_tui.kernel.program.files import Files
from tutor_tui.kernel.program.spans import Spans
from tutor_tui.kernel.rules.derivatives import Facts, rule_of
from tutor_tui.protocol.messages import Backward, Op, Preview, Span, Step, Update

Position = tuple[CodeType, int]
"""A place in the code: the code object, and the offset of an instruction in it."""


class OpSeen(msgspec.Struct, gc=False):
    """A tensor operation that was seen to run: what `Op` is made of, and the steps that belong to it."""

    name: str
    api: str
    position: Position | None
    library: Position | None
    inputs: tuple[Preview, ...]
    outputs: tuple[Preview, ...]
    node: int | None
    found: Sequence[FoundNode]
    """The autograd nodes that it made."""
    changed: list[tuple[Preview, Preview]]
    """The tensors that it changed in place, before and after."""
    arguments: tuple[str, ...]
    module: str
    evaluates: bool
    place: str
    within: str
    no_grad: bool
    scope: int


class BackwardSeen(msgspec.Struct, gc=False):
    """A node that the engine was seen to run: what `Backward` is made of, and the nodes that its own run made."""

    node: int
    grad_outputs: tuple[Preview | None, ...]
    grad_inputs: tuple[Preview | None, ...]
    facts: Facts
    found: Sequence[FoundNode]
    scope: int


class Making:
    """Puts what was seen into words."""

    def __init__(self, files: Files, spans: Spans) -> None:
        self._files, self._spans = files, spans

    def op(self, seen: OpSeen) -> Iterator[Step]:
        """An operation, the nodes that it made, and what it changed."""
        yield Op(
            name=seen.name,
            api=seen.api,
            span=None if seen.position is None else self._spans.at(*seen.position),
            inputs=seen.inputs,
            outputs=seen.outputs,
            node=seen.node,
            module=seen.module,
            mutates=tuple([before.id for before, _ in seen.changed]),
            scope=seen.scope,
            arguments=seen.arguments,
            within=seen.within,
            place=seen.place,
            library=self._library(seen.library),
            no_grad=seen.no_grad,
            evaluates=seen.evaluates,
        )
        yield from described(seen.found)
        for before, after in seen.changed:
            yield Update(tensor=before.id, before=before, after=after, by="in-place")

    def backward(self, seen: BackwardSeen) -> Iterator[Step]:
        """A node that has run, with the rule behind it, and the nodes that this has made."""
        yield Backward(
            node=seen.node,
            grad_outputs=seen.grad_outputs,
            grad_inputs=seen.grad_inputs,
            rule=rule_of(seen.facts, seen.grad_outputs, seen.grad_inputs),
            scope=seen.scope,
        )
        yield from described(seen.found)

    def _library(self, position: Position | None) -> Span | None:
        """Where in a library an operation ran."""
        if position is None:
            return None
        self._files.announce_library(position[0].co_filename)
        return self._spans.at(*position)
