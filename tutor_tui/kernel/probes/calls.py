"""Calls of torch functions: what they are called, which tensors they take, whether they write to one."""

from __future__ import annotations

from collections.abc import Sequence
from types import CodeType, FrameType, FunctionType
from typing import Any

import torch

from tutor_tui.kernel.program.files import OVERRIDES

VIEW_PROPERTIES = {"T", "mT", "H", "mH", "real", "imag", "data"}
"""Properties of a tensor that make a tensor; all others only tell about one."""

QUIET = {
    "backward", "grad", "register_hook", "register_post_accumulate_grad_hook",
    "requires_grad_", "__repr__", "__format__", "__str__", "__len__", "__bool__", "__int__", "__float__",
    "__index__", "__hash__", "__contains__", "__deepcopy__", "__reduce_ex__", "__setstate__", "dim", "size",
    "stride", "numel", "nelement", "element_size", "item", "tolist", "numpy", "__array__", "is_contiguous",
    "is_floating_point", "is_complex", "storage_offset", "data_ptr", "untyped_storage", "get_device",
    "set_", "share_memory_", "__dlpack__", "__dlpack_device__", "_make_subclass", "is_shared", "is_pinned",
    "_set_grad_enabled", "allclose", "equal", "is_same_size", "can_cast", "result_type",
}  # fmt: skip
"""Calls that neither make nor change a tensor that a person would want to see."""


_own: dict[CodeType, FunctionType] = {}


def torch_s_own(func: FunctionType, frame: FrameType) -> FunctionType:
    """The function of torch's that wants to be handed on to a mode, by the frame in which it was called from.

    It is handed over by its name: where the program has put one of its own into that place, as a wrapper around
    torch's, it would be called a second time.
    """
    if frame.f_code.co_filename != OVERRIDES or frame.f_back is None:
        return func
    asking = frame.f_back
    code = asking.f_code
    if code is func.__code__:
        return func
    named = asking.f_globals.get(code.co_name, vars(torch.Tensor).get(code.co_name))
    if named is not func or code.co_freevars:
        return func
    if code not in _own:
        _own[code] = FunctionType(code, asking.f_globals, code.co_name)
        _own[code].__module__ = str(asking.f_globals.get("__name__"))
    return _own[code]


def swaps(func: Any) -> bool:
    """Whether a call gives its tensor other memory or another history without counting a version."""
    return getattr(func, "__name__", "") in ("__set__", "detach_")


def writes_first(func: Any) -> bool:
    """Whether PyTorch's own naming says that a call writes to its first argument."""
    name: str = getattr(func, "__name__", "")
    if name.startswith("__"):
        return name in ("__set__", "__setitem__") or (name.startswith("__i") and name not in _NOT_IN_PLACE)
    return name.endswith("_")


_NOT_IN_PLACE = ("__index__", "__int__", "__invert__", "__init__")


def find_tensors(args: Sequence[Any], kwargs: dict[str, Any]) -> list[torch.Tensor]:
    """The tensors in the arguments of a call, in nested lists, tuples and dicts too, in order."""
    found: list[torch.Tensor] = []
    for value in (*args, *kwargs.values()) if kwargs else args:
        if isinstance(value, torch.Tensor):
            found.append(value)
        elif isinstance(value, (list, tuple, dict)):
            _find_within(value, found)
    return found


def _find_within(container: Any, found: list[torch.Tensor]) -> None:
    pending: list[Any] = [container]
    while pending:
        current = pending.pop()
        if isinstance(current, torch.Tensor):
            found.append(current)
        elif isinstance(current, (list, tuple)):
            pending.extend(reversed(current))
        elif isinstance(current, dict):
            pending.extend(reversed(current.values()))


_OPERATORS = {
    "radd": "add", "rsub": "sub", "rmul": "mul", "rdiv": "div", "truediv": "div", "rtruediv": "div",
    "rpow": "pow", "rmatmul": "matmul", "getitem": "getitem", "setitem": "setitem", "rfloordiv": "floordiv",
}  # fmt: skip


def op_name(func: Any) -> str:
    """The operation as PyTorch calls it: `pow` for `x**2`, `T` for the property."""
    name: str = getattr(func, "__name__", str(func))
    if name in ("__get__", "__set__"):
        return str(getattr(func.__self__, "__name__", name))
    if name.startswith("__") and name.endswith("__"):
        bare = name.strip("_")
        return _OPERATORS.get(bare, bare)
    return name


_BUILTIN_HOMES = {
    "torch._C._nn": ("", "torch.nn.functional"),
    "torch._C._linalg": ("linalg_", "torch.linalg"),
    "torch._C._fft": ("fft_", "torch.fft"),
    "torch._C._special": ("special_", "torch.special"),
}


def api_name(func: Any) -> str:
    """The public name of a torch function, `torch.Tensor.pow`.

    torch's own `resolve_name` imports and visits everything that can be overridden, 30 ms a run.
    """
    owner = getattr(func, "__self__", None)
    name: str = getattr(func, "__name__", str(func))
    if name in ("__get__", "__set__", "__delete__"):
        return f"torch.Tensor.{getattr(owner, '__name__', name)}"
    home, _, rest = getattr(func, "__qualname__", name).partition(".")
    if home in ("TensorBase", "Tensor"):
        return f"torch.Tensor.{rest}"
    if home == "_VariableFunctionsClass":
        return f"torch.{rest}"
    module = getattr(func, "__module__", None) or getattr(owner, "__name__", "") or "torch"
    prefix, public = _BUILTIN_HOMES.get(module, ("", module))
    return f"{public}.{name.removeprefix(prefix)}"
