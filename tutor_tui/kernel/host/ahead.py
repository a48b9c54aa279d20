"""What torch loads only when a program first needs it, loaded in the kernel, from which every run is forked.

The first optimizer of a process makes torch import its compiler, a thousand modules, whether it is used or not: that
takes as long as `import torch` itself. A run that finds it there follows a key in a tenth of a second. It finds what
the environment said of the compiler when it was loaded, not what the program has set since; here nothing is compiled.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread

from tutor_tui.kernel.record.optimizers import COMPILER

_loaded: set[str] = set()
"""Names of the packages that came with it and are not torch's."""


class Ahead:
    """Loads the compiler once, in a thread. No process may be forked meanwhile; all else goes on."""

    def __init__(self, done: Callable[[], object]) -> None:
        """`done` is called from the thread, at its end."""
        self._done = done
        self._thread: Thread | None = None
        self._begun = False
        self._loading = True

    def begin(self) -> None:
        """Load the compiler, unless that was done or begun before."""
        if self._begun or COMPILER in sys.modules:
            return
        self._begun = True
        # a daemon: who quits meanwhile does not wait for it
        self._thread = Thread(target=self._load, name="ahead", daemon=True)
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether it is being loaded."""
        if self._thread is None:
            return False
        if self._loading:
            return True
        self._thread.join()
        self._thread = None
        gc.freeze()  # else a collection in a run would write to all of it, and copy it
        return False

    def _load(self) -> None:
        modules, environment = set(sys.modules), dict(os.environ)
        try:
            importlib.import_module(COMPILER)
        except BaseException as error:  # torch will tell the run
            print(f"{COMPILER} could not be loaded: {error!r}", file=sys.stderr)
        finally:
            _restore(environment)  # a program would find what torch has put there
            _loaded.update({name.partition(".")[0] for name in set(sys.modules) - modules} - {"torch"})
            self._loading = False
            self._done()


def _restore(environment: dict[str, str]) -> None:
    for name in set(os.environ) - set(environment):
        del os.environ[name]
    os.environ.update(environment)


def give_way(folder: str) -> None:
    """In a run: a module beside the program comes before one of the same name that was loaded ahead, as in Python."""
    for name in _loaded:
        if Path(folder, f"{name}.py").exists() or Path(folder, name, "__init__.py").exists():
            for module in [m for m in sys.modules if m == name or m.startswith(f"{name}.")]:
                del sys.modules[module]
