"""No path of the screen loads torch, no path of the kernel loads a screen; and the probes can fail."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.terminal import PROGRAM, Terminal

pytestmark = pytest.mark.usefixtures("real_kernel")

PROBE = """
import sys
import {module}
loaded = [name for name in {forbidden} if name in sys.modules]
mapped = [line for line in open("/proc/self/maps") if "libtorch" in line] if {maps} else []
sys.exit(repr(loaded + mapped[:1]) if loaded or mapped else 0)
"""

UI = [
    "tutor_tui.cli",
    "tutor_tui.ui.shell.app",
    "tutor_tui.ui.walk.screen",
    "tutor_tui.ui.panes.loss",
    "tutor_tui.plain.trace",
]
KERNEL = ["tutor_tui.kernel.__main__", "tutor_tui.kernel.host.server", "tutor_tui.kernel.host.controller"]


def probe(module: str, forbidden: list[str], maps: bool) -> subprocess.CompletedProcess[str]:
    source = PROBE.format(module=module, forbidden=forbidden, maps=maps)
    return subprocess.run([sys.executable, "-c", source], capture_output=True, text=True)


def test_the_screen_loads_no_torch() -> None:
    for module in UI:
        assert probe(module, ["torch", "numpy"], True).stderr == ""


def test_the_kernel_loads_no_screen() -> None:
    for module in KERNEL:
        assert probe(module, ["textual", "rich", "click", "tutor_tui.ui"], False).stderr == ""


def test_the_probe_can_fail() -> None:
    assert "libtorch" in probe("torch", ["torch"], True).stderr
    assert "textual" in probe("textual.app", ["textual"], False).stderr


SPY = """
import atexit, sys
def report():
    with open({path!r}, "w") as file:
        file.write("torch " if "torch" in sys.modules else "")
        file.write("libtorch" if "libtorch" in open("/proc/self/maps").read() else "clean")
atexit.register(report)
if {guilty}:
    import torch
from tutor_tui.__main__ import main
sys.argv = ["tutor-tui", "learn", "first_gradient"]
main()
"""


def spied_session(path: str, guilty: bool) -> str:
    source = SPY.format(path=path, guilty=guilty)
    with Terminal(sys.executable, "-c", source) as terminal:
        terminal.wait("recorded|exit 0")
        terminal.press("f", "b", "end", "?", "esc", "l", "q")
        terminal.wait_exit()
    with open(path) as file:
        return file.read()


def test_a_whole_session_never_maps_libtorch(tmp_path: object) -> None:
    assert spied_session(f"{tmp_path}/seen", guilty=False) == "clean"


def test_the_spy_would_have_seen_it(tmp_path: object) -> None:
    assert spied_session(f"{tmp_path}/seen", guilty=True) == "torch libtorch"


def test_the_console_script_is_installed() -> None:
    done = subprocess.run([*PROGRAM, "--version"], capture_output=True, text=True)
    assert done.returncode == 0
    assert done.stdout.startswith("tutor-tui")
