"""One of the six tools that `sys.monitoring` has for a process: borrowed, and given back when the program wants it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import CodeType
from typing import Any
from weakref import ref

_monitoring = sys.monitoring
_use, _free, _get = _monitoring.use_tool_id, _monitoring.free_tool_id, _monitoring.get_tool
_NAME = "tutor-tui"
_ORDER = (4, 3, 5, 2, 0, 1)
"""Last those that the documentation keeps for debuggers and coverage."""


def free_tool() -> int | None:
    """The number of a tool that nobody uses."""
    return next((tool for tool in _ORDER if _get(tool) is None), None)


class Tool:
    """A tool with its callbacks, and the code objects that it listens to.

    A program that looks for the tool or takes it finds it free: another one takes its place.
    """

    def __init__(
        self,
        callbacks: Mapping[int, Callable[..., Any]],
        lost: Callable[[], None],
    ) -> None:
        """`callbacks` is what is called for each event; `lost` is when no other tool can take the place of this."""
        self._callbacks, self._lost = callbacks, lost
        self._number: int | None = None
        self._events = 0
        self._codes: dict[int, tuple[ref[CodeType], int]] = {}  # with their events, by address
        self._found: tuple[Any, Any, Any] = (_use, _free, _get)

    def begin(self, events: int) -> None:
        """Tell of these events of all code."""
        self._events = events
        if self._number is None:
            self._take()
            self._hide()
        else:
            _monitoring.set_events(self._number, events)

    def hears(self, code: CodeType) -> bool:
        """Whether `listen` was called for this code."""
        return id(code) in self._codes

    def listen(self, code: CodeType, events: int) -> None:
        """Tell of these events of this code, too."""
        address = id(code)
        if self._number is not None:
            self._codes[address] = ref(code, lambda _: self._codes.pop(address, None)), events
            _monitoring.set_local_events(self._number, code, events)

    def end(self) -> None:
        """Leave Python's monitoring as it was found. What was listened to will be again: a generator may go on."""
        if self._number is not None:
            self._release()
            _monitoring.use_tool_id, _monitoring.free_tool_id, _monitoring.get_tool = self._found

    def _take(self) -> None:
        self._number = number = free_tool()
        if number is None:
            return
        _use(number, _NAME)
        for event, callback in self._callbacks.items():
            _monitoring.register_callback(number, event, callback)
        _monitoring.set_events(number, self._events)
        for known, events in list(self._codes.values()):
            if (code := known()) is not None:
                _monitoring.set_local_events(number, code, events)

    def _release(self) -> None:
        number, self._number = self._number, None
        if number is None:
            return
        _monitoring.set_events(number, 0)
        for known, _ in list(self._codes.values()):
            if (code := known()) is not None:
                _monitoring.set_local_events(number, code, 0)
        for event in self._callbacks:
            _monitoring.register_callback(number, event, None)
        _free(number)

    # --- what the program sees of it

    def _hide(self) -> None:
        self._found = _monitoring.use_tool_id, _monitoring.free_tool_id, _monitoring.get_tool
        use, free, get = self._found

        def use_tool_id(tool_id: int, name: str, /) -> None:
            if tool_id == self._number:
                self._release()
                use(tool_id, name)
                self._take()
                if self._number is None:
                    self._lost()
            else:
                use(tool_id, name)

        def free_tool_id(tool_id: int, /) -> None:
            if tool_id != self._number:
                free(tool_id)

        def get_tool(tool_id: int, /) -> str | None:
            return None if tool_id == self._number else get(tool_id)

        _monitoring.use_tool_id = use_tool_id
        _monitoring.free_tool_id = free_tool_id
        _monitoring.get_tool = get_tool
