"""Line events: which line is about to run, and which names came to mean tensors."""

from __future__ import annotations

import inspect
import sys
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from itertools import count
from threading import get_ident
from types import CodeType, FrameType
from typing import Any

import torch

from tutor_tui.kernel.probes.previews import Previewer
from tutor_tui.kernel.probes.shield import Shielded, Undispatched, is_tensor
from tutor_tui.kernel.program.files import Files, Kind
from tutor_tui.kernel.program.loops import loop_targets
from tutor_tui.kernel.program.module_paths import parameters_of
from tutor_tui.kernel.program.stack import Running, calls_of
from tutor_tui.kernel.record.expressions import Expressions
from tutor_tui.kernel.record.plain_python import PlainPython
from tutor_tui.kernel.record.scope import Left, Scope
from tutor_tui.kernel.tracing.choose import new_tracing
from tutor_tui.kernel.tracing.new_threads import NewThreads
from tutor_tui.kernel.tracing.tracing import Trace
from tutor_tui.protocol.messages import Bind, Note, Unseen

_RESUMABLE = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
SUSPENDED = 10_000
"""Generators that are remembered between a yield and the next call."""
NOTES = 100
"""Exceptions that a record tells of; a program may use them by the thousand."""


class LineTracer:
    """Line events for the frames of the program alone."""

    def __init__(
        self,
        files: Files,
        preview: Previewer,
        emit: Callable[..., None],
        boundary: Callable[[], None],
        fault: Callable[[Exception], None],
        thread_begins: Callable[[], None],
        on_exception: Callable[[FrameType], None],
    ) -> None:
        """`thread_begins` is called in a thread when an outermost call of the program's begins there,
        `on_exception` when an exception comes up in a frame of the program.
        """
        self.files = files
        self.preview = preview
        self.emit = emit
        self.boundary = boundary
        self._scopes = count()
        self._stacks: defaultdict[int, list[Scope]] = defaultdict(list)  # by thread
        self._thread_begins = thread_begins
        self._named: set[int] = set()
        self._named_for_now: set[int] = set()
        self._suspended: dict[int, Scope] = {}  # generators by their frame's address: no reference kept
        self.fault = fault
        self.on_exception = on_exception
        self.expressions: Expressions | None = None
        self.on_line: Callable[[FrameType], bool] | None = None
        """Called before a line is reported; where it answers that it looks no further, the line is not."""
        self.on_unseen: Callable[[FrameType | None], None] = lambda frame: None
        """Called with the running frame when lines are no longer followed, and with None when they are again."""
        self.seen: set[tuple[CodeType, int]] | None = None
        """The lines that were reported, where somebody wants to know."""
        self._left: dict[tuple[int, CodeType], Left] = {}
        self._told = 0
        self._plain = PlainPython()
        self._new_threads = NewThreads()
        self.tracing = new_tracing(self._is_program, self.enter, self.tell)

    def current_scope(self) -> int:
        """The number of the innermost call of the program that is running."""
        stack = self._stacks.get(get_ident())
        return stack[-1].number if stack else 0

    def _is_program(self, filename: str) -> bool:
        return self.files.kind(filename) is Kind.PROGRAM

    def enter(self, frame: FrameType) -> Trace:
        """Follow a call; the local trace function for its frame."""
        stack = self._stacks[get_ident()]
        if not stack:  # Python gives a new thread the number of one that is over
            self._thread_begins()
        scope = self._suspended.pop(id(frame), None)
        if scope is not None and scope.code is frame.f_code:
            scope.resume(frame, len(stack))
        else:
            scope = Scope(self, frame, next(self._scopes), len(stack))
        stack.append(scope)
        return scope.trace

    def tell(self, text: str) -> None:
        """Put a note into the record, as long as there are not too many."""
        self._told += 1
        if self._told <= NOTES:
            self.emit(Note(text=text))

    def unnamed(self, tensor: torch.Tensor, for_now: bool = False) -> bool:
        """Whether no module or container has given this tensor a name yet; the first name stays."""
        number = self.preview.identities.number(tensor)
        if number in self._named or (for_now and number in self._named_for_now):
            return False
        (self._named_for_now if for_now else self._named).add(number)
        return True

    def handed_on(self, filename: str) -> frozenset[str]:
        """The names that the loops of a file hand on."""
        return loop_targets(self.files.source(filename))

    def name_parameters(self, name: str, module: torch.nn.Module) -> None:
        """A module has got a name: its parameters go by it that have none yet, as where a library holds them all."""
        for own, parameter in parameters_of(module):
            if is_tensor(parameter) and self.unnamed(parameter):
                number = self.preview.identities.number(parameter)
                self.emit(Bind(name=f"{name}.{own}", tensor=number, preview=self.preview(parameter), scope=0))

    def leave(self, frame: FrameType, scope: Scope) -> None:
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
        self._end_unseen()
        stack = self._stacks.get(get_ident())
        if stack:
            stack[0].settle()
        self._stacks.clear()

    def suspend(self) -> None:
        """Look away: what calls are running is remembered, without keeping their variables alive."""
        self._end_unseen()
        stack = self._stacks.get(get_ident(), [])
        if stack:
            stack[-1].settle()
        self._left = {(id(s.frame), s.code): s.left() for s in stack if s.frame is not None}
        for scope in stack:
            scope.frame = None  # it may keep its trace function, and a circle would keep its variables alive
        self._stacks.clear()

    def abandon(self) -> None:
        """In a process that the program has forked: follow nothing, now or later."""
        self.tracing.stop()
        self._plain.forget()

    def passes_over(self, frame: FrameType) -> bool:
        """Whether the line that a frame is on has run so often without a tensor that lines are followed no more.

        Never while the end of an iteration is awaited, or while another thread runs the program, too.
        """
        if not self._plain.often(frame) or self.on_line is not None or self._plain.away:
            return False
        if self.expressions is not None and self.expressions.wanted:
            return False
        if sum(map(bool, self._stacks.values())) > 1:
            return False
        self.suspend()
        self.tracing.stop()
        self._new_threads.begin(self._unseen_thread)
        source = self.files.source(frame.f_code.co_filename)
        self.emit(Note(text=self._plain.look_away(frame, source)))
        self.on_unseen(frame)
        return True

    def where(self, running: Running) -> Unseen | None:
        """Where the unseen program is; None where code of ours runs within its calls, as it does around a hook.

        No call of the program's is held for longer than it takes to read it: see `stack`.
        """
        calls = calls_of(running, next(iter(self._left), None))
        kinds = [self.files.kind(call.code.co_filename) for call in calls]
        if Kind.PROGRAM not in kinds:
            return None
        at = kinds.index(Kind.PROGRAM)
        if Kind.OURS in kinds and Kind.PROGRAM in kinds[kinds.index(Kind.OURS) :]:
            return None
        return self._plain.where(calls[at], self.files.source(calls[at].code.co_filename), running)

    def _end_unseen(self) -> str:
        """Lines are followed again, or nothing is; what is to be said of the time between, "" where there is none."""
        if not self._plain.away:
            return ""
        self._new_threads.end()
        self.on_unseen(None)
        return self._plain.look_again()

    def _unseen_thread(self, frame: FrameType, event: str, arg: object) -> Any:
        """A thread begins while nobody looks at lines: its operations are recorded all the same."""
        self._thread_begins()
        return self._new_threads.go_on(frame, event, arg)

    def touched(self) -> None:
        """A tensor is operated on: lines are followed again, from the one that does it."""
        unseen = self._plain.touched()
        if self.tracing.check():
            for scope in self._stacks[get_ident()]:
                if scope.frame is not None:
                    self.tracing.follow(scope.frame, scope.trace)
        if not unseen:
            return
        frame = self.files.nearest(sys._getframe(1))
        self.boundary()  # what was printed meanwhile stands before what comes
        self.emit(Note(text=self._end_unseen()))
        if frame is None:
            return
        self.tracing.start()
        with Shielded(self.fault), Undispatched():
            deque(self.resume(frame, anew=False), maxlen=0)
            self._stacks[get_ident()][-1].arrive(frame)

    def _calls(self, frame: FrameType | None) -> Iterator[FrameType]:
        """The calls of the program from `frame` outwards, up to the one that was outermost when we looked away."""
        outermost = next(iter(self._left), None)
        while frame is not None:
            if self._is_program(frame.f_code.co_filename):
                yield frame
            if (id(frame), frame.f_code) == outermost:
                return
            frame = frame.f_back

    def resume(self, frame: FrameType, anew: bool = True) -> Iterator[torch.Tensor]:
        """Look again: at the calls of the program from the outermost down to `frame`.

        Their names are told: those that have changed, or anew, all of them. Yields the tensors that have a name.
        """
        if anew:
            self._named.clear()
            self._named_for_now.clear()
        stack = self._stacks[get_ident()]
        for depth, running in enumerate(reversed(list(self._calls(frame)))):
            left = self._left.get((id(running), running.f_code))
            scope = Scope(self, running, next(self._scopes) if left is None else left.number, depth)
            scope.take_up(left, names=not anew)
            stack.append(scope)
            self.tracing.follow(running, scope.trace)
            yield from scope.tell_names()
