"""The numbers of a run that is watched, as rows."""

from __future__ import annotations

from collections.abc import Iterator

from tutor_tui.client.run import Run
from tutor_tui.protocol.messages import FreezeWhen
from tutor_tui.text.numbers import format_number
from tutor_tui.text.page import Page
from tutor_tui.text.safe import path_end
from tutor_tui.trace.record.curves import Curve, Curves
from tutor_tui.trace.record.trace import Trace
from tutor_tui.trace.words.run_state import state_text
from tutor_tui.ui.panes.plot_layout import Window
from tutor_tui.ui.panes.rows import Row, row

PRINTED = 200
"""Lines of output that are looked at."""
QUANTITIES = ("loss", "gradient", "weights", "rate", "memory")
"""What can be drawn, in the order in which Tab shows it."""
TITLES = {
    "loss": "loss",
    "gradient": "gradient norm",
    "weights": "weight norm",
    "rate": "learning rate",
    "memory": "memory in bytes",
}


def number_rows(run: Run, window: Window, when: FreezeWhen, width: int) -> list[Row]:
    """How far the run is, and the newest value of every series."""
    trace, curves = run.trace, run.trace.curves
    rows = [row((state_text(trace, run.lost), "now"))]
    rate = curves.rate()
    speed = f" · {rate:,.{1 if rate < 100 else 0}f}/s" if rate is not None else ""
    rows.append(row(f"pass {curves.passes:,}{speed}"))
    rows.append(row((f"{duration(curves.seconds)} so far", "dim")))
    if window.cursor is not None:
        rows += [row(""), row((f"at pass {window.cursor:,}", "title"))]
        rows += [_at(curve, window.cursor, width) for curve in curves.of("loss")]
        rows += [_at(curve, window.cursor, width) for curve in curves.of("rate")]
        if trace.passes.of_number(window.cursor) is not None:
            rows.append(row(("recorded: Enter opens it", "changed")))
    rows += [row(""), row(("newest", "title"))]
    for quantity in QUANTITIES:
        rows += [_newest(curve, curves.passes, width) for curve in curves.of(quantity) if len(curve)]
    rows += [row((text, "dim")) for text in _conditions(when)]
    return rows


def printed_rows(trace: Trace, height: int) -> list[Row]:
    """The last lines that the program has printed."""
    steps = trace.printed.upto(len(trace.steps))
    page = Page(PRINTED, 400)
    for step in steps[-50:]:
        page.write(step.text)
    while page.lines and not page.lines[-1]:
        page.lines.pop()
    return [tuple(line) if line else row("") for line in page.lines[-height:]]


def duration(seconds: float) -> str:
    """`1:02:03` or `2:03`."""
    minutes, left = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def size_text(size: float) -> str:
    """Bytes as a person reads them."""
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} TB"


def _value(curve: Curve, value: float) -> str:
    return size_text(value) if curve.quantity == "memory" else format_number(value, 5)


def _newest(curve: Curve, passes: int, width: int) -> Row:
    """The newest value, and where it is not of the newest passes, of which it is."""
    old = curve.quantity in ("gradient", "weights") and curve.xs[-1] < passes
    pieces = _line(curve.name, _value(curve, curve.ys[-1]), width)
    return (*pieces, (f" at {curve.xs[-1]:,}", "dim")) if old else pieces


def _at(curve: Curve, passes: int, width: int) -> Row:
    if curve.quantity == "loss":
        found = curve.at(passes)
        value = found[1] if found is not None and found[0] == passes else None
    else:
        value = curve.value_at(passes)
    return _line(curve.name, "none" if value is None else _value(curve, value), width)


def _line(name: str, value: str, width: int) -> Row:
    room = max(4, width - len(value) - 1)
    if len(name) > room:
        name = name.replace("gradient norm", "grad").replace("weight norm", "weights")
    return row(f"{path_end(name, room)} ", (value, "value"))


def _conditions(when: FreezeWhen) -> Iterator[str]:
    if when.finite or when.jump or when.norm:
        yield ""
        yield "freezes when"
    if when.finite:
        yield " a loss is not finite"
    if when.jump:
        yield f" a loss jumps {when.jump:g}×"
    if when.norm:
        yield f" gradients pass {when.norm:g}"


def shown_curves(curves: Curves, quantity: str) -> list[Curve]:
    """The curves of a quantity that have points."""
    return [curve for curve in curves.of(quantity) if len(curve)]
