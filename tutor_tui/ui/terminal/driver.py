"""Textual's own driver, with a thread in front of the terminal that never falls behind."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import threading
from typing import IO

from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver

from tutor_tui.ui.terminal.difference import Shown
from tutor_tui.ui.terminal.grid import Grid

SYNC = ("\x1b[?2026h", "\x1b[?2026l")
_ENTER, _LEAVE = "\x1b[?1049h", "\x1b[?1049l"


class Painter(threading.Thread):
    """Takes the place of Textual's writer thread.

    While the terminal is busy with one frame, those that come are laid over each other; the next thing it
    is sent leads straight to the newest.
    """

    def __init__(self, file: IO[str]) -> None:
        super().__init__(daemon=True, name="terminal")
        self._file = file
        self._wanted = Grid(*self._size())
        self._wanted.colours = not os.environ.get("NO_COLOR")
        # of the terminals in use, screen alone erases to its default background
        self._shown = Shown(colours_erased=not os.environ.get("TERM", "").startswith("screen"))
        self._controls: list[str] = []
        self._changed = threading.Condition()
        self._drawn = self._stopping = self._sync = self._inside = False

    def write(self, text: str) -> None:
        """Lay what the application writes over what was written before."""
        with self._changed:
            for control in self._wanted.write(text):
                self._take(control)
            self._drawn = True
            self._changed.notify()

    def send(self, sequence: str) -> None:
        """Send something that is no drawing, untouched."""
        with self._changed:
            self._controls.append(sequence)
            self._drawn = True
            self._changed.notify()

    def forget(self) -> None:
        """Send everything again, as after a resize or when something else has written to the terminal."""
        with self._changed:
            self._shown.forget()
            self._fit()

    def ascii(self, only: bool) -> None:
        """Whether nothing but ASCII may reach the terminal."""
        with self._changed:
            self._wanted.ascii = only

    def isatty(self) -> bool:
        """Textual asks."""
        return True

    def fileno(self) -> int:
        """The terminal's descriptor."""
        return self._file.fileno()

    def flush(self) -> None:
        """Nothing to do: the thread writes as fast as the terminal takes it."""

    def run(self) -> None:
        """Write until stopped."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._drawn or self._stopping)
                text = self._next()
                stopping = self._stopping
            if text:
                self._file.write(text)
                self._file.flush()
            elif stopping:
                return

    def stop(self) -> None:
        """Write what is left and end."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self.join()

    def _take(self, control: str) -> None:
        if control in SYNC:
            self._sync = True
            return
        if control in (_ENTER, _LEAVE):
            self._inside = control == _ENTER
            self._shown.forget()
        self._controls.append(control)

    def _next(self) -> str:
        self._drawn = False
        controls = "".join(self._controls)
        self._controls.clear()
        drawing = self._shown.update(self._wanted) if self._inside else ""
        if drawing and self._sync:
            drawing = f"{SYNC[0]}{drawing}{SYNC[1]}"
        return controls + drawing

    def _fit(self) -> None:
        size = self._size()
        if size != (self._wanted.columns, self._wanted.height):
            self._wanted.resize(*size)

    def _size(self) -> tuple[int, int]:
        """As Textual finds it out, `COLUMNS` and `LINES` included."""
        return tuple(shutil.get_terminal_size())  # type: ignore[return-value]


class ThriftyDriver(LinuxDriver):
    """Sends only what changed."""

    def start_application_mode(self) -> None:
        """As ever, but with the painter where Textual would put its writer thread."""
        original = vars(linux_driver)["WriterThread"]
        setattr(linux_driver, "WriterThread", Painter)  # noqa: B010 - there is no other way in
        try:
            super().start_application_mode()  # type: ignore[no-untyped-call]
        finally:
            setattr(linux_driver, "WriterThread", original)  # noqa: B010
        self._take_sizes_in_order()

    @staticmethod
    def _take_sizes_in_order() -> None:
        """Let the event loop call Textual's handler of resizes.

        Called by Python itself, the handler of one signal can run in the middle of another's; the older
        size is then told last, and the application stays laid out for it.
        """
        handler = signal.getsignal(signal.SIGWINCH)
        if callable(handler):
            asyncio.get_running_loop().add_signal_handler(signal.SIGWINCH, handler, signal.SIGWINCH, None)

    @property
    def painter(self) -> Painter | None:
        """What stands in front of the terminal while the application is on it."""
        painter: object = self._writer_thread
        return painter if isinstance(painter, Painter) else None
