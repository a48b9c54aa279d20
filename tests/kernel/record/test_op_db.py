"""Recorded code computes bit for bit what it computes unrecorded, over PyTorch's own operator database.

The first three samples of each differentiable float32 entry: outputs, gradients, versions, random
state and exceptions are compared with those of a bare run.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch.testing._internal.common_methods_invocations import op_db

from tutor_tui.record import record

pytestmark = pytest.mark.no_cover  # a minute of torch's own calls, of which nothing is measured
SAMPLES = 3

EXCLUDED: dict[str, str] = {}
"""Entries that are not compared, each with the reason."""

ENTRIES = [op for op in op_db if op.supports_autograd and torch.float32 in op.supported_dtypes("cpu")]


class Result:
    """Everything that a sample leaves behind."""

    def __init__(
        self, outputs: list[torch.Tensor], gradients: list[Any], error: BaseException | None
    ) -> None:
        self.outputs = [fingerprint(t) for t in outputs]
        self.gradients = [fingerprint(g) for g in gradients]
        self.error = None if error is None else (type(error), str(error))
        states = [torch.get_rng_state()]
        if torch.cuda.is_initialized():
            states.append(torch.cuda.get_rng_state())
        self.random = [state.numpy().tobytes() for state in states]

    def differs(self, other: Result) -> list[str]:
        """The parts in which two results are not the same."""
        parts = "error", "outputs", "gradients", "random"
        return [part for part in parts if getattr(self, part) != getattr(other, part)]


def fingerprint(tensor: torch.Tensor | None) -> Any:
    """The bits of a tensor and all that a program could ask about it."""
    if tensor is None:
        return None
    data = tensor.detach()
    stride = data.stride() if data.layout is torch.strided else str(data.layout)
    if data.layout is not torch.strided:
        data = data.to_dense()
    if data.is_conj() or data.is_neg():
        data = data.resolve_conj().resolve_neg()
    flat = torch.empty(data.numel(), dtype=data.dtype).copy_(data.reshape(-1))
    bits = flat.view(torch.uint8).numpy().tobytes()
    node = tensor.grad_fn.name() if tensor.grad_fn is not None else None
    return tensor.shape, tensor.dtype, stride, tensor._version, tensor.requires_grad, node, bits


def tensors(value: Any) -> Iterator[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from tensors(inner)


def clone(value: Any) -> Any:
    """A sample's argument as a new leaf, so that two runs share nothing."""
    if isinstance(value, torch.Tensor):
        return value.detach().clone().requires_grad_(value.requires_grad)
    if isinstance(value, (list, tuple)):
        return type(value)(clone(v) for v in value)
    return value


def run(op: Any, sample: Any) -> Result:
    torch.manual_seed(7)
    inputs, args = clone(sample.input), clone(sample.args)
    kwargs = {key: clone(value) for key, value in sample.kwargs.items()}
    leaves = [t for t in tensors((inputs, args, list(kwargs.values()))) if t.requires_grad]
    outputs: list[torch.Tensor] = []
    gradients: list[Any] = []
    try:
        outputs = list(tensors(op(inputs, *args, **kwargs)))
        tracked = [o for o in outputs if o.requires_grad]
        if tracked and leaves:
            total: torch.Tensor = sum(o.abs().sum() if o.is_complex() else o.sum() for o in tracked)  # type: ignore[assignment]
            gradients = list(torch.autograd.grad(total, leaves, allow_unused=True))
    except Exception as error:
        return Result(outputs, gradients, error)
    return Result(outputs, gradients, None)


def samples(op: Any, device: str = "cpu") -> list[Any]:
    torch.manual_seed(0)
    return list(itertools.islice(op.sample_inputs(device, torch.float32, requires_grad=True), SAMPLES))


def compared(op: Any, sample: Any) -> tuple[Result, list[str]]:
    """What a bare run leaves behind, and in which parts a recorded one differs."""
    bare = run(op, sample)
    recorder = record(lines=False)
    with recorder as trace:
        recorded = run(op, sample)
    assert recorder.faults == []
    assert trace.steps or bare.error
    return bare, recorded.differs(bare)


@pytest.mark.parametrize("op", ENTRIES, ids=lambda op: op.formatted_name)
def test_recorded_is_bare(op: Any) -> None:
    if op.formatted_name in EXCLUDED:
        pytest.skip(EXCLUDED[op.formatted_name])
    warnings.simplefilter("ignore")
    for sample in samples(op):
        assert compared(op, sample)[1] == []


@pytest.mark.gpu
@pytest.mark.parametrize("op", ENTRIES, ids=lambda op: op.formatted_name)
def test_recorded_is_bare_on_cuda(op: Any) -> None:
    """A part that differs between bare runs too, as after atomic additions, says nothing."""
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    if torch.float32 not in op.supported_dtypes("cuda"):
        pytest.skip("not on CUDA")
    warnings.simplefilter("ignore")
    with torch.backends.cudnn.flags(deterministic=True):
        for sample in samples(op, "cuda"):
            bare, differing = compared(op, sample)
            unsure = [part for _ in range(5 if differing else 0) for part in run(op, sample).differs(bare)]
            assert set(differing) <= set(unsure)


def test_the_database_is_all_there() -> None:
    assert len(ENTRIES) > 500


def test_a_difference_would_be_seen() -> None:
    op = next(o for o in ENTRIES if o.name == "mul")
    sample = samples(op)[0]
    bare = run(op, sample)
    sample.input = sample.input.detach() + 1e-6
    assert run(op, sample).outputs != bare.outputs
