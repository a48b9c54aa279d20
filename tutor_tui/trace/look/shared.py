"""Which names share memory, and since when."""

from __future__ import annotations

from typing import NamedTuple

from tutor_tui.trace.record.trace import Trace


class Shared(NamedTuple):
    """Another name for (part of) the same memory, and the step since which both have been there."""

    name: str
    since: int


def sharing(trace: Trace, moment: int) -> dict[str, list[Shared]]:
    """For each name that the running call can see and that shares memory: with which others."""
    by_storage: dict[int, list[tuple[str, int]]] = {}
    for scope in dict.fromkeys((trace.naming.scope(moment), 0)):
        for name, meaning in trace.naming.names(scope, moment).items():
            preview = trace.tensors.at(meaning.tensor, moment) if meaning.tensor is not None else None
            storage = preview.storage if preview is not None else meaning.storage
            if storage:
                since = trace.naming.since(scope, name, moment)
                by_storage.setdefault(storage, []).append((name, since))
    return {
        name: [Shared(other, max(since, begun)) for other, begun in names if other != name]
        for names in by_storage.values()
        if len({n for n, _ in names}) > 1
        for name, since in names
    }
