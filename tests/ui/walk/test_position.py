"""Where one stands while the record grows, and when a program is run again."""

from __future__ import annotations

import pytest

from tutor_tui.protocol.messages import End, Line, Note
from tutor_tui.trace.record.trace import Trace
from tutor_tui.ui.walk import position as module
from tutor_tui.ui.walk.position import Position


def grown(count: int, ended: bool = False) -> Trace:
    trace = Trace()
    trace.extend([Line(file="f.py", line=n, function="<module>", depth=0) for n in range(1, count + 1)])
    if ended:
        trace.extend([End(status=0, reason="the program ran to its end")])
    return trace


def test_it_stays_where_one_stands() -> None:
    position = Position()
    position.stand(3)
    assert position.grow(grown(10))
    assert position.index == 3


def test_it_follows_the_end_until_one_stands_elsewhere() -> None:
    position = Position()
    position.stand(0, following=True)
    position.grow(grown(5))
    assert position.index == 4
    position.stand(1)
    position.grow(grown(9))
    assert position.index == 1


def test_a_rerun_goes_back_to_the_step_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(module, "monotonic", lambda: now)
    position = Position()
    position.stand(6)
    position.begin()
    assert (position.index, position.on_its_way) == (0, True)
    assert not position.grow(grown(3)), "on the way nothing is drawn"
    assert position.grow(grown(8))
    assert (position.index, position.on_its_way) == (6, False)


def test_a_slow_rerun_is_seen_on_its_way(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([0.0, 0.1, module.PATIENCE + 0.1])
    monkeypatch.setattr(module, "monotonic", lambda: next(times))
    position = Position()
    position.stand(6)
    position.begin()
    assert not position.grow(grown(2))
    assert position.grow(grown(3))
    assert position.index == 2


def test_a_shorter_run_ends_the_wait() -> None:
    position = Position()
    position.stand(6)
    position.begin()
    assert position.grow(grown(2, ended=True))
    assert (position.index, position.on_its_way) == (2, False)


def test_it_begins_where_a_lesson_was_left() -> None:
    position = Position()
    position.stand(6)
    position.resume = 2
    position.begin()
    position.grow(grown(9))
    assert position.index == 2


def test_a_frozen_iteration_is_opened_when_it_is_there() -> None:
    position = Position()
    position.stand(1, following=True)
    trace = grown(4)
    position.open_when_recorded(len(trace.steps))
    position.grow(trace)
    assert position.index == 3, "it has not begun"
    trace.extend([Note(text="recorded from here on", resumes=True)])
    trace.extend(grown(3).steps)
    position.grow(trace)
    assert position.index == 4
    position.grow(trace)
    assert position.index == 4, "and stays there"
