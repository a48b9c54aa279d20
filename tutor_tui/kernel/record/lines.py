"""Line events: which line is about to run, and which names came to mean tensors."""

from __future__ import annotations

import dis
import inspect
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from threading import get_ident
from types import CodeType, FrameType
from typing import Any
from weakref import WeakKeyDictionary

import torch

from tutor_tui.kernel.probes.ids import Known
from tutor_tui.kernel.probes.previews import Previewer
from tutor_tui.kernel.probes.shield import is_tensor, let_through, traced_by_torch
from tutor_tui.kernel.program.files import Files, Kind
from tutor_tui.kernel.record.expressions import Expressions
from tutor_tui.protocol.messages import Bind, Line, LineExpressions, Note, Step, Update
from tutor_tui.text.numbers import format_values

_STORES = {"STORE_NAME", "STORE_FAST", "STORE_GLOBAL", "STORE_DEREF", "DELETE_NAME", "DELETE_FAST"}
_LOADS = {"LOAD_FAST", "LOAD_NAME", "LOAD_GLOBAL", "LOAD_DEREF"}
_PLAIN = (bool, int, float, complex, str)
HUGE = 10**60
"""Whole numbers from here on are not written out: Python refuses to from 4,300 digits."""
_MISSING = object()
_RESUMABLE = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
SUSPENDED = 10_000
"""Generators that are remembered between a yield and the next call."""
NOTES = 100
"""Exceptions that a record tells of; a program may use them by the thousand."""
_FLOW = (StopIteration, StopAsyncIteration, GeneratorExit)
ITEMS = 16
"""Lists, tuples and dicts of up to this many items show the tensors in them as `name[0]`."""

Trace = Callable[[FrameType, str, Any], Any]


class LineTracer:
    """Line events for the frames of the program alone."""

    def __init__(
        self,
        files: Files,
        preview: Previewer,
        emit: Callable[..., None],
        boundary: Callable[[], None],
    ) -> None:
        self.files = files
        self.preview = preview
        self.emit = emit
        self.boundary = boundary
        self._scopes = count()
        self._stacks: defaultdict[int, list[_Scope]] = defaultdict(list)  # by thread
        self.on_thread: Callable[[], None] = lambda: None
        """Called in a thread when an outermost call of the program's begins there."""
        self._named: set[int] = set()
        self._suspended: dict[int, _Scope] = {}  # generators by their frame's address: no reference kept
        self.fault: Callable[[Exception], None] = lambda error: None
        self.on_exception: Callable[[FrameType], None] = lambda frame: None
        """Called when an exception comes up in a frame of the program."""
        self.expressions: Expressions | None = None
        self.on_line: Callable[[FrameType], bool] | None = None
        """Called before a line is reported; where it answers that it looks no further, the line is not."""
        self._left: dict[tuple[int, CodeType], int] = {}
        self._told = 0
        self.trace = self._make_global()
        """What `sys.settrace` is given: it follows calls into the program's files, no others."""

    @property
    def scope(self) -> int:
        """The number of the innermost call of the program that is running."""
        stack = self._stacks.get(get_ident())
        return stack[-1].number if stack else 0

    def _make_global(self) -> Trace:
        """The global trace function. It is called for every Python call there is: no method, one lookup."""
        foreign: set[str] = set()

        def trace(frame: FrameType, event: str, arg: Any) -> Trace | None:
            filename = frame.f_code.co_filename
            if filename in foreign:
                return None
            if self.files.kind(filename) is not Kind.PROGRAM:
                foreign.add(filename)
                return None
            return self.enter(frame) if event == "call" else None

        return trace

    def enter(self, frame: FrameType) -> Trace:
        """Follow a call; the local trace function for its frame."""
        stack = self._stacks[get_ident()]
        if not stack:  # Python gives a new thread the number of one that is over
            self.on_thread()
        scope = self._suspended.pop(id(frame), None)
        if scope is not None and scope.code is frame.f_code:
            scope.resume(frame, len(stack))
        else:
            scope = _Scope(self, frame, next(self._scopes), len(stack))
        stack.append(scope)
        return scope.trace

    def tell(self, text: str) -> None:
        """Put a note into the record, as long as there are not too many."""
        self._told += 1
        if self._told <= NOTES:
            self.emit(Note(text=text))

    def unnamed(self, tensor: torch.Tensor) -> bool:
        """Whether no module or container has given this tensor a name yet; the first name stays."""
        number = self.preview.identities.number(tensor)
        if number in self._named:
            return False
        self._named.add(number)
        return True

    def leave(self, frame: FrameType, scope: _Scope) -> None:
        """The innermost call returned; or it yielded, and may come back."""
        stack = self._stacks.get(get_ident())
        if stack:
            stack.pop()
        if frame.f_code.co_flags & _RESUMABLE:
            if len(self._suspended) >= SUSPENDED:
                self._suspended.pop(next(iter(self._suspended)))
            self._suspended[id(frame)] = scope

    def finish(self) -> None:
        """See what the last line bound: the module's frame has returned, or an exception ended it."""
        stack = self._stacks.get(get_ident())
        if stack:
            stack[0].settle()
        self._stacks.clear()

    def suspend(self) -> None:
        """Look away: what calls are running is remembered, without keeping their variables alive."""
        stack = self._stacks.get(get_ident(), [])
        if stack:
            stack[-1].settle()
        self._left = {(id(s.frame), s.code): s.number for s in stack if s.frame is not None}
        self._stacks.clear()

    def resume(self, frame: FrameType) -> Iterator[torch.Tensor]:
        """Look again: at the calls of the program from the outermost down to `frame`, whose names are told anew.

        Yields the tensors that have a name.
        """
        frames: list[FrameType] = []
        outer: FrameType | None = frame
        while outer is not None:
            if self.files.kind(outer.f_code.co_filename) is Kind.PROGRAM:
                frames.append(outer)
            outer = outer.f_back
        self._named.clear()
        stack = self._stacks[get_ident()]
        for depth, running in enumerate(reversed(frames)):
            number = self._left.get((id(running), running.f_code))
            scope = _Scope(self, running, next(self._scopes) if number is None else number, depth)
            stack.append(scope)
            running.f_trace = scope.trace
            yield from scope.tell_names()

    def stores(self, code: CodeType) -> dict[int, tuple[str, ...]]:
        """The names that each line of `code` may bind."""
        found = _stores.get(code)
        if found is None:
            found = _stores[code] = _find_stores(code)
        return found


_stores: WeakKeyDictionary[CodeType, dict[int, tuple[str, ...]]] = WeakKeyDictionary()


def _find_stores(code: CodeType) -> dict[int, tuple[str, ...]]:
    lines: dict[int, dict[str, None]] = {}
    before = ""
    for instruction in dis.get_instructions(code):
        name = instruction.argval if instruction.opname in _STORES else ""
        if instruction.opname == "STORE_ATTR" and before:  # self.w = …
            name = f"{before}.{instruction.argval}"
        if name and instruction.positions and instruction.positions.lineno:
            lines.setdefault(instruction.positions.lineno, {})[name] = None
        before = instruction.argval if instruction.opname in _LOADS else ""
    return {line: tuple(names) for line, names in lines.items()}


class _Scope:
    """One call of the program: its number, depth, and the line it is on."""

    def __init__(self, tracer: LineTracer, frame: FrameType, number: int, depth: int) -> None:
        self.tracer = tracer
        self.number = number
        self.depth = depth
        self.frame: FrameType | None = frame
        self.code = frame.f_code
        self._stores = tracer.stores(frame.f_code)
        self._pending = dict.fromkeys(_arguments(frame.f_code))
        self._due: LineExpressions | None = None
        self._raised = ""
        self._watched: dict[str, Known] = {}
        self._bound: dict[str, int | str] = {}  # ids and texts: a record keeps nothing alive
        self._arrays: dict[str, int] = {}  # names of NumPy arrays, and whose memory they share

    def trace(self, frame: FrameType, event: str, arg: Any) -> Trace:
        """The local trace function of this call."""
        try:
            with torch._C.DisableTorchFunction():
                self._see(frame, event, arg)
        except Exception as error:
            let_through(error)
            self.tracer.fault(error)
        return frame.f_trace or self.trace  # another scope may have taken this call over

    def _see(self, frame: FrameType, event: str, arg: Any) -> None:
        if event == "exception":
            self.tracer.on_exception(frame)
            self._raised = _raised_text(arg[0], arg[1])
            return
        self.settle()
        self.tracer.boundary()
        if self._due is not None and not self._inside(self._due, frame, event):
            self._evaluate(self._due, frame)
            self._due = None
        if event == "return" and self.tracer.expressions is not None:
            at_end = self.tracer.expressions.at_end(frame)
            if at_end is not None:
                self._evaluate(at_end, frame)
        if event == "line":
            if self.tracer.on_line is not None and self.tracer.on_line(frame):
                return
            if self._raised:  # and the program goes on: it has caught it, or clears up
                self.tracer.tell(self._raised)
            self._raised = ""
            self.tracer.emit(self._line(frame))
            self._pending.update(dict.fromkeys(self._stores.get(frame.f_lineno, ())))
            if self.tracer.expressions is not None and self._due is None:
                self._due = self.tracer.expressions.at(frame)
        elif event == "return":
            self.tracer.leave(frame, self)
            self.frame = None  # a cycle through f_trace would keep the call's locals alive

    def _inside(self, wanted: LineExpressions, frame: FrameType, event: str) -> bool:
        """Whether the statement still runs: one of several lines comes back to its first."""
        several = wanted.end_line > wanted.line
        return event == "line" and several and wanted.line <= frame.f_lineno <= wanted.end_line

    def _evaluate(self, wanted: LineExpressions, frame: FrameType) -> None:
        if self.tracer.expressions is not None and not traced_by_torch():
            self.tracer.emit(self.tracer.expressions.evaluate(wanted, frame))

    def resume(self, frame: FrameType, depth: int) -> None:
        """A generator goes on where it yielded: the same call."""
        self.frame, self.depth = frame, depth

    def _line(self, frame: FrameType) -> Line:
        code = frame.f_code
        return Line(
            file=code.co_filename,
            line=frame.f_lineno,
            function=code.co_name,
            depth=self.depth,
            scope=self.number,
        )

    def settle(self) -> None:
        """Report the names that the line now left has bound to something else than before."""
        if traced_by_torch():  # it would record our looking too
            return
        self._look_at_memory()
        if self._arrays and self.frame is not None:
            self._look_at_arrays(self.frame)
        if not self._pending or self.frame is None:
            return
        variables = self.frame.f_locals
        outside = self.frame.f_globals
        pending, self._pending = self._pending, {}
        for name in pending:
            if name.startswith("__"):
                continue
            value = _look_up(name, variables, outside)
            if steps := list(self._rebind(name, value)):
                self.tracer.emit(*steps)

    def tell_names(self) -> Iterator[torch.Tensor]:
        """Report what every name means; yields the tensors."""
        if self.frame is None:
            return
        for name, value in list(self.frame.f_locals.items()):
            if name.startswith("__"):
                continue
            if steps := list(self._rebind(name, value)):
                self.tracer.emit(*steps)
            yield from [value] if is_tensor(value) else (tensor for _, tensor in parts(name, value))

    def _rebind(self, name: str, value: Any) -> Iterator[Step]:
        if is_tensor(value):
            yield from self._bind(name, value)
            return
        text = _plain_text(value)
        if text is not None or name in self._bound:
            storage = self.tracer.preview.identities.storage_at(_address(value)) if _is_array(value) else 0
            yield from self._bind_text(name, text, storage)
            if _is_array(value) and text is not None:
                self._arrays[name] = storage
        if name != "self":  # its parameters stand under the name that the caller gave the module
            for part, tensor in parts(name, value):
                if self.tracer.unnamed(tensor):
                    yield from self._bind(part, tensor)

    def _bind(self, name: str, tensor: torch.Tensor) -> Iterator[Bind]:
        number = self.tracer.preview.identities.number(tensor)
        if self._bound.get(name) != number:
            self._bound[name] = number
            preview = self.tracer.preview(tensor)
            if preview.values is not None:
                self._watched[name] = self.tracer.preview.identities.known(tensor)
            yield Bind(name=name, tensor=number, preview=preview, scope=self.number)

    def _look_at_memory(self) -> None:
        """Report what changed without an operation: NumPy, `.data` and other views write unseen."""
        for name, known in list(self._watched.items()):
            tensor, last = known(), known.preview
            if tensor is None:
                del self._watched[name]
                continue
            now = self.tracer.preview(tensor)
            if last is not None and now is not last and now.values != last.values:
                by = "shared memory" if now.version == last.version else "in-place"
                self.tracer.emit(Update(tensor=now.id, before=last, after=now, by=by))

    def _look_at_arrays(self, frame: FrameType) -> None:
        """NumPy's arrays change in place, and so do the tensors on their memory."""
        for name in list(self._arrays):
            value = _look_up(name, frame.f_locals, frame.f_globals)
            if not _is_array(value):
                del self._arrays[name]
            elif steps := list(self._rebind(name, value)):
                self.tracer.emit(*steps)

    def _bind_text(self, name: str, text: str | None, storage: int = 0) -> Iterator[Bind]:
        if text is None:
            del self._bound[name]
        elif self._bound.get(name) == text and self._arrays.get(name, 0) == storage:
            return
        else:
            self._bound[name] = text
        yield Bind(name=name, tensor=None, text=text or "", scope=self.number, storage=storage)


def _raised_text(kind: type[BaseException], error: object) -> str:
    """What came up, in a sentence; "" for what Python uses to end loops. Runs no code of the program's."""
    if issubclass(kind, _FLOW):
        return ""
    own = kind.__module__ == "builtins" or kind.__module__.startswith("torch")
    message = " ".join(str(error).split())[:300] if own and type(error) is kind else ""
    return f"{kind.__name__} came up here{': ' + message.rstrip('.') if message else ''}."


def _look_up(name: str, variables: Mapping[str, Any], outside: Mapping[str, Any]) -> Any:
    """What a name or `object.attribute` means, without running any code of the program's."""
    owner, _, attribute = name.partition(".")
    value = variables.get(owner, outside.get(owner, _MISSING))
    return _attributes(value).get(attribute, _MISSING) if attribute else value


def _attributes(value: Any) -> Mapping[str, Any]:
    """An object's own attributes; a module's parameters are among them."""
    found = own_attributes(value)
    own = found.get("_parameters") if issubclass(type(value), torch.nn.Module) else None
    return {**found, **own} if isinstance(own, dict) else found


def own_attributes(value: Any) -> dict[str, Any]:
    """An object's `__dict__`, by a way that no class of the program's can have replaced; {} for none."""
    try:
        found = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return {}
    return found if type(found) is dict else {}


def _arguments(code: CodeType) -> tuple[str, ...]:
    count = code.co_argcount + code.co_kwonlyargcount
    count += bool(code.co_flags & 0x04) + bool(code.co_flags & 0x08)
    return tuple(name for name in code.co_varnames[:count] if not name.startswith("."))


def _is_array(value: Any) -> bool:
    numpy = sys.modules.get("numpy")
    return numpy is not None and type(value) is numpy.ndarray


def _address(array: Any) -> int:
    """Where the memory begins that an array, which may be a view, lies in."""
    while _is_array(array.base):
        array = array.base
    return int(array.__array_interface__["data"][0])


def _plain_text(value: Any) -> str | None:
    """A plain number, short text or NumPy array as text; None for everything else."""
    kind = type(value)
    if kind is int and abs(value) >= HUGE:
        return f"a whole number of {value.bit_length():,} bits"
    if kind in _PLAIN:
        return repr(value)[:80]
    numpy = sys.modules.get("numpy")
    if numpy is not None and kind is numpy.ndarray and value.dtype.kind in "biufc":
        shown = format_values(value.tolist()) if value.size <= 64 else "×".join(map(str, value.shape))
        return f"array {shown} {value.dtype}"
    return None


def parts(name: str, value: Any) -> Iterator[tuple[str, torch.Tensor]]:
    """The tensors inside a module or a short container, under the names one would type for them."""
    if issubclass(type(value), torch.nn.Module):
        if "_parameters" in vars(value):  # not before the program has called super().__init__()
            for path, parameter in torch.nn.Module.named_parameters(value):
                yield f"{name}.{path}", parameter
    elif type(value).__module__ == "__main__" and not isinstance(value, type):
        for attribute, item in list(own_attributes(value).items())[:ITEMS]:
            if is_tensor(item):
                yield f"{name}.{attribute}", item
    elif type(value) in (list, tuple) and len(value) <= ITEMS:
        for index, item in enumerate(value):
            if is_tensor(item):
                yield f"{name}[{index}]", item
    elif type(value) is dict and len(value) <= ITEMS:
        for key, item in value.items():
            if is_tensor(item) and type(key) in (str, int):
                yield f"{name}[{key!r}]", item
