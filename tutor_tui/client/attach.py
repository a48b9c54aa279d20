"""Runs that go on without a screen, to come back to."""

from __future__ import annotations

import json
import time

from tutor_tui.client.process import Kernel, KernelSocket
from tutor_tui.client.ssh import Host, RemoteKernel
from tutor_tui.errors import UsageError
from tutor_tui.protocol.waiting import Waiting, waiting_runs


def runs(host: Host | None = None) -> list[Waiting]:
    """The runs that wait for a screen, here or on a host, oldest first; `UsageError` where nobody can look."""
    if host is not None:
        return [Waiting(**run) for run in json.loads(host.run("tutor_tui.kernel.host.bridge", "--list"))]
    try:
        return waiting_runs()
    except OSError as error:
        raise UsageError(f"the runs folder cannot be read: {error.filename}: {error.strerror}") from error


def listing(host: Host | None = None) -> str:
    """The runs that wait, one a line."""
    lines = [f"{run.name!s:.60}  {run.program!r}  since {_clock(run.started)}" for run in runs(host)]
    return "\n".join(lines) or "No run is waiting for a screen. In a watched run, d detaches it."


def choose(name: str | None, host: Host | None = None) -> Kernel:
    """The run that is meant; `UsageError` where that is none, or could be several."""
    found = _meant(name, runs(host))
    return KernelSocket(found) if host is None else RemoteKernel(host, found)


def _meant(name: str | None, there: list[Waiting]) -> str:
    names = [run.name for run in there]
    if name is None and len(names) == 1:
        return names[0]
    fitting = [found for found in names if name is not None and found.startswith(name)]
    if len(fitting) == 1:
        return fitting[0]
    if not names:
        raise UsageError("no run is waiting for a screen; in a watched run, d detaches it")
    which = "several runs are waiting" if name is None or fitting else f"no run is called {name}"
    raise UsageError(f"{which}: use `tutor-tui attach` with one of {', '.join(names)}")


def _clock(moment: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(moment))
