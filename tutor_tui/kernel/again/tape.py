"""Operations kept so that they can be run again, in float64 and from other inputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch

from tutor_tui.kernel.probes.calls import find_tensors
from tutor_tui.kernel.probes.graph import leaf_of, walk
from tutor_tui.kernel.probes.shield import history

_ROUNDED = (torch.float32, torch.float16, torch.bfloat16)
_TO_FLOAT = {"float", "half", "bfloat16"}


class Call(NamedTuple):
    """One operation as it ran. `random` holds the states of the generators right before it."""

    function: Callable[..., Any]
    args: Sequence[Any]
    kwargs: dict[str, Any]
    outputs: list[torch.Tensor]
    random: list[torch.Tensor]
    constant: list[torch.Tensor]
    """The outputs' values then, where no gradient flows through: it is not run again. Else empty."""


class Tape:
    """The operations since the last loss, with the values that came from elsewhere as they were then.

    It keeps every tensor alive: made only where a check was asked for.
    """

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._made: set[int] = set()
        self._from_elsewhere: dict[int, torch.Tensor] = {}

    def see(self, args: Sequence[Any], kwargs: dict[str, Any]) -> None:
        """An operation is about to run: keep what it is given that no operation here has made."""
        for tensor in find_tensors(args, kwargs):
            if id(tensor) not in self._made and id(tensor) not in self._from_elsewhere:
                self._from_elsewhere[id(tensor)] = widened(tensor)

    def add(self, call: Call) -> None:
        """Keep one operation that has run."""
        self._calls.append(call)
        self._made.update(id(output) for output in call.outputs)

    def clear(self) -> None:
        """A pass is over."""
        self._calls.clear()
        self._made.clear()
        self._from_elsewhere.clear()

    def leaves_of(self, loss: torch.Tensor) -> list[torch.Tensor]:
        """The leaves that a gradient of `loss` would reach, and that the operations here used."""
        leaves = (leaf_of(node) for node in walk([history(loss)]))
        return list(
            {id(leaf): leaf for leaf in leaves if leaf is not None and leaf.is_floating_point()}.values()
        )

    def replay(
        self, loss: torch.Tensor, leaves: Sequence[torch.Tensor], values: Sequence[torch.Tensor]
    ) -> torch.Tensor:
        """`loss` computed again in float64, with `values` in the places of `leaves`."""
        known = dict(zip(map(id, leaves), values, strict=True))
        leaf_ids = set(known)
        for call in self._calls:
            if any(id(output) in leaf_ids for output in call.outputs):
                continue  # it made a leaf, or changed one before the pass began
            if call.constant:
                results = [value.clone() for value in call.constant]
            else:
                results = find_tensors((run_again(call, lambda t: self._now(t, known)),), {})
            known.update((id(old), new) for old, new in zip(call.outputs, results, strict=False))
        return known[id(loss)]

    def _now(self, tensor: torch.Tensor, known: dict[int, torch.Tensor]) -> torch.Tensor:
        found = known.get(id(tensor))
        if found is None:
            found = known[id(tensor)] = self._from_elsewhere[id(tensor)].clone()
        return found


def run_again(call: Call, substitute: Callable[[torch.Tensor], torch.Tensor]) -> Any:
    """Run one operation with other tensors, in float64, from the same random state."""
    set_random_states(call.random)
    args = [exchange(value, substitute) for value in call.args]
    kwargs = {key: exchange(value, substitute) for key, value in call.kwargs.items()}
    name = getattr(call.function, "__name__", "")
    if name in _TO_FLOAT:
        return args[0].double()
    return call.function(*args, **kwargs)


def random_states() -> list[torch.Tensor]:
    """The states of the CPU's generator and, once CUDA is in use, of its own."""
    others = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else []  # type: ignore[no-untyped-call]
    return [torch.get_rng_state(), *others]


def set_random_states(states: list[torch.Tensor]) -> None:
    """Put them back."""
    torch.set_rng_state(states[0])
    if len(states) > 1:
        torch.cuda.set_rng_state_all(states[1:])


def exchange(value: Any, substitute: Callable[[torch.Tensor], torch.Tensor]) -> Any:
    """An argument with its tensors exchanged and its rounded dtypes made float64."""
    if isinstance(value, torch.Tensor):
        return substitute(value)
    if isinstance(value, torch.dtype):
        return torch.float64 if value in _ROUNDED else value
    if type(value) in (list, tuple):
        return type(value)(exchange(item, substitute) for item in value)
    if type(value) is dict:
        return {key: exchange(item, substitute) for key, item in value.items()}
    return value


def widened(tensor: torch.Tensor) -> torch.Tensor:
    """A copy of its own, in float64 where it holds rounded numbers."""
    data = tensor.detach().clone()
    return data.double() if data.dtype in _ROUNDED else data
