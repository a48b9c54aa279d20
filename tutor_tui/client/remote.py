"""Kernels on another machine, through the system's `ssh`: its configuration, keys and jump hosts."""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tutor_tui.client.process import KernelProcess
from tutor_tui.errors import KernelError, UsageError

OPTIONS = ("-C", "-T", "-o", "BatchMode=yes", "-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=3")
"""Compressed; no terminal there; no question here, where a screen stands; and a link that is dead is noticed."""
MOST = 64 * 1024 * 1024
"""Bytes of a script's folder that are sent."""
LEFT_OUT = ("__pycache__", "node_modules", "venv", "env", "site-packages")
_ANOTHER = "name another Python with --remote-python"
_FAULTS = (
    (
        r"No module named '?tutor_tui",
        f"tutor-tui is not installed for {{python}} on {{host}}: install it there, or {_ANOTHER}",
    ),
    (r"No module named", "a package is missing for {python} on {host}"),
    (r"[Uu]nknown option:? -P", f"{{python}} on {{host}} is older than 3.11; {_ANOTHER}"),
    (r"not found|No such file or directory", f"there is no {{python}} on {{host}}; {_ANOTHER}"),
    (
        r"Permission denied \(",
        "{host} refused the login; `ssh {host}` must work without a question (a key, or an agent)",
    ),
    (
        r"Host key verification failed",
        "the key of {host} is not known, or has changed; `ssh {host}` once tells more",
    ),
    (
        r"Could not resolve hostname",
        "there is no host {host}; look at its name, or at your ~/.ssh/config",
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
            raise UsageError(f"{self.name!r} is no host")
        there = shlex.join([self.python, "-P", "-m", module, *arguments])
        return ("ssh", *OPTIONS, "--", self.name, f"exec {there}")

    def explain(self, words: str) -> str:
        """What went wrong, from what ssh or the far side said; "" where that tells nothing."""
        for pattern, text in _FAULTS:
            if re.search(pattern, words):
                return text.format(host=self.name, python=self.python)
        return ""

    def run(self, module: str, *arguments: str, stdin: bytes = b"") -> str:
        """Run a module of ours there to its end; what it printed. `KernelError` says why it could not."""
        done = subprocess.run(self.command(module, *arguments), input=stdin, capture_output=True, check=False)
        if done.returncode:
            words = done.stderr.decode(errors="replace").strip()
            raise KernelError(self.explain(words) or f"{self.name}: {words or f'status {done.returncode}'}")
        return done.stdout.decode(errors="replace")


class RemoteKernel(KernelProcess):
    """A kernel over there. What is lost here goes on there."""

    def __init__(self, host: Host, module: str = "tutor_tui.kernel", *arguments: str) -> None:
        self._host = host
        super().__init__(host.command(module, *arguments))

    def explain(self, words: str, status: int | None) -> str:
        """What happened, and what to do."""
        known = self._host.explain(words)
        if known:
            return known
        back = f"`tutor-tui attach --host {self._host.name}` comes back to a watched run, which goes on there"
        return f"the link to {self._host.name} is gone; {back}"


def split_target(script: str) -> tuple[str, str]:
    """The host and the path of `box:path`; host "" for a path here."""
    host, colon, path = script.partition(":")
    if not colon or os.sep in host or os.path.exists(script) or len(host) < 2:
        return "", script
    return host, path


def send_folder(host: Host, script: str) -> str:
    """Send a script with the folder that it lies in; its path there."""
    folder = Path(script).resolve().parent
    path = host.run("tutor_tui.kernel.receive", stdin=pack(folder)).strip()
    if not path.startswith("/"):
        raise KernelError(
            f"{host.python} on {host.name} gave no answer that tutor-tui would give: {path!r:.80}"
        )
    return f"{path}/{Path(script).name}"


def pack(folder: Path) -> bytes:
    """The files of a folder as a compressed archive; `UsageError` where they are too many."""
    out, size = io.BytesIO(), 0
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for file in _files(folder):
            size += file.stat().st_size
            if size > MOST:
                raise UsageError(
                    f"the folder {folder} holds over {MOST // 2**20} MB, which is more than is sent; copy it yourself, "
                    "and run HOST:PATH"
                )
            archive.add(file, file.relative_to(folder), recursive=False)
    return out.getvalue()


def _files(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = [f for f in folders if not f.startswith(".") and f not in LEFT_OUT]
        for name in names:
            file = Path(root) / name
            if not name.startswith(".") and file.is_file() and not file.is_symlink():
                yield file
