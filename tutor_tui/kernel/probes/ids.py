"""Ids of our own for tensors and for the memory they share."""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Iterator
from itertools import count
from typing import Any

import torch

from tutor_tui.kernel.probes.shield import let_through
from tutor_tui.protocol.messages import Preview

_PLAIN_DISPATCH = torch.Tensor.__torch_dispatch__
_watchers = torch._C._len_torch_dispatch_stack


class Known(weakref.ref[torch.Tensor]):
    """A weak reference that remembers what is known of a tensor: its id, its memory, its last preview."""

    __slots__ = ("data", "key", "leaf", "node", "number", "pointer", "preview", "storage")
    data: int
    """Where the tensor's first element lay at the last look."""
    key: int
    number: int
    pointer: int
    storage: int
    preview: Preview | None
    leaf: int
    """The leaf whose `.grad` this tensor is, 0 where it is nobody's."""
    node: int
    """The AccumulateGrad node of a leaf, 0 where there is none yet."""


class Identities:
    """Numbers tensors from 1 in the order in which they are first seen.

    Weak: a recorded tensor lives no longer than in the bare program, and an address that Python or
    the allocator uses again gets a new number.
    """

    def __init__(self) -> None:
        self.table: dict[int, Known] = {}
        """What is known, by the address of the tensor: its own only where `known() is tensor`."""
        self.by_number: dict[int, Known] = {}
        """What is known, by the tensor's id; the tensor may be gone.

        Nothing of it is to be kept: torch refuses to swap tensors to which anybody holds a weak reference, see
        `release`.
        """
        self._storages: dict[int, list[int]] = {}  # address -> [our id, live tensors on it]
        # Filled by the garbage collector with a function written in C: what a signal handler of the
        # program raises inside a callback written in Python would be lost.
        self._dead: deque[Any] = deque()
        self._tensors = count(1)  # atomic: several threads may count
        self._storage_numbers = count(1)

    def seen(self, tensor: torch.Tensor) -> bool:
        """Whether this very object has a number already."""
        known = self.table.get(id(tensor))
        return known is not None and known() is tensor

    def number(self, tensor: torch.Tensor) -> int:
        """The id of this tensor object."""
        return self.known(tensor).number

    def known(self, tensor: torch.Tensor) -> Known:
        """All that is known of this tensor object."""
        known = self.table.get(id(tensor))
        if known is not None and known() is tensor:
            return known
        return self.add(tensor)

    def locate(self, known: Known, tensor: torch.Tensor) -> bool:
        """Look where the tensor's memory lies; False where it has moved (`resize_`, `set_`, `.data =`).

        `known.storage` is then an id that is equal for two tensors that share memory, and 0 where
        there is no memory to share.
        """
        data = _data(tensor)
        if data == known.data:
            return True
        known.data, pointer = data, _start(tensor, data) if data else 0
        if pointer == known.pointer:
            return True
        self._leave(known.pointer)
        known.pointer, known.storage = pointer, self._join(pointer)
        return False

    def release(self, tensor: torch.Tensor) -> None:
        """Forget a tensor: no weak reference to it remains. It gets a new number when seen again."""
        known = self.table.get(id(tensor))
        if known is not None and known() is tensor:
            self._forget(known)
            del known

    def tensor(self, number: int) -> torch.Tensor | None:
        """The live tensor of that id, or None where it is gone."""
        known = self.by_number.get(number)
        return None if known is None else known()

    @property
    def following(self) -> int:
        """The number that the next new tensor gets, or one below it."""
        return next(reversed(self.by_number), 0) + 1

    def oldest(self, before: int) -> Iterator[Known]:
        """What is known of the tensors numbered before one, in their order; those that are gone too."""
        for number, known in list(self.by_number.items()):
            if number >= before:
                return
            yield known

    def on(self, storage: int) -> Known | None:
        """What is known of a live tensor on some memory, the oldest; None where there is none."""
        return next(
            (k for k in list(self.by_number.values()) if k.storage == storage and k() is not None), None
        )

    def storage_at(self, pointer: int) -> int:
        """The id of the memory that begins at an address; 0 where no known tensor has it."""
        entry = self._storages.get(pointer)
        return entry[0] if entry is not None else 0

    def add(self, tensor: torch.Tensor) -> Known:
        """Give a number to a tensor object that has none.

        Written as one piece, as `_forget_dead` is: both run for every tensor that a program makes.
        """
        if self._dead:
            self._forget_dead()
        known = Known(tensor, self._dead.append)
        known.key, known.number, known.preview = id(tensor), next(self._tensors), None
        known.leaf = known.node = known.pointer = known.storage = 0
        known.data = data = _data(tensor)
        if data:
            known.pointer = pointer = _start(tensor, data)
            entry = self._storages.get(pointer)
            if entry is None:
                entry = self._storages[pointer] = [next(self._storage_numbers), 0]
            entry[1] += 1
            known.storage = entry[0]
        self.table[known.key] = self.by_number[known.number] = known
        return known

    def _forget_dead(self) -> None:
        """Forget the tensors that have gone since the last look; another thread may do the same."""
        table, storages = self.table, self._storages
        while self._dead:
            try:
                gone: Known = self._dead.popleft()
            except IndexError:
                return
            if table.get(gone.key) is gone:
                del table[gone.key]
            self.by_number.pop(gone.number, None)
            entry = storages.get(gone.pointer)
            if entry is not None:
                entry[1] -= 1
                if not entry[1]:
                    storages.pop(gone.pointer, None)

    def _forget(self, reference: Known) -> None:
        self._dead.append(reference)
        self._forget_dead()

    def _join(self, pointer: int) -> int:
        if pointer == 0:
            return 0
        entry = self._storages.get(pointer)
        if entry is None:
            entry = self._storages[pointer] = [next(self._storage_numbers), 0]
        entry[1] += 1
        return entry[0]

    def _leave(self, pointer: int) -> None:
        entry = self._storages.get(pointer)
        if entry is not None:
            entry[1] -= 1
            if entry[1] == 0:
                self._storages.pop(pointer, None)


def _data(tensor: torch.Tensor) -> int:
    """Where the tensor's first element lies, 0 where there is no memory to point at."""
    if type(tensor).__torch_dispatch__ is not _PLAIN_DISPATCH or _watchers():
        return 0
    try:
        return tensor.data_ptr()
    except Exception as error:  # sparse, functorch wrappers and meta tensors
        let_through(error)
        return 0


def _start(tensor: torch.Tensor, data: int) -> int:
    """Where the memory begins of a tensor whose first element lies at `data`.

    Not by `untyped_storage()`: a storage that has once been seen from Python counts one user more,
    and the engine then no longer adds gradients in place.
    """
    offset = tensor.storage_offset()
    return data - int(offset) * tensor.element_size() if offset else data
