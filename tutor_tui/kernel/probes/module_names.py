"""What a program calls its modules. Known by the object: two of one class are two, whatever their names."""

from __future__ import annotations

import itertools
import sys
import weakref
from collections.abc import Callable, Iterator, Mapping, Set
from types import CodeType, FrameType
from typing import Any, NamedTuple

from torch import nn

from tutor_tui.kernel.probes.modules import CALL, called
from tutor_tui.kernel.program.bytecode import arguments
from tutor_tui.kernel.program.files import Files, Kind
from tutor_tui.kernel.program.loops import loop_targets
from tutor_tui.kernel.program.module_paths import held, inside
from tutor_tui.kernel.program.variables import own_attributes, variables

FRAMES = 1000
"""Calls that are looked through for names."""

_Site = tuple[CodeType, int, type, str]


class _Rank(NamedTuple):
    """How good a name is, the lowest best: a loop's and an argument's mean another module each time."""

    handed_on: bool
    parts: int
    order: int


class _Chain(NamedTuple):
    """The calls around a module's."""

    modules: list[nn.Module]
    """Those that are being called, the outermost last."""
    outside: list[FrameType]
    """The program's calls outside the outermost module's, the nearest first."""
    nearest: FrameType | None
    """The program's call that is nearest to the module's."""


class ModuleNames:
    """Names modules by the variable and the attributes that lead to them, `gan.D.net.0`. A name once given stays."""

    def __init__(
        self, files: Files, named: Callable[[str, nn.Module], None], met: Callable[[str, nn.Module], None]
    ) -> None:
        """`named` is called with each module that gets a name, `met` with the one that all of them are in."""
        self._files, self._named, self._met = files, named, met
        self._names: dict[int, tuple[weakref.ref[nn.Module], str]] = {}
        self._taken: dict[str, weakref.ref[nn.Module]] = {}
        self._nameless: dict[_Site, str] = {}

    def name(self, call: FrameType) -> str:
        """The name of the module that a call is of."""
        module = called(call)
        return self.known(module) or self._find(module, _chain(call, self._files))

    def known(self, module: nn.Module) -> str:
        """The name that a module has already, "" for none."""
        known = self._names.get(id(module))
        return known[1] if known is not None and known[0]() is module else ""

    def _find(self, module: nn.Module, chain: _Chain) -> str:
        around = next((name for m in chain.modules if m is not module and (name := self.known(m))), "")
        site = _site(module, chain.nearest, around)
        if site in self._nameless:  # made anew in each pass
            return self._nameless[site]
        frames = chain.outside or ([chain.nearest] if chain.nearest is not None else [])
        found = self._best(module, frames) or self._in_root(module, chain.modules[-1])
        if found is None:
            own = type(module).__name__
            name = self._give(module, f"{around}.{own}" if around else own)
            if site is not None:
                self._nameless[site] = name
            return name
        path, root = found
        for step, part in inside(root):
            if not self.known(part):
                self._give(part, path + step)
        self._met(path, root)
        return self.known(module)

    def _best(self, module: nn.Module, frames: list[FrameType]) -> tuple[str, nn.Module] | None:
        """The path by which the program would get at a module's root, and the root."""
        found: list[tuple[_Rank, str, nn.Module]] = []
        for order, (handed_on, names) in enumerate(self._namespaces(frames)):
            for path, parts, root in held(names):
                step = next((step for step, part in inside(root) if part is module), None)
                if step is not None:
                    first = path.partition(".")[0].partition("[")[0]
                    path = type(root).__name__ if path == "self" else path
                    rank = _Rank(first in handed_on, parts + step.count(".") + step.count("["), order)
                    found.append((rank, path, root))
        best = min(found, key=lambda f: f[0], default=None)
        return None if best is None else best[1:]

    def _namespaces(self, frames: list[FrameType]) -> Iterator[tuple[Set[str], Mapping[str, Any]]]:
        """Where names are looked for, each with those that are handed on there: globals, then the outermost call."""
        program = own_attributes(sys.modules.get("__main__"))
        yield self._turning(program.get("__file__")), program
        for frame in {id(f.f_globals): f for f in frames if f.f_globals is not program}.values():
            yield self._turning(frame.f_code.co_filename), frame.f_globals
        for frame in reversed(frames):
            if frame.f_code.co_name != "<module>":
                handed_on = {*self._turning(frame.f_code.co_filename), *arguments(frame.f_code)}
                yield handed_on, variables(frame)

    def _turning(self, filename: object) -> frozenset[str]:
        """The names in a file that mean another thing in each turn of a loop."""
        if type(filename) is not str or self._files.kind(filename) is not Kind.PROGRAM:
            return frozenset()
        return loop_targets(self._files.source(filename))

    def _in_root(self, module: nn.Module, root: nn.Module) -> tuple[str, nn.Module] | None:
        """A module that no variable leads to goes by the class of the outermost one that is called."""
        if any(part is module for _, part in inside(root)):
            return self.known(root) or type(root).__name__, root
        return None

    def _give(self, module: nn.Module, wanted: str) -> str:
        """A name that no other living module has."""
        for number in itertools.count(1):
            name = wanted if number == 1 else f"{wanted} ({number})"
            taken = self._taken.get(name)
            if taken is None or (other := taken()) is None or other is module:
                break
        reference = weakref.ref(module)
        self._taken[name] = reference
        self._names[id(module)] = reference, name
        self._named(name, module)
        return name


def _chain(call: FrameType, files: Files) -> _Chain:
    modules: list[nn.Module] = []
    outside: list[FrameType] = []
    nearest: FrameType | None = None
    frame: FrameType | None = call
    for _ in range(FRAMES):
        if frame is None:
            break
        if frame.f_code is CALL:
            modules.append(called(frame))
            outside.clear()
        elif files.kind(frame.f_code.co_filename) is Kind.PROGRAM:
            nearest = nearest or frame
            outside.append(frame)
        frame = frame.f_back
    return _Chain(modules, outside, nearest)


def _site(module: nn.Module, frame: FrameType | None, around: str) -> _Site | None:
    """The place in the program from which a module is called, its class, and in which other module."""
    return None if frame is None else (frame.f_code, frame.f_lasti, type(module), around)
