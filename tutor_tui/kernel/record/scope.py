"""One call of the program while it is recorded: the line it is on, and what its names mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import CodeType, FrameType
from typing import Any, NamedTuple, Protocol

import torch
from torch.autograd import profiler

from tutor_tui.kernel.probes.arrays import address, fingerprint, is_array
from tutor_tui.kernel.probes.hidden import Hidden, traced_by_torch
from tutor_tui.kernel.probes.previews import SMALL, Previewer, version_of
from tutor_tui.kernel.probes.shield import is_tensor, let_through
from tutor_tui.kernel.program.bytecode import arguments, stores
from tutor_tui.kernel.program.variables import variables
from tutor_tui.kernel.record.expressions import Expressions
from tutor_tui.kernel.record.names import look_up, parts, plain_text
from tutor_tui.kernel.tracing.muted import switched_off
from tutor_tui.kernel.tracing.tracing import Trace
from tutor_tui.protocol.messages import Bind, Line, LineExpressions, Preview, Step, Update
from tutor_tui.text.safe import one_line

_depth, _tracing = torch._C._len_torch_dispatch_stack, torch._C._get_tracing_state
_PLAIN = (str, int, float, bool, type(None))
_FLOW = (StopIteration, StopAsyncIteration, GeneratorExit)


class Bound:
    """What the names of a call have been told to mean: ids and texts, for a record keeps nothing alive."""

    __slots__ = ("arrays", "names", "prints", "watched")

    def __init__(self) -> None:
        self.names: dict[str, int | str] = {}
        self.watched: dict[str, int] = {}
        """Names of small tensors, and those tensors' ids."""
        self.arrays: dict[str, int] = {}
        """Names of NumPy arrays, and whose memory they share."""
        self.prints: dict[str, Print] = {}
        """Large ones on a tensor's memory, as they were at the last look."""


class Print(NamedTuple):
    """A large array on a tensor's memory: that tensor, how often it was written to, and some of the numbers."""

    tensor: int
    numbers: int
    version: int


class Left(NamedTuple):
    """What is remembered of a call while nobody looks: nothing of the program's."""

    number: int
    bound: Bound
    due: LineExpressions | None


class Tracer(Protocol):
    """What a call needs of whoever follows it."""

    preview: Previewer
    emit: Callable[..., None]
    boundary: Callable[[], None]
    fault: Callable[[Exception], None]
    on_exception: Callable[[FrameType], None]
    on_line: Callable[[FrameType], bool] | None
    expressions: Expressions | None
    seen: set[tuple[CodeType, int]] | None

    def tell(self, text: str) -> None:
        """Put a note into the record."""

    def unnamed(self, tensor: torch.Tensor, for_now: bool) -> bool:
        """Whether a tensor has no name yet; it has from then on, `for_now` until a better one comes."""

    def handed_on(self, filename: str) -> frozenset[str]:
        """The names that the loops of a file hand on."""

    def leave(self, frame: FrameType, scope: Scope) -> None:
        """The call is over, or has yielded."""

    def passes_over(self, frame: FrameType) -> bool:
        """Whether no line is followed any more."""


class Scope:
    """One call of the program: its number, depth, and the line it is on."""

    def __init__(self, tracer: Tracer, frame: FrameType, number: int, depth: int) -> None:
        self.tracer = tracer
        self.number = number
        self.depth = depth
        self.frame: FrameType | None = frame
        self.code = frame.f_code
        self._stores = stores(frame.f_code)
        self._arguments = arguments(frame.f_code)
        self._pending = dict.fromkeys(self._arguments)
        self._due: LineExpressions | None = None
        self._raised = ""
        self.bound = Bound()

    def trace(self, frame: FrameType, event: str, arg: Any) -> Trace:
        """The local trace function of this call."""
        try:
            with torch._C.DisableTorchFunction():
                if (
                    not _depth() and not profiler._is_profiler_enabled
                ):  # `watched()` written out, as in `Shielded`
                    self._see(frame, event, arg)
                else:
                    with Hidden():
                        self._see(frame, event, arg)
        except Exception as error:
            switched_off.append(self)  # Python ends all tracing where a trace function raises
            let_through(error)
            switched_off.clear()
            self.tracer.fault(error)
        return frame.f_trace or self.trace  # another scope may have taken this call over

    def _see(self, frame: FrameType, event: str, arg: Any) -> None:
        if self.frame is None:  # nobody looks: up to Python 3.11 a generator keeps its trace function
            return
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
            self.arrive(frame)
            if self.tracer.passes_over(frame):
                return
            if self.tracer.expressions is not None and self._due is None:
                self._due = self.tracer.expressions.at(frame)
        elif event == "return":
            self.tracer.leave(frame, self)
            self.frame = None  # a cycle through f_trace would keep the call's locals alive

    def arrive(self, frame: FrameType) -> None:
        """Report the line that the call is on, and mind the names that it will bind."""
        if self.tracer.seen is not None:
            self.tracer.seen.add((frame.f_code, frame.f_lineno))
        self.tracer.emit(self._line(frame))
        if names := self._stores.get(frame.f_lineno):
            self._pending.update(dict.fromkeys(names))

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

    def left(self) -> Left:
        """What to remember of it."""
        return Left(self.number, self.bound, self._due)

    def take_up(self, left: Left | None, names: bool) -> None:
        """A call that is under way; of one known before, with `names`, what its names meant is known too.

        The statement that it is on is still to bind its names, and to be evaluated.
        """
        if self.frame is None:
            return
        self._pending.update(dict.fromkeys(self._stores.get(self.frame.f_lineno, ())))
        if left is None:
            return
        if names:
            self.bound = left.bound
        if left.due is not None and left.due.line <= self.frame.f_lineno <= left.due.end_line:
            self._due = left.due

    def _line(self, frame: FrameType) -> Line:
        return Line(
            file=self.code.co_filename,
            line=frame.f_lineno,
            function=self.code.co_name,
            depth=self.depth,
            scope=self.number,
        )

    def settle(self) -> None:
        """Report the names that the line now left has bound to something else than before."""
        if _tracing() is not None or (_depth() and traced_by_torch()):  # it would record our looking too
            return
        if self.bound.watched:
            self._look_at_memory()
        if self.bound.arrays and self.frame is not None:
            self._look_at_arrays(self.frame)
        if not self._pending or self.frame is None:
            return
        names, outside = variables(self.frame), self.frame.f_globals
        pending, self._pending = self._pending, {}
        plain = type(names) is dict  # a class's body may have a namespace with methods of its own
        for name in pending:
            if name.startswith("__"):
                continue
            value = names[name] if plain and name in names else look_up(name, names, outside)
            if is_tensor(value):
                if bind := self._bind(name, value):
                    self.tracer.emit(bind)
            elif type(value) in _PLAIN:
                if bind := self._bind_plain(name, value):
                    self.tracer.emit(bind)
            elif steps := list(self._rebind(name, value)):
                self.tracer.emit(*steps)

    def tell_names(self) -> Iterator[torch.Tensor]:
        """Report what every name means; yields the tensors."""
        if self.frame is None:
            return
        for name, value in list(variables(self.frame).items()):
            if name.startswith("__"):
                continue
            if steps := list(self._rebind(name, value)):
                self.tracer.emit(*steps)
            yield from [value] if is_tensor(value) else (tensor for _, tensor in parts(name, value))

    def _rebind(self, name: str, value: Any) -> Iterator[Step]:
        if is_tensor(value):
            if bind := self._bind(name, value):
                yield bind
            return
        if type(value) in _PLAIN:
            if bind := self._bind_plain(name, value):
                yield bind
            return
        text = plain_text(value)
        if text is not None or name in self.bound.names:
            storage = self.tracer.preview.identities.storage_at(address(value)) if is_array(value) else 0
            if bind := self._bind_text(name, text, storage):
                yield bind
            if is_array(value) and text is not None:
                self.bound.arrays[name] = storage
        if name == "self":  # its parameters stand under the name that the caller gave the module
            return
        owner = name.partition(".")[0]
        for_now = owner == "self" or self._is_handed_on(owner)
        for part, tensor in parts(name, value):
            if self.tracer.unnamed(tensor, for_now) and (bind := self._bind(part, tensor)):
                yield bind

    def _is_handed_on(self, name: str) -> bool:
        """Whether a name means another thing each time: that of a loop, or of an argument."""
        return name in self._arguments or name in self.tracer.handed_on(self.code.co_filename)

    def _bind(self, name: str, tensor: torch.Tensor) -> Bind | None:
        """That a name means a tensor; None where it did already."""
        if self.bound.names.get(name) == self.tracer.preview.identities.number(tensor):
            return None
        preview = self.tracer.preview(tensor)
        self.bound.names[name] = preview.id
        if preview.values is not None:
            self.bound.watched[name] = preview.id
        return Bind(name=name, tensor=preview.id, preview=preview, scope=self.number)

    def _look_at_memory(self) -> None:
        """Report what changed without an operation: NumPy, `.data` and other views write unseen."""
        by_number = self.tracer.preview.identities.by_number
        for name, number in list(self.bound.watched.items()):
            known = by_number.get(number)
            tensor = known() if known is not None else None
            if known is None or tensor is None:
                del self.bound.watched[name]
                continue
            last = known.preview
            if last is not None and _reads_as(tensor, last):
                continue
            now = self.tracer.preview(tensor)
            if last is not None and now is not last and now.values != last.values:
                by = "shared memory" if now.version == last.version else "in-place"
                self.tracer.emit(Update(tensor=now.id, before=last, after=now, by=by))

    def _look_at_arrays(self, frame: FrameType) -> None:
        """NumPy's arrays change in place, and so do the tensors on their memory."""
        names, outside = variables(frame), frame.f_globals
        for name in list(self.bound.arrays):
            value = look_up(name, names, outside)
            if not is_array(value):
                del self.bound.arrays[name]
            else:
                if steps := list(self._rebind(name, value)):
                    self.tracer.emit(*steps)
                self._look_into(name, value)

    def _look_into(self, name: str, array: Any) -> None:
        """A large array that shares its memory with a tensor: whether it was written to, and not by an operation."""
        storage = self.bound.arrays.get(name, 0)
        if not storage or array.size <= SMALL:
            return
        identities = self.tracer.preview.identities
        last = self.bound.prints.get(name)
        known = identities.by_number.get(last.tensor) if last is not None else None
        if known is None or known.storage != storage or known() is None:
            known, last = identities.on(storage), None
        tensor = known() if known is not None else None
        if known is None or tensor is None:
            return
        now = self.bound.prints[name] = Print(known.number, fingerprint(array), version_of(tensor))
        if last is not None and last.version == now.version and last.numbers != now.numbers:
            preview = self.tracer.preview(tensor)
            self.tracer.emit(Update(tensor=preview.id, before=preview, after=preview, by="shared memory"))

    def _bind_plain(self, name: str, value: Any) -> Bind | None:
        """That a name means a plain value; None where it did already, or means nothing that is shown."""
        text = plain_text(value)
        if text is None and name not in self.bound.names:
            return None
        return self._bind_text(name, text)

    def _bind_text(self, name: str, text: str | None, storage: int = 0) -> Bind | None:
        names = self.bound.names
        if text is None:
            del names[name]
        elif names.get(name) == text and self.bound.arrays.get(name, 0) == storage:
            return None
        else:
            names[name] = text
        return Bind(name=name, tensor=None, text=text or "", scope=self.number, storage=storage)


def _reads_as(tensor: torch.Tensor, last: Preview) -> bool:
    """Whether a small tensor is certain to hold what it held: this runs for each of them at every line."""
    if last.values is None or last.device != "cpu":
        return False
    try:
        return (
            tensor._version == last.version
            and tensor.is_cpu
            and tensor.numel() <= SMALL
            and tensor.tolist() == last.values
        )
    except Exception as error:
        let_through(error)
        return False


def _raised_text(kind: type[BaseException], error: object) -> str:
    """What came up, in a sentence; "" for what Python uses to end loops. Runs no code of the program's."""
    if issubclass(kind, _FLOW):
        return ""
    module = str(kind.__module__)  # a program may set it to anything
    own = module == "builtins" or module.startswith("torch")
    plain = own and type(error) is kind and all(type(part) in _PLAIN for part in getattr(error, "args", ()))
    message = one_line(str(error), 300) if plain else ""
    return f"{kind.__name__} was raised here{': ' + message.rstrip('.') if message else ''}."
