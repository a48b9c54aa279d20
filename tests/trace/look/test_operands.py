"""Which sizes clash, held against what torch itself accepts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor_tui.trace.look.operands import clashes, operands
from tutor_tui.trace.record.trace import Trace

shapes = st.lists(st.integers(1, 3), max_size=3).map(tuple)
matrices = st.lists(st.integers(1, 3), min_size=1, max_size=2).map(tuple)


def refused(function: Callable[[], object]) -> str:
    try:
        function()
    except RuntimeError as error:
        return str(error)
    return ""


@given(shapes, shapes)
@settings(max_examples=300, deadline=None)
def test_element_by_element(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    assert bool(clashes("add", [a, b])) == bool(refused(lambda: torch.ones(a) + torch.ones(b)))


@given(matrices, matrices)
@settings(max_examples=300, deadline=None)
def test_products(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    assert bool(clashes("matmul", [a, b])) == bool(refused(lambda: torch.ones(a) @ torch.ones(b)))


@given(shapes.filter(bool), st.integers(1, 3), st.integers(1, 3))
@settings(max_examples=200, deadline=None)
def test_layers(given_: tuple[int, ...], takes: int, makes: int) -> None:
    weight = torch.ones(makes, takes)
    message = refused(lambda: torch.nn.functional.linear(torch.ones(given_), weight))
    assert bool(clashes("linear", [given_, (makes, takes)])) == bool(message)


@given(st.tuples(st.integers(1, 3), st.integers(1, 3)), st.tuples(st.integers(1, 3), st.integers(1, 3)))
@settings(max_examples=200, deadline=None)
def test_joined(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    message = refused(lambda: torch.cat([torch.ones(a), torch.ones(b)], dim=1))
    if message:
        assert clashes("cat", [a, b], message) == {(0, 0), (1, 0)}


@pytest.mark.parametrize(
    ("operation", "sizes", "expected"),
    [
        ("conv2d", [(8, 3, 32, 32), (16, 1, 5, 5), (16,)], {(0, 1), (1, 1)}),
        ("conv1d", [(3, 32), (16, 1, 5)], {(0, 0), (1, 1)}),
        ("addmm", [(4,), (5, 8), (6, 4)], {(1, 1), (2, 0)}),
        ("cross_entropy", [(8, 3), (7,)], {(0, 0), (1, 0)}),
        ("mul", [(2, 3), (2, 3)], set()),
        ("relu", [(2, 3)], set()),
        ("matmul", [], set()),
    ],
)
def test_others(operation: str, sizes: list[tuple[int, ...]], expected: set[tuple[int, int]]) -> None:
    assert clashes(operation, sizes) == expected


def given_to(trace: Trace) -> list[tuple[str, tuple[int, ...], set[int]]]:
    assert trace.failure is not None
    found = operands(trace, trace.failure)
    return [(o.name, tuple(o.preview.shape), set(o.clashing)) for o in found]


def test_what_the_failed_operation_was_given(record: Callable[[str], Trace]) -> None:
    trace = record("import torch\na = torch.ones(3, 4)\nb = torch.ones(2, 4)\nc = (a * 2) + b\n")
    assert trace.failure.operation == "add"
    assert given_to(trace) == [("a * 2", (3, 4), {0}), ("b", (2, 4), {0})]


def test_of_a_layer_the_operation_inside_it(record: Callable[[str], Trace]) -> None:
    trace = record(
        "import torch\nnet = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Linear(6, 1))\n"
        "x = torch.ones(5, 4)\nnet(x)\n"
    )
    assert trace.failure.operation == "linear"
    (input_, weight, _) = given_to(trace)
    assert input_[1:] == ((5, 8), {1})
    assert weight == ("net.1.weight", (1, 6), {1})


def test_an_error_that_was_caught_is_not_told_of_another(record: Callable[[str], Trace]) -> None:
    trace = record(
        "import torch\na, b = torch.ones(2, 3), torch.ones(2, 3)\n"
        "try:\n    a @ b\nexcept RuntimeError:\n    pass\nraise ValueError('mine')\n"
    )
    assert (trace.failure.type, trace.failure.operation, trace.failure.operands) == ("ValueError", "", [])


def test_an_error_of_the_program_itself_has_no_operands(record: Callable[[str], Trace]) -> None:
    trace = record("import torch\nx = torch.ones(2)\n[][x.shape[0]]\n")
    assert trace.failure.operation == ""


def test_nothing_of_the_failed_operation_is_kept_alive(record: Callable[[str], Trace]) -> None:
    trace = record(
        "import gc, weakref, torch\n"
        "def f():\n    a = torch.ones(2, 3)\n    seen.append(weakref.ref(a))\n    a @ a\n"
        "seen = []\ntry:\n    f()\nexcept RuntimeError:\n    pass\n"
        "gc.collect()\nprint('gone', seen[0]() is None)\n"
    )
    assert "gone True" in "".join(getattr(step, "text", "") for step in trace.steps)


@pytest.mark.parametrize(
    ("operation", "sizes", "message"),
    [
        ("embedding", [(100, 16), (5, 7)], "index out of range in self"),
        ("conv_transpose2d", [(1, 3, 8, 8), (4, 2, 3, 3)], "Given transposed=1, weight of size [4, 2, 3, 3]"),
    ],
)
def test_sizes_that_are_not_to_blame_are_not_marked(
    operation: str, sizes: list[tuple[int, ...]], message: str
) -> None:
    assert clashes(operation, sizes, message) == set()


def test_of_a_thousand_operands_some_are_told(record: Callable[[str], Trace]) -> None:
    trace = record("import torch\ntorch.cat([torch.ones(2, n % 3 + 1) for n in range(1000)])\n")
    assert trace.failure is not None
    assert len(trace.failure.operands) == 64
    assert len(operands(trace, trace.failure)) == 12
