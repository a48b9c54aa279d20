"""Parameter groups of the optimizers that step: their learning rates, and the norms of what they hold."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch

from tutor_tui.kernel.probes.loss_names import find_name
from tutor_tui.kernel.probes.reading import capturing
from tutor_tui.kernel.program.files import Files
from tutor_tui.kernel.program.variables import own_attributes, variables
from tutor_tui.kernel.training.series import CONDITION, SeriesLog
from tutor_tui.protocol.messages import Group

WORDS = {"rate": "lr", "gradient": "gradient norm", "weights": "weight norm"}
"""What a series of a quantity is called."""
GROUPS = 1000
"""Groups that are followed."""
TOO_MANY = "More than {:,} parameter groups have stepped: only the first ones show learning rates and norms."


class Groups:
    """Every group that was seen, in the order of its first step."""

    def __init__(self, measures: SeriesLog, files: Files, met: Callable[[Any], None]) -> None:
        """`met` is called with each optimizer at its first step."""
        self._measures, self._files, self._met = measures, files, met
        self.optimizers: dict[int, tuple[Any, list[_Group]]] = {}
        """The optimizers that were seen, and their groups, by the place in memory that they have or had."""
        self._all: list[_Group] = []
        self._too_many = False

    def look_at(self, optimizer: Any, passes: int) -> None:
        """Behind a step: groups that are new, and rates that are others than before."""
        known = self.optimizers.get(id(optimizer))
        more = known is not None and len(known[1]) != len(optimizer.param_groups) and not self._too_many
        if known is None or known[0]() is not optimizer or more:
            self._meet(optimizer)
        for group in self._all:
            settings = group.settings()
            rate = settings.get("lr") if settings is not None else None
            if rate is not group.last:
                self._rate_changed(group, rate, passes)
        if self._measures.on_norm is not None:
            gradients = [p.grad for g in optimizer.param_groups for p in g["params"] if p.grad is not None]
            with torch._C.DisableTorchFunction(), torch.no_grad():
                self._keep(CONDITION, passes, gradients)

    def look_again(self, passes: int) -> None:
        """Rates as they are now: the last look may have been some steps ago."""
        for reference, _ in list(self.optimizers.values()):
            optimizer = reference()
            if optimizer is not None:
                self.look_at(optimizer, passes)

    def set_rate(self, number: int, rate: float, passes: int) -> bool:
        """Give a group another learning rate; False where there is no such group any more."""
        group = self._all[number] if 0 <= number < len(self._all) else None
        settings = group.settings() if group is not None else None
        if group is None or settings is None or "lr" not in settings:
            return False
        if isinstance(settings["lr"], torch.Tensor):
            settings["lr"].fill_(rate)
        else:
            settings["lr"] = rate
        self._note_rate(group, rate, passes)
        return True

    def measure(self, passes: int) -> None:
        """The norms of all gradients and of all weights of each group."""
        with torch._C.DisableTorchFunction(), torch.no_grad():
            for group in self._all:
                settings = group.settings()
                if settings is None:
                    continue
                tensors = list(settings["params"])
                gradients = [p.grad for p in tensors if p.grad is not None]
                for quantity, members in (("gradient", gradients), ("weights", tensors)):
                    if members:
                        self._keep(self._series_of(group, quantity), passes, members)

    def changed(self) -> Iterator[Group]:
        """The groups that have another rate since this was asked last."""
        for group in self._all:
            if not group.told and group.last_number is not None:
                group.told = True
                yield Group(group.number, group.name, group.last_number)

    def _meet(self, optimizer: Any) -> None:
        """An optimizer that has not been seen, or has another group."""
        known = self.optimizers.get(id(optimizer))
        if known is None or known[0]() is not optimizer:
            known = self.optimizers[id(optimizer)] = weakref.ref(optimizer), []
            self._met(optimizer)
        alone = len(self._all) == 1
        name = self._name_of(optimizer)
        room = max(0, GROUPS - len(self._all))
        if room < len(optimizer.param_groups) - len(known[1]) and not self._too_many:
            self._too_many = True
            self._measures.tell(TOO_MANY.format(GROUPS))
        for index in range(len(known[1]), min(len(optimizer.param_groups), len(known[1]) + room)):
            several = index or len(optimizer.param_groups) > 1
            group = _Group(len(self._all), optimizer, index, f"{name}.{index}" if several else name)
            gone = next((g for g in self._all if g.name == group.name and g.settings() is None), None)
            if gone is None:
                self._all.append(group)
            else:  # made anew under the same name, as for each trial: it takes the place, and its curves go on
                group.number, group.series = gone.number, gone.series
                self._all[gone.number] = group
            known[1].append(group)
        if alone and len(self._all) > 1:  # the first one now has to be told from the others
            first = self._all[0]
            for quantity, series in first.series.items():
                self._measures.rename(series, f"{WORDS[quantity]} {first.name}", quantity)

    def _name_of(self, optimizer: Any) -> str:
        """The program's own name for an optimizer, or of the attribute that holds it; else its class's.

        One that has the class's name too is told apart by a number.
        """
        frame = self._files.nearest(sys._getframe(1))
        name = find_name(optimizer, frame, self._files)
        while not name and frame is not None:
            held = own_attributes(variables(frame).get("self"))
            name = next((attribute for attribute, value in held.items() if value is optimizer), "")
            frame = self._files.nearest(frame.f_back) if frame.f_back is not None else None
        name = name or type(optimizer).__name__
        taken = {group.name.partition(".")[0] for group in self._all if group.settings() is not None}
        alike = sum(other == name or other.startswith(f"{name} ") for other in taken)
        return f"{name} {alike + 1}" if alike else name

    def _rate_changed(self, group: _Group, rate: Any, passes: int) -> None:
        group.last = rate
        if rate is None or (isinstance(rate, torch.Tensor) and not rate.is_cpu):
            return
        number = float(rate)
        if isinstance(rate, torch.Tensor):
            group.last = None  # the same tensor may hold another number next time
        if number != group.last_number:
            self._note_rate(group, number, passes)

    def _note_rate(self, group: _Group, rate: float, passes: int) -> None:
        group.last_number = rate
        group.told = False
        self._measures.record(self._series_of(group, "rate"), passes, rate)

    def _series_of(self, group: _Group, quantity: str) -> int:
        if quantity not in group.series:
            several = len(self._all) > 1
            name = f"{WORDS[quantity]} {group.name}" if several else WORDS[quantity]
            group.series[quantity] = self._measures.announce(name, quantity)
        return group.series[quantity]

    def _keep(self, series: int, passes: int, tensors: Iterable[torch.Tensor]) -> None:
        norm = None if capturing() else _norm(tensors)
        if norm is not None:
            self._measures.keep(series, passes, norm)


class _Group:
    """A parameter group, and what was last said of it."""

    def __init__(self, number: int, optimizer: Any, index: int, name: str) -> None:
        self.number = number
        self.name = name
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


def _norm(tensors: Iterable[torch.Tensor]) -> torch.Tensor | None:
    """The 2-norm of all elements of some tensors, where the first of them lies; None where there are none."""
    dense = [t.detach() for t in tensors if t.layout is torch.strided and t.numel() and _has_norm(t)]
    if not dense:
        return None
    norms = torch._foreach_norm(dense)
    first = norms[0]
    same = [n if n.device == first.device else n.to(first.device) for n in norms]
    return torch.linalg.vector_norm(torch.stack([n.float() for n in same]))  # type: ignore[no-any-return]


def _has_norm(tensor: torch.Tensor) -> bool:
    """Whether torch has a norm of such numbers: an optimizer may hold whole numbers, which never get a gradient."""
    return tensor.is_floating_point() or tensor.is_complex()
