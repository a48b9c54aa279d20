"""The screen over there, in whatever terminal ssh brings: it draws, idles for nothing, and goes when it is left."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest

from tests.terminal import GRADIENT, PROGRAM, Terminal


def processes(pid: int) -> list[int]:
    """A process and all its descendants."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(inner for child in children for inner in processes(int(child)))]


def ticks(pid: int) -> int:
    """Clock ticks that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def gone(pids: list[int], seconds: float = 8) -> bool:
    """Whether all of them end in time; a zombie that nobody buries counts as ended."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not any(os.path.exists(f"/proc/{pid}/exe") for pid in pids):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("term", ["screen", "tmux-256color", "linux", "vt100"])
def test_it_works_from_any_terminal(term: str) -> None:
    with Terminal(*GRADIENT, env={"TERM": term, "COLORTERM": ""}) as terminal:
        terminal.wait("recorded|exit 0")
        assert "step 2 of" in terminal.press("right")
        assert "gradient of the result" in terminal.press("b")
        assert terminal.text.isascii() == (term in ("linux", "vt100"))
        terminal.press("t")  # a choice is saved; that this terminal has no more than ASCII is none
        (saved,) = Path(terminal.home).glob("config/*/settings.json")
        assert json.loads(saved.read_text())["ascii"] is False
        terminal.press_now("q")
        assert terminal.wait_exit() == 0


@pytest.mark.usefixtures("real_kernel")
def test_idle_costs_no_bytes_and_no_processor() -> None:
    with Terminal(*GRADIENT) as terminal:
        terminal.wait("recorded|exit 0")
        terminal.settle(1.5, 4)
        everyone = processes(terminal.pid)
        before, sent = sum(map(ticks, everyone)), len(terminal.raw)
        terminal.settle(4, 4)
        used = (sum(map(ticks, everyone)) - before) / os.sysconf("SC_CLK_TCK")
        assert len(terminal.raw) == sent
        assert len(everyone) >= 3
        assert used <= 0.005 * 4 + 0.01, f"{used} s of processor in 4 s"  # one tick is 10 ms


@pytest.mark.usefixtures("real_kernel")
@pytest.mark.parametrize("how", [signal.SIGHUP, signal.SIGTERM, "the line is cut"])
def test_a_hang_up_leaves_no_process_behind(tmp_path: Path, how: signal.Signals | str) -> None:
    file = tmp_path / "loop.py"
    file.write_text("x = 1\nwhile True:\n    x += 1\n")
    with Terminal(*PROGRAM, "run", str(file)) as terminal:
        terminal.wait(r"step 1 of ([3-9]|\d\d)")
        everyone = processes(terminal.pid)
        assert len(everyone) >= 3
        if isinstance(how, signal.Signals):
            os.kill(terminal.pid, how)
            terminal.wait_exit()
        else:
            terminal.hang_up()
        assert gone(everyone)
