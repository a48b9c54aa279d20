"""`tutor-tui diagnose`: what is wrong with a program, without a screen."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Collection, Sequence
from pathlib import PurePath
from time import monotonic
from typing import Any

import msgspec

from tutor_tui.client.process import KernelProcess
from tutor_tui.client.session import Session
from tutor_tui.client.target import Target
from tutor_tui.errors import KernelError, UsageError
from tutor_tui.findings.judge import all_rules, judge
from tutor_tui.protocol.messages import Complaint, Finding, Line, Measured, Mode, Series, Source, Step
from tutor_tui.text.safe import one_line, safe
from tutor_tui.trace.record.trace import Trace
from tutor_tui.trace.words.found import lines

CLEAN, MISTAKE, NOT_RUN = 0, 1, 2
"""Exit statuses: nothing is wrong; something is; the program could not be run."""
PATIENCE = 5.0
"""Seconds that a program has to end once it was asked to."""


def diagnose(
    target: Target,
    *,
    as_json: bool,
    seconds: float,
    select: Collection[str] = (),
    ignore: Collection[str] = (),
) -> int:
    """Run a program, for at most some seconds, and print what is wrong with it; the exit status."""
    _known({*select, *ignore})
    session = Session(KernelProcess())
    try:
        session.run(target)
        trace, stopped = asyncio.run(_record(session, target, seconds))
    except KernelError as error:
        print(f"tutor-tui: {safe(str(error))}", file=sys.stderr)
        return NOT_RUN
    except KeyboardInterrupt:
        print("tutor-tui: interrupted; the run was ended", file=sys.stderr)
        return 130
    finally:
        session.close()
    if not any(isinstance(step, Line) for step in trace.steps):
        print(f"tutor-tui: nothing was run{_how_it_failed(trace)}", file=sys.stderr)
        return NOT_RUN
    found = judge(trace, select, ignore, _rule_failed)
    if as_json:
        print(json.dumps([_plain(finding) for finding in found], indent=1, ensure_ascii=False))
    else:
        print("\n".join(line for finding in found for line in lines(trace, finding)) or "Nothing was found.")
    _tell_of_the_end(trace, found, stopped)
    return MISTAKE if any(finding.level == "mistake" for finding in found) else CLEAN


def _rule_failed(slug: str, error: Exception) -> None:
    print(
        f"tutor-tui: the rule {slug} could not judge this record: {error!r}; the others did", file=sys.stderr
    )


def _known(slugs: Collection[str]) -> None:
    unknown = sorted(set(slugs) - set(all_rules()))
    if unknown:
        raise UsageError(f"there is no rule {unknown[0]}; choose from {', '.join(all_rules())}")


async def _record(session: Session, target: Target, seconds: float) -> tuple[Trace, bool]:
    """The record of a run, with what a second one found of a value that is not finite; whether it was stopped."""
    until = monotonic() + seconds
    trace, stopped = await _run(session, until)
    passes = trace.curves.first_bad_pass()
    if passes is not None and not stopped:
        await _look_for_origin(session, target, trace, passes, until)
    return trace, stopped


async def _look_for_origin(session: Session, target: Target, trace: Trace, passes: int, until: float) -> None:
    async def listen() -> None:
        async for _ in session.batches():
            pass

    listening = asyncio.create_task(listen())
    try:
        async with asyncio.timeout(max(PATIENCE, until - monotonic())):
            trace.extend([await session.find_bad(target, passes, lambda passes: None)])
    except TimeoutError:
        pass  # the rule tells what the record itself holds
    finally:
        listening.cancel()


async def _run(session: Session, until: float) -> tuple[Trace, bool]:
    """The record of a run, and whether it took too long and was stopped: then it is what came up to then."""
    trace = Trace()

    async def take() -> None:
        async for batch in session.batches():
            for event in batch:
                if isinstance(event, Complaint):
                    raise KernelError(event.text)
                if isinstance(event, (Step, Source, Mode, Series, Measured)):
                    trace.extend([event])
            if trace.end is not None:
                return

    taking = asyncio.create_task(take())
    for asked in range(3):
        left = max(0.0, until - monotonic()) if not asked else PATIENCE
        done, _ = await asyncio.wait({taking}, timeout=left)
        if done:
            taking.result()
            return trace, asked > 0
        session.stop()
    taking.cancel()
    return trace, True


def _tell_of_the_end(trace: Trace, found: Sequence[Finding], stopped: bool) -> None:
    """On the other stream: how the program ended, where no finding says it."""
    failure = trace.failure
    if stopped or trace.end is None:
        print("tutor-tui: the program was stopped; what it did up to then was judged", file=sys.stderr)
    elif failure is None and trace.end.status:
        print(f"tutor-tui: exit status {trace.end.status}: {safe(trace.end.reason)}", file=sys.stderr)
    elif failure is not None and not any(failure.seq in finding.steps for finding in found):
        print(f"tutor-tui: the program stopped{_how_it_failed(trace)}", file=sys.stderr)


def _how_it_failed(trace: Trace) -> str:
    """`: ValueError at train.py:3: too few`; "" where no exception ended it."""
    failure = trace.failure
    if failure is None:
        return ""
    frame = trace.sources.innermost(failure.frames)
    at = f" at {PurePath(frame.file).name}:{frame.line}" if frame is not None else ""
    return safe(f": {failure.type}{at}: {one_line(failure.message, 300)}")


def _plain(finding: Finding) -> dict[str, Any]:
    """What JSON shows of a finding."""
    found: dict[str, Any] = msgspec.to_builtins(finding)
    kept = ("rule", "level", "file", "line", "span", "message", "why", "fix", "steps")
    return {key: found[key] for key in kept}
