"""Tensor operations, seen by a `TorchFunctionMode`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from types import FrameType, FunctionType
from typing import Any, NamedTuple, Protocol

import torch
from torch.overrides import TorchFunctionMode

from tutor_tui.kernel.probes.calls import (
    QUIET,
    VIEW_PROPERTIES,
    api_name,
    find_tensors,
    op_name,
    swaps,
    torch_s_own,
    writes_first,
)
from tutor_tui.kernel.probes.graph import FoundNode, Graph
from tutor_tui.kernel.probes.hidden import traced_by_torch
from tutor_tui.kernel.probes.places import Places, find_caller
from tutor_tui.kernel.probes.previews import Previewer, version_of
from tutor_tui.kernel.probes.shield import Shielded, Undispatched, history
from tutor_tui.kernel.program.files import Files, Kind
from tutor_tui.kernel.program.spans import Spans
from tutor_tui.kernel.record.arguments import argument_texts
from tutor_tui.kernel.record.layers import LayerRecorder, activates, trains_otherwise
from tutor_tui.kernel.record.making import Making, OpSeen
from tutor_tui.kernel.record.unmade import Unmade
from tutor_tui.protocol.messages import Failure, Preview, Step

_depth, _tracing = torch._C._len_torch_dispatch_stack, torch._C._get_tracing_state


class OperationMode(TorchFunctionMode):
    """Reports every torch function that makes or changes a tensor to a recorder."""

    def __init__(self, ops: Operations) -> None:
        super().__init__()
        self._ops = ops

    def __torch_function__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Run `func` and report it, unless it is one that is never reported."""
        ops = self._ops
        ops.touched()
        if type(func) is FunctionType:
            func = torch_s_own(func, sys._getframe(1))
        watcher = ops.watchers[func] if func in ops.watchers else ops.watcher(func)
        if watcher is None:
            return func(*args, **(kwargs or {}))
        return watcher(func, args, kwargs or {})


Watcher = Callable[[Any, Sequence[Any], dict[str, Any]], Any]


class Gradients(Protocol):
    """Who is told what operations do to gradients."""

    def grad_set(self, leaf: torch.Tensor, before: Preview | None) -> None:
        """The program assigned or cleared `leaf.grad`."""

    def retained(self, tensor: torch.Tensor) -> None:
        """A tensor that is no leaf is to keep its gradient."""

    def changed(self, tensor: torch.Tensor, before: Preview) -> None:
        """A tensor was changed in place."""

    def in_backward(self) -> bool:
        """Whether a backward pass runs in this thread."""


OPERANDS = 64
"""Operands of a failed operation that are kept: `cat` may be given thousands."""


class Refused(NamedTuple):
    """An operation that raised. The exception is not kept: it holds all that the program's calls do."""

    name: str
    operands: tuple[Preview, ...]
    error: int
    type: str
    message: str


class _Named(NamedTuple):
    """What the name of a function tells."""

    name: str
    api: str
    writes: bool
    """Whether it writes to its first argument."""


class Operations:
    """Turns calls of torch functions into `op` steps."""

    def __init__(
        self,
        files: Files,
        preview: Previewer,
        graph: Graph,
        emit: Unmade,
        boundary: Callable[[], None],
        fault: Callable[[Exception], None],
        scope: Callable[[], int],
        touched: Callable[[], None],
        named: Callable[[str, torch.nn.Module], None],
    ) -> None:
        """`fault` hears what goes wrong in here; `scope` tells which call of the program runs.

        `named` is called with each module that gets a name.

        `touched` is called before each torch function.
        """
        self.touched = touched
        self.files = files
        self.preview = preview
        self.graph = graph
        self.emit = emit
        self.boundary = boundary
        self.spans = Spans(files)
        emit.makes |= Making(files, self.spans).makes
        self.mode = OperationMode(self)
        self.fault, self.scope = fault, scope
        self.layers = LayerRecorder(self, self.say)
        self.places = Places(files, named, self.layers.met)
        self.gradients: Gradients | None = None
        """Who follows gradients, once there is somebody."""
        self.watchers: dict[Any, Watcher | None] = {}
        """How to run each function that was met so far."""
        self._named: dict[Any, _Named] = {}
        self._refused: Refused | None = None

    def say(self, *steps: Step) -> None:
        """Emit steps that belong together, between two operations of the program."""
        self.boundary()
        self.emit(*steps)

    def watcher(self, func: Any) -> Watcher | None:
        """How to run `func`; None for one that is never reported."""
        found = self.watchers[func] = self._choose(func)
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
        if trains_otherwise(name) or (self.layers.statistics and activates(name)):
            return self._watch_layer
        return None if name in QUIET else self._watch

    def _set_grad(self, func: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        before: Preview | None = None
        with Shielded(self.fault), Undispatched():
            before = self.preview.maybe(args[0].grad)
        result = func(*args, **kwargs)
        with Shielded(self.fault), Undispatched():
            if self.gradients is not None:
                self.gradients.grad_set(args[0], before)
        return result

    def _retain(self, func: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        result = func(*args, **kwargs)
        with Shielded(self.fault), Undispatched():
            if self.gradients is not None:
                self.gradients.retained(args[0])
        return result

    def _watch(self, func: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """Look, run, look again. Only what `func` itself raises ever reaches the program."""
        if _tracing() is not None or (_depth() and traced_by_torch()):  # it would record our looking too
            return func(*args, **kwargs)
        inputs: tuple[Preview, ...] | None = None
        with Shielded(self.fault), Undispatched():
            tensors = find_tensors(args, kwargs)
            inputs = tuple(map(self.preview, tensors))
        try:
            result = func(*args, **kwargs)
        except Exception as error:
            with Shielded(self.fault), Undispatched():
                self._note_refusal(func, inputs or (), error)
            raise
        if inputs is not None:
            with Shielded(self.fault), Undispatched():
                self._compare(func, (args, kwargs), tensors, inputs, result)
        return result

    def _watch_layer(self, func: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """Watch a function that works otherwise in training, or activates, and say how it did."""
        result = self._watch(func, args, kwargs)
        if not traced_by_torch():
            with Shielded(self.fault), Undispatched():
                self.layers.ran(op_name(func), args, kwargs, result)
        return result

    def _note_refusal(self, func: Any, operands: tuple[Preview, ...], error: Exception) -> None:
        """The innermost operation that an exception leaves is the one that raised it."""
        refused = Refused(op_name(func), operands, id(error), type(error).__name__, _own_words(error))
        if self._refused is None or self._refused[2:] != refused[2:]:
            self._refused = refused

    def complete(self, failure: Failure) -> None:
        """Say of a failure which operation raised it, and what it had been given."""
        refused = self._refused
        if refused is not None and (refused.type, refused.message) == (failure.type, failure.message):
            failure.operation, failure.operands = refused.name, list(refused.operands[:OPERANDS])

    def applied(self, function: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """Run `Function.apply` of a custom autograd function as one operation."""
        return self._watch(function, args, kwargs)

    def _compare(
        self,
        func: Any,
        call: tuple[Sequence[Any], dict[str, Any]],
        tensors: list[torch.Tensor],
        inputs: tuple[Preview, ...],
        result: Any,
    ) -> None:
        outputs = [result] if isinstance(result, torch.Tensor) else find_tensors((result,), {})
        named = self._named.get(func) or self._name(func)
        changed: list[tuple[torch.Tensor, Preview]] = []
        if named.writes or not _as_before(tensors, inputs):
            changed = self._changed(func, call, tensors, inputs)
        # no generator: to drop one half-way runs Python, and what a signal handler raises there is lost
        if changed or True in map(self._is_news, outputs):
            self._report(named, call, inputs, outputs, changed)

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
        inputs: tuple[Preview, ...],
    ) -> list[tuple[torch.Tensor, Preview]]:
        """The inputs that the call wrote to, each once.

        An in-place operation writes to its first argument. For others the version tells; but views
        share one version, so of the small ones only those count whose values differ.
        """
        own = None
        if self._name(func).writes:  # torch.nn.init hands its own over by name
            own = next(iter(call[0] or call[1].values()), None)
        found: dict[int, tuple[torch.Tensor, Preview]] = {}
        for tensor, before in zip(tensors, inputs, strict=True):
            if tensor is own:
                wrote = before.version != version_of(tensor) or tensor.is_inference() or swaps(func)
            else:
                wrote = before.version != version_of(tensor) and not _same(before, self.preview(tensor))
            if wrote:
                found.setdefault(before.id, (tensor, before))
        return list(found.values())

    def _report(
        self,
        named: _Named,
        call: tuple[Sequence[Any], dict[str, Any]],
        inputs: tuple[Preview, ...],
        outputs: list[torch.Tensor],
        changed: list[tuple[torch.Tensor, Preview]],
    ) -> None:
        caller = find_caller(sys._getframe(3), self.files)
        if caller.in_optimizer:
            return
        frame, library = caller.frame, caller.library
        shown = outputs or [t for t, _ in changed]
        previews = tuple(map(self.preview, shown))
        node, found = self._discover(shown)
        module, evaluates = self.places.module(caller)
        seen = OpSeen(
            named.name,
            named.api,
            None if frame is None else frame.f_code,
            0 if frame is None else frame.f_lasti,
            None if library is None else library.f_code,
            0 if library is None else library.f_lasti,
            inputs,
            previews,
            node,
            found,
            [(before, self.preview(tensor)) for tensor, before in changed] if changed else (),
            argument_texts(call, self.preview.identities),
            module,
            evaluates,
            self.places.place(caller, module),
            self._within(frame) if self.gradients is not None and self.gradients.in_backward() else "",
            not torch.is_grad_enabled(),
            self.scope(),
        )
        self._refused = None
        self.boundary()
        self.emit.later(seen)
        if self.gradients is not None:
            for tensor, before in changed:
                self.gradients.changed(tensor, before)

    def _discover(self, outputs: list[torch.Tensor]) -> tuple[int | None, Sequence[FoundNode]]:
        """The node that made the first of some tensors that has one; the nodes that are new, and its own among them."""
        first = None
        roots: list[Any] = []
        for tensor in outputs:
            node = history(tensor)
            if node is not None:
                first = first or node
                if tensor.requires_grad:
                    roots.append(node)
        if first is None:
            return None, ()
        found = self.graph.discover(roots)
        return self.graph.number(first), found

    def _name(self, func: Any) -> _Named:
        found = self._named.get(func)
        if found is None:
            found = _Named(op_name(func), api_name(func), writes_first(func))
            if not getattr(func, "made_anew", False):  # as for each call of `Function.apply`
                self._named[func] = found
        return found

    def _within(self, frame: FrameType | None) -> str:
        while frame is not None:
            if self.files.kind(frame.f_code.co_filename) is Kind.CHECKPOINT:
                return "recompute"
            frame = frame.f_back
        return "backward"


def _as_before(tensors: list[torch.Tensor], inputs: tuple[Preview, ...]) -> bool:
    """Whether PyTorch has counted no write to any of some tensors; False where it counts none, as in inference."""
    try:
        for tensor, before in zip(tensors, inputs, strict=True):
            if tensor._version != before.version:
                return False
    except RuntimeError:
        return False
    return True


def _same(before: Preview, after: Preview) -> bool:
    return before.values is not None and before.values == after.values


def _own_words(error: Exception) -> str:
    """What an exception says, without asking it: it may be one of the program's own making."""
    return error.args[0] if len(error.args) == 1 and isinstance(error.args[0], str) else ""
