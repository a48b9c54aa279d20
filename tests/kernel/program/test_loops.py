"""How many values a loop goes over, told from outside."""

from __future__ import annotations

import sys

import pytest

from tutor_tui.kernel.program.loops import values_of_loop


class Odd(list[int]):
    def __len__(self) -> int:
        raise AssertionError("the program's own code was run")


def told(loop: str, **names: object) -> int | None:
    """Of a loop whose body asks."""
    source = f"def body({', '.join(names)}):\n  {loop}\n    return ask()\n"
    found: list[int | None] = []
    space = {"ask": lambda: found.append(values_of_loop(sys._getframe(1), source))}
    exec(source, space)
    space["body"](**names)
    return found[0]


@pytest.mark.parametrize(
    ("loop", "names", "values"),
    [
        ("for i in range(5_000_000):", {}, 5_000_000),
        ("for i in range(start, 100, 3):", {"start": 10}, 30),
        ("for c in text:", {"text": "abcd"}, 4),
        ("for at, c in enumerate(text):", {"text": ("a", "b")}, 2),
        ("for k in table:", {"table": {1: 2}}, 1),
        ("while True:", {}, None),
        ("for x in values:", {"values": Odd([1])}, None),
        ("for x in iter(values):", {"values": [1]}, None),
        ("for x in range(step):", {"step": True}, None),
        ("for x in range(n):", {"range": lambda n: "ab", "n": 7}, None),
        ("for x in [y for y in values]:", {"values": [1]}, None),
    ],
)
def test_it_is_told_where_no_code_has_to_run(loop: str, names: dict[str, object], values: int | None) -> None:
    assert told(loop, **names) == values


def test_of_two_loops_it_is_the_inner_one() -> None:
    assert told("for i in range(3):\n   for j in range(7):") == 7
