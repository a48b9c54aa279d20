"""Tensor operations, seen by a `TorchFunctionMode`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from tutor_tui.kernel.probes.graph import Graph
from tutor_tui.kernel.probes.previews import Previewer, version_of
from tutor_tui.kernel.probes.shield import Shielded, history, traced_by_torch
from tutor_tui.kernel.program.files import Files, Kind
from tutor_tui.kernel.program.spans import Spans
from tutor_tui.kernel.record.lines import HUGE
from tutor_tui.protocol.messages import Op, Preview, Step, Update

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


class OperationMode(TorchFunctionMode):
    """Reports every torch function that makes or changes a tensor to a recorder."""

    def __init__(self, ops: Operations) -> None:
        super().__init__()
        self._ops = ops

    def __torch_function__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Run `func` and report it, unless it is one that is never reported."""
        watcher = self._ops.watcher(func)
        if watcher is None:
            return func(*args, **(kwargs or {}))
        return watcher(func, args, kwargs or {})


Watcher = Callable[[Any, Sequence[Any], dict[str, Any]], Any]


class Operations:
    """Turns calls of torch functions into `op` steps."""

    def __init__(
        self,
        files: Files,
        preview: Previewer,
        graph: Graph,
        emit: Callable[..., None],
    ) -> None:
        self.files = files
        self.preview = preview
        self.graph = graph
        self.emit = emit
        self.spans = Spans(files)
        self.mode = OperationMode(self)
        self.fault: Callable[[Exception], None] = lambda error: None
        self.on_grad_set: Callable[[torch.Tensor, Any], None] = lambda tensor, before: None
        self.on_retain: Callable[[torch.Tensor], None] = lambda tensor: None
        self.on_changed: Callable[[torch.Tensor, Preview], None] = lambda tensor, before: None
        self.in_backward: Callable[[], bool] = lambda: False
        self.module_path: Callable[[], str] = lambda: ""
        self.scope: Callable[[], int] = lambda: 0
        self._watchers: dict[Any, Watcher | None] = {}
        self._named: dict[Any, tuple[str, str]] = {}

    def watcher(self, func: Any) -> Watcher | None:
        """How to run `func`; None for one that is never reported."""
        try:
            return self._watchers[func]
        except KeyError:
            found = self._watchers[func] = self._choose(func)
            return found

    def _choose(self, func: Any) -> Watcher | None:
        owner = getattr(func, "__self__", None)
        name = getattr(func, "__name__", "")
        if name in ("__get__", "__set__", "__delete__"):
            attribute = getattr(owner, "__name__", "")
            if attribute == "grad" and name != "__get__":
                return self._set_grad
            return self._watch if attribute in VIEW_PROPERTIES else None
        if name == "retain_grad":
            return self._retain
        return None if name in QUIET else self._watch

    def _set_grad(self, func: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        before: Preview | None = None
        with Shielded(self.fault):
            before = self.preview.maybe(args[0].grad)
        result = func(*args, **kwargs)
        with Shielded(self.fault):
            self.on_grad_set(args[0], before)
        return result

    def _retain(self, func: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        result = func(*args, **kwargs)
        with Shielded(self.fault):
            self.on_retain(args[0])
        return result

    def _watch(self, func: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """Look, run, look again. Only what `func` itself raises ever reaches the program."""
        if traced_by_torch():  # it would record our looking too
            return func(*args, **kwargs)
        inputs: list[Preview] | None = None
        with Shielded(self.fault):
            tensors = find_tensors(args, kwargs)
            inputs = [self.preview(t) for t in tensors]
        result = func(*args, **kwargs)
        if inputs is not None:
            with Shielded(self.fault):
                self._compare(func, (args, kwargs), tensors, inputs, result)
        return result

    def applied(self, function: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """Run `Function.apply` of a custom autograd function as one operation."""
        return self._watch(function, args, kwargs)

    def _compare(
        self,
        func: Any,
        call: tuple[Sequence[Any], dict[str, Any]],
        tensors: list[torch.Tensor],
        inputs: list[Preview],
        result: Any,
    ) -> None:
        outputs = [result] if isinstance(result, torch.Tensor) else find_tensors((result,), {})
        changed = self._changed(func, call, tensors, inputs)
        if changed or any(self._is_news(t) for t in outputs):
            self._report(func, call, inputs, outputs, changed)

    def _is_news(self, output: torch.Tensor) -> bool:
        """Whether a tensor is new, or has got a history that is: `Function.apply` returns its forward's."""
        if not self.preview.identities.seen(output):
            return True
        node = history(output)
        return node is not None and self.graph.number(node) is None

    def _changed(
        self,
        func: Any,
        call: tuple[Sequence[Any], dict[str, Any]],
        tensors: list[torch.Tensor],
        inputs: list[Preview],
    ) -> list[tuple[torch.Tensor, Preview]]:
        """The inputs that the call wrote to, each once.

        An in-place operation writes to its first argument. For others the version tells; but views
        share one version, so of the small ones only those count whose values differ.
        """
        own = call[0][0] if call[0] and writes_first(func) else None
        found: dict[int, tuple[torch.Tensor, Preview]] = {}
        for tensor, before in zip(tensors, inputs, strict=True):
            if tensor is own:
                wrote = before.version != version_of(tensor) or tensor.is_inference() or _swaps(func)
            else:
                wrote = before.version != version_of(tensor) and not _same(before, self.preview(tensor))
            if wrote:
                found.setdefault(before.id, (tensor, before))
        return list(found.values())

    def _report(
        self,
        func: Any,
        call: tuple[Sequence[Any], dict[str, Any]],
        inputs: list[Preview],
        outputs: list[torch.Tensor],
        changed: list[tuple[torch.Tensor, Preview]],
    ) -> None:
        frame, in_optimizer = self._caller()
        if in_optimizer:
            return
        name, api = self._names(func)
        shown = outputs or [t for t, _ in changed]
        previews = [self.preview(t) for t in shown]
        nodes = self.graph.discover(history(t) for t in shown if t.requires_grad)
        op = Op(
            name=name,
            api=api,
            span=self.spans.of(frame) if frame is not None else None,
            inputs=inputs,
            outputs=previews,
            node=self._node(shown),
            module=self.module_path(),
            mutates=[before.id for _, before in changed],
            scope=self.scope(),
            arguments=argument_texts(call, self.preview),
            within=self._within(frame),
        )
        self.emit(op, *nodes, *self._updates(changed))
        for tensor, before in changed:
            self.on_changed(tensor, before)

    def _names(self, func: Any) -> tuple[str, str]:
        found = self._named.get(func)
        if found is None:
            found = self._named[func] = op_name(func), api_name(func)
        return found

    def _node(self, outputs: list[torch.Tensor]) -> int | None:
        for tensor in outputs:
            if (node := history(tensor)) is not None:
                return self.graph.number(node)
        return None

    def _updates(self, changed: list[tuple[torch.Tensor, Preview]]) -> Iterator[Step]:
        for tensor, before in changed:
            yield Update(tensor=before.id, before=before, after=self.preview(tensor), by="in-place")

    def _caller(self) -> tuple[FrameType | None, bool]:
        """The nearest frame of the program, and whether an optimizer's own code stands below it."""
        frame: FrameType | None = sys._getframe(4)
        in_optimizer = False
        while frame is not None:
            kind = self.files.kind(frame.f_code.co_filename)
            if kind is Kind.PROGRAM:
                break
            in_optimizer = in_optimizer or kind is Kind.OPTIMIZER
            frame = frame.f_back
        return frame, in_optimizer

    def _within(self, frame: FrameType | None) -> str:
        if not self.in_backward():
            return ""
        while frame is not None:
            if self.files.kind(frame.f_code.co_filename) is Kind.CHECKPOINT:
                return "recompute"
            frame = frame.f_back
        return "backward"


def _swaps(func: Any) -> bool:
    """Whether a call gives its tensor other memory or another history without counting a version."""
    return getattr(func, "__name__", "") in ("__set__", "detach_")


def writes_first(func: Any) -> bool:
    """Whether PyTorch's own naming says that a call writes to its first argument."""
    name: str = getattr(func, "__name__", "")
    if name.startswith("__"):
        return name in ("__set__", "__setitem__") or (name.startswith("__i") and name not in _NOT_IN_PLACE)
    return name.endswith("_")


_NOT_IN_PLACE = ("__index__", "__int__", "__invert__", "__init__")


def _same(before: Preview, after: Preview) -> bool:
    return before.values is not None and before.values == after.values


def find_tensors(args: Sequence[Any], kwargs: dict[str, Any]) -> list[torch.Tensor]:
    """The tensors in the arguments of a call, in nested lists, tuples and dicts too, in order."""
    found: list[torch.Tensor] = []
    pending: list[Any] = [*reversed(kwargs.values()), *reversed(args)]
    while pending:
        current = pending.pop()
        if isinstance(current, torch.Tensor):
            found.append(current)
        elif isinstance(current, (list, tuple)):
            pending.extend(reversed(current))
        elif isinstance(current, dict):
            pending.extend(reversed(current.values()))
    return found


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


def argument_texts(call: tuple[Sequence[Any], dict[str, Any]], preview: Previewer) -> list[str]:
    """The arguments of a call as short texts, tensors by their id."""
    args, kwargs = call
    texts = [_argument(value, preview) for value in args]
    return texts + [f"{key}={_argument(value, preview)}" for key, value in kwargs.items()]


_PLAIN = (bool, int, float, complex, str, type(None), torch.dtype, torch.device, slice, type(Ellipsis))


def _argument(value: Any, preview: Previewer, depth: int = 0) -> str:
    if isinstance(value, torch.Tensor):
        return f"#{preview.identities.number(value)}"
    if type(value) is int and abs(value) >= HUGE:
        return "a huge number"
    if type(value) in _PLAIN:
        return repr(value)[:40]
    if type(value) in (list, tuple, torch.Size) and depth < 2:
        inner = ", ".join(_argument(v, preview, depth + 1) for v in value[:8])
        return f"[{inner}{', …' if len(value) > 8 else ''}]"
    return type(value).__name__
