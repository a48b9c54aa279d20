"""Where the first value came from that was not finite: the program is run again, with every result looked at.

A value that is not finite is followed from the operation that made it of finite ones. What counts is the one that
arrives in a loss: an infinity that a softmax takes away again, as masks have it, is none. An infinity that the
program wrote itself (`masked_fill(…, -inf)`) is not to blame for what an operation makes of it.
"""

from __future__ import annotations

import re
import sys
import weakref
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from time import monotonic
from types import CodeType, FrameType
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from tutor_tui.kernel.again.bad_values import Origin, found, is_finite, is_pointwise, spot_of, writes_infinity
from tutor_tui.kernel.probes import modes
from tutor_tui.kernel.probes.calls import QUIET, find_tensors, op_name, writes_first
from tutor_tui.kernel.probes.engine import engine, optimizer_steps
from tutor_tui.kernel.probes.graph import leaf_of, saved_tensors, walk
from tutor_tui.kernel.probes.hidden import traced_by_torch
from tutor_tui.kernel.probes.ids import Identities
from tutor_tui.kernel.probes.loss_names import find_name
from tutor_tui.kernel.probes.previews import Previewer, stats
from tutor_tui.kernel.probes.shield import Shielded, Undispatched, history
from tutor_tui.kernel.probes.stand_ins import StandIns
from tutor_tui.kernel.program.files import Files
from tutor_tui.kernel.program.main import run_program
from tutor_tui.kernel.program.spans import Spans
from tutor_tui.kernel.program.start import find_program
from tutor_tui.protocol.messages import Bad, FindBad, Preview

ELSEWHERE = "the second run had no non-finite loss: the program does not do the same on every run"
_PLACE = "tutor_tui"
TELL = 0.5
"""Seconds between two messages on how far it is."""


def run_search(find: FindBad, answer: Callable[[Bad], None]) -> Bad:
    """Run the program; `answer` is called, and does not return, when the origin is found.

    What is returned says that it never was.
    """
    files = Files(lambda file, text, library: None)
    search = Search(find, files, answer)
    path, namespace = find_program(find.run, files)
    run_program(path, files, namespace, search.start, search.stop)
    failed = f"; the search itself failed: {search.faults[0]!r}" if search.faults else ""
    return Bad(request=find.request, error=ELSEWHERE + failed)


class _Mode(TorchFunctionMode):
    def __init__(self, search: Search) -> None:
        super().__init__()
        self._search = search

    def __torch_function__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if getattr(func, "__name__", "") in QUIET or traced_by_torch():
            return func(*args, **(kwargs or {}))
        return self._search.ran(func, args, kwargs or {})


class Search:
    """Looks at every result of a program until a loss is not finite."""

    def __init__(self, find: FindBad, files: Files, answer: Callable[[Bad], None]) -> None:
        self._asked = find
        self._files = files
        self._answer = answer
        self._spans = Spans(files)
        self._preview = Previewer(Identities())
        self._mode = _Mode(self)
        self.faults: list[Exception] = []
        self._passes = 0
        self._depth = 0
        self._blame: dict[int, tuple[weakref.ref[torch.Tensor], Origin]] = {}
        self._in_backward: Origin | None = None
        self._stand_ins = StandIns(self._mode, self.ran)
        self._above: list[int] = []
        self._told = monotonic()

    def start(self) -> None:
        """Look from here on."""
        engine.add(self._stand_in)
        optimizer_steps.add(self._fault, self._before_step, self._after_step)
        self._stand_ins.install()
        modes.push(self._mode)

    def stop(self) -> None:
        """Look no more."""
        modes.remove(self._mode)
        self._stand_ins.remove()
        engine.remove(self._stand_in)
        optimizer_steps.remove(self._before_step, self._after_step)

    def _fault(self, error: Exception) -> None:
        """What goes wrong in the search must not end the program, which is to come to its bad loss again."""
        self.faults.append(error)

    # --- operations

    def ran(self, func: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """Run a torch function, and look at what comes out."""
        written = args[0] if args and writes_first(func) and isinstance(args[0], torch.Tensor) else None
        before: Preview | None = None
        if written is not None:
            with Shielded(self._fault), Undispatched():
                before = self._shown(written) if is_finite(written) else None
        result = func(*args, **kwargs)
        with Shielded(self._fault), Undispatched(), torch.no_grad():
            outputs = [result] if isinstance(result, torch.Tensor) else find_tensors((result,), {})
            if written is not None and not any(o is written for o in outputs):
                outputs.append(written)
            for output in outputs:
                if (node := history(output)) is not None:
                    self._mark(node, func)
                if not is_finite(output):
                    self._blame_for(output, self._origin(func, args, kwargs, output, before))
        return result

    def _mark(self, node: Any, func: Any) -> None:
        if _PLACE not in node.metadata:
            frame = self._files.nearest(sys._getframe(2))
            node.metadata[_PLACE] = (frame.f_code, frame.f_lasti) if frame is not None else None

    def _origin(
        self, func: Any, args: Sequence[Any], kwargs: dict[str, Any], output: Any, before: Preview | None
    ) -> Origin:
        inputs = [t for t in find_tensors(args, kwargs) if t is not output or before is None]
        bad = [t for t in inputs if not is_finite(t)]
        causes = [cause for t in bad if (cause := self._cause(t)) is not None]
        new_nan = bool(output.isnan().any()) and not any(bool(t.isnan().any()) for t in bad)
        guilty = next((c for c in causes if not c.meant), None)
        if guilty is not None:
            return guilty
        if causes and not new_nan:
            return causes[0]
        frame = self._files.nearest(sys._getframe(2))
        shown = ([before] if before is not None else []) + [self._shown(t) for t in inputs]
        meant = not bool(output.isnan().any()) and any(writes_infinity(v) for v in (*args, *kwargs.values()))
        origin = Origin(
            how="operation",
            name=op_name(func),
            span=self._spans.of(frame) if frame is not None else None,
            passes=self._passes + (0 if self._depth else 1),
            inputs=shown,
            outputs=[self._shown(output)],
            names=self._names([*inputs, output], frame),
            meant=meant,
            spot=spot_of(output, inputs, is_pointwise(op_name(func))) if before is None else None,
        )
        if self._depth and self._in_backward is None:
            self._in_backward = origin
        return origin

    def _names(self, tensors: Iterable[torch.Tensor], frame: FrameType | None) -> dict[int, str]:
        found = {self._preview.identities.number(t): find_name(t, frame, self._files) for t in tensors}
        return {number: name for number, name in found.items() if name}

    def _shown(self, tensor: torch.Tensor) -> Preview:
        found = self._preview(tensor)
        if found.values is None and not found.note:
            found.stats = stats(tensor)
        return found

    def _cause(self, tensor: torch.Tensor) -> Origin | None:
        found = self._blame.get(id(tensor))
        if found is not None and found[0]() is tensor:
            return found[1]
        base = tensor._base
        return self._cause(base) if base is not None and base is not tensor else None

    def _blame_for(self, tensor: torch.Tensor, origin: Origin) -> None:
        self._blame[id(tensor)] = weakref.ref(tensor), origin

    # --- passes

    def _stand_in(self, original: Callable[..., Any]) -> Callable[..., Any]:
        return partial(self._run_backward, original)

    def _run_backward(
        self, original: Callable[..., Any], outputs: Sequence[Any], *args: Any, **kwargs: Any
    ) -> Any:
        if self._depth:
            return original(outputs, *args, **kwargs)
        self._passes += 1
        self._report_progress()
        with Shielded(self._fault), Undispatched(), torch.no_grad():
            for output in outputs:
                if isinstance(output, torch.Tensor) and not is_finite(output):
                    self._finish(self._cause(output), output)
        self._in_backward = None
        self._depth = 1
        nodes = list(walk(history(o) for o in outputs if isinstance(o, torch.Tensor)))
        handles = [
            node.register_hook(partial(self._node_ran, node)) for node in nodes if leaf_of(node) is None
        ]
        try:
            with modes.reentered(self._mode):
                return original(outputs, *args, **kwargs)
        finally:
            self._depth = 0
            for handle in handles:
                handle.remove()
            self._blame_gradients(nodes)
            if self._passes >= self._asked.passes:
                self._give_up()

    def _node_ran(self, node: Any, into: Sequence[Any], came: Sequence[Any]) -> None:
        if self._in_backward is not None and self._in_backward.how == "backward":
            return
        with Shielded(self._fault), Undispatched(), torch.no_grad():
            if all(is_finite(g) for g in into) or not all(is_finite(g) for g in came):
                return
            if self._in_backward is not None:  # an operation of the program's own backward made it
                return
            place: tuple[CodeType, int] | None = node.metadata.get(_PLACE)
            saved = [t for t in saved_tensors(node) if t.is_floating_point()]
            arrived = [g for g in came if g is not None]
            made = [g for g in into if g is not None and not is_finite(g)]
            alike = is_pointwise(re.sub(r"Backward\d*$", "", node.name()).lower())
            names = {self._preview.identities.number(g): "the incoming gradient" for g in arrived}
            self._in_backward = Origin(
                how="backward",
                name=node.name(),
                span=self._spans.at(*place) if place is not None else None,
                passes=self._passes,
                inputs=[self._shown(t) for t in (*arrived, *saved)],
                outputs=[self._shown(g) for g in made],
                names=names,
                spot=spot_of(made[0], [*arrived, *saved], alike),
            )

    def _blame_gradients(self, nodes: Iterable[Any]) -> None:
        origin = self._in_backward
        with Shielded(self._fault), Undispatched(), torch.no_grad():
            for node in nodes:
                leaf = leaf_of(node)
                gradient = leaf.grad if leaf is not None else None
                if origin is not None and gradient is not None and not is_finite(gradient):
                    self._blame_for(gradient, origin)

    def _before_step(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        self._above.append(modes.remove(self._mode) if len(args) < 2 and not kwargs else -1)

    def _after_step(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        if not self._above:
            return
        modes.restore(self._mode, self._above.pop())
        with Shielded(self._fault), Undispatched(), torch.no_grad():
            for group in optimizer.param_groups:
                for parameter in group["params"]:
                    if not is_finite(parameter) and self._cause(parameter) is None:
                        self._blame_for(parameter, self._updated(optimizer, parameter))

    def _updated(self, optimizer: Any, parameter: torch.Tensor) -> Origin:
        gradient = parameter.grad
        cause = self._cause(gradient) if gradient is not None else None
        if cause is not None:
            return cause
        frame = self._files.nearest(sys._getframe(3))
        name = type(optimizer).__name__
        return Origin(
            how="update",
            name=f"{name}.step",
            span=self._spans.of(frame) if frame is not None else None,
            passes=self._passes,
            inputs=[self._shown(gradient)] if gradient is not None else [],
            outputs=[self._shown(parameter)],
            names=self._names([parameter], frame),
            spot=spot_of(parameter, [gradient] if gradient is not None else [], True),
        )

    # --- answering

    def _report_progress(self) -> None:
        now = monotonic()
        if now - self._told > TELL:
            self._told = now
            self._answer(Bad(request=self._asked.request, replayed=self._passes, done=False))

    def _finish(self, origin: Origin | None, loss: torch.Tensor) -> None:
        text = self._spans.text(origin.span) if origin is not None and origin.span is not None else ""
        self._answer(found(self._asked.request, origin, self._passes, text))

    def _give_up(self) -> None:
        """The pass that was asked about is over, and its loss was finite."""
        self._answer(Bad(request=self._asked.request, error=ELSEWHERE))
