"""The Unix socket on which a run without a screen waits for one."""

from __future__ import annotations

import os
import secrets
import socket
import time

from tutor_tui.kernel.host.descriptors import out_of_the_way
from tutor_tui.protocol.waiting import forget, listen


class Listener:
    """Closed until somebody detaches."""

    def __init__(self) -> None:
        self.name = ""
        self._listener: socket.socket | None = None

    @property
    def is_open(self) -> bool:
        """Whether a screen can come."""
        return self._listener is not None

    @property
    def listening(self) -> int:
        """The descriptor on which a screen announces itself; -1 where none can."""
        return self._listener.fileno() if self._listener is not None else -1

    @property
    def descriptors(self) -> tuple[int, ...]:
        """What a program must not inherit."""
        return (self.listening,) if self.is_open else ()

    def open(self, program: str) -> None:
        """Listen; `OSError` where that cannot be."""
        if self._listener is not None:
            return
        self.name = f"{os.path.basename(program).removesuffix('.py')[:24] or 'run'}-{secrets.token_hex(3)}"
        about = {"program": program, "pid": os.getpid(), "started": time.time()}
        self._listener = listen(self.name, about)

    def accept(self) -> int:
        """The descriptor of a screen that has come; -1 where it has gone again."""
        if self._listener is None:
            return -1
        try:
            channel, _ = self._listener.accept()
        except OSError:
            return -1
        with channel:
            return out_of_the_way(channel.fileno())

    def close(self) -> None:
        """Listen no more."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
            forget(self.name)
