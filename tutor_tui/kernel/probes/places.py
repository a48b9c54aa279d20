"""Who ran an operation: the program's call, and between that and the operation a library or a module."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from types import CodeType, FrameType
from typing import NamedTuple

from torch import nn

from tutor_tui.kernel.probes.module_names import ModuleNames
from tutor_tui.kernel.probes.modules import CALL, called, enclosing_call, says_training
from tutor_tui.kernel.program.files import Files, Kind
from tutor_tui.kernel.program.module_paths import inside


class Caller(NamedTuple):
    """The frames between an operation and the program."""

    frame: FrameType | None
    """The nearest frame of the program."""
    library: FrameType | None
    """The nearest frame of a library that is not torch, on this side of the program."""
    calls: list[FrameType]
    """Calls of modules on this side of the program, the innermost first."""
    under: int
    """How many of them the library's frame has made."""
    in_optimizer: bool
    """Whether an optimizer's own code stands on this side of the program."""


def find_caller(frame: FrameType | None, files: Files) -> Caller:
    """Who ran what runs at a frame."""
    library: FrameType | None = None
    calls: list[FrameType] = []
    under = 0
    in_optimizer = False
    kinds = files.kinds
    while frame is not None:
        code = frame.f_code
        if code is CALL:
            calls.append(frame)
        else:
            kind = kinds.get(code.co_filename) or files.kind(code.co_filename)
            if kind is Kind.PROGRAM:
                break
            if kind is Kind.PACKAGE and library is None:
                library, under = frame, len(calls)
            in_optimizer = in_optimizer or kind is Kind.OPTIMIZER
        frame = frame.f_back
    return Caller(frame, library, calls, under, in_optimizer)


class Places:
    """Puts into words where an operation ran."""

    def __init__(
        self, files: Files, named: Callable[[str, nn.Module], None], met: Callable[[str, nn.Module], None]
    ) -> None:
        """`named` is called with each module that gets a name, `met` with the one that all of them are in."""
        self._names = ModuleNames(files, named, met)
        self._steps: dict[tuple[int, int], _Step] = {}

    def module(self, caller: Caller) -> tuple[str, bool]:
        """What the program calls the innermost module that is called, "" outside all; whether it only evaluates."""
        call = caller.calls[0] if caller.calls else enclosing_call(caller.frame)
        if call is None:
            return "", False
        module = called(call)
        return self._names.known(module) or self._names.name(call), not says_training(module)

    def place(self, caller: Caller, module: str) -> str:
        """The library's own function or module, `BertSelfAttention.query`; else the module within the called one.

        `module` is what the program calls the innermost.
        """
        if caller.library is None:
            return module if len(caller.calls) > 1 else ""
        function = _function(caller.library.f_code)
        if not caller.under:
            return function
        inner = called(caller.calls[0])
        around = _around(caller)
        step = self._step(around, inner) if around is not None else ""
        return f"{type(around).__name__}{step}" if step else f"{function} › {type(inner).__name__}"

    def _step(self, around: nn.Module, inner: nn.Module) -> str:
        """`.query`, `.mlp.0`: how one gets from a module to one in it; "" where it is not in it."""
        key = id(around), id(inner)
        known = self._steps.get(key)
        if known is None or known.around() is not around or known.inner() is not inner:
            text = next((step for step, part in inside(around) if part is inner), "")
            known = self._steps[key] = _Step(weakref.ref(around), weakref.ref(inner), text)
        return known.text


class _Step(NamedTuple):
    around: weakref.ref[nn.Module]
    inner: weakref.ref[nn.Module]
    text: str


def _around(caller: Caller) -> nn.Module | None:
    """The module whose call the library's frame belongs to."""
    if caller.under < len(caller.calls):
        return called(caller.calls[caller.under])
    call = enclosing_call(caller.frame)
    return None if call is None else called(call)


def _function(code: CodeType) -> str:
    """`Trace_ELBO.loss`; for what is defined in a function, `train.step`."""
    return code.co_qualname.replace(".<locals>", "")
