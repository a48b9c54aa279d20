"""The recorder: everything that watches a program, switched on and off together."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import FrameType

from tutor_tui.kernel.probes import modes
from tutor_tui.kernel.probes.graph import Graph
from tutor_tui.kernel.probes.ids import Identities
from tutor_tui.kernel.probes.previews import Previewer
from tutor_tui.kernel.probes.processes import Processes
from tutor_tui.kernel.probes.shield import Shielded, Undispatched, deepen_stack, is_leaf
from tutor_tui.kernel.probes.stand_ins import COMPILED, StandIns
from tutor_tui.kernel.program.files import Files
from tutor_tui.kernel.record.backward_passes import BackwardRecorder
from tutor_tui.kernel.record.budget import Sink
from tutor_tui.kernel.record.lines import LineTracer
from tutor_tui.kernel.record.operations import Operations
from tutor_tui.kernel.record.optimizer_updates import UpdateRecorder
from tutor_tui.kernel.record.optimizers import OptimizerRecorder
from tutor_tui.kernel.record.unmade import Unmade
from tutor_tui.kernel.record.workers import WorkerRecorder
from tutor_tui.protocol.limits import MAX_STEPS
from tutor_tui.protocol.messages import Note, Source


class Recorder:
    """Function mode, line events, node hooks and optimizer hooks, turned into one stream of steps.

    `boundary` is called between lines and operations of the program: the moment to see what it
    printed and what the screen asked for. Up to `waiting` steps are not made before somebody asks for them.
    """

    def __init__(
        self,
        sink: Sink,
        max_steps: int = MAX_STEPS,
        boundary: Callable[[], None] = lambda: None,
        operations: type[Operations] = Operations,
        waiting: int = 0,
    ) -> None:
        self.emit = Unmade(sink, max_steps, self.fault, waiting)
        self.files = Files(
            lambda file, text, library: self.emit.always(Source(file=file, text=text, library=library))
        )
        self.identities = Identities()
        self.preview = Previewer(self.identities)
        self.graph = Graph(self.identities)
        self.lines = LineTracer(
            self.files,
            self.preview,
            self.emit,
            boundary,
            self.fault,
            self._thread_starts,
            lambda frame: self.optimizers.recover(frame),
        )
        self.ops = operations(
            self.files,
            self.preview,
            self.graph,
            self.emit,
            boundary,
            self.fault,
            self.lines.current_scope,
            self.lines.touched,
            self.lines.name_parameters,
        )
        self.backward = BackwardRecorder(self.ops)
        self.facts = OptimizerRecorder(self.ops, self.emit, self.fault)
        self.workers = WorkerRecorder(self.ops, self.emit, self.fault)
        self.optimizers = UpdateRecorder(self.preview, self.emit, self.ops, self.facts, self.fault)
        self.stand_ins = StandIns(
            self.ops.mode,
            self.ops.applied,
            self.identities.release,
            lambda: self.emit(Note(text=COMPILED)),
        )
        self.processes = Processes(self.files, lambda text: self.emit.always(Note(text=text)), self.fault)
        self.faults: list[Exception] = []
        """What went wrong in the recorder itself; the program never sees it."""
        self._thread = threading.get_ident()
        self._lines_followed = True

    def fault(self, error: Exception) -> None:
        """Note, once, that the record has a hole."""
        if not self.faults:
            self.emit.always(
                Note(text=f"The recorder missed something here: {type(error).__name__}: {error}")
            )
        self.faults.append(error)

    def start(self, lines: bool = True) -> None:
        """Record this thread from its next call on."""
        deepen_stack()
        self.stand_ins.install()
        self.processes.install()
        self.optimizers.install()
        self.facts.install()
        self.workers.install()
        self.backward.install()
        modes.push(self.ops.mode)
        self._lines_followed = lines
        if lines:
            self.lines.tracing.start()

    def stop(self) -> None:
        """Leave torch and Python as they were found."""
        if self._lines_followed:  # else the trace function is somebody else's
            self.lines.tracing.stop()
        modes.remove(self.ops.mode)
        self.processes.remove()
        self.facts.remove()
        self.workers.remove()
        self.optimizers.remove()
        self.stand_ins.remove()
        self.backward.remove()
        with Shielded(self.fault), Undispatched():
            self.lines.finish()
        self.emit.finish()

    def suspend(self) -> None:
        """Let the program run unseen from here on; `finish` or `resume` follows."""
        self.lines.tracing.stop()
        modes.remove(self.ops.mode)
        self.facts.remove()
        self.workers.remove()
        self.optimizers.active = False
        self.stand_ins.remove()
        self.backward.remove()
        with Shielded(self.fault), Undispatched():
            self.lines.suspend()
        self.emit.finish()

    def resume(self, frame: FrameType, passes: int, why: str) -> None:
        """Record again, from the next line on that `frame`, or a call in it, runs."""
        self.emit.reopen()
        self.emit(Note(text=why, resumes=True))
        self.stand_ins.install()
        self.facts.install()
        self.workers.install()
        self.backward.passes = passes
        self.backward.install()
        self.optimizers.active = True
        self.lines.tracing.start()
        with Shielded(self.fault), Undispatched():
            leaves = {id(t): t for t in self.lines.resume(frame) if is_leaf(t) and t.requires_grad}
            self.backward.tell_gradients(leaves.values())
        modes.push(self.ops.mode)

    def finish(self) -> None:
        """The program is over while nobody looked."""
        self.processes.remove()
        self.optimizers.remove()
        self.emit.finish()

    def _thread_starts(self) -> None:
        """Modes belong to a thread: a new one of the program's gets its own."""
        if threading.get_ident() != self._thread and not modes.holds(self.ops.mode):
            modes.push(self.ops.mode)
