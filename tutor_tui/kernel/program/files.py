"""Which source files belong to the program, and what is known of the others."""

from __future__ import annotations

import enum
import linecache
import os
import re
import site
import sysconfig
from collections.abc import Callable, Iterator
from functools import lru_cache
from types import FrameType, TracebackType

import torch

import tutor_tui


class Kind(enum.Enum):
    """Whose code a file holds."""

    PROGRAM = enum.auto()
    LIBRARY = enum.auto()
    """torch, the standard library, or generated code."""
    PACKAGE = enum.auto()
    """A library that is not torch."""
    OPTIMIZER = enum.auto()
    CHECKPOINT = enum.auto()
    OURS = enum.auto()


_OURS = os.path.dirname(os.path.abspath(tutor_tui.__file__)) + os.sep
OVERRIDES = os.path.abspath(torch.overrides.__file__)
"""Where torch hands a call of its own on to a mode."""
_TORCH = os.path.dirname(os.path.abspath(torch.__file__)) + os.sep
_OPTIMIZERS = os.path.join(_TORCH, "optim", "")
_AVERAGES = os.path.join(_OPTIMIZERS, "swa_utils.py")
"""Beside the optimizers lies what averages weights: its operations are no step's own arithmetic."""
_PACKAGES = re.compile(r"[/\\](site|dist)-packages[/\\]")
_LESSONS = os.path.join(_OURS, "lessons", "content") + os.sep


def _folders(*paths: str) -> tuple[str, ...]:
    return tuple({os.path.join(os.path.realpath(path), "") for path in paths})


# found once in the kernel, not again in each run
_STANDARD = _folders(sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"))
_SITES = _folders(
    *(sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), site.getusersitepackages()),
    *site.getsitepackages(),
)


class Files:
    """Tells the program's files from everybody else's, and announces each of the former once.

    A file is the program's unless it is generated code, or lies in the standard library, in a
    site-packages folder, in torch, or here.
    """

    def __init__(self, announce: Callable[[str, str, bool], None]) -> None:
        """`announce` hears of a file, its text, and whether it is a library's."""
        self._announce = announce
        self._libraries: set[str] = set()
        self.kinds: dict[str, Kind] = {}
        """Of the files that were asked for so far."""
        self._sources: dict[str, str] = {}

    def kind(self, filename: str) -> Kind:
        """Whose file this is; the first sight of a program file announces its text."""
        kind = self.kinds.get(filename)
        if kind is None:
            kind = self.kinds[filename] = self._judge(filename)
            if kind is Kind.PROGRAM:
                self._announce(filename, self.source(filename), False)
        return kind

    def announce_library(self, filename: str) -> None:
        """Announce a library's file, once."""
        if filename not in self._libraries:
            self._libraries.add(filename)
            self._announce(filename, self.source(filename), True)

    def nearest(self, frame: FrameType | None) -> FrameType | None:
        """The innermost frame of the program at or outside `frame`."""
        while frame is not None and self.kind(frame.f_code.co_filename) is not Kind.PROGRAM:
            frame = frame.f_back
        return frame

    def set_source(self, filename: str, text: str) -> None:
        """Make `text` the source of `filename`, whatever the disk says, for tracebacks too."""
        self._sources[filename] = text
        linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)

    def adopt(self, filename: str) -> None:
        """Count a file as the program's, wherever it lies."""
        self._sources.setdefault(filename, "".join(linecache.getlines(filename)))

    def source(self, filename: str) -> str:
        """The text of a file as it was when first asked for."""
        if filename not in self._sources:
            self._sources[filename] = "".join(linecache.getlines(filename))
        return self._sources[filename]

    def _judge(self, filename: str) -> Kind:
        if filename in self._sources:
            return Kind.PROGRAM  # the script itself, wherever it lies
        return judge(filename)


@lru_cache(maxsize=65536)
def judge(filename: str) -> Kind:
    """Whose file this is by where it lies; kept for all runs of a process."""
    if filename.startswith("<"):
        return Kind.LIBRARY
    path = os.path.realpath(filename)
    if _is_ours(path):
        return Kind.OURS
    if path.startswith(_LESSONS):
        return Kind.PROGRAM
    if path.startswith(_OPTIMIZERS) and path != _AVERAGES:
        return Kind.OPTIMIZER
    if path == os.path.join(_TORCH, "utils", "checkpoint.py"):
        return Kind.CHECKPOINT
    if path.startswith(_TORCH):
        return Kind.LIBRARY
    if _PACKAGES.search(path) or path.startswith(_SITES):
        return Kind.PACKAGE
    return Kind.LIBRARY if path.startswith(_STANDARD) else Kind.PROGRAM


def strip_own_frames(error: BaseException) -> None:
    """Take this package's frames out of an exception's traceback, and out of its causes' and its group's.

    With them go the frames of torch by which they were called: a function that is written in Python stands there twice.
    """
    seen: set[int] = set()
    pending: list[BaseException | None] = [error]
    while pending:
        current = pending.pop()
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        pending += [current.__cause__, current.__context__]
        if isinstance(current, BaseExceptionGroup):
            pending += current.exceptions
        kept = _without_ours(list(_levels(current)))
        for index, tb in enumerate(kept):
            tb.tb_next = kept[index + 1] if index + 1 < len(kept) else None
        current.__traceback__ = kept[0] if kept else None


def _without_ours(levels: list[TracebackType]) -> list[TracebackType]:
    kept: list[TracebackType] = []
    for at, tb in enumerate(levels):
        if not _is_ours(tb.tb_frame.f_code.co_filename):
            kept.append(tb)
        elif at and levels[at - 1].tb_frame.f_code.co_filename == OVERRIDES and len(kept) > 1:
            del kept[-2:]  # the function that asked `overrides` to hand it on, and is called behind us
    return kept


def _levels(error: BaseException) -> Iterator[TracebackType]:
    tb = error.__traceback__
    while tb is not None:
        yield tb
        tb = tb.tb_next


def _is_ours(path: str) -> bool:
    return path.startswith(_OURS) and not path.startswith(_LESSONS)
