"""What is recorded of a program is the same on every Python, comprehensions aside."""

from __future__ import annotations

import ast
import os
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import SAMPLES, Kernel
from tests.pythons import with_torch
from tests.test_programs import PROGRAMS
from tutor_tui.protocol.messages import AnyStep, Bind, Line, Op, Output, Preview, Span

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp)
_CALLS = ("<listcomp>", "<setcomp>", "<dictcomp>")
"""Calls of their own up to Python 3.11, part of the call around them since (PEP 709)."""


@pytest.fixture(scope="module", params=with_torch() or ["none"])
def other(request: pytest.FixtureRequest) -> Iterator[Kernel]:
    """A kernel of another Python."""
    if request.param not in with_torch():
        pytest.skip("no other Python with torch is at hand: .venv* in the checkout, or TUTOR_TUI_PYTHONS")
    before = os.environ["TUTOR_TUI_KERNEL"]
    os.environ["TUTOR_TUI_KERNEL"] = shlex.join([with_torch()[request.param], "-P", "-m", "tutor_tui.kernel"])
    found = Kernel()
    os.environ["TUTOR_TUI_KERNEL"] = before
    yield found
    found.session.close()


@pytest.mark.parametrize("program", [*PROGRAMS, *sorted(SAMPLES.glob("*.py"))], ids=lambda p: p.stem)
def test_the_record_is_the_same(
    kernel: Kernel, other: Kernel, program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = (list(told(k.run(program).steps)) for k in (kernel, other))
    if program.stem == "workers":  # its threads run as they like
        here, there = sorted(here, key=repr), sorted(there, key=repr)
    assert len(here) > 5
    assert there == here


def told(steps: list[AnyStep]) -> Iterator[tuple[object, ...]]:
    """What the Python has a say in: not the numbers, of which the last digits are torch's own affair."""
    names: set[str] = set()
    calls: dict[int, str] = {}  # by depth
    for step in steps:
        match step:
            case Line():
                lines, bound = comprehensions(step.file)
                names |= bound
                calls[step.depth] = step.function
                inside = sum(calls.get(depth) in _CALLS for depth in range(step.depth))
                if step.line not in lines:
                    yield "line", Path(step.file).name, step.line, step.function, step.depth - inside
            case Bind():
                if step.name not in names:
                    yield "bind", step.name, shape(step.preview)
            case Op():
                yield "op", step.name, place(step.span), *map(shape, step.inputs), *map(shape, step.outputs)
            case Output():
                pass  # numbers
            case _:
                yield (type(step).__name__,)


def place(span: Span | None) -> object:
    """Of an expression; in a statement with a comprehension none."""
    if span is None or span.line in comprehensions(span.file)[0]:
        return None
    return span.line, span.column, span.end_line, span.end_column


def shape(preview: Preview | None) -> object:
    """Of a tensor; None for what is none."""
    return preview and (preview.shape, preview.dtype)


@cache
def comprehensions(file: str) -> tuple[set[int], set[str]]:
    """The lines of statements that hold one, and the names that those bind."""
    lines: set[int] = set()
    names: set[str] = set()
    for statement in ast.walk(ast.parse(Path(file).read_text())):
        if not isinstance(statement, ast.stmt):
            continue
        for node in ast.walk(statement):
            if isinstance(node, _COMPREHENSIONS):
                outer: ast.AST = node if hasattr(statement, "body") else statement
                lines |= set(range(outer.lineno, (outer.end_lineno or 0) + 1))  # type: ignore[attr-defined]
                names |= {
                    n.id for part in node.generators for n in ast.walk(part.target) if isinstance(n, ast.Name)
                }
    return lines, names
