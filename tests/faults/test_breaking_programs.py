"""The fault table, first part: what programs do. `pytest -m faults -rA` prints a line for each."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conftest import SAMPLES, Kernel
from tutor_tui.trace.record.trace import Trace

pytestmark = pytest.mark.faults


class Fault(NamedTuple):
    """A program; how its run must end; whether it has to be stopped; what the record must hold."""

    source: str
    status: tuple[int, ...]
    said: str
    stop: bool = False
    line: int = 1


FAULTS = {
    "killed by SIGKILL": Fault("import os\nos.kill(os.getpid(), 9)", (137,), "SIGKILL", line=2),
    "a real segmentation fault": Fault("import ctypes\nctypes.string_at(0)", (139,), "SIGSEGV", line=2),
    "out of memory by rlimit, in Python": Fault(
        "import resource\nresource.setrlimit(resource.RLIMIT_AS, (2**33, 2**33))\nx = bytearray(2**35)",
        (1,),
        "MemoryError",
        line=3,
    ),
    "out of memory by rlimit, in torch": Fault(
        "import resource, torch\nresource.setrlimit(resource.RLIMIT_AS, (2**33, 2**33))\nx = torch.ones(2**33)",
        (1,),
        "RuntimeError",
        line=3,
    ),
    "an endless loop in Python": Fault(
        "x = 1\nwhile True:\n    x = 2", (130,), "stopped on request", True, 2
    ),
    "an endless loop in C": Fault("import itertools\nsum(itertools.repeat(0))", (137,), "SIGKILL", True, 2),
    "a hang inside backward": Fault(
        "import time, torch\n"
        "class Hang(torch.autograd.Function):\n"
        "    @staticmethod\n"
        "    def forward(ctx, x):\n"
        "        return x * 2\n"
        "    @staticmethod\n"
        "    def backward(ctx, g):\n"
        "        time.sleep(1000)\n"
        "w = torch.ones(1, requires_grad=True)\n"
        "Hang.apply(w).backward()",
        (130, 137),
        "stop",
        True,
        8,
    ),
    "a gigabyte of output": Fault(
        "import os\nfor i in range(100):\n    os.write(1, b'y' * 10_000_000)\nprint('end')",
        (0,),
        "to its end",
        line=4,
    ),
    "three dozen children left behind": Fault(
        "import subprocess\nfor i in range(36):\n    subprocess.Popen(['sleep', '731'])",
        (0,),
        "to its end",
        line=3,
    ),
    "the script's folder is deleted": Fault(
        "import os, shutil\nshutil.rmtree(os.path.dirname(__file__))\nraise ValueError('after')",
        (1,),
        "ValueError",
        line=3,
    ),
    "the clock goes back": Fault(
        "import time\ntime.time = lambda start=time.time(): start - time.monotonic()\nx = 1\nx = 2",
        (0,),
        "to its end",
        line=4,
    ),
    "a thread that never ends": Fault(
        "import threading, time\nthreading.Thread(target=time.sleep, args=(1000,)).start()\nx = 1",
        (0, 130, 137),
        "",
        True,
        3,
    ),
}


def run(kernel: Kernel, file: Path, stop: bool) -> Trace:
    """Run to the end, stopped where it has none of its own."""
    if stop:
        timer = threading.Timer(1.0, kernel.session.stop)
        timer.start()
    return kernel.run(file, timeout=90)


@pytest.mark.parametrize("name", FAULTS)
def test_a_program_breaks_and_the_next_one_runs(kernel: Kernel, tmp_path: Path, name: str) -> None:
    fault = FAULTS[name]
    (tmp_path / "own").mkdir()
    file = tmp_path / "own/fault.py"
    file.write_text(fault.source + "\n")
    trace = run(kernel, file, fault.stop)
    assert trace.end is not None
    failure = f"{trace.failure.type} {trace.failure.message}" if trace.failure else ""
    assert trace.end.status in fault.status, (trace.end, failure)
    assert fault.said in f"{trace.end.reason} {failure}"
    assert fault.line in {getattr(step, "line", 0) for step in trace.steps}, "the steps so far are kept"
    following = kernel.run(SAMPLES / "gradient.py")
    assert following.end is not None
    assert following.end.status == 0
    if "children" in name:
        end = time.monotonic() + 5
        while (left := _sleepers()) and time.monotonic() < end:
            time.sleep(0.05)
        assert left == 0


def _sleepers() -> int:
    count = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            count += Path(f"/proc/{pid}/cmdline").read_bytes() == b"sleep\x00731\x00"
        except OSError:
            continue
    return count


def test_thirty_runs_in_a_row_leave_nothing_open(kernel: Kernel, record: Callable[..., Trace]) -> None:
    record("x = 1")
    before = len(os.listdir(f"/proc/{kernel.process.pid}/fd"))
    for _ in range(30):
        record("x = 1")
    assert len(os.listdir(f"/proc/{kernel.process.pid}/fd")) <= before + 2
