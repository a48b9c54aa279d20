"""The fault table, second part: what the machine, the wire and the person's environment do."""

from __future__ import annotations

import asyncio
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.terminal import PROGRAM, SAMPLES, Terminal
from tutor_tui.client.process import KernelProcess
from tutor_tui.client.session import Session
from tutor_tui.client.target import Target
from tutor_tui.errors import FrameError, KernelError, VersionMismatch
from tutor_tui.protocol.frames import PREAMBLE, encode
from tutor_tui.protocol.messages import PROTOCOL, Hello, Note, Ready, Started

pytestmark = [pytest.mark.faults, pytest.mark.usefixtures("real_kernel")]
GRADIENT = str(SAMPLES / "gradient.py")


def no_files() -> None:
    """Every write to a file fails, as on a full disk; pipes still work."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def backwards(folder: Path) -> dict[str, str]:
    """A clock that runs backwards, in every Python process that is started."""
    (folder / "sitecustomize.py").write_text(
        "import time\ntime.time = lambda start=time.time(), now=time.monotonic: start - 1000 * now()\n"
    )
    return {"PYTHONPATH": str(folder)}


SURROUNDINGS: dict[str, dict[str, Any]] = {
    "no HOME": {"unset": ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME")},
    "a HOME that cannot be written": {
        "env": {"HOME": "/proc"},
        "unset": ("XDG_STATE_HOME", "XDG_CONFIG_HOME"),
    },
    "a broken locale": {"env": {"LC_ALL": "xx_YY", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}},
    "closed stdin": {"preexec_fn": lambda: os.close(0)},
    "a full disk": {"preexec_fn": no_files},
    "a clock that runs backwards": {"env": backwards},
}


@pytest.mark.parametrize("name", SURROUNDINGS)
def test_a_lesson_is_shown_whatever_surrounds_it(tmp_path: Path, name: str) -> None:
    options = dict(SURROUNDINGS[name])
    env = options.pop("env", {})
    env = env(tmp_path) if callable(env) else env
    unset = options.pop("unset", ())
    whole = {k: v for k, v in {**os.environ, **env}.items() if k not in unset}
    done = subprocess.run([*PROGRAM, "show", GRADIENT], capture_output=True, timeout=60, env=whole, **options)
    text = done.stdout.decode(errors="replace")
    assert done.returncode == 0, done.stderr.decode()
    assert "The run is over, exit status 0" in " ".join(text.split())


def test_a_screen_says_that_nothing_can_be_saved(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    env = {"XDG_STATE_HOME": str(tmp_path / "file"), "XDG_CONFIG_HOME": str(tmp_path / "file")}
    with Terminal(*PROGRAM, "learn", "first_gradient", columns=100, rows=30, env=env) as terminal:
        terminal.wait("recorded|exit 0")
        assert "Progress is not saved" in terminal.text
        terminal.press("n", "t")
        terminal.wait("Your choice holds for this session only")
        terminal.press_now("q")
        assert terminal.wait_exit() == 0


NASTY = "a\x1b]0;owned\x07\x1b[2Jb"


def test_no_sequence_of_a_stranger_reaches_the_terminal(tmp_path: Path) -> None:
    """In prints, in names of modules and files, in exceptions."""
    folder = tmp_path / NASTY
    folder.mkdir()
    file = folder / f"{NASTY}.py"
    file.write_text(
        f"import torch\nbox = torch.nn.Module()\nbox.register_parameter({NASTY!r}, torch.nn.Parameter(torch.ones(2)))\n"
        f"print({NASTY!r})\ny = (box._parameters[{NASTY!r}] * 2).sum()\ny.backward()\nraise ValueError({NASTY!r})\n"
    )
    with Terminal(*PROGRAM, "run", str(file), columns=100, rows=30) as terminal:
        terminal.wait("exit 1|ValueError")
        terminal.press("end", "b", "right", "right", "m", "?", "esc", "end")
        terminal.press_now("q")
        terminal.wait_exit()
        assert b"\x1b]0;owned" not in terminal.raw
        assert terminal.raw.count(b"\x1b[2J") <= 1
    for command in ("show", "trace"):
        done = subprocess.run([*PROGRAM, command, str(file)], capture_output=True, timeout=60)
        assert b"\x1b" not in done.stdout + done.stderr


KERNELS = {
    "noise without end": (
        "os.write(1, b'welcome to this machine\\n' * 10000); sys.stdin.read()",
        "not a tutor-tui kernel",
    ),
    "a frame that is cut off": (f"os.write(1, {PREAMBLE + encode(Note(text='x'))[:-1]!r})", "exited with 0"),
    "a frame of four gigabytes": (
        f"os.write(1, {PREAMBLE!r} + b'\\xff' * 8); sys.stdin.read()",
        "over the limit",
    ),
    "a frame of nonsense": (
        f"os.write(1, {PREAMBLE!r} + b'\\x00\\x00\\x00\\x05\\xc1\\xc1\\xc1\\xc1\\xc1'); sys.stdin.read()",
        "is not a message",
    ),
    "a message that nobody knows": (
        f"os.write(1, {PREAMBLE!r} + b'\\x00\\x00\\x00\\x0b\\x81\\xa4kind\\xa4evil'); sys.stdin.read()",
        "is not a message",
    ),
    "another version": (
        f"os.write(1, {PREAMBLE + encode(Hello(protocol=999, version='9', python='3', pid=1))!r}); sys.stdin.read()",
        "install the same version",
    ),
    "a death without a word": ("os.kill(os.getpid(), 9)", "killed by SIGKILL"),
    "last words": ("sys.exit('the disk is on fire')", "the disk is on fire"),
}


@pytest.mark.parametrize("name", KERNELS)
def test_a_kernel_that_sends_nonsense_is_told_from_one_that_is_gone(name: str) -> None:
    code, said = KERNELS[name]
    session = Session(KernelProcess((sys.executable, "-c", f"import os, sys; {code}")))

    async def listen() -> None:
        session.run(Target("x.py"))
        async for _ in session.batches():
            pass

    with pytest.raises((FrameError, KernelError, VersionMismatch), match=said):
        asyncio.run(asyncio.wait_for(listen(), 20))
    session.kernel.close(leave=True)


def test_the_screen_survives_a_kernel_of_nonsense(tmp_path: Path) -> None:
    """The steps so far stay, and `r` starts a real one."""
    frames = PREAMBLE + b"".join(
        encode(m)
        for m in (
            Hello(protocol=PROTOCOL, version="0", python="3", pid=1),
            Ready(torch="2", devices=["cpu"]),
            Started(run=1, pid=1),
            Note(text="the last good step"),
        )
    )
    fake = tmp_path / "kernel.py"
    fake.write_text(f"import os, sys\nos.write(1, {frames!r} + b'\\xff' * 100)\nsys.stdin.read()\n")
    code = (
        "import sys; from tutor_tui.client import process; "
        f"process.KernelProcess.__init__.__defaults__ = (({sys.executable!r}, {str(fake)!r}),); "
        f"from tutor_tui.cli import main; main(['run', {GRADIENT!r}])"
    )
    with Terminal(sys.executable, "-c", code, columns=100, rows=30) as terminal:
        terminal.wait("the kernel is gone")
        assert "over the limit" in " ".join(terminal.text.split())
        assert "step 1 of 1" in terminal.text
        assert "the last good step" in terminal.press("right", "left", "home")
        terminal.press_now("q")
        assert terminal.wait_exit() == 0


def test_two_screens_at_once_do_not_hinder_each_other() -> None:
    with Terminal(*PROGRAM, "run", GRADIENT) as one, Terminal(*PROGRAM, "run", GRADIENT) as two:
        for terminal in (one, two):
            terminal.wait("recorded|exit 0")
            assert "step 2 of" in terminal.press("right")
