"""Reading a frame's variables from a trace function changes nothing of the program, on any Python."""

from __future__ import annotations

from tests.pythons import ON_EVERY_PYTHON, run

SOURCE = """
outer = 5
grid = [(a,
         b) for a in (1, 2)
        for b in (3, 4)]
class Table:
    size = 2
    rows = [(a,
             b) for a in (1, 2)
            for b in (3, 4)]
def f(x):
    y = [(a,
          b) for a in x
         for b in x]
    return y
print(grid == Table.rows, grid, f((1, 2)), {k: v
    for k, v in enumerate("ab")})
"""
PROGRAM = f"""
import sys
from tutor_tui.kernel.program.variables import variables
seen = {{}}
def trace(frame, event, arg):
    for name, value in list(variables(frame).items()):
        seen.setdefault((frame.f_code.co_name, name), set()).add(repr(value))
    return trace
code = compile({SOURCE!r}, "<p>", "exec")
sys.settrace(trace)
exec(code, {{"__name__": "p"}})
sys.settrace(None)
print(seen["<module>", "outer"], "y" in {{n for c, n in seen if c == "f"}})
"""


@ON_EVERY_PYTHON
def test_comprehensions_come_out_right(python: str) -> None:
    printed, seen = run(python, PROGRAM).splitlines()
    pairs = "[(1, 3), (1, 4), (2, 3), (2, 4)]"
    assert printed == f"True {pairs} [(1, 1), (1, 2), (2, 1), (2, 2)] {{0: 'a', 1: 'b'}}"
    assert seen == "{'5'} True"
