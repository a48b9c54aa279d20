"""Gradients against finite differences, in float64.

The derivative of f at x along one entry is (f(x + h) - f(x - h)) / 2h up to an error of order h²
(the central difference, as `torch.autograd.gradcheck` takes it). An f of many outputs is first made
one number: its outputs times fixed weights, summed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

from tutor_tui.protocol.messages import Difference

STEP = 1e-6
"""h, for entries up to 1; larger ones take as much more."""
ENTRIES = 64
"""Entries that are looked at over all inputs; of more, some are picked, the same ones each time."""

Function = Callable[[Sequence[torch.Tensor]], Sequence[torch.Tensor]]


def differences(function: Function, inputs: Sequence[torch.Tensor], ids: Sequence[int]) -> list[Difference]:
    """Compare the gradients of `function` by each of `inputs`, float64 tensors that are not changed.

    `ids` names the inputs. Whatever `function` raises goes through.
    """
    leaves = [tensor.detach().clone().requires_grad_() for tensor in inputs]
    weigh = Weighing()
    analytic = torch.autograd.grad(weigh(function(leaves)), leaves, allow_unused=True)
    share = max(1, ENTRIES // max(1, len(leaves)))
    found = []
    for position, (leaf, gradient) in enumerate(zip(leaves, analytic, strict=True)):
        at = torch.zeros_like(leaf) if gradient is None else gradient
        picked = _pick(leaf.numel(), share)
        numeric = [_slope(function, weigh, leaves, position, entry) for entry in picked]
        found.append(_worst(ids[position], leaf, at.flatten()[picked].tolist(), numeric, picked))
    return found


class Weighing:
    """Makes many outputs one number, always by the same weights."""

    def __init__(self) -> None:
        self._weights: list[torch.Tensor] = []

    def __call__(self, outputs: Sequence[torch.Tensor]) -> torch.Tensor:
        """The outputs times their weights, summed; the output itself where it is one number."""
        if len(outputs) == 1 and outputs[0].numel() == 1:
            return outputs[0].sum()
        if not self._weights:
            generator = torch.Generator().manual_seed(0)
            for output in outputs:
                weights = torch.rand(output.shape, generator=generator, dtype=torch.float64)
                self._weights.append((weights + 0.5).to(output.device))
        return torch.stack([(o * w).sum() for o, w in zip(outputs, self._weights, strict=True)]).sum()


def _pick(count: int, share: int) -> list[int]:
    if count <= share:
        return list(range(count))
    generator = torch.Generator().manual_seed(0)
    return sorted(torch.randperm(count, generator=generator)[:share].tolist())


def _slope(
    function: Function, weigh: Weighing, leaves: Sequence[torch.Tensor], position: int, entry: int
) -> float:
    values = []
    flat = leaves[position].detach().view(-1)
    before = flat[entry].item()
    step = STEP * max(1.0, abs(before))
    with torch.no_grad():
        for moved in (before + step, before - step):
            flat[entry] = moved
            values.append(weigh(function([leaf.detach() for leaf in leaves])).item())
        flat[entry] = before
    return (values[0] - values[1]) / (2 * step)


def _worst(
    identity: int, leaf: torch.Tensor, analytic: list[float], numeric: list[float], picked: list[int]
) -> Difference:
    errors = [abs(a - n) for a, n in zip(analytic, numeric, strict=True)]
    at = max(range(len(errors)), key=errors.__getitem__, default=None)
    index = () if at is None else torch.unravel_index(torch.tensor(picked[at]), leaf.shape)
    return Difference(
        tensor=identity,
        shape=tuple(leaf.shape),
        tried=len(picked),
        entries=leaf.numel(),
        error=0.0 if at is None else errors[at],
        index=tuple(int(i) for i in index),
        analytic=0.0 if at is None else analytic[at],
        numeric=0.0 if at is None else numeric[at],
    )
