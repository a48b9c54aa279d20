"""What a run is asked for: the program, and how to run it."""

from __future__ import annotations

import os
from dataclasses import dataclass

from tutor_tui.protocol.limits import MAX_STEPS
from tutor_tui.protocol.messages import LineExpressions, Run


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
    expressions: tuple[LineExpressions, ...] = ()
    """What to evaluate while it runs, by the lines of its file."""
    watch: str = ""
    """"auto" or "always" for a run that may be watched and frozen; "" records all of it."""
    detail: int = 0
    """Iterations of each loop that are recorded before it is only measured, up to its end; 0 records all of it."""
    rounds: int = 0
    """Rounds of a loop around such a loop before it is only measured, too; 0 for never."""
    statistics: bool = False
    """Whether activations and gradients are measured in what is recorded."""
    norms: float = 0.5
    keep: bool = False
    """Whether the run goes on when the screen is lost."""
    beside: bool = False
    """Whether it runs in the folder that it lies in, as on another machine, where one stands nowhere."""

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
            expressions=list(self.expressions),
            watch=self.watch,
            detail=self.detail,
            rounds=self.rounds,
            statistics=self.statistics,
            norms=self.norms,
            keep=self.keep,
            beside=self.beside,
        )

    @staticmethod
    def of(run: Run) -> Target:
        """The target of a request."""
        return Target(
            run.path,
            tuple(run.args),
            run.module,
            run.source,
            run.device,
            run.max_steps,
            tuple(run.expressions),
            run.watch,
            run.detail,
            run.rounds,
            run.statistics,
            run.norms,
            run.keep,
            run.beside,
        )


def split_target(script: str) -> tuple[str, str]:
    """The host and the path of `box:path`; host "" for a path here."""
    host, colon, path = script.partition(":")
    if not colon or os.sep in host or os.path.exists(script) or len(host) < 2:
        return "", script
    return host, path
