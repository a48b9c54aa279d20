"""Running a file the way `python FILE ARGS…` does, inside a process that is already running."""

from __future__ import annotations

import atexit
import builtins
import contextlib
import gc
import importlib.machinery
import importlib.util
import io
import multiprocessing.util
import os
import sys
import threading
import traceback
import types
import weakref
from collections.abc import Callable
from typing import Any, NamedTuple

from tutor_tui.kernel.program.error_explanations import explain
from tutor_tui.kernel.program.files import Files, Kind, strip_own_frames
from tutor_tui.kernel.program.spans import Spans
from tutor_tui.protocol.messages import Failure, Frame, Span


class Outcome(NamedTuple):
    """How a program ended: its exit status, how it came to it, and the exception that left it."""

    status: int
    reason: str
    failure: Failure | None = None


def fresh_streams(on_read: Callable[[], None]) -> None:
    """Give the program its own stdin, stdout and stderr, unbuffered, on descriptors 0 to 2.

    There is nothing to read from stdin; `on_read` is called at the first try.
    """
    for fd, name in ((1, "stdout"), (2, "stderr")):
        old = getattr(sys, name)
        errors = "backslashreplace" if fd == 2 else old.errors
        raw = io.FileIO(fd, "w", closefd=False)
        stream = io.TextIOWrapper(
            _Whole(raw),
            encoding=old.encoding,
            errors=errors,
            newline="\n",
            write_through=True,
        )
        stream.mode = "w"  # type: ignore[misc]
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    old = sys.__stdin__
    encoding, errors = (old.encoding, old.errors) if old is not None else (None, None)
    stdin = io.TextIOWrapper(io.BufferedReader(_Empty(on_read)), encoding=encoding, errors=errors)
    stdin.mode = "r"  # type: ignore[misc]
    sys.stdin = sys.__stdin__ = stdin  # type: ignore[misc]


class _Empty(io.RawIOBase):
    """A stdin with nothing in it, which tells when somebody looks."""

    name = "<stdin>"
    mode = "rb"

    def __init__(self, on_read: Callable[[], None]) -> None:
        self._on_read: Callable[[], None] | None = on_read

    def readinto(self, buffer: Any) -> int:
        if self._on_read is not None:
            self._on_read()
            self._on_read = None
        return 0

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return 0


class _Whole(io.BufferedIOBase):
    """Unbuffered, but never a short write: every byte is in the pipe when `write` returns."""

    def __init__(self, raw: io.FileIO) -> None:
        self.raw = raw
        self.name = f"<std{'out' if raw.fileno() == 1 else 'err'}>"
        self.mode = "wb"

    def write(self, data: Any) -> int:
        view = memoryview(data).cast("B")
        sent = 0
        while sent < len(view):
            sent += os.write(self.raw.fileno(), view[sent : sent + 65536])
        return sent

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self.raw.fileno()

    def isatty(self) -> bool:
        return False


def prepare(
    path: str, typed: str, args: list[str], spec: importlib.machinery.ModuleSpec | None = None
) -> dict[str, Any]:
    """Make the `__main__` module, `sys.argv` and `sys.path` what the program expects; its globals.

    `spec` is that of a program started by its module's name.
    """
    module = types.ModuleType("__main__")
    namespace = module.__dict__
    namespace.update(__file__=path, __builtins__=builtins, __cached__=None, __annotations__={})
    sys.modules["__main__"] = module
    if spec is None:
        sys.argv[:] = [typed, *args]
        sys.path.insert(0, os.path.dirname(path))
    else:
        namespace.update(__spec__=spec, __loader__=spec.loader, __package__=spec.parent)
        namespace.update(__cached__=spec.cached)
        sys.argv[:] = [path, *args]
    return namespace


def find_module(name: str) -> importlib.machinery.ModuleSpec:
    """What `python -m NAME` would run, from the current folder; imports the packages around it.

    `ImportError` says why there is nothing to run; whatever a package raises goes through.
    """
    sys.path.insert(0, os.getcwd())
    try:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.submodule_search_locations is not None:
            spec = importlib.util.find_spec(f"{name}.__main__")
            if spec is None:
                raise ImportError(f"{name} is a package without a __main__.py: it cannot be run")
    except (ValueError, ModuleNotFoundError) as error:
        raise ImportError(f"there is no module {name}: {error} (looked in {os.getcwd()} first)") from error
    if spec is None:
        raise ImportError(f"there is no module {name} (looked in {os.getcwd()} first)")
    if spec.origin is None or not spec.origin.endswith(".py"):
        raise ImportError(f"{name} has no Python source to show")
    return spec


def run_program(
    path: str, files: Files, namespace: dict[str, Any], start: Callable[[], None], stop: Callable[[], None]
) -> Outcome:
    """Compile and run; `start` is called right before the first line, `stop` right after the last."""
    outcome = _run_main(path, files, namespace, start, stop)
    try:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        _finalize()
        _write_out()
        multiprocessing.util._exit_function()  # type: ignore[attr-defined]
    except BaseException as error:
        traceback.print_exception(error)
    return outcome


def forget_exit_functions() -> None:
    """Drop what the kernel's own imports want done at exit.

    torch takes its operator libraries apart there, and the process of a finished run stays alive.
    """
    atexit._clear()
    _inherited.update(weakref.finalize._registry)  # type: ignore[attr-defined]


_inherited: set[weakref.finalize[Any, Any]] = set()


def _finalize() -> None:
    """Run the `weakref.finalize` callbacks of the program, youngest first, as Python does at exit."""
    registry = dict(weakref.finalize._registry)  # type: ignore[attr-defined]
    mine = [f for f in registry if f not in _inherited and f.atexit]
    for finalizer in sorted(mine, key=lambda f: registry[f].index, reverse=True):
        finalizer()


def _write_out() -> None:
    """Write what open files still hold back: the process stays, and Python closes them only at its end."""
    for found in gc.get_objects():
        if type(found) in _FILES:
            with contextlib.suppress(OSError, ValueError):  # closed, or gone
                found.flush()


_FILES = (io.TextIOWrapper, io.BufferedWriter, io.BufferedRandom)


def _run_main(
    path: str, files: Files, namespace: dict[str, Any], start: Callable[[], None], stop: Callable[[], None]
) -> Outcome:
    try:
        code = compile(files.source(path), path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        return _raised(error, path, files)
    try:
        start()
        try:
            exec(code, namespace)
        finally:
            stop()
    except SystemExit as error:
        return _exited(error)
    except KeyboardInterrupt as error:
        return _raised(error, path, files)._replace(status=130, reason="stopped on request")
    except BaseException as error:
        return _raised(error, path, files)
    return Outcome(0, "the program ran to its end")


def _exited(error: SystemExit) -> Outcome:
    code = error.code
    if code is None:
        return Outcome(0, "the program called sys.exit()")
    if isinstance(code, int):
        return Outcome(
            code & 0xFF if -(2**63) <= code < 2**63 else 0xFF, f"the program called sys.exit({code})"
        )
    print(code, file=sys.stderr)
    return Outcome(1, f"the program called sys.exit with the message {str(code)[:200]!r}")


def _raised(error: BaseException, path: str, files: Files) -> Outcome:
    strip_own_frames(error)
    frames = [
        Frame(file=f.filename, line=f.lineno or 0, function=f.name)
        for f in traceback.extract_tb(error.__traceback__)
    ]
    if isinstance(error, SyntaxError) and not frames:
        frames = [Frame(file=error.filename or path, line=error.lineno or 0, function="<module>")]
    name = type(error).__name__
    failure = Failure(
        type=name,
        message=_message(error),
        frames=frames,
        explanation=explain(error, frames),
        span=_span(error.__traceback__, files),
    )
    try:
        sys.excepthook(type(error), error, error.__traceback__)
    except BaseException as second:
        traceback.print_exception(second)
    return Outcome(1, f"{name} ended the program", failure)


def _span(tb: types.TracebackType | None, files: Files) -> Span | None:
    """What the innermost frame of the program was doing; each file of the program is announced on the way."""
    innermost: types.TracebackType | None = None
    while tb is not None:
        if files.kind(tb.tb_frame.f_code.co_filename) is Kind.PROGRAM:
            innermost = tb
        tb = tb.tb_next
    return None if innermost is None else Spans(files).at(innermost.tb_frame.f_code, innermost.tb_lasti)


def _message(error: BaseException) -> str:
    try:
        return str(error.msg if isinstance(error, SyntaxError) else error)
    except Exception:
        return "(its message cannot be shown)"
