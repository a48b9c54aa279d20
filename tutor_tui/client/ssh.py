"""Kernels on another machine, through the system's `ssh`: its configuration, keys and jump hosts."""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from tutor_tui.client.process import KernelProcess, how_it_ended
from tutor_tui.errors import KernelError, UsageError
from tutor_tui.protocol.waiting import ANSWER

OPTIONS = ("-C", "-T", "-o", "BatchMode=yes", "-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=3")
"""Compressed; no terminal there; no question here, where a screen stands; and a link that is dead is noticed."""
MOST = 64 * 1024 * 1024
"""Bytes of a script's folder that are sent."""
LEFT_OUT = ("__pycache__", "node_modules", "site-packages")
"""Folders that are not sent; neither are hidden ones, and environments, which hold a `pyvenv.cfg`."""
_DEAD_LINK = 255
"""The status of ssh itself, where the link and not the far side came to an end."""
_ANOTHER = "name another Python with --remote-python"
_FAULTS = (
    (
        r"No module named '?tutor_tui",
        f"tutor-tui is not installed for {{python}} on {{host}}: install it there, or {_ANOTHER}",
    ),
    (r"No module named '?(?P<named>[\w.]+)", "{named} is not installed for {python} on {host}"),
    (r"[Uu]nknown option:? -P", f"{{python}} on {{host}} is older than 3.11; {_ANOTHER}"),
    (r"not found|No such file or directory", f"there is no {{python}} on {{host}}; {_ANOTHER}"),
    (
        r"Permission denied \(",
        "{host} refused the login; `ssh {host}` must work without a prompt (use a key or an agent)",
    ),
    (
        r"Host key verification failed",
        "the host key of {host} is unknown or has changed; run `ssh {host}` to see why",
    ),
    (
        r"Could not resolve hostname (?P<named>[^\s:]+)",
        "there is no host {named}; check its name, or your ~/.ssh/config",
    ),
    (r"Connection refused|timed out|No route to host|unreachable", "{host} cannot be reached"),
)


class Host(NamedTuple):
    """Where to run: what `ssh` takes, and the Python there."""

    name: str
    python: str = "python3"

    def command(self, module: str, *arguments: str) -> tuple[str, ...]:
        """What runs a module of ours there."""
        if self.name.startswith("-") or not self.name:
            raise UsageError(f"{self.name!r} is not a host")
        there = shlex.join([self.python, "-P", "-m", module, *arguments])
        return ("ssh", *OPTIONS, "--", self.name, f"exec {there}")

    def explain(self, words: str) -> str:
        """What went wrong, from what ssh or the far side said; "" where that tells nothing."""
        for pattern, text in _FAULTS:
            if found := re.search(pattern, words):
                return text.format(host=self.name, python=self.python, **found.groupdict())
        return ""

    def run(self, module: str, *arguments: str, stdin: bytes = b"") -> str:
        """Run a module of ours there to its end; what it answered. `KernelError` says why it could not."""
        command = self.command(module, *arguments)
        try:
            done = subprocess.run(command, input=stdin, capture_output=True, check=False)
        except OSError as error:
            raise KernelError(f"ssh could not be started ({error.strerror}): is it installed?") from error
        if done.returncode:
            words = done.stderr.decode(errors="replace").strip()
            raise KernelError(self.explain(words) or f"{self.name}: {words or f'status {done.returncode}'}")
        printed = done.stdout.decode(errors="replace")
        _, found, answer = printed.rpartition(ANSWER)
        if not found:
            raise KernelError(
                f"{self.python} on {self.name} did not answer as tutor-tui would: {printed.strip()!r:.80}"
            )
        return answer.strip()


class RemoteKernel(KernelProcess):
    """A kernel over there. What is lost here goes on there."""

    def __init__(self, host: Host, run: str = "") -> None:
        """A new one, or with `run` the kernel of a run that waits there."""
        self._host, self._joined = host, bool(run)
        module = ("tutor_tui.kernel.host.bridge", run) if run else ("tutor_tui.kernel", "--far")
        super().__init__(host.command(*module))

    def explain(self, words: str, status: int | None, greeted: bool) -> str:
        """What happened, and what to do."""
        if not greeted:
            return self._host.explain(words) or f"no connection to {self._host.name}"
        if status == 0 and self._joined:
            return "the run has dropped this screen or has ended"
        if status not in (None, _DEAD_LINK):
            return f"the kernel on {self._host.name} {how_it_ended(status)}"
        back = f"`tutor-tui attach --host {self._host.name}` returns to a watched run, which continues there"
        return f"the connection to {self._host.name} is lost; {back}"


def send_folder(host: Host, script: str, tell: Callable[[str], None]) -> str:
    """Send a script with the folder that it lies in; its path there. `tell` hears what is left out."""
    folder = Path(script).resolve().parent
    packed, left_out = pack(folder)
    if left_out:
        some = ", ".join(sorted(left_out)[:6])
        tell(f"Not sent: {some}{', …' if len(left_out) > 6 else ''}.")
    return f"{host.run('tutor_tui.kernel.host.receive', stdin=packed)}/{Path(script).name}"


def pack(folder: Path) -> tuple[bytes, list[str]]:
    """The files of a folder as a compressed archive, and what is left out; `UsageError` where they are too many.

    What a link points to is sent in its place, where it is a file.
    """
    out, size = io.BytesIO(), 0
    left_out: list[str] = []
    with tarfile.open(fileobj=out, mode="w:gz", dereference=True) as archive:
        for file in _files(folder, left_out):
            size += file.stat().st_size
            if size > MOST:
                raise UsageError(
                    f"the folder {folder} holds over {MOST // 2**20} MB, which is too much to send; copy it "
                    f"yourself and run HOST:PATH"
                )
            archive.add(file, file.relative_to(folder), recursive=False)
    return out.getvalue(), left_out


def _files(folder: Path, left_out: list[str]) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        inner = [Path(root) / name for name in folders]
        kept = [path for path in inner if _is_sent(path)]
        left_out += [
            f"{path.relative_to(folder)}/" for path in inner if path not in kept and _is_missed(path)
        ]
        folders[:] = [path.name for path in kept]
        for file in (Path(root) / name for name in names):
            if file.is_file() and not file.name.startswith("."):
                yield file


def _is_sent(folder: Path) -> bool:
    environment = (folder / "pyvenv.cfg").exists()
    return not (folder.name.startswith(".") or folder.name in LEFT_OUT or environment or folder.is_symlink())


def _is_missed(folder: Path) -> bool:
    """Whether a person may expect that a folder was sent."""
    return not folder.name.startswith(".") and folder.name != "__pycache__"
