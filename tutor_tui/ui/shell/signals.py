"""Ending in good order when told to, or when the terminal is gone."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress


def heed_signals(called_off: Callable[[int], None]) -> None:
    """Have a function called with the number of a signal that asks this program to end."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        with suppress(RuntimeError, ValueError, NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(number, called_off, number)
