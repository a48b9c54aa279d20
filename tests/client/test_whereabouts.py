"""How fast a loop turns of which nothing but its turn is told now and then."""

from __future__ import annotations

from tutor_tui.client.whereabouts import Whereabouts
from tutor_tui.protocol.messages import Unseen


def at(seconds: float, turn: int, values: int = 1000, line: int = 3) -> Unseen:
    return Unseen(file="prepare.py", line=line, seconds=seconds, turn=turn, values=values)


def told(*places: Unseen) -> Whereabouts:
    whereabouts = Whereabouts()
    for place in places:
        whereabouts.take(place)
    return whereabouts


def test_the_pace_is_that_since_the_loop_was_seen_first() -> None:
    assert told(at(0.5, 100)).pace is None
    assert told(at(0.5, 100), at(1.0, 150), at(2.5, 500)).pace == 200


def test_another_loop_is_counted_anew() -> None:
    assert told(at(0.5, 100), at(1.0, 900), at(2.0, 10)).pace is None
    assert told(at(0.5, 100), at(1.0, 900), at(2.0, 10), at(3.0, 40)).pace == 30
    assert told(at(0.5, 100), at(1.0, 200, values=2000)).pace is None


def test_a_loop_that_does_not_count_has_none() -> None:
    assert told(at(0.5, 0, 0), at(1.0, 0, 0)).pace is None


def test_lines_that_are_seen_again_are_nowhere() -> None:
    whereabouts = told(at(0.5, 100), Unseen())
    assert whereabouts.now is None
    assert whereabouts.pace is None
