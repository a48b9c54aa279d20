"""Processes that a program starts: what runs in them is not recorded, and the person is told so."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from multiprocessing.process import BaseProcess
from pathlib import PurePath
from typing import Any

from torch.utils.data._utils.worker import _worker_loop

from tutor_tui.kernel.probes.replaced import Replaced
from tutor_tui.kernel.probes.shield import Fault, Shielded, Undispatched
from tutor_tui.kernel.program.files import Files

WORKER = (
    "{} starts a DataLoader worker: it loads batches, and what runs in it is not recorded. num_workers=0 loads "
    "them in this process."
)
TARGET = (
    "{} starts a process that runs {}, which is not recorded. To see it, call the function directly where "
    "the process is started, with the arguments of one process."
)
RANK = (
    "{} starts {} in a separate process, which is not recorded. To see one process train, run the script "
    "itself: RANK=0 LOCAL_RANK=0 WORLD_SIZE=1 MASTER_ADDR=localhost MASTER_PORT=29500 tutor-tui run {}"
)
SCRIPT = (
    "{} starts {} in a separate process, which is not recorded. To see it, run it directly: tutor-tui run {}"
)
FORK = "{} starts a process with os.fork(), which is not recorded."
TOTAL = "The program started {} processes in all. None of them was recorded."


class Processes:
    """Notices the processes that the program starts, from any thread, and says so once for each place."""

    def __init__(self, files: Files, tell: Callable[[str], None], fault: Fault) -> None:
        self._files, self._tell, self._fault = files, tell, fault
        self._replaced = Replaced()
        self._said: Counter[str] = Counter()
        self._starting = threading.local()
        self._active = False
        os.register_at_fork(after_in_parent=self._forked)

    def install(self) -> None:
        """Notice from now on."""
        self._active = True
        self._replaced.put(BaseProcess, "start", self._of_start)
        self._replaced.put(subprocess.Popen, "__init__", self._of_popen)

    def remove(self) -> None:
        """Notice no more; if there were several, say how many."""
        self._replaced.give_back()
        if self._active and self._said.total() > 1:
            self._tell(TOTAL.format(self._said.total()))
        self._active = False

    def _of_start(self, original: Any) -> Any:
        @functools.wraps(original)
        def start(process: Any) -> None:
            with Shielded(self._fault), Undispatched():
                self._look_at_target(process)
            self._starting.now = True
            try:
                original(process)
            finally:
                self._starting.now = False

        return start

    def _look_at_target(self, process: Any) -> None:
        target = process._target
        if target is _worker_loop:
            self._say(WORKER)
            return
        if getattr(target, "__module__", "") == "torch.multiprocessing.spawn" and process._args:
            target = process._args[0]  # what the program handed to torch's own
        self._say(TARGET, getattr(target, "__name__", type(process).__name__))

    def _of_popen(self, original: Any) -> Any:
        @functools.wraps(original)
        def __init__(popen: Any, args: Any, *others: Any, **options: Any) -> None:
            with Shielded(self._fault), Undispatched():
                self._look_at(args, options.get("env"))
            self._starting.now = True
            try:
                original(popen, args, *others, **options)
            finally:
                self._starting.now = False

        return __init__

    def _look_at(self, arguments: Any, environment: Any) -> None:
        """What runs no Python is nobody's concern here."""
        if not isinstance(arguments, (list, tuple)) or not arguments:
            return
        words = [os.fsdecode(word) for word in arguments if isinstance(word, (str, bytes, os.PathLike))]
        script = _script(words)
        if script:
            launched = isinstance(environment, dict) and "TORCHELASTIC_RUN_ID" in environment
            self._say(RANK if launched else SCRIPT, script, script)

    def _forked(self) -> None:
        if self._active and not getattr(self._starting, "now", False):
            with Shielded(self._fault), Undispatched():
                self._say(FORK)

    def _say(self, text: str, *what: str) -> None:
        frame = self._files.nearest(sys._getframe(1))
        where = f"Line {frame.f_lineno}" if frame is not None else "The program"
        text = text.format(where, *what)
        self._said[text] += 1
        if self._said[text] == 1:
            self._tell(text)


def _script(words: Sequence[str]) -> str:
    """`train.py` of a command that runs it with Python, `-m package` of one that runs a module; else ""."""
    if not words or not PurePath(words[0]).name.startswith("python"):
        return ""
    for at, word in enumerate(words[1:], 1):
        if word == "-m":
            return " ".join(words[at : at + 2])
        if word == "-c":
            return ""
        if not word.startswith("-"):
            return word
    return ""
