"""Exceptions that a program catches are told of, once, and nothing of the program's is called for it."""

from __future__ import annotations

from collections.abc import Callable

from tests.conftest import stdout_of, steps
from tutor_tui.protocol.messages import Note, Op
from tutor_tui.trace.record.trace import Trace
from tutor_tui.trace.words.story import story

CATCHING = """
import torch

class Mine(Exception):
    def __str__(self):
        print("somebody asked")
        return "mine"

def inner():
    raise ValueError("from within")

try:
    inner()
except ValueError:
    pass
try:
    torch.ones(2) @ torch.ones(3)
except RuntimeError as error:
    kept = 1
try:
    raise Mine
except Mine:
    pass
for x in (n for n in range(2)):
    pass
print(sum(n for n in range(3)))
"""


def notes(trace: Trace) -> list[str]:
    return [s.text for s in trace.steps if isinstance(s, Note)]


def test_what_is_caught_is_told(record: Callable[..., Trace]) -> None:
    trace = record(CATCHING)
    told = notes(trace)
    assert told[0] == "ValueError was raised here: from within."
    assert told[1].startswith("RuntimeError was raised here: inconsistent tensor size")
    assert told[2] == "Mine was raised here."
    assert len(told) == 3
    assert "somebody asked" not in "".join(s.text for s in trace.printed.upto(len(trace.steps)))
    index = trace.stop_of(next(s.seq for s in trace.steps if isinstance(s, Note)))
    assert story(trace, index) == told[0]


def test_an_exception_of_no_module_is_told(record: Callable[..., Trace]) -> None:
    trace = record("class E(Exception): __module__ = None\ntry: raise E\nexcept E: x = 1\n")
    assert notes(trace) == ["E was raised here."]


def test_a_message_that_would_run_the_program_is_left_out(record: Callable[..., Trace]) -> None:
    trace = record(
        "class Key:\n    def __repr__(self): print('asked'); return self.name\n"
        "try: raise KeyError(Key())\nexcept Exception as e: print(type(e).__name__)\n"
    )
    assert notes(trace) == ["KeyError was raised here."]
    assert stdout_of(trace) == "KeyError\n"


def test_what_ends_the_program_is_told_by_its_end(record: Callable[..., Trace]) -> None:
    trace = record("def f():\n    raise KeyError('x')\nf()\n")
    assert notes(trace) == []
    assert trace.failure is not None


def test_a_program_that_lives_on_exceptions_does_not_fill_the_record(record: Callable[..., Trace]) -> None:
    trace = record("for n in range(500):\n    try:\n        {}[n]\n    except KeyError:\n        pass\n")
    assert len([told for told in notes(trace) if told.startswith("KeyError was raised here")]) == 100


LATE = """
import signal, torch
def late(number, frame):
    raise TimeoutError
signal.signal(signal.SIGALRM, late)
for _ in range(3):
    x = torch.ones(2) * 2
count = 0
for turn in range(300):
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.002)
        for _ in range(1000):
            x = torch.ones(2) * 2
    except TimeoutError:
        count += 1
signal.setitimer(signal.ITIMER_REAL, 0)
print(count, torch._C._is_torch_function_enabled())
torch.ones(3).add(7)
"""


def test_a_handler_of_a_signal_may_raise_at_any_moment(record: Callable[..., Trace]) -> None:
    """Each time it reaches the program, whatever the recorder was doing; the record goes on."""
    trace = record(LATE, max_steps=1_000_000)
    assert stdout_of(trace) == "300 True\n"
    assert trace.end is not None
    assert trace.end.reason == "the program ran to its end"
    assert [op.name for op in steps(trace, Op)][-1] == "add"
