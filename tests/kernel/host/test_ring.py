"""Frames in memory that two processes see: nothing is lost, nothing comes twice."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import Kernel, stdout_of, steps
from tutor_tui.kernel.host.ring import Ring
from tutor_tui.protocol.messages import Line, Op, Output
from tutor_tui.trace.record.trace import Trace


def never() -> None:
    """There is room."""
    raise AssertionError("no room")


@settings(max_examples=300, deadline=None)
@given(st.lists(st.integers(-1, 300), max_size=60))
def test_what_is_written_is_read_once_and_in_order(acts: list[int]) -> None:
    """A number writes so many bytes, -1 reads."""
    ring = Ring(1000)
    given = got = b""
    for act in acts:
        if act < 0 or ring.waiting + act > 1000:
            got += ring.read()
            assert got == given
            assert ring.waiting == 0
        if act >= 0:
            data = os.urandom(act)
            given += data
            ring.write(data, never)
    assert got + ring.read() == given


def test_a_writer_waits_for_room_and_a_reader_makes_it() -> None:
    ring, data = Ring(1000), os.urandom(10_000)
    calls: list[int] = []
    pieces = [data[at : at + 700] for at in range(0, len(data), 700)]

    def write() -> None:
        for piece in pieces:
            ring.write(piece, lambda: calls.append(1))

    writer = threading.Thread(target=write)
    writer.start()
    got = b""
    while len(got) < len(data):
        got += ring.read()
    writer.join()
    assert got == data
    assert calls


def test_a_writer_that_is_interrupted_has_written_nothing() -> None:
    ring = Ring(1000)
    ring.write(bytes(400), never)
    ring.write(bytes(400), never)
    with pytest.raises(AssertionError, match="no room"):
        ring.write(b"x" * 300, never)
    assert ring.read() == bytes(800)
    ring.write(b"y" * 300, never)
    assert ring.read() == b"y" * 300


TWO = """
import hashlib, os, random
from tutor_tui.kernel.host.ring import Ring
ring = Ring(5000)
chance = random.Random(1)
pieces = [chance.randbytes(chance.randrange(1, 300)) for _ in range(40_000)]
if os.fork() == 0:
    for piece in pieces:
        ring.write(piece, lambda: None)
    os._exit(0)
left, got = sum(map(len, pieces)), hashlib.sha256()
while left:
    data = ring.read()
    left -= len(data)
    got.update(data)
assert got.digest() == hashlib.sha256(b"".join(pieces)).digest()
"""


def test_two_processes_at_once() -> None:
    subprocess.run([sys.executable, "-c", TWO], check=True, timeout=60)


ENDS = {
    "killed": "os.kill(os.getpid(), signal.SIGKILL)",
    "crashed": "ctypes.string_at(0)",
    "left": "os._exit(3)",
}


@pytest.mark.parametrize("way", ENDS)
def test_a_program_that_dies_leaves_all_that_it_did(record: Callable[..., Trace], way: str) -> None:
    trace = record(
        f"""
        import ctypes, os, signal, torch
        x = torch.ones(2)
        for i in range(3):
            y = x * i
        {ENDS[way]}
        """
    )
    assert sum(step.name == "mul" for step in steps(trace, Op)) == 3
    assert steps(trace, Line)[-1].line == 6
    assert trace.end is not None
    assert trace.end.status != 0


def test_what_ran_before_a_long_silence_is_seen_during_it(kernel: Kernel, tmp_path: Path) -> None:
    path = tmp_path / "silent.py"
    path.write_text("import time, torch\nfor i in range(50):\n    x = torch.ones(i)\ntime.sleep(600)\n")
    found: list[int] = []

    def seen(trace: Trace) -> bool:
        found[:] = [step.line for step in steps(trace, Line)]
        return found[-1:] == [4]

    kernel.run_until(path, seen)
    assert found.count(3) == 50


def test_what_was_seen_before_it_was_written_comes_once(record: Callable[..., Trace]) -> None:
    trace = record(
        """
        import time, torch
        for i in range(6):
            x = torch.ones(2) * i
            time.sleep(0.15)
        """
    )
    assert [step.line for step in steps(trace, Line)] == [2, *[3, 4, 5] * 6, 3]
    assert [step.name for step in steps(trace, Op)] == ["ones", "mul"] * 6


def test_a_large_print_passes_whole(record: Callable[..., Trace]) -> None:
    trace = record("""
        import torch
        x = torch.ones(2)
        print("x" * 5_000_000)
        y = x * 2
        """)
    assert sum(len(step.text) for step in steps(trace, Output)) == 5_000_001
    assert [step.name for step in steps(trace, Op)] == ["ones", "mul"]


def test_what_a_handler_of_a_signal_does_in_between_comes_whole(record: Callable[..., Trace]) -> None:
    """Every tenth of a millisecond a handler runs operations of its own, wherever the recorder stands."""
    trace = record("""
        import signal, torch
        x = torch.ones(2)
        count = 0
        def handler(*_):
            global count
            count += 1
            x.neg()
        signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, 0.0001, 0.0001)
        for i in range(400):
            y = x * i
        signal.setitimer(signal.ITIMER_REAL, 0)
        print(count)
        """)
    names = [step.name for step in steps(trace, Op)]
    assert names.count("mul") == 400
    assert names.count("neg") > 10


def test_what_is_no_record_ends_the_run_and_not_the_kernel(kernel: Kernel, tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(
        "import gc, time, torch\nx = torch.ones(2)\n"
        "for ring in [o for o in gc.get_objects() if type(o).__name__ == 'Ring']:\n"
        "    ring.write(bytes([255]) * 100, None)\n"
        "time.sleep(600)\n"
    )
    end = kernel.run(path).end
    assert end is not None
    assert "corrupted" in end.reason
    path.write_text("print(1)\n")
    assert stdout_of(kernel.run(path)) == "1\n"
