"""Findings in words: how many, what each says, and the steps that prove it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from tutor_tui.protocol.messages import (
    Activation,
    AnyStep,
    Bind,
    Finding,
    Layer,
    Module,
    Optimizer,
    Update,
    Workers,
)
from tutor_tui.text.numbers import format_number
from tutor_tui.text.safe import one_line, safe
from tutor_tui.trace.record.trace import Trace
from tutor_tui.trace.words.story import story, value_text

FEW = 3
"""Names of parameters that are told."""
DID = {"took": "was given", "cleared": "cleared the gradients of", "stepped": "stepped"}


def counted(findings: Sequence[Finding]) -> str:
    """`2 mistakes, 1 notice`; "" for none."""
    count = Counter(finding.level for finding in findings)
    return ", ".join(f"{n} {level}{'s' * (n > 1)}" for level in ("mistake", "notice") if (n := count[level]))


def head(finding: Finding) -> str:
    """`train.py:12 · grad-not-cleared`."""
    return f"{one_line(PurePath(finding.file).name, 40)}:{finding.line} · {finding.rule}"


def lines(trace: Trace, finding: Finding) -> Iterator[str]:
    """A finding in a few lines, the first one as compilers have it."""
    yield f"{safe(finding.file)}:{finding.line}: {finding.level}: {safe(finding.message)} [{finding.rule}]"
    text = trace.sources.line(finding.file, finding.line)
    if text:
        yield f"    {one_line(text, 200)}"
    yield f"  why: {safe(finding.why)}"
    yield f"  fix: {safe(finding.fix)}"


def proof(trace: Trace, seq: int) -> str:
    """`step 45, line 9: …`: what a step shows that a finding stands on."""
    step = trace.steps[seq]
    line = trace.lines.at(seq)
    where = f", line {line.line}" if line is not None else ""
    return f"step {trace.stop_of(seq) + 1:,}{where}: {_shown(trace, step)}"


def _shown(trace: Trace, step: AnyStep) -> str:
    match step:
        case Optimizer():
            return f"{step.name} {DID[step.did]} {_names(trace, step)}"
        case Layer():
            return f"{step.module or step.name} ran as in {'training' if step.active else 'evaluation'}"
        case Activation() if step.saturated is not None:
            return f"{step.module or step.name}: {format_number(step.saturated)} of all elements lie where it is flat"
        case Activation():
            return f"{step.module or step.name}: {len(step.silent)} of {step.units} units were 0 for every sample"
        case Module():
            return f"{step.name} is a {step.type}"
        case Workers():
            return f"a DataLoader started {step.count} workers"
        case Update():
            name = trace.naming.name_of(step.tensor, step.seq) or "a tensor"
            by = f"{step.name}.step()" if step.by == "optimizer" else "a write"
            return f"{by} changed {name} from {value_text(step.before, 4)} to {value_text(step.after, 4)}"
        case Bind():
            return f"{step.name} is {step.text}" if step.text else story(trace, trace.stop_of(step.seq))
    return story(trace, trace.stop_of(step.seq)).rstrip(".")


def _names(trace: Trace, step: Optimizer) -> str:
    names = [name for t in step.tensors[:FEW] if (name := trace.naming.name_of(t, step.seq))]
    more = len(step.tensors) - len(names)
    if not step.tensors:
        return "with no gradient there"
    if not names:
        return f"{more:,} parameters"
    return ", ".join(names) + (f" and {more:,} more" if more else "")
