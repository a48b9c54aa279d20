"""Tensor to bounded preview."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from tutor_tui.kernel.probes.ids import Identities, Known
from tutor_tui.kernel.probes.reading import Capturing, numbers
from tutor_tui.kernel.probes.shield import is_leaf, let_through
from tutor_tui.protocol.messages import Preview, Stats

SMALL = 64
"""Tensors of up to this many elements travel with all their values."""

SHAPES = 4096
"""Shapes that are kept, for all runs of a process."""

_PLAIN_DISPATCH = torch.Tensor.__torch_dispatch__
_watchers, _tracing = torch._C._len_torch_dispatch_stack, torch._C._get_tracing_state
"""Whether tensors can be read without being seen: `unreadable()` written out."""
_shape: Callable[[torch.Tensor], torch.Size] = vars(torch._C.TensorBase)["shape"].__get__
"""The tensor's own shape: a subclass of the program may have another under this name, and would be called."""
_shapes: dict[torch.Size, tuple[int, ...]] = {}
"""Each shape once: a record has thousands of previews of the same few."""
_dtype_names: dict[torch.dtype, str] = {}
_device_names: dict[torch.device, str] = {}


class Previewer:
    """Makes previews that name tensors by the ids of one run."""

    def __init__(self, identities: Identities) -> None:
        self.identities = identities
        self._table = identities.table

    def __call__(self, tensor: torch.Tensor) -> Preview:
        """What is shown of `tensor` now; never raises, never changes it.

        The last preview serves again where nothing has changed. The values of a small tensor are
        read each time: NumPy and `.data` write without counting a version.

        What is certain to serve again is found here, in one piece: this runs for every tensor of every step.
        """
        try:
            known = self._table.get(id(tensor))
            if known is None or known() is not tensor:
                return self._preview(tensor, self.identities.add(tensor))
            last = known.preview
            if last is None or not known.data or _watchers() or _tracing() is not None:
                return self._compare(tensor, known)
            if (
                tensor.data_ptr() == known.data
                and tensor._version == last.version
                and tensor.requires_grad == last.requires_grad
                and tensor.is_leaf == last.is_leaf
                and (
                    last.values is None
                    or (tensor.is_cpu and tensor.numel() <= SMALL and tensor.tolist() == last.values)
                )
            ):
                return last
        except Exception as error:  # torch will not say, or a class of the program's
            let_through(error)
        return self._compare(tensor)

    def _compare(self, tensor: torch.Tensor, known: Known | None = None) -> Preview:
        """A closer look, which may find that the last preview serves again."""
        try:
            known = known or self.identities.known(tensor)
            last = known.preview
            if last is None or not self._unchanged(tensor, known, last):
                return self._preview(tensor, known)
            read = _values(tensor)
            return last if last.values == read[0] else self._preview(tensor, known, read)
        except Exception as error:  # a lazy parameter, a nested tensor: no shape to speak of
            let_through(error)
            return self._stub(tensor, f"not readable ({type(error).__name__})")

    def _stub(self, tensor: torch.Tensor, note: str) -> Preview:
        return Preview(
            id=self.identities.number(tensor),
            shape=(),
            dtype=dtype_name(tensor.dtype),
            device=_device_name(tensor.device),
            requires_grad=bool(tensor.requires_grad),
            is_leaf=is_leaf(tensor),
            version=0,
            storage=0,
            values=None,
            note=note,
        )

    def _unchanged(self, tensor: torch.Tensor, known: Known, last: Preview) -> bool:
        return (
            self.identities.locate(known, tensor)
            and last.version == version_of(tensor)
            and last.requires_grad == tensor.requires_grad
            and last.is_leaf == is_leaf(tensor)
        )

    def _preview(self, tensor: torch.Tensor, known: Known, read: tuple[Any, str] | None = None) -> Preview:
        """Made anew, of a tensor whose memory has just been located, and perhaps been read."""
        values, note = read or _values(tensor)
        try:
            version, leaf = tensor._version, tensor.is_leaf
        except RuntimeError:
            version, leaf = version_of(tensor), is_leaf(tensor)
        known.preview = preview = Preview(
            known.number,
            _shapes.get(shape := _shape(tensor)) or _known_shape(shape),
            _dtype_names.get(tensor.dtype) or dtype_name(tensor.dtype),
            _device_names.get(tensor.device) or _device_name(tensor.device),
            tensor.requires_grad,
            leaf,
            version,
            known.storage,
            values,
            None,
            note,
        )
        return preview

    def maybe(self, tensor: Any) -> Preview | None:
        """The preview of a tensor, None for anything else."""
        return None if tensor is None or not isinstance(tensor, torch.Tensor) else self(tensor)


def _known_shape(shape: torch.Size) -> tuple[int, ...]:
    found = tuple(shape)
    if len(_shapes) < SHAPES:
        _shapes[shape] = found
    return found


def dtype_name(dtype: torch.dtype) -> str:
    """`float32` for `torch.float32`."""
    name = _dtype_names.get(dtype)
    if name is None:
        name = _dtype_names[dtype] = str(dtype).removeprefix("torch.")
    return name


def _device_name(device: torch.device) -> str:
    name = _device_names.get(device)
    if name is None:
        name = _device_names[device] = str(device)
    return name


def version_of(tensor: torch.Tensor) -> int:
    """PyTorch's count of in-place writes; 0 for inference tensors, which keep none."""
    try:
        return tensor._version
    except RuntimeError:
        return 0


def _values(tensor: torch.Tensor) -> tuple[Any, str]:
    if type(tensor).__torch_dispatch__ is not _PLAIN_DISPATCH:
        return None, "not read: every access is being watched"
    try:
        if tensor.numel() > SMALL:
            return None, ""
        if _watchers() or _tracing() is not None:
            return None, "not read: every access is being watched"
        values = tensor.tolist() if tensor.is_cpu else numbers(tensor)
        if tensor.is_complex():
            return _texts(values), ""
        return values, ""
    except Exception as error:
        let_through(error)
        return None, _why_no_values(tensor, error)


def _texts(values: Any) -> Any:
    """Complex numbers as strings: no format that travels here has them."""
    return [_texts(v) for v in values] if isinstance(values, list) else str(values).strip("()")


def _why_no_values(tensor: torch.Tensor, error: Exception) -> str:
    if isinstance(error, Capturing):
        return "not read: a CUDA graph is being captured"
    if tensor.layout is not torch.strided:
        return "sparse"
    if tensor.is_meta:
        return "meta: no data"
    if torch._C._functorch.is_functorch_wrapped_tensor(tensor):
        return "inside a torch.func transform"
    return f"not readable ({type(error).__name__})"


def stats(tensor: torch.Tensor) -> Stats | None:
    """Numbers over all elements, reduced where the tensor lives; None for an empty tensor."""
    with torch.no_grad():
        data = tensor.detach()
        if data.layout is not torch.strided:
            data = data.to_dense()
        if data.numel() == 0 or data.is_complex():
            return None
        data = data.double() if data.device.type != "mps" else data.float()
        finite = data[torch.isfinite(data)]
        nan, inf = int(data.isnan().sum()), int(data.isinf().sum())
        if finite.numel() == 0:
            return Stats(None, None, None, None, nan, inf)
        return Stats(
            min=finite.min().item(),
            max=finite.max().item(),
            mean=finite.mean().item(),
            std=finite.std().item() if finite.numel() > 1 else None,
            nan=nan,
            inf=inf,
        )
