"""Steps, made of what was seen: the second stage of recording."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import CodeType

import msgspec

from tutor_tui.kernel.probes.graph import FoundNode, described
from tutor_tui.kernel.program.files import Files
from tutor_tui.kernel.program.spans import Spans
from tutor_tui.kernel.record.unmade import Make
from tutor_tui.kernel.rules.derivatives import Facts, rule_of
from tutor_tui.protocol.messages import Backward, Op, Preview, Span, Step, Update


class OpSeen(msgspec.Struct, gc=False):
    """A tensor operation that was seen to run: what `Op` is made of, and the steps that belong to it.

    `code` and `at` are the place in the program, the code object and the offset of an instruction in it, and
    `library` and `library_at` that in a library.
    """

    name: str
    api: str
    code: CodeType | None
    at: int
    library: CodeType | None
    library_at: int
    inputs: tuple[Preview, ...]
    outputs: tuple[Preview, ...]
    node: int | None
    found: Sequence[FoundNode]
    """The autograd nodes that it made."""
    changed: Sequence[tuple[Preview, Preview]]
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

    @property
    def makes(self) -> dict[type, Make]:
        """What is made of what."""
        return {OpSeen: self._op, BackwardSeen: self._backward}

    def _op(self, seen: OpSeen) -> Iterator[Step]:
        """An operation, the nodes that it made, and what it changed."""
        yield Op(
            name=seen.name,
            api=seen.api,
            span=None if seen.code is None else self._spans.at(seen.code, seen.at),
            inputs=seen.inputs,
            outputs=seen.outputs,
            node=seen.node,
            module=seen.module,
            mutates=tuple([before.id for before, _ in seen.changed]),
            scope=seen.scope,
            arguments=seen.arguments,
            within=seen.within,
            place=seen.place,
            library=None if seen.library is None else self._library(seen.library, seen.library_at),
            no_grad=seen.no_grad,
            evaluates=seen.evaluates,
        )
        yield from described(seen.found)
        for before, after in seen.changed:
            yield Update(tensor=before.id, before=before, after=after, by="in-place")

    def _backward(self, seen: BackwardSeen) -> Iterator[Step]:
        """A node that has run, with the rule behind it, and the nodes that this has made."""
        yield Backward(
            node=seen.node,
            grad_outputs=seen.grad_outputs,
            grad_inputs=seen.grad_inputs,
            rule=rule_of(seen.facts, seen.grad_outputs, seen.grad_inputs),
            scope=seen.scope,
        )
        yield from described(seen.found)

    def _library(self, code: CodeType, at: int) -> Span | None:
        """Where in a library an operation ran."""
        self._files.announce_library(code.co_filename)
        return self._spans.at(code, at)
