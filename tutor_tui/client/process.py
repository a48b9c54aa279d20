"""Starting a kernel: a child process that speaks frames on its stdin and stdout."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
from typing import IO, Protocol

from tutor_tui.errors import KernelError
from tutor_tui.protocol.waiting import connect

KERNEL = (sys.executable, "-P", "-m", "tutor_tui.kernel")
"""`-P`: a `random.py` in the folder one happens to stand in must not become part of the kernel."""


def kernel_command() -> tuple[str, ...]:
    """What starts a kernel here: this Python, or what the variable `TUTOR_TUI_KERNEL` says instead."""
    return tuple(shlex.split(os.environ.get("TUTOR_TUI_KERNEL", ""))) or KERNEL


PATIENCE = 2.0
"""Seconds that a kernel has to end when its screen hangs up."""


def how_it_ended(status: int | None) -> str:
    """A status of a process in words; a shell, or ssh, gives 128 and more for a signal."""
    if status is None:
        return "hung up"
    number = -status if status < 0 else status - 128
    try:
        return f"was killed by {signal.Signals(number).name}"
    except ValueError:
        return f"exited with {status}"


class Kernel(Protocol):
    """A kernel, wherever it is: two descriptors, and how it came to its end."""

    requests: int
    events: int

    def last_words(self) -> str:
        """The end of what it wrote to stderr."""

    def status(self, patience: float = 1.0) -> int | None:
        """How it ended, negative for a signal; None where it runs, or where nobody can tell."""

    def explain(self, words: str, status: int | None, greeted: bool) -> str:
        """What its end means, where more is known than how it ended; "" otherwise. Had it said hello before?"""

    def close(self, leave: bool = False) -> None:
        """Hang up."""


class KernelSocket:
    """A kernel that has gone on without a screen, found again by its name."""

    def __init__(self, name: str) -> None:
        try:
            self._channel = connect(name)
        except OSError as error:
            raise KernelError(
                f"the run {name} cannot be reached ({error.strerror}); `tutor-tui attach --list` lists those that can"
            ) from error
        self.requests = self.events = self._channel.fileno()

    def last_words(self) -> str:
        """Nothing: its stderr is not ours."""
        return ""

    def status(self, patience: float = 1.0) -> int | None:
        """Nobody can tell."""
        return None

    def explain(self, words: str, status: int | None, greeted: bool) -> str:
        """Another screen may have come, or the kernel may be gone."""
        return "the run has dropped this screen or has ended"

    def close(self, leave: bool = False) -> None:
        """Hang up."""
        self._channel.close()


def _scratch_file() -> IO[bytes]:
    """A file without a name; where no folder can be written, the kernel's last words are lost, and nothing else."""
    try:
        return tempfile.TemporaryFile()
    except OSError:
        return open(os.devnull, "w+b")


class KernelProcess:
    """A kernel and the two ends of its pipes.

    It runs in a session of its own: no key of the terminal reaches it, no program of it reaches the
    terminal. What it writes to stderr is kept for the message that tells of its death.
    """

    def __init__(self, command: tuple[str, ...] = ()) -> None:
        command = command or kernel_command()
        self._errors = _scratch_file()
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                start_new_session=True,
                bufsize=0,
            )
        except OSError as error:
            raise KernelError(f"the kernel could not be started ({command[0]}): {error.strerror}") from error
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.requests = self._process.stdin.fileno()
        self.events = self._process.stdout.fileno()

    @property
    def pid(self) -> int:
        """The kernel's process id."""
        return self._process.pid

    def last_words(self) -> str:
        """The end of what the kernel wrote to stderr."""
        size = os.fstat(self._errors.fileno()).st_size
        self._errors.seek(max(0, size - 4000))
        return self._errors.read().decode(errors="replace").strip()

    def explain(self, words: str, status: int | None, greeted: bool) -> str:
        """A package that is missing; else nothing more than its last words."""
        missing = re.search(r"No module named '(\w+)'\s*$", words)
        if missing is None:
            return ""
        return f"{missing[1]} is not installed for {sys.executable}; `tutor-tui doctor` says what is missing"

    def status(self, patience: float = 1.0) -> int | None:
        """How it ended, negative for a signal; None where it still runs after `patience` seconds."""
        try:
            return self._process.wait(patience)
        except subprocess.TimeoutExpired:
            return None

    def close(self, leave: bool = False) -> None:
        """Hang up, which ends it and its run; kill it where that does not help, unless it is to be left alone."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    pass
        if not leave:
            try:
                self._process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._errors.close()
