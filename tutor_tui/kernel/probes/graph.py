"""The autograd graph: ids for its nodes, and an iterative walk along `next_functions`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import count
from typing import Any

import msgspec
import torch

from tutor_tui.kernel.probes.ids import Identities
from tutor_tui.kernel.probes.previews import SMALL, dtype_name
from tutor_tui.kernel.probes.reading import numbers
from tutor_tui.kernel.probes.shield import history
from tutor_tui.protocol.messages import Edge, Node
from tutor_tui.text.numbers import format_values

ACCUMULATE: Any = vars(torch._C._functions)["AccumulateGrad"]
_saved_hooks = torch._C._autograd._top_saved_tensors_default_hooks


class Graph:
    """Numbers autograd nodes and describes each once.

    A node's number is kept in the node's own `metadata` dict, so it lives exactly as long as the
    node does: nothing is kept alive, and an address that is used again gets a new number. The
    AccumulateGrad node of a leaf may be made anew at any time; it is known by its leaf.
    """

    def __init__(self, identities: Identities) -> None:
        self._identities = identities
        self._tag = object()
        self._sealed: set[int] = set()
        self._numbers = count(1)  # atomic: several threads may discover
        self.newest = 0
        """The id that was given out last."""

    def number(self, node: Any) -> int | None:
        """The id of a node, None where it has not been discovered."""
        if type(node) is ACCUMULATE:
            return self._identities.known(node.variable).node or None
        return node.metadata.get(self._tag)  # type: ignore[no-any-return]

    def sealed(self, number: int) -> bool:
        """Whether what a node saved went through the program's own hooks: to look would run them."""
        return number in self._sealed

    def discover(self, roots: Iterable[Any]) -> Sequence[FoundNode]:
        """Look at every node that is reachable from `roots` and not yet known, newest first; see `described`."""
        pending: list[tuple[Any, int]] = []
        for root in roots:
            if root is not None and self.number(root) is None:
                pending.append((root, self._assign(root)))
        if not pending:
            return ()
        found: list[FoundNode] = []
        sealed = _saved_hooks(False) is not None
        tag, known = self._tag, self._identities.known
        while pending:
            node, own = pending.pop()
            edges: list[tuple[int, int] | None] = []
            for child, input_nr in node.next_functions:
                if child is None:
                    edges.append(None)
                    continue
                # `number()` written out: most children are known
                number = known(child.variable).node if type(child) is ACCUMULATE else child.metadata.get(tag)
                if not number:
                    number = self._assign(child)
                    pending.append((child, number))
                edges.append((number, input_nr))
            if sealed:
                self._sealed.add(own)
            found.append(self._look(node, own, tuple(edges), sealed))
        return found

    def _assign(self, node: Any) -> int:
        known = self.number(node)
        if known is not None:
            return known
        number = self.newest = next(self._numbers)
        if type(node) is ACCUMULATE:
            self._identities.known(node.variable).node = number
        else:
            node.metadata[self._tag] = number
        return number

    def _look(
        self, node: Any, own: int, edges: tuple[tuple[int, int] | None, ...], sealed: bool
    ) -> FoundNode:
        if type(node) is ACCUMULATE:
            leaf = self._identities.number(node.variable)
            return FoundNode(own, "AccumulateGrad", node._sequence_nr(), edges, (), leaf)
        kept = () if sealed or _saved_names.get(type(node)) == () else _kept(node)  # most have nothing
        return FoundNode(own, node.name(), node._sequence_nr(), edges, kept, None)


def walk(roots: Iterable[Any]) -> Iterator[Any]:
    """Every node that a backward pass from `roots` can run, each once; None among them is passed over."""
    pending = [root for root in roots if root is not None]
    seen = set(pending)
    while pending:
        node = pending.pop()
        yield node
        for following, _ in node.next_functions:
            if following is not None and following not in seen:
                seen.add(following)
                pending.append(following)


def leaf_of(node: Any) -> torch.Tensor | None:
    """The leaf whose gradient a node accumulates; None for every other node."""
    return node.variable if type(node) is ACCUMULATE else None


def edge_root(output: Any) -> Any:
    """The node that a backward pass starts from: of a tensor, or of a `GradientEdge`."""
    if isinstance(output, torch.Tensor):
        node = history(output)
        if node is not None or not output.requires_grad:
            return node
        return torch.autograd.graph.get_gradient_edge(output).node
    return output.node


_saved_names: dict[type, tuple[tuple[str, str], ...]] = {}


def saved(node: Any) -> Iterator[tuple[str, Any]]:
    """What a node keeps for its backward, by name without the `_saved_` in front.

    What is freed already, or was changed in place since, is passed over.
    """
    names = _saved_names.get(type(node))
    if names is None:
        names = _saved_names[type(node)] = _names_of_saved(type(node))
    if not names:
        return
    for name, short in names:
        try:
            value = getattr(node, name)
        except (RuntimeError, AttributeError):
            continue
        yield short, value


def saved_tensors(node: Any) -> Iterator[torch.Tensor]:
    """The tensors among what a node keeps."""
    for _, value in saved(node):
        if isinstance(value, torch.Tensor):
            yield value


def _names_of_saved(kind: type) -> tuple[tuple[str, str], ...]:
    """Strides never tell a person anything; sizes do only where nothing else is saved."""
    names = [n for n in dir(kind) if n.startswith("_saved_") and not n.endswith("_sym_strides")]
    telling = [n for n in names if not n.endswith("_sym_sizes")]
    return tuple((name, name.removeprefix("_saved_")) for name in telling or names)


class _Numbers(msgspec.Struct, gc=False):
    """A small tensor that a node keeps, by its values."""

    values: Any
    dtype: torch.dtype


class _Size(msgspec.Struct, gc=False):
    """A tensor that a node keeps, by its size."""

    shape: torch.Size
    dtype: torch.dtype


Kept = str | float | _Numbers | _Size
"""What a node keeps for its backward, as far as it is shown."""


class FoundNode(msgspec.Struct, gc=False):
    """A node that was looked at: what `Node` is made of."""

    id: int
    name: str
    sequence_nr: int
    next: tuple[tuple[int, int] | None, ...]
    kept: Sequence[tuple[str, Kept]]
    leaf: int | None


def described(found: Iterable[FoundNode]) -> Iterator[Node]:
    """Nodes as they travel."""
    for node in found:
        yield Node(
            id=node.id,
            name=node.name,
            sequence_nr=node.sequence_nr,
            next=tuple([None if edge is None else Edge(*edge) for edge in node.next]),
            saved={name: _text(value) for name, value in node.kept},
            tensor=node.leaf,
        )


_PLAIN = (bool, int, float, str)


def _kept(node: Any) -> tuple[tuple[str, Kept], ...]:
    return tuple([(name, _look_at(value)) for name, value in saved(node) if value is not None])


def _look_at(value: Any) -> Kept:
    if not isinstance(value, torch.Tensor):
        if isinstance(value, int) and value >= 1 << 63:
            return value - (1 << 64)  # torch hands a negative dimension out as an unsigned number
        return value if isinstance(value, _PLAIN) else str(value)[:60]
    if value.numel() <= SMALL // 8:
        try:
            return _Numbers(numbers(value), value.dtype)
        except (RuntimeError, NotImplementedError):
            pass
    return _Size(value.shape, value.dtype)


def _text(value: Kept) -> str:
    if type(value) is _Numbers:
        return f"{format_values(value.values)} {dtype_name(value.dtype)}"
    return _size_text(value.shape, value.dtype) if type(value) is _Size else str(value)


@lru_cache(maxsize=4096)
def _size_text(shape: torch.Size, dtype: torch.dtype) -> str:
    return f"{'×'.join(map(str, shape)) or 'scalar'} {dtype_name(dtype)}"
