"""Numbers that were measured and are not sent yet; those on a device are fetched without waiting for it."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Any, NamedTuple

import torch

from tutor_tui.kernel.probes.reading import capturing
from tutor_tui.protocol.messages import Group, Measured, Message, Note, Points, Series

CONDITION = 0
"""In place of a series: the norm that a condition for freezing looks at. It is never sent."""


class _Flight(NamedTuple):
    """Values on their way from a device: where they will be, when, and what they are."""

    arrived: Callable[[], bool]
    values: torch.Tensor
    meant: list[tuple[int, int]]


class SeriesLog:
    """Series of values by pass: what is recorded is sent with the next `transmit`."""

    def __init__(self, send: Callable[[Message], Any]) -> None:
        self._send = send
        self.on_value: Callable[[int, int, float], None] | None = None
        """Called with a series, a pass, and each new value that is known, rates and norms among them."""
        self.on_norm: Callable[[int, float], None] | None = None
        """Called with a pass and each norm of `CONDITION`."""
        self.losses: set[int] = set()
        """The series that are losses."""
        self._names: dict[str, int] = {}
        self._count = CONDITION
        self._buffers: dict[int, tuple[array[int], array[float]]] = {}
        self._waiting: list[tuple[int, int, torch.Tensor]] = []
        self._flights: list[_Flight] = []

    def tell(self, text: str) -> None:
        """Put a note into the record."""
        self._send(Note(text=text))

    def announce(self, name: str, quantity: str) -> int:
        """Another series; its number."""
        self._count += 1
        self._send(Series(id=self._count, name=name, quantity=quantity))
        return self._count

    def rename(self, series: int, name: str, quantity: str) -> None:
        """Another name for a series that there is."""
        self._send(Series(id=series, name=name, quantity=quantity))

    def named(self, name: str, quantity: str) -> int:
        """The series of a name, a new one where there is none."""
        if name not in self._names:
            self._names[name] = self.announce(name, quantity)
            if quantity == "loss":
                self.losses.add(self._names[name])
        return self._names[name]

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def buffer(self, series: int) -> tuple[array[int], array[float]]:
        """Passes and values of a series that are to be sent: always the same two arrays."""
        found = self._buffers.get(series)
        if found is None:
            found = self._buffers[series] = array("q"), array("d")
        return found

    def record(self, series: int, passes: int, value: float) -> None:
        """A value that is known."""
        if series == CONDITION:
            if self.on_norm is not None:
                self.on_norm(passes, value)
            return
        xs, ys = self.buffer(series)
        xs.append(passes)
        ys.append(value)
        if self.on_value is not None:
            self.on_value(series, passes, value)

    def keep(self, series: int, passes: int, value: torch.Tensor) -> None:
        """A tensor of one element: recorded now, or once it has come from its device.

        Not while a CUDA graph is captured, which gives it no value yet.
        """
        if value.is_cpu:
            self.record(series, passes, value.item())
        elif not capturing():
            self._waiting.append((series, passes, value.detach()))

    def transmit(self, passes: int, seconds: float, groups: list[Group]) -> None:
        """Send what is known; start fetching what is not, and take what has come."""
        self._take_off()
        while self._flights and self._flights[0].arrived():
            self._land(self._flights.pop(0))
        filled = {series: both for series, both in self._buffers.items() if both[0]}
        points = [Points(series, xs.tobytes(), ys.tobytes()) for series, (xs, ys) in filled.items()]
        if points or groups:
            self._send(Measured(passes=passes, seconds=seconds, points=points, groups=groups))
        for xs, ys in filled.values():  # emptied, not replaced: others know them
            del xs[:], ys[:]

    def fetch(self) -> None:
        """Wait for everything that is still on a device."""
        self._take_off()
        for flight in self._flights:
            if not flight.arrived():
                torch.cuda.synchronize()
            self._land(flight)
        self._flights.clear()

    def _take_off(self) -> None:
        """Start copying what lies on a device, without waiting for it."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        by_device: dict[torch.device, list[tuple[int, int, torch.Tensor]]] = {}
        for item in waiting:
            by_device.setdefault(item[2].device, []).append(item)
        with torch._C.DisableTorchFunction(), torch.no_grad():
            for device, items in by_device.items():
                stacked = torch.stack([value.reshape(()).float() for _, _, value in items])
                meant = [(series, passes) for series, passes, _ in items]
                self._flights.append(_depart(device, stacked, meant))

    def _land(self, flight: _Flight) -> None:
        for (series, passes), value in zip(flight.meant, flight.values.tolist(), strict=True):
            self.record(series, passes, value)


def _depart(device: torch.device, stacked: torch.Tensor, meant: list[tuple[int, int]]) -> _Flight:
    if device.type != "cuda":
        return _Flight(lambda: True, stacked, meant)
    values = torch.empty(stacked.shape, dtype=stacked.dtype, pin_memory=True)
    with torch.cuda.device(device):
        values.copy_(stacked, non_blocking=True)
        event = torch.cuda.Event()  # type: ignore[no-untyped-call]
        event.record()
    return _Flight(event.query, values, meant)
