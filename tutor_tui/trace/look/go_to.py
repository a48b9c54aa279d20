"""Places in a trace by what a person types: a step, a line, a pass."""

from __future__ import annotations

import re
from bisect import bisect_right

from tutor_tui.trace.record.trace import Trace

HINT = "40 a step, :12 a line, p3 a pass, 50% of the way"
_PLACE = re.compile(
    r"\s*(?:(?P<line>:|l|line)|(?P<turn>p|pass|i|iteration)|s|step)?\s*"
    r"(?P<number>[\d,_.]+)\s*(?P<part>%)?\s*",
    re.IGNORECASE,
)


def find_place(trace: Trace, index: int, typed: str) -> tuple[int | None, str]:
    """The stop that was meant, seen from stop `index`; or None and why there is none."""
    match = _PLACE.fullmatch(typed)
    if match is None:
        return None, f"“{typed}” is not a place: type {HINT}."
    try:
        number = float(match["number"].replace(",", "").replace("_", ""))
    except ValueError:
        return None, f"“{match['number']}” is not a number."
    if match["part"]:
        return round((len(trace) - 1) * min(number, 100) / 100), ""
    if match["line"]:
        return _line(trace, index, int(number))
    if match["turn"]:
        return _turn(trace, int(number))
    if not 1 <= number <= len(trace):
        return None, f"There is no step {number:g}: the record has {len(trace):,}."
    return int(number) - 1, ""


def _line(trace: Trace, index: int, number: int) -> tuple[int | None, str]:
    here = trace.lines.at(trace.moment(index))
    file = here.file if here else next(iter(trace.sources), "")
    found = trace.lines.run_of(file, number, index)
    if found is None:
        found = trace.lines.run_of(file, number, -1)
    text = trace.sources.line(file, number)
    why = f"Line {number} never ran." if text and not text.startswith("#") else f"Line {number} has no code."
    return found, "" if found is not None else why


def _turn(trace: Trace, number: int) -> tuple[int | None, str]:
    """The start of the forward pass that leads to a loss."""
    if trace.mode is not None or trace.passes.gaps:
        place = trace.passes.of_number(number)
        if place is None:
            wanted = ": on the curve (v), space records the next one" if trace.mode is not None else ""
            return None, f"Pass {number:,} was not recorded{wanted}."
        number = place + 1
    if not 1 <= number <= len(trace.losses):
        return None, f"There is no pass {number}: the record has {len(trace.losses):,}."
    stop = trace.stop_of(trace.losses[number - 1])
    if number == 1:
        return trace.passes.forward_start(stop), ""
    before = trace.losses[number - 2]
    starts = trace.passes.forwards
    at = bisect_right(starts, before)
    return (trace.stop_of(starts[at]) if at < len(starts) else stop), ""
