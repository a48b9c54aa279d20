"""Every key in an iteration that was frozen, behind older ones in the same record."""

from __future__ import annotations

from pathlib import Path

from tests.watched import FIT, Watched
from tutor_tui.protocol.messages import Freeze, Loss
from tutor_tui.trace.look.moves import crossed, where
from tutor_tui.trace.record.trace import Trace


def loss_at(trace: Trace, index: int | None) -> Loss:
    assert index is not None
    step = trace.steps[trace.stop(index).first]
    assert isinstance(step, Loss)
    return step


def test_forward_and_backward_stay_in_the_frozen_iteration(tmp_path: Path) -> None:
    path = tmp_path / "fit.py"
    path.write_text(FIT, encoding="utf-8")
    with Watched(path, "100000000", watch="auto") as run:
        run.mode("watching")
        frozen = []
        for _ in range(2):
            run.session.ask(Freeze())
            frozen.append(run.mode("frozen").passes)
        trace = run.trace
        assert len(trace.passes.resumed) == 2
        for number, begin in zip(frozen, trace.passes.resumed, strict=True):
            start = trace.stop_of(begin)
            forward = where(trace, start, "forward")
            assert forward is not None
            assert forward > start
            assert trace.steps[trace.stop(forward).first].seq > begin
            assert loss_at(trace, where(trace, start, "backward")).iteration == number
            assert loss_at(trace, where(trace, forward, "backward")).iteration == number
            backward = where(trace, forward, "backward")
            assert backward is not None
            assert where(trace, backward + 1, "backward") == backward
            assert where(trace, backward + 1, "forward") == forward
            assert crossed(trace, forward, backward) == crossed(trace, start, forward) == ""
            said = crossed(trace, start, start - 1)
            assert said == f"This is before the recorded iteration of pass {number:,}."
            said = crossed(trace, start - 1, forward)
            assert (
                said
                == f"This is in the recorded iteration of pass {number:,}; some steps between are missing."
            )
            assert crossed(trace, start - 1, start) == "", "the note there says so"
