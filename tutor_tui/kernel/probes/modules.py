"""Which nn.Module is running: a stack kept by torch's global forward hooks."""

from __future__ import annotations

import weakref
from typing import Any

from torch import nn
from torch.nn.modules import module as hooks

_names: weakref.WeakKeyDictionary[nn.Module, dict[int, str]] = weakref.WeakKeyDictionary()


class ModuleStack:
    """The path of the module that runs now, `Classifier.net.0`, from the outermost called one."""

    def __init__(self) -> None:
        self._stack: list[str] = []
        self._roots: list[weakref.ref[nn.Module]] = []
        self._handles: list[Any] = []

    def install(self) -> None:
        """Start following module calls."""
        self._handles = [
            hooks.register_module_forward_pre_hook(self._enter),
            hooks.register_module_forward_hook(self._leave, always_call=True),
        ]

    def remove(self) -> None:
        """Stop following."""
        for handle in self._handles:
            handle.remove()
        self._handles = []
        self._stack.clear()
        self._roots.clear()

    def path(self) -> str:
        """The path of the innermost running module, "" outside all."""
        return self._stack[-1] if self._stack else ""

    def _enter(self, module: nn.Module, args: Any) -> None:
        if not self._stack:
            self._roots = [weakref.ref(module)]
        root = self._roots[0]() if self._roots else None
        inner = self._inside(root, module) if root is not None else None
        if inner is None:  # not registered under the outermost module
            inner = type(module).__name__
            self._stack.append(f"{self._stack[-1]}.{inner}" if self._stack else inner)
        else:
            self._stack.append(f"{type(root).__name__}.{inner}" if inner else type(root).__name__)

    def _leave(self, module: nn.Module, args: Any, output: Any) -> None:
        if self._stack:
            self._stack.pop()

    def _inside(self, root: nn.Module, module: nn.Module) -> str | None:
        names = _names.get(root)
        if names is None or id(module) not in names:
            names = _names[root] = {id(m): name for name, m in root.named_modules()}
        return names.get(id(module))
