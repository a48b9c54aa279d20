"""Where a run that goes on without a screen can be found again: a private folder of Unix sockets."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

ANSWER = "tutor-tui answers: "
"""Before whatever a module of ours prints through ssh: a login shell may print what it likes."""


class Waiting(NamedTuple):
    """A run that listens: its name, and what it is."""

    name: str
    program: str
    pid: int
    started: float


def state_folder() -> Path:
    """The program's own folder, made where it is missing, and nobody else's to look into; `OSError` if it cannot be."""
    from platformdirs import user_state_path

    return _private(user_state_path("tutor-tui"))


def runs_folder() -> Path:
    """The folder of sockets in it."""
    return _private(state_folder() / "runs")


def _private(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if folder.stat().st_uid == os.getuid() and folder.stat().st_mode & 0o077:
        folder.chmod(0o700)
    return folder


def listen(name: str, about: dict[str, Any]) -> socket.socket:
    """A socket of that name that a screen can come to; `OSError` where there can be none."""
    folder = runs_folder()
    listener = socket.socket(socket.AF_UNIX)
    try:
        with _short(folder) as short:
            listener.bind(f"{short}/{name}.sock")
        os.chmod(folder / f"{name}.sock", 0o600)
        listener.listen(1)
        listener.setblocking(False)
        (folder / f"{name}.json").write_text(json.dumps(about), encoding="utf-8")
    except OSError:
        listener.close()
        raise
    return listener


def connect(name: str) -> socket.socket:
    """To the run of that name; `OSError` where it is gone."""
    channel = socket.socket(socket.AF_UNIX)
    try:
        with _short(runs_folder()) as short:
            channel.connect(f"{short}/{name}.sock")
    except OSError:
        channel.close()
        raise
    return channel


def forget(name: str) -> None:
    """Take a name away."""
    for ending in ("sock", "json"):
        try:
            (runs_folder() / f"{name}.{ending}").unlink(missing_ok=True)
        except OSError:
            pass


def waiting_runs() -> list[Waiting]:
    """The runs that listen, oldest first; the names of dead ones are taken away."""
    found: list[Waiting] = []
    for file in sorted(runs_folder().glob("*.json")):
        try:
            about = json.loads(file.read_text(encoding="utf-8"))
            run = Waiting(file.stem, str(about["program"]), int(about["pid"]), float(about["started"]))
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if _alive(run.pid) and (file.parent / f"{run.name}.sock").exists():
            found.append(run)
        else:
            forget(run.name)
    return sorted(found, key=lambda run: run.started)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][:1] != "Z"
    except OSError:
        return True  # a system without such files


@contextmanager
def _short(folder: Path) -> Iterator[str]:
    """A path to the folder that fits into a socket's address, which holds about 100 characters."""
    if len(str(folder)) < 60 or not os.path.isdir("/proc/self/fd"):
        yield str(folder)
        return
    fd = os.open(folder, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{fd}"
    finally:
        os.close(fd)
