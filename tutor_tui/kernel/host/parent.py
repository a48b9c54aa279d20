"""A kernel on another machine can let go of the ssh that started it, and go on."""

from __future__ import annotations

import os
import signal

from tutor_tui.kernel.host.descriptors import PARENT


class ParentLink:
    """Between the process that ssh waits for and the kernel, its child."""

    def __init__(self, letting_go: int = -1) -> None:
        self._letting_go = letting_go

    @property
    def descriptors(self) -> tuple[int, ...]:
        """What a program must not inherit."""
        return (self._letting_go,) if self._letting_go >= 0 else ()

    def let_go(self) -> None:
        """End the connection, where there is one that is waited for."""
        if self._letting_go < 0:
            return
        nowhere = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(nowhere, fd)
        os.close(nowhere)
        os.write(self._letting_go, b"x")
        os.close(self._letting_go)
        self._letting_go = -1


def split_off() -> ParentLink:
    """Go on in a child of this process, which stays until the child ends, with its status, or lets go."""
    ending, letting_go = os.pipe()
    os.set_blocking(letting_go, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(letting_go)
    child = os.fork()
    if child:
        os._exit(_wait(child, ending))
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    os.close(ending)
    os.dup2(letting_go, PARENT, inheritable=False)
    os.close(letting_go)
    return ParentLink(PARENT)


def _wait(child: int, ending: int) -> int:
    """The child's status, as a shell would tell it; 0 where it goes on alone."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)  # what ssh brings is for the child alone
    os.dup2(nowhere, 1)
    os.read(ending, 1)
    done, status = os.waitpid(child, os.WNOHANG)
    if not done:
        return 0
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code
