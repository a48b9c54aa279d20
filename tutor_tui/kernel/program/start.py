"""From a request to a program that can be run: its path, its text, its globals, the device."""

from __future__ import annotations

import os
from typing import Any

import torch
from msgspec.structs import replace

from tutor_tui.kernel.program.files import Files
from tutor_tui.kernel.program.main import Outcome, find_module, prepare
from tutor_tui.protocol.messages import Failure, Run


def find_program(run: Run, files: Files) -> tuple[str, dict[str, Any]]:
    """The path and the prepared globals of what is to be run; raises whatever prevents it. `files` has the text."""
    run = _beside(run)
    path, spec = os.path.abspath(run.path), None
    if run.module:
        spec = find_module(run.path)
        path = str(spec.origin)
    source = run.source if run.source is not None else read_source(path)
    set_device(run.device)
    files.set_source(path, source)
    return path, prepare(path, run.path, run.args, spec)


def _beside(run: Run) -> Run:
    """Stand where the file lies, where that is asked for."""
    if not run.beside or run.module:
        return run
    path = os.path.abspath(os.path.expanduser(run.path))
    if os.path.isfile(path):
        os.chdir(os.path.dirname(path))
    return replace(run, path=path)


def read_source(path: str) -> str:
    """The text of a Python file in the encoding that it declares."""
    import tokenize

    with tokenize.open(path) as file:
        return file.read()


_NAMES = {"cuda": "CUDA device", "xpu": "Intel GPU", "mps": "Apple GPU"}


def set_device(device: str) -> None:
    """Make `device` torch's default; "" leaves everything as it is. `RuntimeError` where there is none."""
    if not device:
        return
    if device == "auto":
        found = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
        device = found.type if found is not None else "cpu"
    kind, _, index = device.partition(":")
    if kind != "cpu":
        count = torch.get_device_module(kind).device_count()
        if count == 0:
            raise RuntimeError(f"no {_NAMES[kind]} can be used here; --device cpu or --device auto will work")
        if index and int(index) >= count:
            raise RuntimeError(f"there is no {device}: this machine has {kind}:0 to {kind}:{count - 1}")
    if torch.get_default_device() != torch.device(
        device
    ):  # else it would slow every operation down for nothing
        torch.set_default_device(device)


def unusable(path: str, error: Exception) -> Outcome:
    """The outcome of a program that could not even be started."""
    text = f"{path}: {error.strerror}" if isinstance(error, OSError) else str(error)
    failure = Failure(type=type(error).__name__, message=text, frames=[], explanation="Nothing was run.")
    return Outcome(2, "the program could not be started", failure)
