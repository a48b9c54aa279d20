"""A stop of a trace in sentences alone, for people who listen and programs that read."""

from __future__ import annotations

from collections.abc import Iterator

from tutor_tui.protocol.messages import Backward, Failure, Loss, Op, Preview, Update
from tutor_tui.text.numbers import format_number, format_values, shape_text
from tutor_tui.text.safe import one_line, safe
from tutor_tui.trace.look.gradients import why_none
from tutor_tui.trace.look.shared import sharing
from tutor_tui.trace.look.tree import label
from tutor_tui.trace.record.trace import Trace
from tutor_tui.trace.words.optimizer_rules import update_lines
from tutor_tui.trace.words.story import rule_lines, story, value_text
from tutor_tui.trace.words.worked import worked


def step_lines(trace: Trace, index: int) -> Iterator[str]:
    """What happened at a stop: the story, then the working behind it, a sentence a line."""
    for number, line in enumerate(story(trace, index).splitlines()):
        yield f"Step {index + 1}. {safe(line)}" if number == 0 else f"  {safe(line)}"
    step = trace.main(index)
    if isinstance(step, Failure) and (doing := trace.sources.text(step.span)):
        yield f"  It was running: {one_line(doing)}"
    if isinstance(step, Op):
        for line in worked(step):
            yield f"  Worked: {safe(line)}"
    if isinstance(step, Update):
        for line in update_lines(trace, index):
            yield f"  Update: {safe(line)}"
    if isinstance(step, Backward):
        for line in rule_lines(trace, step):
            yield f"  Gradient: {safe(line)}"


def where_line(trace: Trace, index: int) -> str:
    """Which line of which file, in which call."""
    line = trace.lines.at(trace.moment(index))
    if line is None:
        return "No line has run yet."
    done, total = trace.lines.times_run(line.file, line.line, trace.moment(index))
    call = "" if line.function == "<module>" else f", in {line.function}"
    turn = f", run {done} of {total}" if total > 1 else ""
    return safe(f"Line {line.line} of {line.file}{call}{turn}: {trace.sources.line(line.file, line.line)}")


def state_lines(trace: Trace, index: int) -> Iterator[str]:
    """A sentence a name that is alive."""
    moment = trace.moment(index)
    scope = trace.naming.scope(moment)
    shared = sharing(trace, moment)
    for number in dict.fromkeys((scope, 0)):
        for name, meaning in trace.naming.names(number, moment).items():
            preview = trace.tensors.at(meaning.tensor, moment) if meaning.tensor is not None else None
            if preview is None or meaning.tensor is None:
                yield one_line(f"{name} is {meaning.text}.", 400)
                continue
            said = [f"{name}, {shape_text(preview.shape)} {preview.dtype}{_is(preview)}"]
            if preview.requires_grad:
                gradient = trace.tensors.gradient(meaning.tensor, moment)
                why = f"none: {why_none(trace, meaning.tensor, moment)}"
                said.append(f"its gradient is {value_text(gradient, 9) if gradient else why}")
            if others := shared.get(name):
                said.append(f"it shares memory with {', '.join(o.name for o in others)}")
            yield one_line(f"{'; '.join(said)}.", 400)


def _is(preview: Preview) -> str:
    """The numbers of a small tensor, as the end of a sentence; a large one has its shape alone."""
    if preview.values is None or 0 in preview.shape:
        return f", {preview.note}" if preview.note else ""
    return f", is {format_values(preview.values, limit=9)}"


def graph_lines(trace: Trace, index: int) -> Iterator[str]:
    """A sentence a node, from the result to the inputs: what it is, its value, what it uses."""
    moment = trace.moment(index)
    pending, seen = list(reversed(trace.nodes.roots(moment))), set()
    while pending:
        number = pending.pop()
        if number in seen:
            continue
        seen.add(number)
        node = trace.nodes.by_id[number]
        uses = trace.nodes.inputs(number)
        pending.extend(reversed(uses))
        names = ", ".join(one_line(label(trace, n, moment), 40) for n in uses)
        run = trace.nodes.run(number, moment)
        came = run.grad_outputs[0] if run and run.grad_outputs else None
        gradient = f"; it received the gradient {value_text(came, 4)}" if came is not None else ""
        yield one_line(
            f"{label(trace, number, moment)} ({node.name}){' uses ' + names if names else ''}{gradient}.", 400
        )


def loss_lines(trace: Trace) -> Iterator[str]:
    """The losses, one a line."""
    for step in (trace.steps[seq] for seq in trace.losses):
        if isinstance(step, Loss):
            value = "is no single number" if step.value is None else format_number(step.value, 6)
            yield f"Pass {step.iteration:,}: {step.name or 'loss'} {value}."
