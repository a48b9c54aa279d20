"""Warnings that come up behind the recorder: shown where they would have come up without it."""

from __future__ import annotations

import sys
import warnings
from types import FrameType
from typing import Any

from tutor_tui.kernel.program.files import OVERRIDES, Files, Kind


def point_at_the_callers(files: Files) -> None:
    """Have a warning that names a line of the recorder name the line that called torch, and count as that line's."""
    # by `_showwarnmsg`, which `catch_warnings` leaves alone
    shown = getattr(warnings, "_showwarnmsg", None)
    if shown is None:
        return

    def show(warned: Any) -> None:
        frame = _caller(warned.filename, files) if files.kind(warned.filename) is Kind.OURS else None
        if frame is None:
            shown(warned)
            return
        outside = frame.f_globals
        warnings.warn_explicit(
            warned.message,
            warned.category,
            frame.f_code.co_filename,
            frame.f_lineno,
            outside.get("__name__") or "<unknown>",
            outside.setdefault("__warningregistry__", {}),
            source=warned.source,
        )

    warnings._showwarnmsg = show  # type: ignore[attr-defined]


def _caller(filename: str, files: Files) -> FrameType | None:
    """Who called the function of torch's behind which the recorder's file stands.

    A function that is written in Python is on the stack twice, around the recorder: `overrides` has called it again.
    """
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and frame.f_code.co_filename != filename:
        frame = frame.f_back
    if frame is not None:  # else the line would warn once for the whole program
        frame.f_globals.pop("__warningregistry__", None)
    while frame is not None and files.kind(frame.f_code.co_filename) is Kind.OURS:
        frame = frame.f_back
    if frame is not None and frame.f_code.co_filename == OVERRIDES:
        while frame is not None and frame.f_code.co_filename == OVERRIDES:
            frame = frame.f_back
        frame = frame.f_back if frame is not None else None
    return frame
