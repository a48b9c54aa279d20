"""Frames in memory that two processes see: nothing is lost, nothing comes twice."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import Kernel, steps
from tutor_tui.kernel.host import unsent
from tutor_tui.kernel.host.unsent import ROOM, Unsent
from tutor_tui.protocol.messages import Line, Op
from tutor_tui.trace.record.trace import Trace


class Ends:
    """Both ends of a stream, in one process: what was put in, and what was taken out."""

    def __init__(self) -> None:
        self.stream = Unsent()
        self.reader, self.writer = os.pipe()
        os.set_blocking(self.reader, False)
        self.given = self.got = b""
        self.piped = 0

    def add(self, size: int) -> None:
        data = os.urandom(size)
        self.given += data
        self.stream.add(data, self.writer)

    def send(self, _: int) -> None:
        self.stream.send(self.writer)

    def look(self, _: int) -> None:
        self.got += self.stream.since(len(self.got))

    def read(self, size: int) -> None:
        try:
            data = os.read(self.reader, size + 1)
        except BlockingIOError:
            return
        seen = max(0, len(self.got) - self.piped)
        self.piped += len(data)
        self.got += data[seen:]

    def close(self) -> None:
        os.close(self.reader)
        os.close(self.writer)


ACTS = ("add", "add", "send", "look", "read")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 400)), max_size=40))
def test_whatever_is_read_in_whichever_way_is_read_once_and_in_order(acts: list[tuple[str, int]]) -> None:
    ends = Ends()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unsent, "ROOM", 600)
        for act, size in acts:
            getattr(ends, act)(size)
            assert ends.given.startswith(ends.got)
        while len(ends.got) < len(ends.given):
            before = len(ends.got)
            ends.read(1000)
            ends.look(0)
            assert len(ends.got) > before or ends.piped < len(ends.given)
        assert ends.got == ends.given
    ends.close()


def test_what_is_larger_than_the_room_goes_into_the_pipe(tmp_path: Path) -> None:
    stream, path = Unsent(), tmp_path / "pipe"
    with path.open("wb") as pipe:
        stream.add(b"before", pipe.fileno())
        stream.add(bytes(ROOM + 1), pipe.fileno())
        stream.add(b"behind", pipe.fileno())
    assert path.read_bytes() == b"before" + bytes(ROOM + 1)
    assert stream.since(6 + ROOM + 1) == b"behind"


def test_bytes_that_are_being_written_are_not_read() -> None:
    stream = Unsent()
    stream.add(b"whole", -1)
    assert stream.since(0) == b"whole"
    stream._memory[unsent._HEAD.size] = 0  # the writer has begun anew, and not yet said so
    assert stream.since(0) == b""


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
