"""One program run with the recorder around it, which may look away while a loop trains."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tutor_tui.kernel.program.main import Outcome
from tutor_tui.kernel.record.budget import Sink
from tutor_tui.kernel.record.operations import Operations
from tutor_tui.kernel.record.recorded_run import RecordedRun
from tutor_tui.kernel.training.iterations import Iterations
from tutor_tui.kernel.training.loops_in_detail import LoopsInDetail
from tutor_tui.kernel.training.monitor import Monitor
from tutor_tui.protocol.messages import Message, Run


class TrainingRun:
    """A recorded run, the monitor beside it, and what decides when which of the two looks."""

    def __init__(
        self,
        run: Run,
        sink: Sink,
        boundary: Callable[[], None] = lambda: None,
        wait: Callable[[], None] = lambda: None,
        operations: type[Operations] = Operations,
    ) -> None:
        """`wait` blocks until a request has come, and has it handled: a watched run may be held."""
        self._recorded = RecordedRun(run, sink, boundary, operations)
        self.recorder = self._recorded.recorder
        norms = run.norms if run.watch else 0.0
        self.monitor = Monitor(self.recorder.files, self.say, boundary, norms, self.recorder.fault)
        self.iterations: Iterations | None = None
        """What is asked of a watched run goes there."""
        self._switches: Iterations | LoopsInDetail | None = None
        if run.watch:
            always = run.watch == "always"
            self.iterations = Iterations(self.recorder, self.monitor, self.say, wait, always)
            self._switches = self.iterations
        elif run.detail:
            self._switches = LoopsInDetail(self.recorder, self.monitor, run.detail, run.rounds)

    def run(self) -> Outcome:
        """Run the program to its end."""
        return self._recorded.run(self._start, self._stop)

    def say(self, *messages: Message) -> Any:
        """Put messages into the record that are never left out."""
        self.recorder.emit.always(*messages)

    def _start(self) -> None:
        if self._switches is None:
            self.recorder.start()
            return
        self.monitor.install()
        self.recorder.start()
        self.monitor.follow_optimizers()
        self._switches.begin()

    def _stop(self) -> None:
        if self._switches is None:
            self.recorder.stop()
        else:
            self._switches.end()
            self.monitor.remove()
