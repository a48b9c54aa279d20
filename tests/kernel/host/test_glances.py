"""Where a program is while it runs untraced; and that it can be asked to be recorded no longer."""

from __future__ import annotations

import inspect
import sys
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import kernels
from tests.test_programs import written
from tests.watched import Watched
from tutor_tui.kernel.program.stack import calls_of, turn_of_loop
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


BUSY = """
import time
def busy(seconds):
    end, turns = time.time() + seconds, 0
    while time.time() < end:
        turns += 1
busy(0.6)
"""
UNNOTICED: dict[str, str] = {
    "every signal has a handler of its own": """
import signal
got = []
for number in signal.valid_signals() - {signal.SIGCHLD}:
    try:
        signal.signal(number, lambda number, frame: got.append(number))
    except (OSError, ValueError):
        pass
busy(0.6)
print(got)
""",
    "a signal is waited for": """
import ctypes, signal
signal.signal(signal.SIGALRM, lambda *_: print("alarm"))
signal.setitimer(signal.ITIMER_REAL, 0.6)
signal.pause()
libc = ctypes.CDLL(None)
print(libc.usleep(600000), libc.poll(None, 0, 500))
print(signal.getsignal(signal.SIGURG))
""",
    "all signals are blocked": """
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
busy(0.6)
print(signal.sigpending())
signal.setitimer(signal.ITIMER_REAL, 0.4)
print(signal.sigwait(signal.valid_signals()))
signal.pthread_sigmask(signal.SIG_UNBLOCK, signal.valid_signals())
print(sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])))
""",
    "an exception of a signal handler": """
import signal, traceback
class Late(Exception): pass
def late(number, frame):
    seen.add(frame.f_code.co_name)
    raise Late
seen, names = set(), set()
signal.signal(signal.SIGALRM, late)
end = time.time() + 1
while time.time() < end:
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.005)
        while True: pass
    except Late as error:
        names |= {f.name for f in traceback.extract_tb(error.__traceback__)}
print(sorted(seen), sorted(names))
""",
    "a wakeup descriptor": """
import os, signal
r, w = os.pipe2(os.O_NONBLOCK)
signal.set_wakeup_fd(w)
busy(0.6)
try:
    print(os.read(r, 100))
except BlockingIOError:
    print("nothing")
""",
    "profiled": """
import sys
called = set()
sys.setprofile(lambda frame, event, arg: called.add(frame.f_code.co_name) if event == "call" else None)
busy(0.6)
sys.setprofile(None)
print(sorted(called))
""",
    "near the limit of recursion": """
import sys
def down(left):
    return busy(0.4) if left == 0 else down(left - 1)
depth = len(__import__("inspect").stack(0))
down(sys.getrecursionlimit() - depth - 40)
print("deep")
""",
    "forks": """
import os, sys, threading, warnings
warnings.simplefilter("error", DeprecationWarning)
for _ in range(3):
    busy(0.3)
    pid = os.fork()
    if pid == 0:
        os._exit(len(os.listdir("/proc/self/task")))
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
print(threading.enumerate(), threading.active_count())
""",
    "threads with a trace function of their own": """
import threading, torch
seen = []
def trace(frame, event, arg):
    seen.append((event, frame.f_code.co_name))
def work(): pass
threading.settrace(trace)
def start():
    seen.clear()
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    print(seen)
start()
busy(0.6)
start()
print(threading.gettrace() is trace)
""",
}


UNNOTICED["a process that is forked meanwhile is not followed"] = """
import os, sys, torch
child = os.fork()
if child == 0:
    torch.ones(2) * 2
    print("followed", sys.gettrace(), flush=True)
    os._exit(0)
os.waitpid(child, 0)
busy(0.6)
"""


def test_a_call_that_was_read_is_not_held() -> None:
    class Held:
        pass

    gone: list[weakref.ref[Held]] = []
    calls: list[object] = []

    def function() -> None:
        held = Held()
        gone.append(weakref.ref(held))
        frame = inspect.currentframe()
        given = [frame]
        calls.extend(calls_of(given.pop, None))
        del frame

    function()
    assert len(calls) > 1
    assert gone[0]() is None


@pytest.mark.parametrize("name", UNNOTICED)
def test_the_program_notices_nothing(prepared: Callable[[str], Prepared], name: str) -> None:
    program = prepared(BUSY + UNNOTICED[name])
    bare = kernels.bare(program.path)
    with program.watched() as run:
        run.end()
        for stream in ("stdout", "stderr"):
            assert written(run.trace.steps, stream) == getattr(bare, stream), stream
        assert run.trace.end is not None
        assert run.trace.end.status == bare.returncode == 0
        assert len(run.unseen) > 2  # it was looked at


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
        run.until(lambda: any("untraced" in text for text in notes(run)))
        run.session.ask(Watch())
        program.enough.touch()
        assert run.end() == "4.0\n"
        assert run.complaints == []
        assert all(place.line == 0 for place in run.unseen)


def test_a_record_ends_behind_the_next_operation_where_nothing_is_seen(
    prepared: Callable[[str], Prepared],
) -> None:
    program = prepared(LOOP + TRAIN)
    program.enough.touch()
    bare = kernels.bare(program.path, None, str(program.enough)).stdout.decode()
    program.enough.unlink()
    with program.watched() as run:
        run.until(lambda: len(run.unseen) > 1)
        run.session.ask(Watch())
        program.enough.touch()
        run.mode("watching")
        assert notes(run)[-1] == LEFT
        recorded = len(run.trace.steps)
        assert [s.name for s in run.trace.steps if isinstance(s, Op)] == ["tensor"]
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


LOOPS: dict[str, tuple[str, tuple[int, int]]] = {
    "upwards": ("for i in range(5, 25, 5):\n    look()\n", (3, 4)),
    "downwards": ("for i in range(25, 5, -5):\n    look()\n", (3, 4)),
    "numbered": ("for n, v in enumerate(values):\n    look()\n", (3, 4)),
    "as many as values": ("for i in range(len(values)):\n    look()\n", (3, 4)),
    "the outer of two": ("for i in range(2):\n    for j in range(7):\n        look()\n", (1, 2)),
    "values": ("for v in values:\n    look()\n", (0, 0)),
    "a number that a function gives": ("for i in range(pick(values)):\n    look()\n", (0, 0)),
    "numbered from one": ("for i, j in enumerate(values, 1):\n    look()\n", (0, 0)),
    "numbered from one, by name": ("for i, j in enumerate(values, start=1):\n    look()\n", (0, 0)),
    "a variable of its own": ("for i in range(4):\n    look()\n    i = 7\n", (0, 0)),
    "an end that moves": ("n = 4\nfor i in range(n):\n    look()\n    n += 1\n", (0, 0)),
    "values that grow": ("for i in range(len(values)):\n    look()\n    values.append(1)\n", (0, 0)),
    "behind the loop": ("for i in range(4):\n    pass\nelse:\n    look(); look(); look()\n", (0, 0)),
    "a range of the program's own": (
        "def range(*_): return [1, 2, 3]\nfor i in range(1, 2, 3, 4):\n    look()\n",
        (0, 0),
    ),
    "a function that was made in a loop": (
        "for i in range(4):\n    def f():\n        look()\n\nf(), f(), f()\n",
        (0, 0),
    ),
    "a variable that is its own end": ("i = 4\nfor i in range(i):\n    look()\n", (0, 0)),
    "a name of another scope": ("i = 2\nany([look() for i in range(3)])\nlook()\n", (0, 0)),
    "a lambda in the loop's line": (
        "i = 2\nfor i in range(4):\n    (lambda i: look())(1)\n",
        (0, 0),
    ),
}


@pytest.mark.parametrize("name", LOOPS)
def test_a_loop_that_counts_tells_its_turn(name: str) -> None:
    loop, turn = LOOPS[name]
    text = f"pick = len\nvalues = list('abcd')\n{loop}"
    seen: list[tuple[int, int]] = []

    def look() -> None:
        frame = inspect.currentframe()
        assert frame is not None
        assert frame.f_back is not None
        caller = frame.f_back
        seen.append(turn_of_loop(calls_of(lambda: caller, None)[0], text, lambda: caller)[1])

    exec(compile(text, "<program>", "exec"), {"look": look})
    assert seen[2] == turn
    text = "def g():\n" + "".join(f"    {line}\n" for line in text.splitlines()) + "g()\n"
    seen.clear()
    exec(compile(text, "<program>", "exec"), {"look": look})
    assert seen[2] == (turn if sys.version_info >= (3, 13) else (0, 0))
