"""Where a program is while it goes on unseen; and that it can be asked to be recorded no longer."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import kernels
from tests.watched import Watched
from tutor_tui.kernel.program.loops import turn_of_loop
from tutor_tui.kernel.training.iterations import LEFT
from tutor_tui.protocol.messages import Continue, Freeze, Line, Loss, Note, Op, Watch

LOOP = """
import os, sys, torch
for turn in range(1_000_000_000_000):
    if turn % 1000 == 0 and os.path.exists(sys.argv[1]):
        break
"""
"""Goes on until a file is there."""
TRAIN = """
w = torch.tensor([1.0, 2.0], requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
for step in range(5000):
    loss = (w * w).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
"""


class Prepared:
    """A program with such a loop, and the file that ends it."""

    def __init__(self, folder: Path, text: str) -> None:
        self.path, self.enough = folder / "prepared.py", folder / "enough"
        self.path.write_text(text, encoding="utf-8")

    def watched(self) -> Watched:
        return Watched(self.path, str(self.enough), watch="auto")


@pytest.fixture
def prepared(tmp_path: Path) -> Callable[[str], Prepared]:
    """Write one."""
    return lambda text: Prepared(tmp_path, text)


def notes(run: Watched) -> list[str]:
    return [step.text for step in run.trace.steps if isinstance(step, Note)]


def test_the_running_line_is_told_and_how_far_the_loop_has_come(prepared: Callable[[str], Prepared]) -> None:
    program = prepared(LOOP + "print(torch.ones(2).sum().item())\n")
    with program.watched() as run:
        run.until(lambda: len(run.unseen) > 3)
        told = list(run.unseen)
        program.enough.touch()
        assert run.end() == "2.0\n"
        assert {place.file for place in told} == {str(program.path)}
        assert all(place.line in (3, 4) for place in told)
        assert all(place.values == 10**12 for place in told[1:])
        assert [place.turn for place in told[1:]] == sorted({place.turn for place in told[1:]})
        assert [place.seconds for place in told] == sorted({place.seconds for place in told})
        assert run.unseen[-1].line == 0  # seen again
        assert [step.name for step in run.trace.steps if isinstance(step, Op)][:2] == ["ones", "sum"]


def test_a_function_of_its_own_and_a_signal_handler_of_its_own(prepared: Callable[[str], Prepared]) -> None:
    """The program's handler is never called; what it sees of its own is what it had."""
    program = prepared(
        "import signal\nheard = []\n"
        "def mine(*_): heard.append(1)\n"
        "signal.signal(signal.SIGURG, mine)\n"
        f"{LOOP}"
        "print(heard, signal.getsignal(signal.SIGURG) is mine, torch.ones(1).item())\n"
    )
    with program.watched() as run:
        run.until(lambda: any("unseen" in text for text in notes(run)))
        program.enough.touch()
        assert run.end() == "[] True 1.0\n"
        assert run.unseen == []


def test_the_signal_is_as_it_was_when_lines_are_seen_again(prepared: Callable[[str], Prepared]) -> None:
    program = prepared(f"import signal\n{LOOP}torch.ones(1)\nprint(signal.getsignal(signal.SIGURG).name)\n")
    with program.watched() as run:
        run.until(lambda: len(run.unseen) > 1)
        program.enough.touch()
        assert run.end() == "SIG_DFL\n"


def test_nothing_is_done_within_a_hook_of_the_programs(prepared: Callable[[str], Prepared]) -> None:
    """Torch is in the middle of a backward pass then, and so are we."""
    program = prepared(
        "import os, sys, torch\n"
        "x = torch.tensor(2.0, requires_grad=True)\n"
        "def hook(grad):\n"
        "    turn = 0\n"
        "    while not (turn % 1000 == 0 and os.path.exists(sys.argv[1])):\n"
        "        turn += 1\n"
        "y = x * x\n"
        "y.register_hook(hook)\n"
        "y.backward()\n"
        "print(x.grad.item())\n"
    )
    with program.watched() as run:
        run.until(lambda: any("unseen" in text for text in notes(run)))
        run.session.ask(Watch())
        program.enough.touch()
        assert run.end() == "4.0\n"
        assert run.complaints == []
        assert all(place.line == 0 for place in run.unseen)


def test_a_record_ends_at_once_where_nothing_is_seen(prepared: Callable[[str], Prepared]) -> None:
    program = prepared(LOOP + TRAIN)
    program.enough.touch()
    bare = kernels.bare(program.path, None, str(program.enough)).stdout.decode()
    program.enough.unlink()
    with program.watched() as run:
        run.until(lambda: len(run.unseen) > 1)
        run.session.ask(Watch())
        run.mode("watching")
        assert LEFT in notes(run)
        recorded = len(run.trace.steps)
        program.enough.touch()
        assert run.end() == bare
        assert not any(isinstance(step, (Line, Op, Loss)) for step in run.trace.steps[recorded:])
        assert len(run.losses()["loss"]) == 5000


def test_a_record_ends_before_the_next_line(prepared: Callable[[str], Prepared]) -> None:
    program = prepared(
        "import os, sys, torch\n"
        "w = torch.tensor([1.0, 2.0], requires_grad=True)\n"
        "optimizer = torch.optim.SGD([w], lr=0.0)\n"
        "while not os.path.exists(sys.argv[1]):\n"
        "    optimizer.zero_grad()\n"
        "    (w * w).sum().backward()\n"
        "    optimizer.step()\n"
        "print(w.tolist(), w.grad.tolist())\n"
    )
    with program.watched() as run:
        run.until(lambda: any(isinstance(step, Op) for step in run.trace.steps))
        run.session.ask(Watch())
        mode = run.mode("watching", "frozen")
        assert mode.mode == "watching"
        ended = [step.text for step in run.trace.steps if isinstance(step, Note)][-1]
        assert ended == LEFT or "A loop is seen to train" in ended
        run.session.ask(Freeze())
        run.mode("frozen")
        program.enough.touch()
        run.session.ask(Continue())
        assert run.end() == "[1.0, 2.0] [2.0, 4.0]\n"


@pytest.mark.parametrize(
    ("loop", "turn"),
    [
        ("for i in range(5, 25, 5):", (3, 4)),
        ("for i in range(25, 5, -5):", (3, 4)),
        ("for n, v in enumerate(values):", (3, 4)),
        ("for v in values:", (0, 0)),
        ("for i in range(len(values)):", (3, 4)),
        ("for i in range(pick(values)):", (0, 0)),
        ("for i, j in enumerate(values, 1):", (0, 0)),
    ],
)
def test_a_loop_that_counts_tells_its_turn(loop: str, turn: tuple[int, int]) -> None:
    text = f"pick = len\nvalues = list('abcd')\nturns = []\n{loop}\n    look()\n"
    seen: list[tuple[int, int]] = []

    def look() -> None:
        frame = inspect.currentframe()
        assert frame is not None
        assert frame.f_back is not None
        seen.append(turn_of_loop(frame.f_back, text))

    exec(compile(text, "<program>", "exec"), {"look": look})
    assert seen[2] == turn
    within = {"look": look}
    text = "def f():\n" + "".join(f"    {line}\n" for line in text.splitlines()) + "f()\n"
    seen.clear()
    exec(compile(text, "<program>", "exec"), within)
    assert seen[2] == (turn if sys.version_info >= (3, 13) else (0, 0))
