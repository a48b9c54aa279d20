"""Training without detail: losses, learning rates, norms and memory, at next to no cost.

No function mode and no line events: `backward` is wrapped, and torch's global hook behind an optimizer's step is
used. Nothing here waits for a device: what lies on one is copied while the program goes on, and read when it
has come.
"""

from __future__ import annotations

import os
import sys
import weakref
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from time import perf_counter
from types import FrameType
from typing import Any, NamedTuple

import torch
from torch.optim import optimizer as hooks

from tutor_tui.kernel.files import Files
from tutor_tui.kernel.guard import let_through
from tutor_tui.kernel.losses import look
from tutor_tui.kernel.spans import Spans
from tutor_tui.protocol.messages import Group, Measured, Message, Points, Series

SEND = 0.1
"""Seconds between two messages with what was measured."""
LOOK = 0.04
"""Seconds between two looks at what the screen asks for."""
_ENGINE = "_engine_run_backward"
_CONDITION = 0
"""In place of a series: the norm that a condition for freezing looks at."""
_PAGE = os.sysconf("SC_PAGESIZE")


_BACKWARD = torch.Tensor.backward.__code__
Meant = Callable[[Any], Any] | None
"""Finds the loss that is meant from a frame, where it is not what was sent."""


class _Site(NamedTuple):
    """A place from which losses are sent backward: their series, 0 for none, and what takes pass and value."""

    series: int
    find: Meant
    add_pass: Callable[[int], None]
    add_value: Callable[[float], None]


class _Flight(NamedTuple):
    """Values on their way from a device: where they will be, when, and what they are."""

    arrived: Callable[[], bool]
    values: torch.Tensor
    meant: list[tuple[int, int]]


class Watch:
    """Measures a run, and calls `on_pass` behind each pass, `on_step` behind each step of an optimizer.

    `attend` is called in between, now and then: the moment to see what the screen asks for.
    """

    def __init__(
        self,
        files: Files,
        send: Callable[[Message], Any],
        attend: Callable[[], None],
        norms: float = 0.5,
    ) -> None:
        self._files = files
        self._spans = Spans(files)
        self._send = send
        self._attend = attend
        self._norms = norms
        self.passes = 0
        """Backward passes so far."""
        self.on_pass: Callable[[], None] = lambda: None
        self.on_step: Callable[[Any], None] = lambda optimizer: None
        self.on_new: Callable[[Any], None] = lambda optimizer: None
        """Called with each optimizer at its first step."""
        self.attentive = True
        """Whether anybody wants to be called behind each pass and step: a call costs as much as all the rest."""
        self.on_loss: Callable[[int, int, float], None] | None = None
        """Called with a series, a pass, and each new value that is known, rates and norms among them."""
        self.on_norm: Callable[[float], None] | None = None
        """Called with the norm of all gradients of each step; while it is set, norms are looked at each time."""
        self._original: Any = None
        self._handle: Any = None
        self._depth = 0
        self._began = perf_counter()
        self._next_send = self._next_look = self._next_norms = 0.0
        self._sites: dict[tuple[int, int], _Site] = {}
        self._pairs: dict[tuple[int, ...], _Site] = {}
        self._kept: list[Any] = []  # code objects, so that their addresses stay theirs
        self._names: dict[str, int] = {}
        self._buffers: dict[int, tuple[array[int], array[float]]] = {}
        self._waiting: list[tuple[int, int, torch.Tensor]] = []
        self._flights: list[_Flight] = []
        self._known: dict[int, _Known] = {}
        self._groups: list[_Group] = []
        self._series = 0
        self.losses: set[int] = set()
        """The series that are losses."""

    def install(self) -> None:
        """Start measuring."""
        self._original = getattr(torch.autograd, _ENGINE)
        setattr(torch.autograd, _ENGINE, self._wrap(self._original))

    def follow_optimizers(self) -> None:
        """Be called behind each step, after whoever is called already: `on_step` may take the recorder away."""
        self._handle = hooks.register_optimizer_step_post_hook(self._stepped)

    def remove(self) -> None:
        """Stop measuring, and send what is left, waiting for it."""
        if self._original is not None:
            setattr(torch.autograd, _ENGINE, self._original)
            self._original = None
            if self._handle is not None:
                self._handle.remove()
        self.flush()

    def flush(self) -> None:
        """Send everything that was measured, waiting for what is still on its way."""
        self._take_off()
        for flight in self._flights:
            if not flight.arrived():
                torch.cuda.synchronize()
            self._land(flight)
        self._flights.clear()
        self._transmit(perf_counter())

    def set_rate(self, number: int, rate: float) -> bool:
        """Give a group another learning rate; False where there is no such group any more."""
        group = self._groups[number] if 0 <= number < len(self._groups) else None
        settings = group.settings() if group is not None else None
        if group is None or settings is None:
            return False
        if isinstance(settings["lr"], torch.Tensor):
            settings["lr"].fill_(rate)
        else:
            settings["lr"] = rate
        self._note_rate(group, rate)
        return True

    # --- losses

    def _wrap(self, original: Any) -> Any:
        """The engine's stand-in. It runs once a pass, cold each time: as little as can be."""
        site_at, locate, frame_at = self._sites.get, self._locate, sys._getframe

        def run(outputs: Sequence[Any], *args: Any, **kwargs: Any) -> Any:
            if self._depth:  # a pass inside a pass, as a checkpoint makes
                return original(outputs, *args, **kwargs)
            self.passes = passes = self.passes + 1
            self._depth = 1
            try:
                try:
                    # called by autograd.backward, by Tensor.backward, by the program
                    frame = frame_at(3)
                    # by address: to hash a code object takes longer than all the rest
                    site = site_at((id(frame.f_code), frame.f_lasti)) or locate(outputs, frame_at(2))
                    series, find, add_pass, add_value = site
                    if series:
                        loss = outputs[0] if find is None else find(frame)
                        if loss.is_cpu:
                            value = loss.item()
                            add_pass(passes)
                            add_value(value)
                            if self.on_loss is not None:
                                self.on_loss(series, passes, value)
                        else:
                            self._waiting.append((series, passes, loss.detach()))
                    del frame
                except Exception as error:  # never the program's concern, unless it is its own
                    let_through(error)
                result = original(outputs, *args, **kwargs)
            finally:
                self._depth = 0
            if not self._known:  # nothing steps: this is where one looks up
                self._attend_to(perf_counter())
                if self.attentive:
                    self.on_pass()
            return result

        return run

    def _locate(self, outputs: Sequence[Any], sender: FrameType) -> _Site:
        """The place from which something is sent backward by a frame, `Tensor.backward` in most cases.

        What a call got as an argument goes by its caller's name, which then is a part of the place. Where a
        frame is called otherwise, or recorded (frames of ours lie between), it is looked for each time.
        """
        plain = sender.f_code is _BACKWARD and sender.f_back is not None
        frame = sender.f_back if plain else self._files.nearest(sender)
        frame = frame or sender
        outer = frame.f_back or frame
        here = id(frame.f_code), frame.f_lasti
        key = *here, id(outer.f_code), outer.f_lasti
        site = self._pairs.get(key)
        if site is None:
            self._kept += [frame.f_code, outer.f_code]
            series, find, alone = self._find(outputs, frame)
            xs, ys = self._buffer(series)
            site = self._pairs[key] = _Site(series, find, xs.append, ys.append)
            if plain and alone:
                self._sites[here] = site
        return site

    def _find(self, outputs: Sequence[Any], inner: FrameType) -> tuple[int, Meant, bool]:
        """What is sent from a place seen for the first time: its series, 0 for none; whether it is alone in it."""
        frame: FrameType | None = self._files.nearest(inner)
        loss = outputs[0] if len(outputs) else None
        if frame is None or not isinstance(loss, torch.Tensor) or loss.numel() != 1 or loss.is_complex():
            return 0, None, True
        sent = look(loss, frame, self._files, self._spans)
        name = sent.name or "loss"
        if name in self._names:
            name = f"{name} (line {sent.line})"
        if name not in self._names:
            self._announce(name, "loss")
        meant = sent.find
        if meant is None:
            return self._names[name], None, not sent.given

        def find(near: FrameType) -> Any:
            program = self._files.nearest(near)
            return meant(program) if program is not None else None

        return self._names[name], find, not sent.given

    def _announce(self, name: str, quantity: str) -> int:
        self._series += 1
        if quantity == "loss":
            self._names[name] = self._series
            self.losses.add(self._series)
        self._send(Series(id=self._series, name=name, quantity=quantity))
        return self._series

    def _record(self, series: int, passes: int, value: float) -> None:
        if series == _CONDITION:
            if self.on_norm is not None:
                self.on_norm(value)
            return
        xs, ys = self._buffer(series)
        xs.append(passes)
        ys.append(value)
        if self.on_loss is not None:
            self.on_loss(series, passes, value)

    def _buffer(self, series: int) -> tuple[array[int], array[float]]:
        buffer = self._buffers.get(series)
        if buffer is None:
            buffer = self._buffers[series] = array("q"), array("d")
        return buffer

    # --- optimizers

    def _stepped(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        """Behind a step. Most of the time there is nothing to do."""
        now = perf_counter()
        if now < self._next_look and not self.attentive and id(optimizer) in self._known:
            return
        try:
            self._look_at(optimizer)
        except Exception as error:  # never the program's concern, unless it is its own
            let_through(error)
        self._attend_to(now)
        if self.attentive:
            self.on_step(optimizer)

    def _look_at(self, optimizer: Any) -> None:
        """The learning rates."""
        known = self._known.get(id(optimizer))
        groups = len(optimizer.param_groups)
        if known is None or known[0]() is not optimizer or len(known[1]) != groups:
            self._meet(optimizer)
        for group in self._groups:
            settings = group.settings()
            rate = settings.get("lr") if settings is not None else None
            if rate is not group.last:
                self._rate_changed(group, rate)
        if self.on_norm is not None:
            self._watch_norm(optimizer)

    def _meet(self, optimizer: Any) -> Any:
        """An optimizer that has not been seen, or has another group."""
        known = self._known.get(id(optimizer))
        if known is None or known[0]() is not optimizer:
            known = self._known[id(optimizer)] = weakref.ref(optimizer), []
            self.on_new(optimizer)
        for index in range(len(known[1]), len(optimizer.param_groups)):
            group = _Group(len(self._groups), optimizer, index)
            self._groups.append(group)
            known[1].append(group)
        return known

    def _rate_changed(self, group: _Group, rate: Any) -> None:
        if rate is None or (not isinstance(rate, torch.Tensor) and rate == group.last_number):
            group.last = rate
            return
        if isinstance(rate, torch.Tensor):
            if rate.device.type != "cpu":
                group.last = rate
                return
            rate = float(rate)
            if rate == group.last_number:
                return
        group.last = rate
        self._note_rate(group, float(rate))

    def _note_rate(self, group: _Group, rate: float) -> None:
        group.last_number = rate
        group.told = False
        self._record(self._series_of(group, "rate"), self.passes, rate)

    def _series_of(self, group: _Group, quantity: str) -> int:
        if quantity not in group.series:
            words = {"rate": "lr", "gradient": "gradient norm", "weights": "weight norm"}[quantity]
            several = len(self._groups) > 1
            name = f"{words} {group.name}" if several else words
            group.series[quantity] = self._announce(name, quantity)
        return group.series[quantity]

    def _watch_norm(self, optimizer: Any) -> None:
        with torch._C.DisableTorchFunction(), torch.no_grad():
            gradients = [p.grad for g in optimizer.param_groups for p in g["params"] if p.grad is not None]
            norm = _norm(gradients)
        if norm is not None:
            self._keep(_CONDITION, norm)

    def _measure(self) -> None:
        """Norms of gradients and weights by group, and memory."""
        with torch._C.DisableTorchFunction(), torch.no_grad():
            for group in self._groups:
                settings = group.settings()
                if settings is None:
                    continue
                tensors = list(settings["params"])
                gradients = [p.grad for p in tensors if p.grad is not None]
                for quantity, members in (("gradient", gradients), ("weights", tensors)):
                    norm = _norm(members)
                    if norm is not None:
                        self._keep(self._series_of(group, quantity), norm)
        for name, size in _memory():
            key = f"memory {name}"
            if key not in self._names:
                self._names[key] = self._announce(key, "memory")
            self._record(self._names[key], self.passes, float(size))

    def _keep(self, series: int, value: torch.Tensor) -> None:
        if value.device.type == "cpu":
            self._record(series, self.passes, value.item())
        else:
            self._waiting.append((series, self.passes, value))

    # --- sending

    def _attend_to(self, now: float) -> None:
        """What is due at this moment."""
        if now < self._next_look:
            return
        self._next_look = now + LOOK
        self._attend()
        if self._norms and self._known and now >= self._next_norms:
            self._next_norms = now + self._norms
            self._measure()
        if now >= self._next_send:
            self._next_send = now + SEND
            self._take_off()
            while self._flights and self._flights[0].arrived():
                self._land(self._flights.pop(0))
            self._transmit(now)

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
            self._record(series, passes, value)

    def _transmit(self, now: float) -> None:
        points = [
            Points(series, xs.tobytes(), ys.tobytes()) for series, (xs, ys) in self._buffers.items() if xs
        ]
        groups = list(self._untold())
        if not points and not groups:
            return
        for xs, ys in self._buffers.values():  # emptied, not replaced: places know them
            del xs[:], ys[:]
        self._send(Measured(passes=self.passes, seconds=now - self._began, points=points, groups=groups))

    def _untold(self) -> Iterator[Group]:
        for group in self._groups:
            if not group.told and group.last_number is not None:
                group.told = True
                yield Group(group.number, group.name, group.last_number)


_Known = tuple[Any, list["_Group"]]


class _Group:
    """A parameter group, and what was last said of it."""

    def __init__(self, number: int, optimizer: Any, index: int) -> None:
        self.number = number
        self.name = f"{type(optimizer).__name__}.{index}"
        self.last: Any = None
        self.last_number: float | None = None
        self.told = False
        self.series: dict[str, int] = {}
        self._optimizer = weakref.ref(optimizer)
        self._index = index

    def settings(self) -> Any:
        """The optimizer's own dictionary of the group; None where it is gone."""
        optimizer = self._optimizer()
        groups = optimizer.param_groups if optimizer is not None else ()
        return groups[self._index] if self._index < len(groups) else None


def _norm(tensors: list[torch.Tensor]) -> torch.Tensor | None:
    """The 2-norm of all elements of some tensors, where the first of them lies; None where there are none."""
    dense = [t.detach() for t in tensors if t.layout is torch.strided and t.numel()]
    if not dense:
        return None
    norms = torch._foreach_norm(dense)
    first = norms[0]
    same = [n if n.device == first.device else n.to(first.device) for n in norms]
    return torch.linalg.vector_norm(torch.stack([n.float() for n in same]))  # type: ignore[no-any-return]


def _depart(device: torch.device, stacked: torch.Tensor, meant: list[tuple[int, int]]) -> _Flight:
    if device.type != "cuda":
        return _Flight(lambda: True, stacked, meant)
    values = torch.empty(stacked.shape, dtype=stacked.dtype, pin_memory=True)
    with torch.cuda.device(device):
        values.copy_(stacked, non_blocking=True)
        event = torch.cuda.Event()  # type: ignore[no-untyped-call]
        event.record()
    return _Flight(event.query, values, meant)


def _memory() -> Iterable[tuple[str, int]]:
    """Bytes that tensors hold on each device in use, and that the process holds."""
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        for index in range(torch.cuda.device_count()):
            size = torch.cuda.memory_allocated(index)
            if size:
                yield f"cuda:{index}", size
    try:
        with open("/proc/self/statm") as file:
            yield "process", int(file.read().split()[1]) * _PAGE
    except OSError:
        pass
