"""A second run answers once, however soon its process ends."""

from __future__ import annotations

import pytest

from tutor_tui.kernel.host import second_run
from tutor_tui.kernel.host.second_run import SecondRun
from tutor_tui.protocol.frames import encode, event_decoder
from tutor_tui.protocol.messages import Check, Checked, End, Event, Output, Run

ANSWER = Checked(request=7, what="the whole loss")


class FakeProcess:
    """Its frames come by `read`, or, where it has ended before they were heard of, by `tick`."""

    def __init__(self, *arguments: object) -> None:
        self.listening = 5
        self.readable: list[bytes] = []
        self.ticked: list[bytes] = []
        self.killed = False

    def read(self) -> list[bytes]:
        found, self.readable = self.readable, []
        return found

    def tick(self, now: float) -> list[bytes]:
        found, self.ticked = self.ticked, []
        return found

    def kill(self) -> None:
        self.killed = True


@pytest.fixture
def second(monkeypatch: pytest.MonkeyPatch) -> tuple[SecondRun, FakeProcess]:
    process = FakeProcess()
    monkeypatch.setattr(second_run, "ForkedRun", lambda *arguments: process)
    found = SecondRun(lambda run: None)
    assert found.start(Check(request=7, run=Run(run=1, path="x.py", args=[])), ()) == []
    return found, process


def events(frames: bytes) -> list[Event]:
    return list(event_decoder().feed(frames))


def test_an_answer_is_heard(second: tuple[SecondRun, FakeProcess]) -> None:
    run, process = second
    process.readable = [encode(ANSWER)]
    assert events(run.hear()) == [ANSWER]
    assert run.runs


def test_an_answer_of_a_process_that_has_ended_already_is_not_lost(
    second: tuple[SecondRun, FakeProcess],
) -> None:
    """Its frames are drained where its death is found out, among what it printed and its end."""
    run, process = second
    process.ticked = [
        encode(Output(stream="stdout", text="x")),
        encode(ANSWER),
        encode(End(status=0, reason="")),
    ]
    process.listening = -1
    assert events(run.tick(0.0)) == [ANSWER]


def test_a_death_without_an_answer_is_one(second: tuple[SecondRun, FakeProcess]) -> None:
    run, process = second
    assert run.tick(0.0) == b""
    process.listening = -1
    (said,) = events(run.tick(0.0))
    assert isinstance(said, Checked)
    assert (said.request, said.error) == (7, "the process running the check died")
    assert process.killed
    assert not run.runs


def test_a_question_that_is_replaced_is_answered(second: tuple[SecondRun, FakeProcess]) -> None:
    run, process = second
    (answer,) = run.start(Check(request=8, run=Run(run=1, path="x.py", args=[])), ())
    assert (answer.request, answer.error) == (7, "another request replaced it")
    assert process.killed
