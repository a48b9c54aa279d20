"""What torch loads only when a program first needs it, loaded in the kernel, from which every run is forked.

The first optimizer of a process makes torch import its compiler, a thousand modules, whether it is used or not: that
takes as long as `import torch` itself. A run that finds it there follows a key in a tenth of a second.
"""

from __future__ import annotations

import gc
import importlib
import sys
from threading import Thread

COMPILER = "torch._dynamo"


class Ahead:
    """Loads it once, in a thread: requests are answered meanwhile, but no process may be forked."""

    def __init__(self) -> None:
        self._thread: Thread | None = None
        self._begun = False

    def begin(self) -> None:
        """Load it, unless that was done before."""
        if self._begun or COMPILER in sys.modules:
            return
        self._begun = True
        # a daemon: who quits meanwhile does not wait for it
        self._thread = Thread(target=_load, name="ahead", daemon=True)
        self._thread.start()

    def settle(self) -> None:
        """Wait until nothing is being loaded, before a fork."""
        if self._thread is None:
            return
        self._thread.join()
        self._thread = None
        gc.freeze()  # else a collection in a run would write to all of it, and copy it


def _load() -> None:
    try:
        importlib.import_module(COMPILER)
    except Exception as error:  # a run will be told by torch itself
        print(f"{COMPILER} could not be loaded: {error!r}", file=sys.stderr)
