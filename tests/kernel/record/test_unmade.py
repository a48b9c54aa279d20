"""Recording in two stages: what is made of a sight later is what would have been made of it at once."""

from __future__ import annotations

import textwrap
import threading
import tracemalloc
import weakref
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import Kernel
from tutor_tui.kernel.record.unmade import Unmade
from tutor_tui.protocol.messages import Backward, Message, Node, Note, Op, Step, Update
from tutor_tui.record import record
from tutor_tui.trace.record.trace import Trace

Tensors = list[torch.Tensor]
ACTS: dict[str, Callable[[Tensors], object]] = {
    "multiply": lambda t: t.append(t[-1] * 1.5),
    "add": lambda t: t.append(t[0] + t[-1]),
    "view": lambda t: t.append(t[-1].view(2, 2)[1]),
    "write": lambda t: t[-1].detach().mul_(3.0),
    "unseen": lambda t: t[-1].data.numpy().__setitem__(..., 7.0),
    "backward": lambda t: t[-1].sum().backward(retain_graph=True),
    "clear": lambda t: setattr(t[0], "grad", None),
    "move": lambda t: setattr(t[0], "data", torch.full((4,), 2.0)),
    "forget": lambda t: t.__delitem__(slice(1, None)),
}


def run(acts: list[str]) -> None:
    """Some of all that a program may do with small tensors; what torch refuses is refused."""
    tensors = [torch.arange(4.0, requires_grad=True)]
    for act in acts:
        try:
            ACTS[act](tensors)
        except RuntimeError:
            tensors.append(tensors[0] * 1.0)


def recorded(acts: list[str]) -> Sequence[Step]:
    with record() as trace:
        run(acts)
    for step in trace.steps:
        if isinstance(step, Node):
            step.sequence_nr = 0  # torch counts on from run to run
    return trace.steps


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(sorted(ACTS)), max_size=12))
def test_made_later_steps_are_what_they_are_made_at_once(acts: list[str]) -> None:
    """Nothing that is shown is of a later time, whatever is written to a tensor meanwhile."""
    later = recorded(acts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tutor_tui.record.MOST", 0)
        assert later == recorded(acts)


def test_nothing_is_kept_alive_while_steps_wait() -> None:
    alive: list[weakref.ref[torch.Tensor]] = []
    with record() as trace:
        w = torch.ones(1000, requires_grad=True)
        for _ in range(5):
            y = (w * 2).exp()
            alive.append(weakref.ref(y))
            y.sum().backward()
        del y
        assert [found() for found in alive] == [None] * 5
    assert sum(isinstance(step, Backward) for step in trace.steps) >= 15


def test_what_waits_is_smaller_than_what_is_made_of_it() -> None:
    """Peak memory of Python's own: recording a loop, and then making its steps."""

    def loop() -> None:
        y = torch.ones(8, requires_grad=True)
        for _ in range(300):
            y = y * 1.01

    with record():  # what is kept for all runs of a process
        loop()
    tracemalloc.start()
    try:
        with record() as trace:
            loop()
            waiting = tracemalloc.get_traced_memory()[0]
            assert sum(isinstance(step, Op) for step in trace.steps) == 301
            made = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert waiting < made


def test_a_trace_that_is_asked_within_the_block_has_all_that_ran_before() -> None:
    with record() as trace:
        x = torch.ones(2, requires_grad=True)
        counts = []
        for _ in range(3):
            x = x * 2
            counts.append(sum(isinstance(step, Op) for step in trace.steps))
    assert [after - before for before, after in pairwise(counts)] == [1, 1]


@pytest.fixture(name="program")
def _program(kernel: Kernel, tmp_path: Path) -> Callable[[str], Trace]:
    """Record a program given as text."""

    def run(text: str) -> Trace:
        path = tmp_path / "program.py"
        path.write_text(textwrap.dedent(text))
        return kernel.run(path)

    return run


class Told:
    """Steps by way of `Unmade`."""

    def __init__(self, most: int) -> None:
        self.messages: list[Message] = []
        self.faults: list[Exception] = []
        self.unmade = Unmade(self._take, 1000, self.faults.append, most)
        self.unmade.makes = {int: self._make}

    def _take(self, messages: Sequence[Message]) -> int:
        self.messages += messages
        return 0

    def _make(self, seen: int) -> list[Step]:
        return [Note(text=str(seen))]

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.messages if isinstance(message, Note)]


def test_all_is_told_in_the_order_in_which_it_was_seen() -> None:
    told = Told(10)
    told.unmade.later(1)
    told.unmade(Note(text="2"))
    told.unmade.later(3)
    assert told.texts == []
    told.unmade.always(Note(text="4"))
    assert told.texts == ["1", "2", "3", "4"]


def test_no_more_waits_than_may() -> None:
    told = Told(2)
    for number in range(3):
        told.unmade.later(number)
    assert told.texts == ["0", "1", "2"]


def test_what_cannot_be_made_is_a_fault_and_the_rest_is_told() -> None:
    told = Told(10)
    for number in (1, 1.5, 2):
        told.unmade.later(number)
    told.unmade.tell()
    assert told.texts == ["1", "2"]
    assert [type(error) for error in told.faults] == [KeyError]


def test_a_process_that_was_forked_tells_nothing() -> None:
    told = Told(10)
    told.unmade.later(1)
    told.unmade.mute()
    told.unmade.later(2)
    told.unmade.tell()
    assert told.texts == []


def test_nodes_and_updates_are_made_with_their_operation() -> None:
    with record() as trace:
        x = torch.ones(2, requires_grad=True)
        y = x * 2
        y += 1
    kinds = [type(step) for step in trace.steps if isinstance(step, (Op, Node, Update))]
    assert kinds == [Op, Op, Node, Node, Op, Node, Update]


def test_what_goes_wrong_while_steps_are_made_is_a_fault_and_not_the_block_s() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tutor_tui.kernel.record.making.rule_of", len)  # it takes no three arguments
        recorder = record()
        with recorder as trace:
            (torch.ones(2, requires_grad=True) * 2).sum().backward()
    assert {type(error) for error in recorder.faults} == {TypeError}
    assert [step.name for step in trace.steps if isinstance(step, Op)] == ["ones", "mul", "sum"]


def test_a_thread_that_outlives_the_block_is_told_of() -> None:
    go, done = threading.Event(), threading.Event()

    def outlive() -> None:
        go.wait()
        for _ in range(10):
            torch.ones(2)
        done.set()

    with record() as trace:
        thread = threading.Thread(target=outlive)
        thread.start()
    before = sum(isinstance(step, Op) for step in trace.steps)
    go.set()
    thread.join()
    assert sum(isinstance(step, Op) for step in trace.steps) == before + 10


def test_names_that_are_no_plain_text_are_taken() -> None:
    numpy = pytest.importorskip("numpy")
    kind: Any = type(
        numpy.str_("Odd"),
        (torch.autograd.Function,),
        {"forward": staticmethod(lambda ctx, x: x * 2), "backward": staticmethod(lambda ctx, g: g * 2)},
    )
    with record() as trace:
        kind.apply(torch.ones(2, requires_grad=True)).sum().backward()
    assert "OddBackward" in {step.name for step in trace.steps if isinstance(step, Node)}


def test_a_view_s_write_and_numpy_s_are_told_apart(program: Callable[..., Trace]) -> None:
    trace = program(
        """
        import torch
        x = torch.zeros(3)
        a = x.numpy()
        v = x[:2]
        v.zero_()
        a[2] = 5
        done = True
        """
    )
    assert [step.by for step in trace.steps if isinstance(step, Update)][-1] == "shared memory"


def test_a_namespace_of_a_class_s_own_is_not_asked(program: Callable[..., Trace]) -> None:
    trace = program(
        """
        import torch
        class Names(dict):
            def __getitem__(self, name):
                if name == "secret":
                    raise ValueError("it cannot be read")
                return super().__getitem__(name)
        class Meta(type):
            @classmethod
            def __prepare__(cls, *_):
                return Names()
        class Thing(metaclass=Meta):
            secret = 1
            other = torch.ones(2)
        print("made")
        """
    )
    assert trace.end is not None
    assert trace.end.status == 0


def test_a_trace_is_read_while_a_thread_records() -> None:
    def work() -> None:
        x = torch.ones(2)
        for _ in range(1500):
            x = x * 1.5
            x = x - x.round()

    lengths: list[int] = []
    with record() as trace:
        thread = threading.Thread(target=work)
        thread.start()
        while thread.is_alive():
            lengths.append(len(trace.steps))
    assert lengths == sorted(lengths)
    assert len(set(lengths)) > 2
    assert [step.seq for step in trace.steps] == list(range(len(trace.steps)))
