"""Bad input: each ends in a clear message, keeps the steps so far, and leaves the terminal sane."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.terminal import PROGRAM, Terminal


class Fault(NamedTuple):
    """A program, its exit status, what `trace` says, what the screen says at its last step."""

    source: str
    status: int
    said: str
    last_line: int


FAULTS = {
    "syntax error": Fault("import torch\nx = torch.tensor([1.0)\n", 1, "SyntaxError at line 2", 0),
    "raises": Fault("import torch\nx = torch.ones(2)\nx @ torch.ones(3)\n", 1, "RuntimeError at line 3", 3),
    "sys.exit": Fault("import sys\nx = 1\nsys.exit(3)\n", 3, "sys.exit(3)", 3),
    "os._exit": Fault("import os\nx = 1\nos._exit(3)\n", 3, "ended its own process with status 3", 3),
    "SIGSEGV": Fault("import os, signal\nx = 1\nos.kill(os.getpid(), signal.SIGSEGV)\n", 139, "SIGSEGV", 3),
    "reads stdin": Fault("x = 1\nname = input('name? ')\n", 1, "no keyboard", 2),
    "reads stdin quietly": Fault("import sys\ntext = sys.stdin.read()\nx = 1\n", 0, "no keyboard", 3),
    "prints 50 MB": Fault(
        "x = 1\nfor i in range(50):\n    print('y' * 1_000_000)\nx = 2\n", 0, "ran to its end", 4
    ),
    "escape sequences": Fault(
        r"print('\x1b[2J\x1b]0;owned\x07\x1b[?1049lred')" + "\nx = 1\n", 0, "ran to its end", 2
    ),
    "binary to fd 1": Fault(
        "import os\nos.write(1, bytes(range(256)) * 40)\nx = 1\n", 0, "ran to its end", 3
    ),
    "closes every descriptor": Fault(
        "import os\nos.closerange(0, 1000)\nx = 1\n", 0, "ended its own process", 2
    ),
}


@pytest.fixture(params=FAULTS, ids=lambda name: name.replace(" ", "-"))
def fault(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Fault, Path]:
    found = FAULTS[request.param]
    file = tmp_path / "fault.py"
    file.write_text(found.source)
    return found, file


def run_trace(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*PROGRAM, "trace", *map(str, arguments)], capture_output=True, timeout=60)


def test_trace_reports_it(fault: tuple[Fault, Path]) -> None:
    wanted, file = fault
    done = run_trace(file)
    assert done.returncode == wanted.status, done.stderr.decode()
    text = done.stdout.decode()
    assert wanted.said in " ".join(text.split())
    assert "\x1b" not in text
    assert "\x07" not in text


def test_trace_as_json_keeps_the_steps_and_the_end(fault: tuple[Fault, Path]) -> None:
    wanted, file = fault
    done = run_trace(file, "--json")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == wanted.status
    end = [record for record in records if record["kind"] != "finding"][-1]
    assert (end["kind"], end["status"]) == ("end", wanted.status)
    lines = [r["line"] for r in records if r["kind"] == "line"]
    assert max(lines, default=0) == wanted.last_line


def test_the_screen_shows_it_and_leaves_the_terminal_sane(fault: tuple[Fault, Path]) -> None:
    wanted, file = fault
    with Terminal(*PROGRAM, "run", str(file)) as terminal:
        before = terminal.settings()
        terminal.wait(r"recorded|exit \d+")
        screen = terminal.press("end")
        assert f"The run is over, exit status {wanted.status}" in screen
        assert f"exit {wanted.status}" in screen
        terminal.press("q")
        assert terminal.wait_exit() == 0
        assert terminal.settings() == before
    assert b"owned" not in terminal.raw.replace(b"\\x1b]0;owned", b"").replace(b"]0;owned", b"")
    assert terminal.raw.count(b"\x1b[?1049l") == 1


def test_an_endless_loop_can_be_stopped(tmp_path: Path) -> None:
    file = tmp_path / "loop.py"
    file.write_text("x = 1\nwhile True:\n    x += 1\n")
    with Terminal(*PROGRAM, "run", str(file)) as terminal:
        terminal.wait("running|untraced")
        terminal.wait(r"step 1 of ([3-9]|\d\d)")
        terminal.press("s")
        terminal.wait("exit 130")
        assert "stopped on request" in terminal.press("end")
        terminal.press("q")
        assert terminal.wait_exit() == 0


def test_a_loop_that_ignores_the_interrupt_is_killed(tmp_path: Path) -> None:
    file = tmp_path / "loop.py"
    file.write_text("import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    pass\n")
    with Terminal(*PROGRAM, "run", str(file)) as terminal:
        terminal.wait(r"step 1 of ([3-9]|\d\d)")
        terminal.press("s")
        terminal.wait("exit 137")
        assert "stopped on request: SIGKILL" in terminal.press("end")


def test_an_endless_loop_is_ended_with_the_screen(tmp_path: Path) -> None:
    file = tmp_path / "loop.py"
    file.write_text(
        f"import os\nopen({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\nwhile True: pass\n"
    )
    with Terminal(*PROGRAM, "run", str(file)) as terminal:
        terminal.wait("running|untraced")
        terminal.wait(r"step 1 of ([3-9]|\d\d)")
        terminal.press("q")
        assert terminal.wait_exit() == 0
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_an_endless_loop_under_trace_ends_with_ctrl_c(tmp_path: Path) -> None:
    file = tmp_path / "loop.py"
    file.write_text("x = 1\nwhile True: pass\n")
    with Terminal(*PROGRAM, "trace", str(file)) as terminal:
        terminal.wait("while True")
        terminal.press("ctrl+c")
        assert terminal.wait_exit() == 130
        assert "interrupted" in terminal.text


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("missing.py", "there is no file missing.py"),
        (".", "is a folder"),
        ("no_lesson", "there is no lesson"),
    ],
)
@pytest.mark.parametrize("command", ["run", "trace", "learn"])
def test_what_cannot_be_opened_is_refused_in_one_line(command: str, target: str, said: str) -> None:
    if (command == "learn") != (target == "no_lesson"):
        pytest.skip("not a target of this command")
    with Terminal(*PROGRAM, command, target) as terminal:
        assert terminal.wait_exit() == 2
        assert said in terminal.text


def test_a_killed_kernel_keeps_the_steps(tmp_path: Path) -> None:
    file = tmp_path / "kill.py"
    file.write_text(
        "import os, signal, sys, time\n"
        f"if os.path.exists({str(tmp_path / 'again')!r}): sys.exit(5)\n"
        f"open({str(tmp_path / 'again')!r}, 'w').close()\n"
        "time.sleep(0.5)\nos.kill(os.getppid(), signal.SIGKILL)\nwhile True: pass\n"
    )
    with Terminal(*PROGRAM, "run", str(file)) as terminal:
        assert "killed by SIGKILL" in terminal.wait("the kernel is gone")
        assert "step 1 of" in terminal.text
        assert "about to run" in terminal.press("right")
        terminal.press("r")
        terminal.wait("exit 5")
        assert "the kernel is gone" not in terminal.text
    (tmp_path / "again").unlink()
    done = run_trace(file)
    assert done.returncode == 70
    assert b"killed by SIGKILL" in done.stderr


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    file = tmp_path / "long.py"
    file.write_text("for i in range(20000):\n    x = i\n")
    done = subprocess.run(f"{PROGRAM[0]} trace {file} | head -1", shell=True, capture_output=True, timeout=60)
    assert done.stderr == b""


def test_no_terminal_is_refused_with_the_way_out() -> None:
    done = subprocess.run([sys.executable, "-m", "tutor_tui", "learn", "first_gradient"], capture_output=True)
    assert done.returncode == 2
    assert b"tutor-tui trace" in done.stderr
