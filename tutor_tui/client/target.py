"""What a run is asked for: the program, and how to run it."""

from __future__ import annotations

from dataclasses import dataclass

from tutor_tui.protocol.limits import MAX_STEPS
from tutor_tui.protocol.messages import Run, Watch


@dataclass(frozen=True)
class Target:
    """A program: a file's path, or with `module` the name that `python -m` would take."""

    path: str
    args: tuple[str, ...] = ()
    module: bool = False
    source: str | None = None
    """Takes the place of the file's text."""
    device: str = ""
    max_steps: int = MAX_STEPS
    watches: tuple[Watch, ...] = ()
    """What to evaluate while it runs, by the lines of its file."""

    def request(self, number: int) -> Run:
        """The request to run it, as the run of that number."""
        return Run(
            run=number,
            path=self.path,
            args=list(self.args),
            source=self.source,
            module=self.module,
            device=self.device,
            max_steps=self.max_steps,
            watches=list(self.watches),
        )
