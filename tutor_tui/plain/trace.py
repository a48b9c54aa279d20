"""`tutor-tui trace`: the record without a screen."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

from tutor_tui.client.process import KernelProcess
from tutor_tui.client.session import Session
from tutor_tui.client.target import Target
from tutor_tui.errors import KernelError
from tutor_tui.findings.judge import judge, passed_over
from tutor_tui.protocol.messages import (
    Complaint,
    End,
    Event,
    Measured,
    Output,
    Source,
    Step,
)
from tutor_tui.text.safe import safe
from tutor_tui.trace.record.trace import Trace
from tutor_tui.trace.words.found import lines
from tutor_tui.trace.words.printed import json_line, output_lines, text_lines

KERNEL_FAILED = 70
"""Exit status where the kernel itself went away (`EX_SOFTWARE`)."""


def print_trace(target: Target, *, as_json: bool) -> int:
    """Run a program and print its steps as they come; the program's own exit status."""
    if as_json:  # JSON is UTF-8, whatever the locale says
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    kernel = KernelProcess()
    session = Session(kernel)
    printer = Printer(as_json)
    try:
        session.run(target)
        return asyncio.run(_follow(session, printer))
    except KeyboardInterrupt:
        print("tutor-tui: interrupted; the run was ended", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 141
    except KernelError as error:
        print(f"tutor-tui: {safe(str(error))}", file=sys.stderr)
        return KERNEL_FAILED
    finally:
        session.close()


class Printer:
    """Writes each step as it comes, and what is wrong with the program behind the last."""

    def __init__(self, as_json: bool) -> None:
        self.trace = Trace()
        self.end: End | None = None
        self._as_json = as_json
        self._count = 0

    def show(self, event: Event) -> None:
        """Print what an event adds to the record."""
        match event:
            case Complaint():
                print(f"tutor-tui: {safe(event.text)}", file=sys.stderr)
            case Source() | Measured():
                self.trace.extend([event])
            case Step():
                self._step(event)

    def judge(self) -> None:
        """Print what is wrong with the program."""
        for finding in judge(self.trace, fault=passed_over):
            if self._as_json:
                finding.seq = self._count
                self._count += 1
                print(json_line(finding))
            else:
                print("\n".join(lines(self.trace, finding)))

    def _step(self, step: Any) -> None:
        if isinstance(step, End):
            self.end = step
        if self._as_json:
            step.seq = self._count
            self._count += 1
            print(json_line(step))
            self.trace.extend([step])
            return
        if isinstance(step, Output):  # printed first: a long run's trace does not keep all of its output
            print("\n".join(output_lines(step)))
        self.trace.extend([step])
        if not isinstance(step, Output):
            for line in text_lines(self.trace, step.seq):
                print(line)


async def _follow(session: Session, printer: Printer) -> int:
    async for batch in session.batches():
        for event in batch:
            printer.show(event)
        sys.stdout.flush()
        if printer.end is not None:
            printer.judge()
            return printer.end.status
    return KERNEL_FAILED
