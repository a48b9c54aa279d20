"""The controller: runs one program on a device and wraps its live tensors."""

from __future__ import annotations

import linecache
import os
from collections.abc import Callable
from typing import Any

import torch

from tutor_tui.kernel.emitter import Sink
from tutor_tui.kernel.ops import Ops
from tutor_tui.kernel.preview import stats
from tutor_tui.kernel.program import (
    Outcome,
    find_module,
    point_warnings_at_the_program,
    prepare,
    run_program,
)
from tutor_tui.kernel.recorder import Recorder
from tutor_tui.kernel.watching import Watching
from tutor_tui.protocol.messages import End, Failure, Inspect, Inspection, Run


class Controller:
    """One run of one program: the recorder around it, and its tensors while the process lives."""

    def __init__(
        self, run: Run, sink: Sink, boundary: Callable[[], None], operations: type[Ops] = Ops
    ) -> None:
        self._run = run
        self._boundary = boundary
        self.recorder = Recorder(sink, run.max_steps, boundary, operations)
        self._namespace: dict[str, Any] = {}

    def run(self) -> int:
        """Run the program and emit its end; the exit status."""
        outcome = self._outcome()
        self._boundary()
        if outcome.failure is not None:
            self.recorder.emit.always(outcome.failure)
        self.recorder.emit.always(End(status=outcome.status, reason=outcome.reason))
        return outcome.status

    def inspect(self, request: Inspect) -> Inspection:
        """Statistics and one slice of a tensor of the run, by its id."""
        tensor = self.recorder.identities.tensor(request.tensor)
        if tensor is None:
            return Inspection(request=request.request, preview=None, error="this tensor is no longer alive")
        with torch._C.DisableTorchFunction(), torch.no_grad():
            try:
                preview = self.recorder.preview(tensor)
                preview.stats = stats(tensor)
                values = _slice(tensor, request)
            except Exception as error:
                return Inspection(request=request.request, preview=None, error=f"cannot be read: {error}")
        return Inspection(request=request.request, preview=preview, values=values)

    def _outcome(self) -> Outcome:
        path, spec = os.path.abspath(self._run.path), None
        try:
            if self._run.module:
                spec = find_module(self._run.path)
                path = str(spec.origin)
            source = self._run.source if self._run.source is not None else read_source(path)
            set_device(self._run.device)
        except Exception as error:  # a package around the module may raise anything
            return _unusable(path, error)
        self.recorder.files.set_source(path, source)
        if self._run.source is not None:  # a traceback must quote the text that ran, not the file's
            linecache.cache[path] = (len(source), None, source.splitlines(keepends=True), path)
        self.recorder.lines.watching = Watching(path, self._run.watches)
        self.recorder.files.kind(path)  # announces the text, which a syntax error would otherwise prevent
        self._namespace = prepare(path, self._run.path, self._run.args, spec)
        point_warnings_at_the_program(self.recorder.files)
        return run_program(path, source, self._namespace, self.recorder.start, self.recorder.stop)


def read_source(path: str) -> str:
    """The text of a Python file in the encoding that it declares."""
    import tokenize

    with tokenize.open(path) as file:
        return file.read()


def set_device(device: str) -> None:
    """Make `device` torch's default; "" leaves everything as it is. `RuntimeError` where there is none."""
    if not device:
        return
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    kind, _, index = device.partition(":")
    if kind == "cuda":
        count = torch.cuda.device_count()
        if count == 0:
            raise RuntimeError("no CUDA device can be used here; --device cpu or --device auto will run")
        if index and int(index) >= count:
            raise RuntimeError(f"there is no {device}: this machine has cuda:0 to cuda:{count - 1}")
    torch.set_default_device(device)


def _unusable(path: str, error: Exception) -> Outcome:
    text = f"{path}: {error.strerror}" if isinstance(error, OSError) else str(error)
    failure = Failure(type=type(error).__name__, message=text, frames=[], explanation="Nothing was run.")
    return Outcome(2, "the program could not be started", failure)


def _slice(tensor: torch.Tensor, request: Inspect) -> Any:
    data = tensor.detach()
    if data.layout is not torch.strided:
        data = data.to_dense()
    for index in request.index[: max(0, data.dim() - 1)]:
        data = data[index]
    while data.dim() > 2:
        data = data[0]
    data = data[: request.rows] if data.dim() else data
    data = data[:, : request.columns] if data.dim() == 2 else data
    return data.cpu().tolist() if not data.is_complex() else [str(v) for v in data.flatten().tolist()]
