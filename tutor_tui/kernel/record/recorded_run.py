"""One program run from its first line to its last with the recorder around it."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from tutor_tui.kernel.program.main import Outcome, point_warnings_at_the_program, run_program
from tutor_tui.kernel.program.start import find_program, unusable
from tutor_tui.kernel.record.budget import Sink
from tutor_tui.kernel.record.expressions import Expressions
from tutor_tui.kernel.record.operations import Operations
from tutor_tui.kernel.record.recorder import Recorder
from tutor_tui.protocol.messages import Run


class RecordedRun:
    """A program and its recorder. `start` and `stop` may be others than the recorder's own."""

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
        self.start: Callable[[], None] = self.recorder.start
        self.stop: Callable[[], None] = self.recorder.stop

    def run(self) -> Outcome:
        """Run it to its end."""
        files = self.recorder.files
        try:
            path, source, self._namespace = find_program(self._run, files)
        except Exception as error:  # a package around the module may raise anything
            return unusable(os.path.abspath(self._run.path), error)
        self.recorder.lines.expressions = Expressions(path, self._run.expressions)
        files.kind(path)  # announces the text, which a syntax error would otherwise prevent
        point_warnings_at_the_program(files)
        return run_program(path, source, self._namespace, self.start, self.stop)
