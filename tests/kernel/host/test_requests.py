"""Requests that come while several threads are recorded."""

from __future__ import annotations

from pathlib import Path

from tests.watched import Watched
from tutor_tui.protocol.messages import SetRate

THREADS = """
import threading
import torch
def train():
    w = torch.ones(3, requires_grad=True)
    for _ in range(2000):
        y = w * 2
threads = [threading.Thread(target=train) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def test_who_answers_and_who_records_do_not_wait_for_each_other(tmp_path: Path) -> None:
    program = tmp_path / "threads.py"
    program.write_text(THREADS, encoding="utf-8")
    with Watched(program, watch="auto") as run:

        def over() -> bool:
            for _ in range(3):
                run.session.ask(SetRate(group=0, rate=0.1))
            return run.trace.end is not None

        run.until(over)
        assert run.trace.end is not None
        assert run.trace.end.status == 0
