"""A record as JSON Lines, and as plain text."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterator
from typing import Any

import msgspec

from tutor_tui.protocol.messages import AnyStep, Backward, Bind, Failure, Finding, Line, Node, Op, Output
from tutor_tui.text.safe import one_line, safe
from tutor_tui.trace.record.trace import Trace
from tutor_tui.trace.words.story import op_text, rule_lines, story, value_text


def json_line(step: AnyStep | Finding) -> str:
    """One step as a JSON object; "nan", "inf" and "-inf" as strings, bytes as base64."""
    return json.dumps(_plain(msgspec.to_builtins(step, builtin_types=(bytes,))))


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def output_lines(step: Output) -> Iterator[str]:
    """What the program wrote, marked `>` for stdout and `!` for stderr."""
    for line in step.text.splitlines() or [""]:
        yield f"     {'>' if step.stream == 'stdout' else '!'} {safe(line)}"


def text_lines(trace: Trace, seq: int) -> Iterator[str]:
    """A step as indented lines of text, safe for any terminal."""
    step = trace.steps[seq]
    match step:
        case Line():
            source = trace.sources.get(step.file, "").split("\n")
            code = source[step.line - 1] if 0 < step.line <= len(source) else ""
            yield f"{step.line:4} │ {'  ' * step.depth}{safe(code)}"
        case Output():
            yield from output_lines(step)
        case Node():
            targets = ", ".join("none" if e is None else f"node {e.node}" for e in step.next)
            yield f"       node {step.id}: {step.name}{' → ' + targets if targets else ''}"
        case Bind():
            yield f"       {one_line(step.name)} is {one_line(step.text or value_text(step.preview))}"
        case Failure():
            yield f"       {one_line(story(trace, trace.stop_of(seq)))}"
            if doing := trace.sources.text(step.span):
                yield f"       in: {one_line(doing)}"
            for frame in step.frames:
                yield f"         {safe(frame.file)}:{frame.line} in {safe(frame.function)}"
        case Op():
            yield f"       {one_line(op_text(trace, step))}"
        case Backward():
            yield f"       {one_line(story(trace, trace.stop_of(seq)))}"
            for line in rule_lines(trace, step):
                yield f"         {safe(line)}"
        case _:
            if trace.stop(trace.stop_of(seq)).first == seq:
                yield f"       {one_line(story(trace, trace.stop_of(seq)))}"
