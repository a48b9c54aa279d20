"""NumPy's arrays beside tensors: what they hold now, and whose memory it is."""

from __future__ import annotations

from collections.abc import Callable

from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.trace.look.shared import sharing
from tutor_tui.trace.record.trace import Trace
from tutor_tui.ui.panes.rows import plain
from tutor_tui.ui.panes.state_rows import state

ARRAYS = """
import numpy as np, torch
array = np.array([1.0, 2.0, 3.0])
shared = torch.from_numpy(array)
array[0] = 100.0
back = shared.numpy()
shared[1] = 200.0
own = array.copy()
own[2] = 7.0
part = array[1:]
print(array)
"""


def test_arrays_follow_and_say_what_they_share(record: Callable[..., Trace]) -> None:
    trace = record(ARRAYS)
    cursor = Cursor(trace)
    cursor = cursor.after("last")
    rows = {plain(r).split()[0].lstrip("*"): plain(r) for r in state(cursor, 120, 0).rows}
    assert "[100, 200, 3]" in rows["array"]
    assert "[100, 200, 3]" in rows["back"]
    assert "[200, 3]" in rows["part"]
    assert "[100, 200, 7]" in rows["own"]
    shared = sharing(trace, cursor.moment)
    assert {s.name for s in shared["array"]} == {"shared", "back", "part"}
    assert "own" not in shared
    assert "memory with shared, back, part" in rows["array"]


def test_an_array_has_its_value_of_the_time(record: Callable[..., Trace]) -> None:
    trace = record(ARRAYS)
    cursor = Cursor(trace)
    seen = []
    while cursor.index + 1 < len(cursor.trace):
        cursor = cursor.after("next")
        text = next((plain(r) for r in state(cursor).rows if plain(r)[1:].startswith("array")), "")
        seen += [text.split("array ")[2].split("]")[0]] if text.count("array ") > 1 else []
    assert list(dict.fromkeys(seen)) == ["[1, 2, 3", "[100, 2, 3", "[100, 200, 3"]
