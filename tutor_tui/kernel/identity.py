"""Ids of our own for tensors and for the memory they share."""

from __future__ import annotations

import weakref

import torch


class _Known(weakref.ref[torch.Tensor]):
    """A weak reference that remembers under which key it is filed, and the tensor's id and storage."""

    __slots__ = ("key", "number", "pointer", "storage")
    key: int
    number: int
    pointer: int
    storage: int


class Identities:
    """Numbers tensors from 1 in the order in which they are first seen.

    Weak: a recorded tensor lives no longer than in the bare program, and an address that Python or
    the allocator uses again gets a new number.
    """

    def __init__(self) -> None:
        self._known: dict[int, _Known] = {}
        self._by_number: dict[int, _Known] = {}
        self._storages: dict[int, list[int]] = {}  # address -> [our id, live tensors on it]
        self._tensors = 0
        self._storage_count = 0

    def seen(self, tensor: torch.Tensor) -> bool:
        """Whether this very object has a number already."""
        known = self._known.get(id(tensor))
        return known is not None and known() is tensor

    def number(self, tensor: torch.Tensor) -> int:
        """The id of this tensor object."""
        return self._entry(tensor).number

    def storage(self, tensor: torch.Tensor) -> int:
        """An id that is equal for two tensors that share memory; 0 where there is no memory to share."""
        known = self._entry(tensor)
        pointer = _address(tensor)
        if pointer != known.pointer:  # resize_, set_, or .data = moved it
            self._leave(known.pointer)
            known.pointer, known.storage = pointer, self._join(pointer)
        return known.storage

    def tensor(self, number: int) -> torch.Tensor | None:
        """The live tensor of that id, or None where it is gone."""
        known = self._by_number.get(number)
        return None if known is None else known()

    def _entry(self, tensor: torch.Tensor) -> _Known:
        key = id(tensor)
        known = self._known.get(key)
        if known is not None and known() is tensor:
            return known
        return self._add(key, tensor)

    def _add(self, key: int, tensor: torch.Tensor) -> _Known:
        known = _Known(tensor, self._forget)
        self._tensors += 1
        known.key, known.number = key, self._tensors
        known.pointer = _address(tensor)
        known.storage = self._join(known.pointer)
        self._known[key] = known
        self._by_number[known.number] = known
        return known

    def _forget(self, reference: weakref.ref[torch.Tensor]) -> None:
        assert isinstance(reference, _Known)
        if self._known.get(reference.key) is reference:
            del self._known[reference.key]
        self._by_number.pop(reference.number, None)
        self._leave(reference.pointer)

    def _join(self, pointer: int) -> int:
        if pointer == 0:
            return 0
        entry = self._storages.get(pointer)
        if entry is None:
            self._storage_count += 1
            entry = self._storages[pointer] = [self._storage_count, 0]
        entry[1] += 1
        return entry[0]

    def _leave(self, pointer: int) -> None:
        entry = self._storages.get(pointer)
        if entry is not None:
            entry[1] -= 1
            if entry[1] == 0:
                del self._storages[pointer]


def _address(tensor: torch.Tensor) -> int:
    """Where the tensor's memory begins.

    Not by `untyped_storage()`: a storage that has once been seen from Python counts one user more,
    and the engine then no longer adds gradients in place.
    """
    try:
        return tensor.data_ptr() - tensor.storage_offset() * tensor.element_size()
    except Exception:  # sparse, functorch wrappers, meta and fake tensors have no memory to point at
        return 0
