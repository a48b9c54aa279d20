"""What a program calls the tensor that it sends backward."""

from __future__ import annotations

import ast
from collections.abc import Callable
from types import FrameType
from typing import Any, NamedTuple

import torch

from tutor_tui.kernel.probes.reading import numbers
from tutor_tui.kernel.probes.shield import is_tensor
from tutor_tui.kernel.program.files import Files, Kind
from tutor_tui.kernel.program.spans import Spans
from tutor_tui.kernel.program.variables import variables


class Sent(NamedTuple):
    """A place from which tensors are sent backward: their name, and how to find the one that is meant.

    Under automatic mixed precision `scaler.scale(loss)` is sent, and `loss` is meant: `find` gets it from
    the frame. It is None where what is sent is what is meant.
    """

    name: str
    line: int
    find: Callable[[FrameType], Any] | None = None
    given: bool = False
    """Whether it may go by another name where the same line is reached through another call."""


def find_name(tensor: Any, frame: FrameType | None, files: Files) -> str:
    """The program's own name for a tensor: innermost call first, "" where it has none.

    What a call got as an argument goes by its caller's name, which tells two losses apart.
    """
    argument = ""
    while frame is not None:
        if files.kind(frame.f_code.co_filename) is Kind.PROGRAM:
            name = next((name for name, value in variables(frame).items() if value is tensor), "")
            if name and name not in _arguments(frame):
                return name
            argument = argument or name
            if argument and not name:
                return argument
        frame = frame.f_back
    return argument


def look(tensor: Any, frame: FrameType, files: Files, spans: Spans) -> Sent:
    """What is sent backward by the call that a frame of the program stands on."""
    name = find_name(tensor, frame, files)
    own = variables(frame).get(name) is tensor and name not in _arguments(frame)
    given = not own and frame.f_code.co_name != "<module>"
    if name:
        return Sent(name, frame.f_lineno, given=given)
    span = spans.of(frame)
    text = spans.text(span) if span is not None else ""
    scaled = _scaled(text)
    if scaled is not None:
        scaler, loss = scaled
        if type(_value(scaler, frame)).__name__ == "GradScaler" and is_tensor(_value(loss, frame)):
            return Sent(loss, frame.f_lineno, lambda frame: _value(loss, frame), given)
    return Sent(_of_call(text, frame), frame.f_lineno, given=given)


def _of_call(text: str, frame: FrameType) -> str:
    """`outputs.loss` of `outputs.loss.backward()`, and of `accelerator.backward(outputs.loss)`."""
    receiver, called, _ = text.partition(".backward(")
    if not called or receiver.startswith("torch"):
        return ""
    handed = _first_argument(text) if receiver.replace(".", "").isidentifier() else ""
    return (handed if handed and not is_tensor(_value(receiver, frame)) else receiver)[:40]


def _first_argument(text: str) -> str:
    try:
        call = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return ""
    return ast.unparse(call.args[0]) if isinstance(call, ast.Call) and call.args else ""


def _arguments(frame: FrameType) -> tuple[str, ...]:
    """The names under which a frame got its arguments."""
    code = frame.f_code
    return code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]


def _scaled(text: str) -> tuple[str, str] | None:
    """`("scaler", "loss")` of `scaler.scale(loss).backward()`."""
    try:
        call = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return None
    match call:
        case ast.Call(
            func=ast.Attribute(
                value=ast.Call(func=ast.Attribute(value=scaler, attr="scale"), args=[ast.Name(id=loss)]),
                attr="backward",
            )
        ):
            return ast.unparse(scaler), loss
    return None


def _value(expression: str, frame: FrameType) -> Any:
    """What a dotted name means in a frame; None where it means nothing."""
    first, *rest = expression.split(".")
    value = variables(frame).get(first, frame.f_globals.get(first))
    for name in rest:
        value = getattr(value, name, None)
    return value


def scalar(tensor: Any) -> float | None:
    """The number that a tensor of one element holds; None for anything else."""
    if not is_tensor(tensor) or tensor.numel() != 1 or tensor.is_complex():
        return None
    try:
        with torch._C.DisableTorchFunction():
            value = numbers(tensor)
    except RuntimeError:
        return None
    while isinstance(value, list):
        (value,) = value
    return float(value)
