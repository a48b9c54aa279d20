"""The controller: runs one program on a device and wraps its live tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from tutor_tui.kernel.probes.hidden import Hidden
from tutor_tui.kernel.probes.previews import stats
from tutor_tui.kernel.record.budget import Sink
from tutor_tui.kernel.training.training_run import TrainingRun
from tutor_tui.protocol.messages import (
    Continue,
    End,
    Freeze,
    FreezeWhen,
    Inspect,
    Inspection,
    Note,
    Pause,
    Request,
    Run,
    SetRate,
    Stop,
    Watch,
)


class Controller:
    """One run of one program: the recorder around it, and its tensors while the process lives."""

    def __init__(
        self,
        run: Run,
        sink: Sink,
        boundary: Callable[[], None],
        wait: Callable[[], None] = lambda: None,
    ) -> None:
        """`wait` blocks until a request has come, and has it handled: a watched run may be held."""
        self._boundary = boundary
        self._run = TrainingRun(run, sink, boundary, wait)
        self.recorder = self._run.recorder

    def run(self) -> int:
        """Run the program and emit its end; the exit status."""
        outcome = self._run.run()
        self._boundary()
        if outcome.failure is not None:
            self._run.say(outcome.failure)
        self._run.say(End(status=outcome.status, reason=outcome.reason))
        return outcome.status

    def handle(self, request: Request) -> None:
        """Do what the screen asks of a watched run; for any other there is nothing to do."""
        iterations = self._run.iterations
        if iterations is None:
            return
        match request:
            case Freeze():
                iterations.freeze()
            case Pause():
                iterations.pause()
            case Continue():
                iterations.go_on()
            case Watch():
                iterations.watch()
            case Stop():
                iterations.stop()
            case FreezeWhen():
                iterations.freeze_when(request)
            case SetRate():
                self._set_rate(request)

    def _set_rate(self, request: SetRate) -> None:
        monitor = self._run.monitor
        done = monitor.set_rate(request.group, request.rate)
        said = f"lr of group {request.group} was set to {request.rate:g} by hand after pass {monitor.passes}."
        missing = f"Parameter group {request.group} no longer exists; its lr could not be set."
        self._run.say(Note(text=said if done else missing))

    def inspect(self, request: Inspect) -> Inspection:
        """Statistics and one slice of a tensor of the run, by its id."""
        tensor = self.recorder.identities.tensor(request.tensor)
        if tensor is None:
            return Inspection(request=request.request, preview=None, error="this tensor is no longer alive")
        with torch._C.DisableTorchFunction(), Hidden(), torch.no_grad():
            try:
                preview = self.recorder.preview(tensor)
                preview.stats = stats(tensor)
                values = _slice(tensor, request)
            except Exception as error:
                return Inspection(request=request.request, preview=None, error=f"cannot be read: {error}")
        return Inspection(request=request.request, preview=preview, values=values)


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
