"""One real kernel for all tests of a session: torch is imported once."""

from __future__ import annotations

import asyncio
import os
import subprocess
import tempfile
import textwrap
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests import kernels
from tutor_tui.client.process import KernelProcess
from tutor_tui.client.session import Session
from tutor_tui.client.target import Target
from tutor_tui.protocol.messages import (
    Axis,
    Bad,
    Checked,
    Complaint,
    End,
    Event,
    Inspection,
    Measured,
    Ready,
    Sampled,
    Series,
    Source,
    Started,
    Step,
    Unseen,
)
from tutor_tui.trace.record.trace import Trace

T = TypeVar("T")
HOME = pytest.StashKey[tempfile.TemporaryDirectory[str]]()
KERNELS = pytest.StashKey[subprocess.Popen[bytes]]()
SAMPLES = Path(__file__).parent.parent / "assets" / "samples"


def pytest_configure(config: pytest.Config) -> None:
    """One server of kernels for all workers of a run: see `tests/kernels.py`."""
    # hundreds of processes are started: with this set, each compiles the whole program anew
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # several tests run at a time: more threads only wait
    if hasattr(config, "workerinput"):
        return
    config.stash[HOME] = tempfile.TemporaryDirectory(
        prefix="home-"
    )  # never the settings of who runs the tests
    for kind in ("state", "config"):
        os.environ[f"XDG_{kind.upper()}_HOME"] = f"{config.stash[HOME].name}/{kind}"
    if "TUTOR_TUI_KERNEL" not in os.environ:
        config.stash[KERNELS] = kernels.start()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Its end."""
    server = config.stash.get(KERNELS, None)
    if server is not None:
        server.communicate()
    home = config.stash.get(HOME, None)
    if home is not None:
        home.cleanup()


LONG = (
    "test_the_demos_are_what_the_program_makes_now",
    "test_the_text_tells_every_figure[training_loop]",
    "test_ascii_alone_reaches_the_terminal",
    "test_all_is_seen_and_no_text_has_the_colour_of_its_ground",
    "test_fifty_freezes_change_nothing_and_record_whole_iterations",
    "test_it_plays_in_a_terminal_pauses_and_hands_over",
    "test_idle_costs_no_bytes_and_no_processor",
    "a gigabyte of output",
)
"""Tests that take ten seconds and more."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first: else one worker is still at them when the others have nothing left to do."""
    items.sort(key=lambda item: not any(name in item.name for name in LONG))


@pytest.fixture
def real_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels of this test start as on a person's machine, and import torch themselves."""
    monkeypatch.delenv("TUTOR_TUI_KERNEL", raising=False)


@pytest.fixture
def new_person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folders of a person who has never used the program, and a terminal with colours."""
    for kind in ("state", "config"):
        monkeypatch.setenv(f"XDG_{kind.upper()}_HOME", str(tmp_path / kind))
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("NO_COLOR", "COLORTERM", "TMUX"):
        monkeypatch.delenv(name, raising=False)


class Kernel:
    """A session with a real kernel, used without an event loop of one's own."""

    def __init__(self, command: tuple[str, ...] = ()) -> None:
        """`command` starts it, where the one that tests share will not do: see `kernels`."""
        self.session = Session(KernelProcess(command))
        self.complaints: list[str] = []

    @property
    def process(self) -> KernelProcess:
        """The kernel itself."""
        assert isinstance(self.session.kernel, KernelProcess)
        return self.session.kernel

    def run(self, path: str | Path, *args: str, timeout: float = 60, **options: object) -> Trace:
        """Run a program to its end."""
        self.session.run(Target(str(path), tuple(args), **options))  # type: ignore[arg-type]
        return asyncio.run(asyncio.wait_for(self._collect(), timeout))

    def run_until(self, path: Path, seen: Callable[[Trace], bool], timeout: float = 60) -> None:
        """Run a program until its record shows something, and end it then."""

        async def collect() -> None:
            trace = Trace()
            async for batch in self.session.batches():
                for event in batch:
                    self._take(trace, event)
                if seen(trace):
                    break

        self.session.run(Target(str(path)))
        asyncio.run(asyncio.wait_for(collect(), timeout))
        self.session.stop()
        asyncio.run(asyncio.wait_for(self._collect(), timeout))

    def inspect(self, tensor: int) -> Inspection:
        """Ask about a tensor of the last run."""

        return self._ask(lambda: self.session.inspect(tensor))

    def check(self, path: str | Path, timeout: float = 60, detail: int = 0, **which: int) -> Checked:
        """Compare gradients of a program with finite differences."""
        target = Target(str(path), detail=detail)
        return self._ask(lambda: self.session.check(target, **which), timeout)

    def find_bad(self, path: str | Path, passes: int) -> Bad:
        """Where the first value came from that was not finite, by a second run."""
        target = Target(str(path))
        return self._ask(lambda: self.session.find_bad(target, passes, lambda passes: None), 60)

    def sample(self, path: str | Path, iteration: int, axes: list[Axis], **options: float) -> Sampled:
        """Compute a loss over other values of some numbers."""
        return self._ask(lambda: self.session.sample(Target(str(path)), iteration, axes, **options), 60)

    def _ask(self, question: Callable[[], Awaitable[T]], timeout: float = 10) -> T:
        async def ask() -> T:
            reading = asyncio.create_task(self._drain())
            try:
                return await asyncio.wait_for(question(), timeout)
            finally:
                reading.cancel()

        return asyncio.run(ask())

    async def _collect(self) -> Trace:
        trace = Trace()
        async for batch in self.session.batches():
            for event in batch:
                self._take(trace, event)
            if trace.end is not None:
                break
        return trace

    async def _drain(self) -> None:
        async for _ in self.session.batches():
            pass

    def _take(self, trace: Trace, event: Event) -> None:
        if isinstance(event, Complaint):
            self.complaints.append(event.text)
        elif isinstance(event, (Step, Source, Series, Measured)):
            trace.extend([event])
        else:
            assert isinstance(event, (Started, Ready, Unseen)) or type(event).__name__ == "Hello"


@pytest.fixture(scope="session")
def kernel() -> Iterator[Kernel]:
    """The kernel of this test session."""
    found = Kernel()
    yield found
    found.session.close()


@pytest.fixture
def record(kernel: Kernel, tmp_path: Path) -> Callable[..., Trace]:
    """Record a program given as text."""

    def run(source: str, *args: str, **options: Any) -> Trace:
        file = tmp_path / "program.py"
        file.write_text(textwrap.dedent(source), encoding="utf-8")
        kernel.complaints.clear()
        trace = kernel.run(file, *args, **options)
        assert kernel.complaints == []
        return trace

    return run


def steps(trace: Trace, kind: type[Step]) -> list[Any]:
    """The steps of one kind."""
    return [step for step in trace.steps if isinstance(step, kind)]


def stdout_of(trace: Trace) -> str:
    """What the program wrote to stdout."""
    return "".join(s.text for s in trace.steps if getattr(s, "stream", "") == "stdout")


__all__ = ["SAMPLES", "End", "Kernel", "stdout_of", "steps"]
