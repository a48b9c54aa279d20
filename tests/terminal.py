"""A real terminal: a pty in front of a pyte screen."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyte

PROGRAM = (str(Path(sys.executable).with_name("tutor-tui")),)
SAMPLES = Path(__file__).parents[1] / "assets" / "samples"
GRADIENT = (*PROGRAM, "run", str(SAMPLES / "gradient.py"))
"""The smallest program that has everything: a forward pass, a backward pass, and a check."""
KEYS = {
    "right": "\x1b[C",
    "left": "\x1b[D",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "enter": "\r",
    "space": " ",
    "pagedown": "\x1b[6~",
    "esc": "\x1b",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "ctrl+c": "\x03",
    "ctrl+p": "\x10",
    "ctrl+l": "\x0c",
    "ctrl+s": "\x13",
    "ctrl+t": "\x14",
    "ctrl+r": "\x12",
    "ctrl+o": "\x0f",
    "ctrl+e": "\x05",
    "ctrl+k": "\x0b",
}
_PRIVATE = re.compile(r"\x1b\[[<>=?][0-9;]*[a-zA-Z$]p?|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")


_BEGUN = re.compile(r"\x1b(?:\[[<>=?0-9;]*|\][^\x07\x1b]*)?$")
_UNSET = ("COLUMNS", "LINES", "NO_COLOR", "COLORTERM", "TMUX")


def _home(folder: str) -> dict[str, str]:
    """Settings and state of a person who has never used the program."""
    return {"XDG_CONFIG_HOME": f"{folder}/config", "XDG_STATE_HOME": f"{folder}/state"}


class Terminal:
    """Runs a command on a pty and keeps the screen that a person would see."""

    def __init__(
        self, *arguments: str, columns: int = 80, rows: int = 24, env: dict[str, str] | None = None
    ) -> None:
        self.raw = bytearray()
        self.exit: int | None = None
        self.started = time.perf_counter()
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._cut = ""
        self.rate = 0
        """Bytes a second that are read, as over a slow line; 0 reads as fast as it can."""
        self.home = tempfile.mkdtemp(prefix="home-")
        """Where this person's settings and state are."""
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            keep = {k: v for k, v in os.environ.items() if k not in _UNSET}
            size = struct.pack("HHHH", rows, columns, 0, 0)
            fcntl.ioctl(0, termios.TIOCSWINSZ, size)
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # who runs the tests may ignore it, and we would too
            os.execve(
                arguments[0],
                list(arguments),
                {**keep, **_home(self.home), "TERM": "xterm-256color", "LANG": "C.UTF-8", **(env or {})},
            )

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The command's process."""
        return self._pid

    @property
    def text(self) -> str:
        """The screen as lines."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def press(self, *keys: str) -> str:
        """Press keys one by one, waiting for the screen to settle; the screen."""
        for key in keys:
            os.write(self._fd, KEYS.get(key, key).encode())
            self.settle()
        return self.text

    def type(self, text: str, *then: str) -> str:
        """Type a text at once, then press keys; the screen."""
        os.write(self._fd, text.encode())
        return self.press(*then) if then else self.press()

    def press_now(self, key: str) -> None:
        """Press a key and wait for nothing."""
        os.write(self._fd, KEYS.get(key, key).encode())

    def wait(self, pattern: str, timeout: float = 30) -> str:
        """Until the screen matches; the screen. Fails with what was seen instead."""
        end = time.perf_counter() + timeout
        while not re.search(pattern, self.text):
            if time.perf_counter() > end or (self.exit is not None and not self.pump(0.05)):
                raise AssertionError(f"never saw {pattern!r}:\n{self.text}")
            self.pump(0.02)
        return self.text

    def settle(self, quiet: float = 0.15, limit: float = 5) -> int:
        """Until nothing has come for `quiet` seconds, all of them spent idle; the bytes that came.

        On a busy machine a command can be silent because it waits for its turn.
        """
        before, end = len(self.raw), time.perf_counter() + limit
        last = time.perf_counter()
        while self.exit is None and time.perf_counter() < end:
            if self.pump(0.01) or self._works():
                last = time.perf_counter()
            elif time.perf_counter() - last > quiet:
                break
        return len(self.raw) - before

    def _works(self) -> bool:
        """Whether a thread of the command runs, or would if it were its turn."""
        try:
            threads = list(Path(f"/proc/{self._pid}/task").iterdir())
            return any((t / "stat").read_text().rpartition(")")[2][1] == "R" for t in threads)
        except OSError:
            return False  # it ended meanwhile

    def wait_exit(self, timeout: float = 20) -> int:
        """Until the command has ended; its exit status."""
        end = time.perf_counter() + timeout
        while self.exit is None:
            assert time.perf_counter() < end, f"still running:\n{self.text}"
            self.pump(0.05)
        return self.exit

    def settings(self) -> list[object]:
        """The terminal's modes, to see that they are as they were."""
        return termios.tcgetattr(self._fd)[:4]

    def resize(self, columns: int, rows: int) -> None:
        """Another window size."""
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._screen.resize(rows, columns)
        os.kill(self._pid, signal.SIGWINCH)

    def hang_up(self) -> None:
        """The line is cut: whoever is on it gets SIGHUP, and can read and write no more."""
        os.close(self._fd)
        self._fd = os.open(os.devnull, os.O_RDWR)
        self.exit = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])

    def close(self) -> None:
        """End the command if it has not ended: as a person's machine does when it shuts down."""
        if self.exit is None:
            os.kill(self._pid, signal.SIGTERM)
        end = time.perf_counter() + 5
        while self.exit is None and time.perf_counter() < end:
            self.pump(0.05)
        if self.exit is None:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
            self.exit = -9
        os.close(self._fd)

    def pump(self, timeout: float) -> int:
        """Read what comes within `timeout` seconds; the number of bytes."""
        if not select.select([self._fd], [], [], timeout)[0]:
            return 0
        try:
            data = os.read(self._fd, 65536 if not self.rate else max(1, self.rate // 100))
            if self.rate:
                time.sleep(len(data) / self.rate)
        except OSError:
            data = b""
        if not data:
            if self.exit is None:
                self.exit = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
            return 0
        self.raw += data
        if b"\x1b[?2026$p" in data:
            os.write(self._fd, b"\x1b[?2026;2$y")
        text = self._cut + self._decode(data)
        begun = _BEGUN.search(text)  # a sequence of which the rest is still to come
        self._cut = begun[0] if begun else ""
        text = text[: begun.start()] if begun else text
        text = _PRIVATE.sub(lambda m: m[0] if m[0][2:3] == "?" and m[0][-1] in "hl" else "", text)
        self._stream.feed(text.encode())
        return len(data)

    def hidden_text(self) -> list[str]:
        """Text that nobody can see: each run of characters in the very colour of its ground."""
        return [
            f"{line},{column} {cell.data!r} {cell.fg}"
            for line, column, cell in self.cells()
            if cell.fg == cell.bg and cell.fg != "default"
        ]

    def cells(self) -> Iterator[tuple[int, int, Any]]:
        """Line, column and cell of every character that is no blank."""
        for line in range(self._screen.lines):
            for column in range(self._screen.columns):
                cell = self._screen.buffer[line][column]
                if cell.data.strip():
                    yield line, column, cell

    def goto(self, place: str) -> str:
        """Go to a place by the prompt; the screen."""
        self.press("g")
        return self.type(place, "enter")

    def memory(self) -> int:
        """Bytes of memory that the command holds, its children not counted."""
        with open(f"/proc/{self._pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")
