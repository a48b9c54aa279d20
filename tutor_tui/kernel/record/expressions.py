"""Expressions of a lesson: evaluated in the running program, where a line of it has just run."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Mapping
from types import CodeType, FrameType
from typing import Any, NamedTuple

import torch

from tutor_tui.kernel.probes.arrays import is_array_or_scalar
from tutor_tui.kernel.program.variables import variables
from tutor_tui.protocol.messages import Evaluated, LineExpressions, Result
from tutor_tui.text.drawing import curve
from tutor_tui.text.numbers import format_values

END = 0
"""The line of what is evaluated when the program has run to its end."""
MOST = 5000
"""Times that one line's expressions are evaluated; a loop may run a million times."""
HELPERS = {"curve": curve}
"""What an expression may call beside what the program has."""
SHOWN = 64
"""Numbers of a tensor that a text holds; of a larger one it has the first two and the count."""


class _Field(NamedTuple):
    """A replacement field: the value's code, and that of the whole where it has a format of its own."""

    value: CodeType
    formatted: CodeType | None


class Expressions:
    """The expressions of one file, line by line."""

    def __init__(self, path: str, expressions: Iterable[LineExpressions]) -> None:
        self._path = path
        self._expressions = {wanted.line: wanted for wanted in expressions}
        self._times: Counter[int] = Counter()
        self._fields: dict[str, _Field] = {}

    @property
    def wanted(self) -> bool:
        """Whether there are any."""
        return bool(self._expressions)

    def at(self, frame: FrameType) -> LineExpressions | None:
        """What is to be evaluated once the line that a frame is about to run has run."""
        wanted = self._expressions.get(frame.f_lineno)
        code = frame.f_code
        if code.co_name.startswith("<") and code.co_name != "<module>":
            return None  # a comprehension or lambda within the line, which has not run yet
        if wanted is None or frame.f_code.co_filename != self._path or self._times[wanted.line] > MOST:
            return None
        self._times[wanted.line] += 1
        return wanted

    def at_end(self, frame: FrameType) -> LineExpressions | None:
        """What is to be evaluated when the module's own frame returns."""
        wanted = self._expressions.get(END)
        module = frame.f_code.co_filename == self._path and frame.f_code.co_name == "<module>"
        return wanted if module else None

    def evaluate(self, wanted: LineExpressions, frame: FrameType) -> Evaluated:
        """Evaluate in a frame. Nothing is recorded of it, and no graph grows by it."""
        if self._times[wanted.line] > MOST:
            over = Result(text="", error=f"only the first {MOST:,} runs of this line are evaluated")
            return Evaluated(file=self._path, line=wanted.line, results=[over] * len(wanted.expressions))
        with torch.no_grad():
            results = [self._result(e, frame.f_globals, variables(frame)) for e in wanted.expressions]
        return Evaluated(file=self._path, line=wanted.line, results=results)

    def _result(self, expression: str, outside: dict[str, Any], names: Mapping[str, Any]) -> Result:
        try:
            field = self._fields.get(expression)
            if field is None:
                field = self._fields[expression] = compile_field(expression)
            scope = {**HELPERS, **outside, **names}  # one namespace: a comprehension would not see two
            value = eval(field.value, scope)
            text = _text(value) if field.formatted is None else eval(field.formatted, scope)
            return Result(text=text, number=_number(value))
        except Exception as error:
            return Result(text="", error=f"{type(error).__name__}: {error}")


def compile_field(expression: str) -> _Field:
    """A replacement field as an f-string takes it, without its braces; `SyntaxError` for anything else."""
    whole = ast.parse(f'f"""{{{expression}}}"""', "<note>", mode="eval")
    joined = whole.body
    if not (isinstance(joined, ast.JoinedStr) and len(joined.values) == 1):
        raise SyntaxError(f"{expression!r} is not a single expression")
    field = joined.values[0]
    if not isinstance(field, ast.FormattedValue):
        raise SyntaxError(f"{expression!r} is not an expression")
    value = compile(ast.Expression(field.value), "<note>", "eval")
    own = field.format_spec is not None or field.conversion != -1
    return _Field(value, compile(whole, "<note>", "eval") if own else None)


def _text(value: Any) -> str:
    """A value as a person writes it: numbers to four digits, tensors and arrays as their numbers."""
    if isinstance(value, (bool, int, float)):
        return format_values(value)
    if isinstance(value, torch.Tensor) or is_array_or_scalar(value):
        numbers = value.tolist()
        return str(numbers) if isinstance(numbers, complex) else format_values(numbers, limit=SHOWN)
    if isinstance(value, tuple):
        inner = ", ".join(map(_text, value))
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    if isinstance(value, type):
        return value.__name__
    return str(value)


def _number(value: Any) -> float | None:
    single = isinstance(value, torch.Tensor) or is_array_or_scalar(value)
    if single and value.shape == ():
        value = value.item()
    return float(value) if isinstance(value, (bool, int, float)) else None
