"""Which names a line may bind: the same on every Python, however its compiler joins instructions."""

from __future__ import annotations

import ast

from tests.pythons import ON_EVERY_PYTHON, run

SOURCE = """
def f(x, *rest, key=None, **more):
    a, b = x, key
    for i, j in enumerate(rest):
        a = b = i
        x += j
    self = more
    self.w = a
    self.w, self.v = a, b
    self.w = self.v = b
    with open(a) as file, open(b):
        import os, sys as system
    del a
    def inner():
        nonlocal b
        b = file
    (first, second), *others = x
    try:
        pass
    except ValueError as error:
        last = error
    return last
"""
WANTED = {
    3: {"a", "b"},
    4: {"i", "j"},
    5: {"a", "b"},
    6: {"x"},
    7: {"self"},
    8: {"self.w"},
    9: {"self.w", "self.v"},
    10: {"self.w", "self.v"},
    11: {"file"},
    12: {"os", "system"},
    13: {"a"},
    14: {"inner"},
    17: {"first", "second", "others"},
    20: {"error"},
    21: {"last", "error"},  # which ends there
}
PROGRAM = f"""
from tutor_tui.kernel.program.bytecode import stores, arguments
code = next(c for c in compile({SOURCE!r}, "<f>", "exec").co_consts if hasattr(c, "co_code"))
print(arguments(code), {{line: sorted(set(names)) for line, names in stores(code).items()}}, sep="\\n")
"""


@ON_EVERY_PYTHON
def test_every_name_is_found_on_its_line(python: str) -> None:
    arguments, stores = run(python, PROGRAM).splitlines()
    assert ast.literal_eval(arguments) == ("x", "key", "rest", "more")
    found = {line: set(names) for line, names in ast.literal_eval(stores).items()}
    assert {line: names for line, names in found.items() if line in WANTED} == WANTED
    assert {line for line in found if line not in WANTED} <= {2}  # cells of the arguments
