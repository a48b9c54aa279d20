"""The controller: runs one program on a device and wraps its live tensors."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import torch
from msgspec.structs import replace

from tutor_tui.kernel.probes.previews import stats
from tutor_tui.kernel.program.files import Files
from tutor_tui.kernel.program.main import (
    Outcome,
    find_module,
    point_warnings_at_the_program,
    prepare,
    run_program,
)
from tutor_tui.kernel.record.budget import Sink
from tutor_tui.kernel.record.expressions import Expressions
from tutor_tui.kernel.record.operations import Operations
from tutor_tui.kernel.record.recorder import Recorder
from tutor_tui.kernel.training.iterations import Iterations
from tutor_tui.kernel.training.monitor import Monitor
from tutor_tui.protocol.messages import (
    Continue,
    End,
    Failure,
    Freeze,
    FreezeWhen,
    Inspect,
    Inspection,
    Message,
    Note,
    Pause,
    Request,
    Run,
    SetRate,
    Stop,
)


class Controller:
    """One run of one program: the recorder around it, and its tensors while the process lives."""

    def __init__(
        self,
        run: Run,
        sink: Sink,
        boundary: Callable[[], None],
        wait: Callable[[], None] = lambda: None,
        operations: type[Operations] = Operations,
    ) -> None:
        """`wait` blocks until a request has come, and has it handled: a watched run may be held."""
        self._run = run
        self._boundary = boundary
        self.recorder = Recorder(sink, run.max_steps, boundary, operations)
        self._namespace: dict[str, Any] = {}
        self._monitor = Monitor(self.recorder.files, self._say, boundary, run.norms, self.recorder.fault)
        self._iterations: Iterations | None = None
        if run.watch:
            always = run.watch == "always"
            self._iterations = Iterations(self.recorder, self._monitor, self._say, wait, always)

    def run(self) -> int:
        """Run the program and emit its end; the exit status."""
        outcome = self._outcome()
        self._boundary()
        if outcome.failure is not None:
            self.recorder.emit.always(outcome.failure)
        self.recorder.emit.always(End(status=outcome.status, reason=outcome.reason))
        return outcome.status

    def handle(self, request: Request) -> None:
        """Do what the screen asks of a watched run; for any other there is nothing to do."""
        if self._iterations is None:
            return
        match request:
            case Freeze():
                self._iterations.freeze()
            case Pause():
                self._iterations.pause()
            case Continue():
                self._iterations.go_on()
            case Stop():
                self._iterations.stop()
            case FreezeWhen():
                self._iterations.freeze_when(request)
            case SetRate():
                self._set_rate(request)

    def _say(self, *messages: Message) -> None:
        self.recorder.emit.always(*messages)

    def _set_rate(self, request: SetRate) -> None:
        done = self._monitor.set_rate(request.group, request.rate)
        said = f"lr of group {request.group} was set to {request.rate:g} by hand behind pass {self._monitor.passes}."
        missing = f"There is no parameter group {request.group} any more; its lr could not be set."
        self.recorder.emit.always(Note(text=said if done else missing))

    def _start(self) -> None:
        if self._iterations is None:
            self.recorder.start()
            return
        self._monitor.install()
        self.recorder.start()
        self._monitor.follow_optimizers()
        self._iterations.begin()

    def _stop(self) -> None:
        if self._iterations is None:
            self.recorder.stop()
        else:
            self._iterations.end()
            self._monitor.remove()

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
        try:
            path, source, self._namespace = find_program(self._run, self.recorder.files)
        except Exception as error:  # a package around the module may raise anything
            return _unusable(os.path.abspath(self._run.path), error)
        self.recorder.lines.expressions = Expressions(path, self._run.expressions)
        self.recorder.files.kind(path)  # announces the text, which a syntax error would otherwise prevent
        point_warnings_at_the_program(self.recorder.files)
        return run_program(path, source, self._namespace, self._start, self._stop)


def find_program(run: Run, files: Files) -> tuple[str, str, dict[str, Any]]:
    """The path, the text and the prepared globals of what is to be run; raises whatever prevents it."""
    run = _beside(run)
    path, spec = os.path.abspath(run.path), None
    if run.module:
        spec = find_module(run.path)
        path = str(spec.origin)
    source = run.source if run.source is not None else read_source(path)
    set_device(run.device)
    files.set_source(path, source)
    return path, source, prepare(path, run.path, run.args, spec)


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
