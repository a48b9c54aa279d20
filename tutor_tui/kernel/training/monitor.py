"""Training without detail: losses, learning rates, norms and memory, at next to no cost.

No function mode and no line events: the engine and the steps of optimizers tell. Nothing here waits for a device:
what lies on one is copied while the program goes on, and read when it has come.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from time import perf_counter
from types import FrameType
from typing import Any, NamedTuple, Protocol

import torch

from tutor_tui.kernel.probes.engine import engine, optimizer_steps
from tutor_tui.kernel.probes.hidden import Hidden, watched
from tutor_tui.kernel.probes.loss_names import look
from tutor_tui.kernel.probes.reading import capturing
from tutor_tui.kernel.probes.shield import Fault, let_through
from tutor_tui.kernel.program.files import Files, Kind
from tutor_tui.kernel.program.spans import Spans
from tutor_tui.kernel.training.groups import Groups
from tutor_tui.kernel.training.series import SeriesLog
from tutor_tui.protocol.messages import Message

SEND = 0.1
"""Seconds between two messages with what was measured."""
LOOK = 0.04
"""Seconds between two looks at what the screen asks for."""
_PAGE = os.sysconf("SC_PAGESIZE")


_BACKWARD = torch.Tensor.backward.__code__
_GRAD = torch.autograd.grad.__code__
Meant = Callable[[Any], Any] | None
"""Finds the loss that is meant from a frame, where it is not what was sent."""


class _Site(NamedTuple):
    """A place from which losses are sent backward: their series, 0 for none, and what takes pass and value."""

    series: int
    find: Meant
    add_pass: Callable[[int], None]
    add_value: Callable[[float], None]


class Follower(Protocol):
    """Who is told what a monitor sees."""

    def met(self, optimizer: Any) -> None:
        """An optimizer steps for the first time."""

    def stepped(self, optimizer: Any) -> None:
        """An optimizer has stepped."""

    def passed(self) -> None:
        """A backward pass of a program in which nothing steps is over."""


class Monitor:
    """Measures a run, and tells a follower of passes and steps.

    `attend` is called in between, now and then: the moment to see what the screen asks for.
    """

    def __init__(
        self,
        files: Files,
        send: Callable[[Message], Any],
        attend: Callable[[], None],
        norms: float = 0.5,
        fault: Fault = lambda error: None,
    ) -> None:
        """`fault` hears what goes wrong in here, which the program never does."""
        self._files = files
        self._spans = Spans(files)
        self._attend = attend
        self._norms = norms
        self.passes = 0
        """Backward passes so far."""
        self._follower: Follower | None = None
        self.attentive = True
        """Whether the follower wants to be told of each pass and step: a call costs as much as all the rest."""
        self.measures = SeriesLog(send)
        self.groups = Groups(self.measures, files, self._met)
        self._fault = fault
        self._depth = 0
        self._began = perf_counter()
        self._next_send = self._next_look = self._next_norms = 0.0
        self._sites: dict[tuple[int, int], _Site] = {}
        self._pairs: dict[tuple[int, ...], _Site] = {}
        self._losses: dict[tuple[int, ...], int] = {}
        self._kept: list[Any] = []  # code objects, so that their addresses stay theirs

    def follow(self, follower: Follower) -> None:
        """Tell somebody from now on."""
        self._follower = follower

    def install(self) -> None:
        """Start measuring."""
        engine.add(self._wrap)

    def follow_optimizers(self) -> None:
        """Be called behind each step, after whoever is called already: who follows may take the recorder away."""
        optimizer_steps.add(self._fault, after=self._stepped, idle=self._idle)

    def remove(self) -> None:
        """Stop measuring, and send what is left, waiting for it."""
        self.groups.look_again(self.passes)
        engine.remove(self._wrap)
        optimizer_steps.remove(self._stepped)
        self.flush()

    def flush(self) -> None:
        """Send everything that was measured, waiting for what is still on its way."""
        self.measures.fetch()
        self._transmit(perf_counter())

    def set_rate(self, number: int, rate: float) -> bool:
        """Give a group another learning rate; False where there is no such group any more."""
        return self.groups.set_rate(number, rate, self.passes)

    # --- losses

    def _wrap(self, original: Any) -> Any:
        """The engine's stand-in. It runs once a pass, cold each time: as little as can be."""
        site_at, locate, frame_at = self._sites.get, self._locate, sys._getframe
        measures, optimizers = self.measures, self.groups.optimizers

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
                            value = loss.item() if not watched() else _unnoticed(loss)
                            add_pass(passes)
                            add_value(value)
                            if measures.on_value is not None:
                                measures.on_value(series, passes, value)
                        else:
                            measures.keep(series, passes, loss)
                    del frame
                except Exception as error:  # never the program's concern, unless it is its own
                    let_through(error)
                    self._fault(error)
                result = original(outputs, *args, **kwargs)
            finally:
                self._depth = 0
            if not optimizers:  # nothing steps: this is where one looks up
                self._look_up()
            return result

        return run

    def _locate(self, outputs: Sequence[Any], sender: FrameType) -> _Site:
        """The place from which something is sent backward by a frame, `Tensor.backward` in most cases.

        What a call got as an argument goes by its caller's name, which then is a part of the place. Where a library
        sends it, or the pass is recorded (frames of ours lie between), it is looked for each time.
        """
        plain = sender.f_code is _BACKWARD and sender.f_back is not None
        frame = sender.f_back if plain else self._files.nearest(sender)
        frame = frame or sender
        program = self._files.nearest(frame) or frame  # a library's line may send all that it is handed
        outer = program.f_back or program
        here = id(frame.f_code), frame.f_lasti
        key = *here, id(program.f_code), program.f_lasti, id(outer.f_code), outer.f_lasti
        site = self._pairs.get(key)
        if site is None:
            self._kept += [frame.f_code, program.f_code, outer.f_code]
            series, find, alone = self._find(outputs, frame, sender)
            xs, ys = self.measures.buffer(series)
            site = self._pairs[key] = _Site(series, find, xs.append, ys.append)
            if plain and alone and program is frame:
                self._sites[here] = site
        return site

    def _find(self, outputs: Sequence[Any], inner: FrameType, sender: FrameType) -> tuple[int, Meant, bool]:
        """What is sent from a place seen for the first time: its series, 0 for none; whether it is alone in it."""
        frame: FrameType | None = self._files.nearest(inner)
        loss = outputs[0] if len(outputs) else None
        if frame is None or not isinstance(loss, torch.Tensor) or loss.numel() != 1 or loss.is_complex():
            return 0, None, True
        if torch._C._functorch.is_functorch_wrapped_tensor(
            loss
        ):  # within `torch.func.grad`: it has no number
            return 0, None, True
        sent = look(loss, frame, self._files, self._spans)
        if not sent.name and self._asks_for_derivative(
            sender
        ):  # a library asks for a derivative, and trains nothing
            return 0, None, not sent.given
        place = self._place(sender, frame, sent.given)
        series = self._losses.get(place, 0)
        if not series:
            name = sent.name or "loss"
            if name in self.measures:
                name = f"{name} (line {sent.line})"
            series = self._losses[place] = self.measures.named(name, "loss")
        meant = sent.find
        if meant is None:
            return series, None, not sent.given

        def find(near: FrameType) -> Any:
            program = self._files.nearest(near)
            return meant(program) if program is not None else None

        return series, find, not sent.given

    def _asks_for_derivative(self, sender: FrameType) -> bool:
        """Whether a pass was begun by `torch.autograd.grad`."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame is not sender:
            if frame.f_code is _GRAD:
                return True
            frame = frame.f_back
        return False

    def _place(self, inner: FrameType, program: FrameType, given: bool) -> tuple[int, ...]:
        """What tells one loss from another: the lines that send it, of a library and of the program.

        What a call of the program got as an argument is told by the line that called it, too.
        """
        frames = [program]
        frame: FrameType | None = inner
        while frame is not None and frame is not program:
            if self._files.kind(frame.f_code.co_filename) is Kind.PACKAGE:
                frames.append(frame)
                break
            frame = frame.f_back
        outer = self._files.nearest(program.f_back) if given else None
        if outer is not None:
            frames.append(outer)
        self._kept += [f.f_code for f in frames]
        return tuple(number for f in frames for number in (id(f.f_code), f.f_lasti))

    # --- optimizers

    def _stepped(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        """Behind a step."""
        self.groups.look_at(optimizer, self.passes)
        self._attend_to(perf_counter())
        if self.attentive and self._follower is not None:
            self._follower.stepped(optimizer)

    def _idle(self, optimizer: Any) -> bool:
        """Whether there is nothing to do behind a step, as most of the time."""
        return (
            not self.attentive
            and perf_counter() < self._next_look
            and id(optimizer) in self.groups.optimizers
            and self.measures.on_norm is None
        )

    def _met(self, optimizer: Any) -> None:
        if self._follower is not None:
            self._follower.met(optimizer)

    def _look_up(self) -> None:
        """Behind a pass of a program in which nothing steps."""
        try:
            with Hidden():
                self._attend_to(perf_counter())
                if self.attentive and self._follower is not None:
                    self._follower.passed()
        except Exception as error:
            let_through(error)
            self._fault(error)

    # --- sending

    def _attend_to(self, now: float) -> None:
        """What is due at this moment."""
        if now < self._next_look or capturing():
            return
        self._next_look = now + LOOK
        self._attend()
        if self._norms and self.groups.optimizers and now >= self._next_norms:
            self._next_norms = now + self._norms
            self.groups.measure(self.passes)
            self._measure_memory()
        if now >= self._next_send:
            self._next_send = now + SEND
            self._transmit(now)

    def _measure_memory(self) -> None:
        for name, size in _memory():
            series = self.measures.named(f"memory {name}", "memory")
            self.measures.record(series, self.passes, float(size))

    def _transmit(self, now: float) -> None:
        self.measures.transmit(self.passes, now - self._began, list(self.groups.changed()))


def _unnoticed(loss: torch.Tensor) -> float:
    """The number in a tensor, whatever of the program's watches operations."""
    with Hidden():
        return float(loss.item())


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
