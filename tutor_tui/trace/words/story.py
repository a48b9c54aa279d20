"""What a step did, in words made from its own values."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import PurePath
from typing import TypeVar

from tutor_tui.protocol.messages import (
    Accumulate,
    Activation,
    Backward,
    Bind,
    Edge,
    End,
    Evaluated,
    Failure,
    Layer,
    Line,
    Loss,
    Module,
    Node,
    Note,
    Op,
    Optimizer,
    Output,
    Preview,
    Update,
    Workers,
)
from tutor_tui.text.numbers import format_number, format_values, shape_text
from tutor_tui.text.safe import one_line
from tutor_tui.trace.look.rule_letters import in_free_letters
from tutor_tui.trace.look.tree import label
from tutor_tui.trace.record.trace import Trace
from tutor_tui.trace.words.worked import worked

T = TypeVar("T")
SOME = 6
"""Of a list in a sentence so many are named, of the others the number is said."""


def _some(items: Sequence[T], between: str, tell: Callable[[T], str] = str) -> str:
    """The first items, each as `tell` has it, and how many more there are."""
    more = [f"{len(items) - SOME:,} more"] if len(items) > SOME else []
    return between.join([*map(tell, items[:SOME]), *more])


def value_text(preview: Preview | None, limit: int = 12) -> str:
    """The values of a small tensor, shape and dtype of a large one, "none" for no tensor.

    A small one of more than `limit` numbers shows its first ones, and says how many there are.
    """
    if preview is None:
        return "none"
    if preview.values is None or 0 in preview.shape:
        note = f", {preview.note}" if preview.note else ""
        return f"{shape_text(preview.shape)} {preview.dtype}{note}"
    text = format_values(preview.values, limit=limit)
    if len(preview.shape) > 1 and "…" in text:
        return f"{shape_text(preview.shape)} {text}"
    return text


CODE = 70
"""Characters of an expression that a sentence quotes: what it came to must not be lost behind it."""


def story(trace: Trace, index: int) -> str:
    """One or two sentences on a stop."""
    step = trace.main(index)
    match step:
        case Line():
            return _line(trace, step)
        case Op():
            return _ops(trace, index)
        case Backward():
            return _backward(trace, step)
        case Accumulate():
            return _accumulate(trace, step) + _more_gradients(trace, index)
        case Update():
            return _updates(trace, index)
        case Loss():
            return _loss(trace, step)
        case Output():
            return _output(step)
        case Failure():
            return _failure(trace, step)
        case End():
            return f"The run is over, exit status {step.status}: {step.reason}."
        case Note():
            return step.text
        case Bind():
            return _bind(step)
        case Evaluated():
            return f"Line {step.line} has run."
        case Node():
            return f"A node of the graph was found: {step.name}."
        case Module():
            return f"{step.name} is a {step.type} with {len(step.parameters):,} parameters."
        case Layer():
            return f"{step.name} ran as in {'training' if step.active else 'evaluation'}."
        case Activation():
            return f"{step.name} ran: {len(step.silent)} of {step.units} units were 0 throughout."
        case Optimizer():
            return f"{step.name} {step.did} {len(step.tensors):,} parameters."
        case Workers():
            return f"A DataLoader started {step.count} processes."


def _line(trace: Trace, step: Line) -> str:
    text = trace.sources.line(step.file, step.line)
    where = "" if step.function == "<module>" else f" in {step.function}"
    before = trace.lines.before(step) if text.startswith(("with ", "async with ")) else None
    if before is not None and before.line > step.line:
        return f"The block of line {step.line}{where} ends: {text}"
    return f"Line {step.line}{where} is about to run: {text}"


def op_text(trace: Trace, op: Op) -> str:
    """A sentence on one operation."""
    made = _made(op)
    text = trace.sources.text(op.span)
    said = f"{op.name} gave {made}"
    shown = one_line(text, CODE)
    if text:
        said = f"{shown} = {made}" if _is_all_of(trace, op, text) else f"inside {shown}, {said}"
    ran_in = f" in {op.place}" if op.library is not None else ""
    inner = ran_in + (f" (inside {op.module})" if op.module and op.module != text else "")
    if op.mutates:
        named = [trace.naming.name_of(n, op.seq) or f"tensor {n}" for n in op.mutates]
        who = "An assignment" if op.name == "setitem" else op.name
        return f"{who} changed {_some(named, ', ')} in place: {shown}{inner}. {named[0]} is now {made}."
    tail = ""
    if op.node is not None and op.node in trace.nodes.by_id:
        tail = f" The graph remembers it as {trace.nodes.by_id[op.node].name}."
    elif op.outputs and op.outputs[0].requires_grad and op.outputs[0].is_leaf and not _tracked(op):
        tail = " It is a leaf: its gradient will be collected in .grad."
    again = {"recompute": " again, for the checkpoint", "backward": " during the backward pass"}.get(
        op.within, ""
    )
    lines = worked(op)
    sums = f" ({'; '.join(lines)})" if lines else ""
    return f"{op.name} ran{again}{inner}: {said}{sums}.{tail}"


def _tracked(op: Op) -> bool:
    """Whether an input is tracked: a leaf that comes of one is a view, made while nothing was recorded."""
    return any(preview.requires_grad for preview in op.inputs)


def _made(op: Op) -> str:
    """The values of the outputs; those of several, in brackets."""
    if len(op.outputs) < 2:
        return value_text(op.outputs[0]) if op.outputs else "nothing"
    some = ", ".join(value_text(o, 4) for o in op.outputs[:3])
    return f"({some}{f', … {len(op.outputs)} in all' if len(op.outputs) > 3 else ''})"


def _is_all_of(trace: Trace, op: Op, text: str) -> bool:
    """Whether the value of an operation is that of the expression it ran in.

    It is where the expression is that operation; or a module's call in which nothing else ran.
    """
    called = _called(text)
    if called == op.name or (called is None and not text.isidentifier()):
        return True
    return bool(op.module) and called is not None and trace.lines.alone_in_its_call(op)


@lru_cache(maxsize=2048)
def _called(text: str) -> str | None:
    """`relu` for `torch.relu(x + 1)`; None for what is no call, as `x + f(1)`."""
    try:
        expression = ast.parse(f"({text})", mode="eval").body
    except (SyntaxError, ValueError, RecursionError):
        return ""
    match expression:
        case ast.Call(func=ast.Attribute(attr=name)) | ast.Call(func=ast.Name(id=name)):
            return name
        case ast.Call():
            return ""
    return None


def _ops(trace: Trace, index: int) -> str:
    """The operations of a stop: several are those of one call, and what the last one made is what it made."""
    stop = trace.stop(index)
    ops = [s for s in trace.steps[stop.first : stop.last + 1] if isinstance(s, Op)]
    if len(ops) == 1:
        return op_text(trace, ops[0])
    names = list(dict.fromkeys(op.name for op in ops))
    last = ops[-1]
    inside = f" inside {one_line(text, CODE)}" if (text := trace.sources.text(last.span)) else ""
    which = ", ".join(names[:4]) + (", …" if len(names) > 4 else "")
    return f"{len(ops)} operations ran{inside}: {which}. The last, {last.name}, gave {_made(last)}."


def _backward(trace: Trace, step: Backward) -> str:
    node = trace.nodes.by_id.get(step.node)
    name = node.name if node else f"node {step.node}"
    came = _some([g for g in step.grad_outputs if g is not None], " and ", value_text) or "nothing"
    pairs = zip(node.next if node else [], step.grad_inputs, strict=False)
    edges = [(edge, gradient) for edge, gradient in pairs if edge is not None and gradient is not None]

    def told(pair: tuple[Edge, Preview]) -> str:
        edge, gradient = pair
        to = label(trace, edge.node, step.seq, edge.input_nr)
        return f"{value_text(gradient)} to {one_line(to, CODE)}"

    sent = _some(edges, " and ", told)
    here = one_line(label(trace, step.node, step.seq), CODE) if node else name
    rule = f" Rule: {in_free_letters(trace, step, step.rule)[0]}." if step.rule else ""
    return f"Backward through {here} ({name}): receives {came}, passes {sent or 'nothing on'}.{rule}"


def rule_lines(trace: Trace, step: Backward) -> list[str]:
    """A rule's worked arithmetic, one line an edge that took a gradient."""
    return in_free_letters(trace, step, step.rule)[1] if step.rule else []


def _more_gradients(trace: Trace, index: int) -> str:
    stop = trace.stop(index)
    more = sum(isinstance(s, Accumulate) for s in trace.steps[stop.first + 1 : stop.last + 1])
    return (
        f" So {'was 1 other' if more == 1 else f'were {more} others'}."
        if more and isinstance(trace.main(index), Accumulate)
        else ""
    )


def _accumulate(trace: Trace, step: Accumulate) -> str:
    name = trace.naming.name_of(step.tensor, step.seq) or f"tensor {step.tensor}"
    if step.incoming is None:
        if step.after is None:
            return f"{name}.grad was cleared; it was {value_text(step.before)}."
        return f"{name}.grad was set from {value_text(step.before)} to {value_text(step.after)}."
    received = value_text(step.incoming)
    node = trace.nodes.leaf(step.tensor)
    parts = trace.nodes.parts(node, step.seq) if node is not None else []
    if len(parts) > 1:
        came = _some(
            parts, " plus ", lambda p: f"{value_text(p.gradient)} from {label(trace, p.source, step.seq)}"
        )
        received = f"{came}, {received} in all"
    before, after = value_text(step.before), value_text(step.after)
    return f"{name} receives {received}: {name}.grad goes from {before} to {after}."


def _updates(trace: Trace, index: int) -> str:
    stop = trace.stop(index)
    steps = [s for s in trace.steps[stop.first : stop.last + 1] if isinstance(s, Update)]
    who = "A write to shared memory" if steps[0].by == "shared memory" else "The program"
    if steps[0].by == "optimizer":
        who = f"{steps[0].name}.step()"
    changes = []
    for step in steps:
        name = trace.naming.name_of(step.tensor, step.seq) or f"tensor {step.tensor}"
        small = step.after.values is not None and len(steps) <= 4
        change = f" from {value_text(step.before)} to {value_text(step.after)}" if small else ""
        changes.append(f"{name}{change}")
    return f"{who} changed {_some(changes, ', ')}."


def _loss(trace: Trace, step: Loss) -> str:
    value = "a tensor" if step.value is None else format_number(step.value, 6)
    return (
        f"Backward pass {step.iteration:,} starts from {step.name or 'a tensor'} = {value}: "
        "the gradient of the result with respect to itself is 1."
        if step.value is not None
        else f"Backward pass {step.iteration:,} starts from {step.name or 'a tensor'}."
    )


def _output(step: Output) -> str:
    text = " ".join(step.text.split())
    return (
        f"The program printed ({step.stream}): {text[:200]}" if text else "The program printed a blank line."
    )


def _failure(trace: Trace, step: Failure) -> str:
    frame = trace.sources.innermost(step.frames)
    where = f" at line {frame.line}" if frame is not None else ""
    if frame is not None and frame.file != next(iter(trace.sources), frame.file):
        where += f" of {PurePath(frame.file).name}"
    mine = f"{step.type}{where}: {step.message}"
    return f"{mine.rstrip('.')}. {step.explanation}" if step.explanation else mine


def _bind(step: Bind) -> str:
    return f"{step.name} is {step.text or value_text(step.preview)}."
