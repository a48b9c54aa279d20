"""Kernels that start at once: forks of a process that has imported torch already.

Most tests of the screen start a kernel each, and a second and a half of processor goes into importing torch. With
`TUTOR_TUI_KERNEL` the program is told to start its kernel by `client.py` below, which asks a server for a fork: the
same code on the same three descriptors, in the same folder, with the same environment. The fork dies with its client,
and the client ends as its fork does. Tests of how a kernel starts, or of what a process tree does, take the
`real_kernel` fixture: they start it as a person's machine does.

`bare()` runs a program that nobody records in the same way: in a fork of a process that has imported torch.
"""

from __future__ import annotations

import array
import json
import os
import selectors
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

CLIENT = r"""
import array, json, os, signal, socket, sys
link = socket.socket(socket.AF_UNIX)
link.connect(sys.argv[1])
about = json.dumps({"env": dict(os.environ), "cwd": os.getcwd(), "program": sys.argv[2:]}).encode()
link.sendmsg([len(about).to_bytes(4, "big")], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0, 1, 2]))])
link.sendall(about)
for fd in (0, 1):
    os.close(fd)
said = b""
while len(said) < 4:
    more = link.recv(4 - len(said))
    if not more:
        os._exit(70)
    said += more
status = int.from_bytes(said, "big", signed=True)
if status < 0:
    signal.signal(-status, signal.SIG_DFL) if status not in (-9, -19) else None
    os.kill(os.getpid(), -status)
os._exit(status)
"""


def start() -> subprocess.Popen[bytes]:
    """Start the server, and have every kernel from now on be one of its forks."""
    folder = tempfile.mkdtemp(prefix="kernels-")
    client = Path(folder) / "client.py"
    client.write_text(CLIENT)
    path = f"{folder}/s"
    server = subprocess.Popen([sys.executable, "-P", __file__, path], stdin=subprocess.PIPE)
    os.environ["TUTOR_TUI_KERNEL"] = shlex.join([sys.executable, "-S", "-E", "-s", str(client), path])
    return server


def bare(
    program: Path, env: dict[str, str] | None = None, *arguments: str
) -> subprocess.CompletedProcess[bytes]:
    """Run a program by Python alone, and wait for its end."""
    command = [*shlex.split(os.environ["TUTOR_TUI_KERNEL"]), str(program), *arguments]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, env=env)


def serve(path: str) -> None:
    """Fork a kernel for each client, until stdin is closed."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)
    # what takes the time: what the first optimizer of a program loads, and the kernel itself
    import torch._dynamo  # noqa: F401

    import tutor_tui.kernel.host.server  # noqa: F401

    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ, None)
    selector.register(0, selectors.EVENT_READ, "end")
    ending, wakeup = os.pipe()
    os.set_blocking(wakeup, False)
    os.set_blocking(ending, False)
    signal.set_wakeup_fd(wakeup)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    selector.register(ending, selectors.EVENT_READ, "child")
    kernels: dict[int, socket.socket] = {}
    while True:
        for key, _ in selector.select():
            if key.data == "end":
                for pid in kernels:
                    _kill(pid)
                return
            if key.data == "child":
                os.read(ending, 4096)
                _bury(kernels, selector)
            elif key.data is None:
                link, _ = listener.accept()
                pid = _fork(link)
                kernels[pid] = link
                selector.register(link, selectors.EVENT_READ, pid)
            else:  # a client says no more once it has asked: it is gone
                _kill(key.data)
                selector.unregister(key.fileobj)


def _fork(link: socket.socket) -> int:
    size, control, _, _ = link.recvmsg(4, socket.CMSG_SPACE(3 * 4))
    fds = array.array("i")
    fds.frombytes(control[0][2])
    left, said = int.from_bytes(size, "big"), b""
    while len(said) < left:
        said += link.recv(left - len(said))
    about = json.loads(said)
    pid = os.fork()
    if pid == 0 and about["program"]:
        _become_program(list(fds), about)  # what it raises leaves this process, as from any program
    elif pid == 0:
        try:
            _become_kernel(list(fds), about)
        except SystemExit as error:
            os._exit(error.code if isinstance(error.code, int) else 1)
        finally:
            os._exit(70)
    for fd in fds:
        os.close(fd)
    return pid


def _become_kernel(fds: list[int], about: dict[str, Any]) -> None:
    from tutor_tui.kernel.__main__ import main

    _move(fds, about)
    sys.argv = ["-m"]
    main()


def _become_program(fds: list[int], about: dict[str, Any]) -> None:
    import runpy

    import torch._dynamo

    _move(fds, about)
    sys.argv = about["program"]
    sys.path.insert(0, str(Path(sys.argv[0]).parent))
    torch._dynamo.config.disable = os.environ.get("TORCH_COMPILE_DISABLE") == "1"  # it was read long ago
    runpy.run_path(sys.argv[0], run_name="__main__")
    sys.exit()


def _move(fds: list[int], about: dict[str, Any]) -> None:
    """To the descriptors, the folder and the environment of who asked."""
    os.setsid()
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for target, fd in enumerate(fds):
        os.dup2(fd, target)
    os.closerange(3, 200)
    os.environ.clear()
    os.environ.update(about["env"])
    os.chdir(about["cwd"])


def _bury(kernels: dict[int, socket.socket], selector: selectors.BaseSelector) -> None:
    while kernels:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        link = kernels.pop(pid)
        if link.fileno() in selector.get_map():
            selector.unregister(link)
        try:
            link.sendall(os.waitstatus_to_exitcode(status).to_bytes(4, "big", signed=True))
        except OSError:
            pass
        link.close()


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


if __name__ == "__main__":
    serve(sys.argv[1])
