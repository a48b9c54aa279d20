"""Where a run has been in the landscape of its loss: over one or two of the numbers that the loss depends on."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from tutor_tui.protocol.messages import Axis, Loss, Preview, Sampled
from tutor_tui.trace.record.trace import Trace

ROOM = 0.5
"""How much further than the way so far an axis goes on each side, as a share of it."""
POINTS = {1: 121, 2: 41}
"""Points that are asked for on each axis, by the number of axes."""
NEAR = 0.02
"""Share of a landscape's height by which the loss of a pass may lie off it: more, and the pass had other data."""
WIDE = 8
"""Times the way's own width that a landscape may have to be kept for another run."""
WAY = 200
"""Passes of which the way is drawn."""


class Entry(NamedTuple):
    """One number of a tensor, counted through all its dimensions, and how the program calls it."""

    tensor: int
    place: int
    name: str


class Place(NamedTuple):
    """Where a pass was: the numbers that it used, its loss, and the slopes that it found there."""

    iteration: int
    at: tuple[float, ...]
    loss: float
    slopes: tuple[float | None, ...]
    """None before the backward pass has come to it."""


class Landscape(NamedTuple):
    """What there is to see over some numbers."""

    entries: tuple[Entry, ...]
    way: list[Place]
    """The passes so far, the last one is the point at which one stands."""
    sampled: Sampled | None
    """The loss over the numbers; None as long as it is not known."""
    iteration: int
    """The pass whose loss it is, with the data it had."""
    said: str = ""
    """Why there is nothing to see."""


def entries(trace: Trace, iteration: int, most: int = 64) -> list[Entry]:
    """The numbers that a pass's loss depends on, tensor by tensor; at most some of them."""
    loss = _loss(trace, iteration)
    if loss is None:
        return []
    found: list[Entry] = []
    for tensor in _leaves(trace, loss):
        preview = trace.tensors.at(tensor, loss.seq)
        if (
            preview is not None
            and preview.values is not None
            and preview.dtype.startswith(("float", "bfloat"))
        ):
            found += _entries(trace, preview, loss.seq)
            if len(found) > most:
                break
    return found[:most]


def named(trace: Trace, iteration: int, text: str) -> list[Entry]:
    """The numbers that a person asks for: `w`, or `w, b`, or `layer.weight[0, 1]`.

    `ValueError` says which of them there is not, and which there are.
    """
    there = entries(trace, iteration)
    found = []
    for word in (word.strip() for word in re.split(r",(?![^\[]*\])", text) if word.strip()):
        match = next((e for e in there if _same(e.name, word)), None)
        match = match or next((e for e in there if _same(e.name.split("[")[0], word)), None)
        if match is None:
            some = ", ".join(e.name for e in there[:8]) or "none"
            more = f", … {len(there)} in all" if len(there) > 8 else ""
            raise ValueError(
                f"The loss of pass {iteration} depends on no {word}. It depends on: {some}{more}."
            )
        found.append(match)
    if not 1 <= len(found) <= 2:
        raise ValueError("Name one or two numbers: w, or w, b, or layer.weight[0, 1].")
    return found


def places(trace: Trace, chosen: Sequence[Entry], moment: int) -> list[Place]:
    """Where the last passes were whose loss is there at a moment, and which used these numbers."""
    found = []
    done = trace.passes.done(moment)
    for seq in trace.losses[max(0, done - WAY) : done]:
        loss = trace.steps[seq]
        if isinstance(loss, Loss) and loss.value is not None:
            at = tuple(_number(trace.tensors.at(e.tensor, loss.seq), e.place) for e in chosen)
            if all(number is not None and math.isfinite(number) for number in (*at, loss.value)):
                slopes = tuple(_slope(trace, entry, loss, moment) for entry in chosen)
                if seq != trace.losses[done - 1] and all(slope is None for slope in slopes):
                    continue  # another loss, which does not depend on these numbers
                found.append(Place(loss.iteration, at, loss.value, slopes))  # type: ignore[arg-type]
    return found


def axes(chosen: Sequence[Entry], way: Sequence[Place]) -> list[Axis]:
    """Axes that hold the whole way with some room around it."""
    found = []
    for n, entry in enumerate(chosen):
        low, high = min(p.at[n] for p in way), max(p.at[n] for p in way)
        room = ROOM * (high - low) if high > low else max(1.0, abs(low))
        points = POINTS[len(chosen)]
        found.append(Axis(entry.tensor, entry.place, entry.name, low - room, high + room, points))
    return found


def between(axis: Axis, values: Sequence[float], at: float) -> float | None:
    """A sampled loss at a number, by a straight line between the two nearest points; None outside."""
    share = (at - axis.low) / (axis.high - axis.low) * (axis.points - 1)
    left = math.floor(share)
    if not 0 <= share <= axis.points - 1:
        return None
    right = min(left + 1, axis.points - 1)
    return values[left] + (values[right] - values[left]) * (share - left)


def same_data(sampled: Sampled, place: Place) -> bool:
    """Whether a pass's loss is that of a landscape where the pass was: else it had other data.

    Over two numbers it is not told: the points lie too far apart.
    """
    if sampled.error or not sampled.values:
        return False
    if len(sampled.axes) != 1:
        return True
    found = between(sampled.axes[0], sampled.values, place.at[0])
    finite = [value for value in sampled.values if math.isfinite(value)]
    if found is None or not math.isfinite(found) or not finite:
        return False
    near = max(NEAR * (max(finite) - min(finite)), NEAR * NEAR * abs(place.loss))
    return abs(found - place.loss) <= near


def fits(sampled: Sampled, way: Sequence[Place]) -> bool:
    """Whether a landscape of another run holds a whole way, every pass at its height, and little beside it."""
    if sampled.error or len(sampled.axes) != 1 or not all(same_data(sampled, place) for place in way):
        return False
    for n, axis in enumerate(sampled.axes):
        low, high = min(place.at[n] for place in way), max(place.at[n] for place in way)
        if not axis.low <= low <= high <= axis.high or axis.high - axis.low > WIDE * (high - low):
            return False
    return True


def _same(name: str, word: str) -> bool:
    return name.replace(" ", "") == word.replace(" ", "")


def _loss(trace: Trace, iteration: int) -> Loss | None:
    place = trace.passes.of_number(iteration)
    step = trace.steps[trace.losses[place]] if place is not None else None
    return step if isinstance(step, Loss) else None


def _leaves(trace: Trace, loss: Loss) -> list[int]:
    """The leaves under a loss, in the order in which they were made."""
    found: set[int] = set()
    pending = [loss.node] if loss.node is not None and loss.node in trace.nodes.by_id else []
    seen = set(pending)
    while pending:
        number = pending.pop()
        tensor = trace.nodes.by_id[number].tensor
        if tensor is not None:
            found.add(tensor)
        for used in trace.nodes.inputs(number):
            if used not in seen:
                seen.add(used)
                pending.append(used)
    return sorted(found)


def _entries(trace: Trace, preview: Preview, moment: int) -> list[Entry]:
    name = trace.naming.name_of(preview.id, moment) or f"tensor {preview.id}"
    count = math.prod(preview.shape)
    if count == 1 and not preview.shape:
        return [Entry(preview.id, 0, name)]
    return [Entry(preview.id, n, f"{name}[{_place(n, preview.shape)}]") for n in range(count)]


def _place(number: int, shape: Sequence[int]) -> str:
    found: list[str] = []
    for size in reversed(shape):
        number, index = divmod(number, size)
        found.insert(0, str(index))
    return ", ".join(found)


def _number(preview: Preview | None, place: int) -> float | None:
    if preview is None or preview.values is None:
        return None
    flat = _flat(preview.values)
    return float(flat[place]) if place < len(flat) and isinstance(flat[place], (int, float)) else None


def _flat(values: Any) -> list[Any]:
    return [v for value in values for v in _flat(value)] if isinstance(values, list) else [values]


def _slope(trace: Trace, entry: Entry, loss: Loss, moment: int) -> float | None:
    """What the pass itself sent to a number, be there an older gradient in `.grad` or not."""
    node = trace.nodes.leaf(entry.tensor)
    if node is None:
        return None
    receipt = trace.nodes.receipt(node, min(moment, trace.nodes.last_moment(loss.seq)))
    return _number(receipt.incoming, entry.place) if receipt is not None and receipt.seq > loss.seq else None
