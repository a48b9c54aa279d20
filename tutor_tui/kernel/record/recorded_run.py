"""One program run from its first line to its last with the recorder around it."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from tutor_tui.kernel.program.main import Outcome, run_program
from tutor_tui.kernel.program.start import find_program, unusable
from tutor_tui.kernel.program.warned import point_at_the_callers
from tutor_tui.kernel.record.budget import Sink
from tutor_tui.kernel.record.expressions import Expressions
from tutor_tui.kernel.record.operations import Operations
from tutor_tui.kernel.record.recorder import Recorder
from tutor_tui.protocol.messages import Run


class RecordedRun:
    """A program and its recorder."""

    def __init__(
        self,
        run: Run,
        sink: Sink,
        boundary: Callable[[], None] = lambda: None,
        operations: type[Operations] = Operations,
    ) -> None:
        self._run = run
        self._namespace: dict[str, Any] = {}  # the program's tensors live as long as we do
        self.recorder = Recorder(sink, run.max_steps, boundary, operations)
        self.recorder.ops.layers.statistics = self.recorder.facts.statistics = run.statistics

    def run(self, start: Callable[[], None] | None = None, stop: Callable[[], None] | None = None) -> Outcome:
        """Run it to its end; `start` and `stop` are called around it in the place of the recorder's own."""
        files = self.recorder.files
        try:
            path, self._namespace = find_program(self._run, files)
        except Exception as error:  # a package around the module may raise anything
            return unusable(os.path.abspath(os.path.expanduser(self._run.path)), error)
        self.recorder.lines.expressions = Expressions(path, self._run.expressions)
        files.kind(path)  # announces the text, which a syntax error would otherwise prevent
        point_at_the_callers(files)
        outcome = run_program(
            path, files, self._namespace, start or self.recorder.start, stop or self.recorder.stop
        )
        if outcome.failure is not None:
            self.recorder.ops.complete(outcome.failure)
        return outcome
