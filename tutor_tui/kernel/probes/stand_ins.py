"""Places where torch looks whether somebody watches, and would then compute otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import torch

from tutor_tui.kernel.probes import modes
from tutor_tui.kernel.probes.replaced import Replaced

COMPILED = (
    "torch.compile: compiled code runs eagerly while it is recorded, so that its operations can be seen. The "
    "results are the same, only slower."
)


class StandIns:
    """Hides the recorder's mode from torch's own decisions while a program is recorded.

    `has_torch_function` decides in nn.TransformerEncoder and nn.MultiheadAttention whether their fused
    inference path, which rounds differently, may be taken: a mode that only looks must not close it.
    A compiled function would run as one operation that nobody sees into, so it is run eagerly. Custom
    autograd functions and `from_numpy` are the operations that no mode is told of.
    """

    def __init__(
        self,
        mode: Any,
        applied: Callable[[Any, Sequence[Any], dict[str, Any]], Any],
        release: Callable[[torch.Tensor], None] = lambda tensor: None,
        compiled: Callable[[], None] = lambda: None,
    ) -> None:
        """`mode` is hidden. `applied` runs `Function.apply` as one operation, `release` lets go of a tensor.

        `compiled` is called when the program compiles something for the first time.
        """
        self._mode, self._applied = mode, applied
        self._release, self._compiled = release, compiled
        self._replaced = Replaced()
        self._eager = False  # something was compiled, and is run as it was written as long as one looks

    def install(self) -> None:
        """Take the places of torch's own functions."""
        self._replaced.put(torch.overrides, "has_torch_function", self._has_torch_function)
        self._replaced.put(torch, "compile", self._compile)
        self._replaced.put(torch.utils, "swap_tensors", self._swap_tensors)
        self._replaced.put(torch.autograd.Function, "apply", self._apply)
        self._replaced.put(torch, "from_numpy", self._from_numpy)
        if self._eager:
            torch._dynamo.config.disable = True

    def remove(self) -> None:
        """Give them back."""
        self._replaced.give_back()
        if self._eager:
            torch._dynamo.config.disable = False

    def _has_torch_function(self, original: Any) -> Any:
        def has_torch_function(relevant_args: Any) -> bool:
            above = modes.remove(self._mode)
            try:
                return bool(original(relevant_args))
            finally:
                modes.restore(self._mode, above)

        return has_torch_function

    def _from_numpy(self, original: Any) -> Any:
        @wraps(original)
        def from_numpy(*args: Any, **kwargs: Any) -> Any:
            return self._applied(original, args, kwargs)

        return from_numpy

    def _swap_tensors(self, original: Any) -> Any:
        def swap_tensors(t1: Any, t2: Any) -> None:
            for tensor in (t1, t2):  # torch refuses tensors that somebody holds a weak reference to
                self._release(tensor)
            original(t1, t2)

        return swap_tensors

    def _apply(self, original: Any) -> Any:
        def apply(cls: type, *args: Any, **kwargs: Any) -> Any:
            def run(*args: Any, **kwargs: Any) -> Any:
                return original.__get__(None, cls)(*args, **kwargs)

            run.__name__, run.__qualname__ = cls.__name__, f"{cls.__qualname__}.apply"
            run.__module__, run.made_anew = cls.__module__, True  # type: ignore[attr-defined]
            return self._applied(run, args, kwargs)

        return classmethod(apply)

    def _compile(self, original: Any) -> Any:
        def compile(*args: Any, **kwargs: Any) -> Any:
            compiled = original(*args, **kwargs)
            import torch._dynamo

            if not torch._dynamo.config.disable:
                torch._dynamo.config.disable = self._eager = True
                self._compiled()
            return compiled

        return compile
