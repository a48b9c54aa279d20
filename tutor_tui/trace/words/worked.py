"""The arithmetic of a small operation, term by term, out of the recorded values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tutor_tui.protocol.messages import Op, Preview
from tutor_tui.text.numbers import flatten, format_number

TERMS = 6
"""Sums of up to this many terms are worked."""
ENTRIES = 4
"""Results of up to this many numbers are worked, each on its own line."""


def worked(op: Op) -> list[str]:
    """`1×4 + 2×5 + 3×6 = 32` for a dot product; [] where there is nothing to work, or too much.

    Terms come from the inputs, results from the output, as recorded: nothing is computed anew.
    """
    shown = [p.values for p in op.inputs]
    if len(op.outputs) != 1 or any(v is None for v in shown) or op.outputs[0].values is None:
        return []
    return list(_lines(op, op.outputs[0]))


def _lines(op: Op, out: Preview) -> Iterator[str]:
    first = op.inputs[0] if op.inputs else None
    second = op.inputs[1] if len(op.inputs) > 1 else None
    if first is None:
        return
    if op.name in ("dot", "matmul", "mm", "mv") and second is not None:
        yield from _products(_rows(first), _columns(second), out)
    elif op.name == "linear" and second is not None:
        bias = op.inputs[2].values if len(op.inputs) > 2 else None
        yield from _products(_rows(first), _rows(second), out, bias)
    elif op.name in ("sum", "mean", "prod") and not out.shape:
        yield from _reduction(op.name, list(flatten(first.values)), out.values)
    elif op.name == "mse_loss" and second is not None and not out.shape and _averages(op):
        yield from _squares(list(flatten(first.values)), list(flatten(second.values)), out.values)


def _averages(op: Op) -> bool:
    return not any("sum" in argument for argument in op.arguments)


def _rows(preview: Preview) -> list[list[Any]]:
    values: list[Any] = preview.values
    if len(preview.shape) == 1:
        return [values]
    return values if len(preview.shape) == 2 else []


def _columns(preview: Preview) -> list[list[Any]]:
    if len(preview.shape) == 1:
        return [preview.values]
    return [list(column) for column in zip(*preview.values, strict=True)] if len(preview.shape) == 2 else []


def _products(
    rows: list[list[Any]], columns: list[list[Any]], out: Preview, bias: list[Any] | None = None
) -> Iterator[str]:
    results = list(flatten(out.values))
    if not rows or not columns or len(results) != len(rows) * len(columns):
        return
    if len(results) > ENTRIES or len(rows[0]) > TERMS or len(rows[0]) != len(columns[0]):
        return
    for index, result in enumerate(results):
        row, column = divmod(index, len(columns))
        terms = [f"{_factor(a)}×{_factor(b)}" for a, b in zip(rows[row], columns[column], strict=True)]
        if bias is not None:
            terms.append(_factor(bias[column]))
        place = f"[{row}, {column}]: " if len(results) > 1 else ""
        yield f"{place}{' + '.join(terms)} = {format_number(result)}"


def _reduction(name: str, values: list[Any], result: Any) -> Iterator[str]:
    if not 1 < len(values) <= TERMS:
        return
    terms = (" × " if name == "prod" else " + ").join(map(_factor, values))
    shown = f"({terms}) / {len(values)}" if name == "mean" else terms
    yield f"{shown} = {format_number(result)}"


def _squares(values: list[Any], targets: list[Any], result: Any) -> Iterator[str]:
    if not 0 < len(values) <= TERMS or len(values) != len(targets):
        return
    terms = " + ".join(f"({format_number(a)} - {_factor(b)})²" for a, b in zip(values, targets, strict=True))
    yield f"({terms}) / {len(values)} = {format_number(result)}"


def _factor(value: Any) -> str:
    text = format_number(value)
    return f"({text})" if text.startswith("-") else text
