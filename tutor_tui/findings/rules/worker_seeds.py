"""Every worker of a DataLoader draws the same random numbers.

Evidence: two processes or more were started, each with a copy of a random generator of the dataset's own, which
nothing gives another state there; or the function that runs in each of them seeds them all alike. Legal twins:
NumPy's and Python's global generators, which torch has seeded differently in each worker since 1.9, and a
`worker_init_fn` that uses its worker's number or seed. Source: `torch.utils.data`, on randomness in workers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tutor_tui.findings.evidence import Evidence, told, whole_line
from tutor_tui.protocol.messages import Finding, Span, Workers
from tutor_tui.trace.record.trace import Trace

LEVEL = "mistake"
WHY = "What should be random is repeated: the batches of one worker are copies of those of another."


def find(evidence: Evidence) -> Iterator[Finding]:
    """Once for the first loader of each kind."""
    trace = evidence.trace
    seen: set[str] = set()
    for step in trace.steps:
        if not isinstance(step, Workers) or step.dataset in seen:
            continue
        if step.seeded is not None:
            seen.add(step.dataset)
            span = step.seeded
            yield told(
                trace,
                step,
                f"This seeds each of {step.count} workers alike: all of them draw the same numbers.",
                WHY,
                "Use the worker's own seed, torch.initial_seed() % 2**32, or leave the function out.",
                [],
                span=whole_line(trace, span.file, span.line) if span.file in trace.sources else None,
            )
        elif step.generators:
            seen.add(step.dataset)
            name = step.generators[0]
            yield told(
                trace,
                step,
                f"Each of {step.count} workers has a copy of {name} in one and the same state, and draws from it.",
                WHY,
                "Make the generator in the worker: in worker_init_fn, from torch.initial_seed().",
                [],
                span=_made(trace, name),
            )


def _made(trace: Trace, name: str) -> Span | None:
    """The line that makes a generator, `self.rng = …` or `RNG = …`; None where it is not found."""
    own = re.compile(
        rf"(self\.)?{re.escape(name.rpartition('.')[2])}\s*(:[^=]*)?=[^=].*(default_rng|RandomState|Generator|Random)\b"
    )
    for file, text in trace.sources.items():
        for number, line in enumerate(text.split("\n"), 1):
            if own.match(line.strip()):
                return whole_line(trace, file, number)
    return None
