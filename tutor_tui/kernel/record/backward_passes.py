"""The backward pass, node by node: hooks on the graph for as long as the engine runs."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import torch

from tutor_tui.kernel.probes.engine import engine
from tutor_tui.kernel.probes.graph import ACCUMULATE, described, edge_root, walk
from tutor_tui.kernel.probes.loss_names import look, scalar
from tutor_tui.kernel.probes.modes import reentered
from tutor_tui.kernel.probes.shield import Shielded, Undispatched, history
from tutor_tui.kernel.record.making import BackwardSeen
from tutor_tui.kernel.record.operations import Operations
from tutor_tui.kernel.rules.derivatives import look_at
from tutor_tui.protocol.messages import Accumulate, Loss, Preview

Gradients = Sequence[torch.Tensor | None]


class _Pass:
    """One run of the engine: which leaves it may reach, and what their gradients were before."""

    def __init__(self) -> None:
        self.handles: list[Any] = []
        self.before: dict[int, Preview | None] = {}
        self.retained: dict[int, list[torch.Tensor]] = {}
        """By node: the tensors that it made and that keep their gradient, though they are no leaves."""
        self.pending: tuple[torch.Tensor, int, Preview] | None = None


class BackwardRecorder:
    """Stands in for the engine while a program is recorded."""

    def __init__(self, ops: Operations) -> None:
        self._ops = ops
        self._preview = ops.preview
        self.passes = 0
        """Passes of the program so far, the recorded ones and the others."""
        self._threads = threading.local()
        self.on_loss: Callable[[int, Sequence[Any]], None] = lambda iteration, outputs: None
        """Called when the program sends tensors backward, before the engine runs."""
        self._retaining: list[int] = []
        """The ids of tensors that are no leaves and keep their gradients."""
        ops.gradients = self

    @property
    def _passes(self) -> list[_Pass]:
        """The passes that run in this thread, the innermost last."""
        passes: list[_Pass] | None = getattr(self._threads, "passes", None)
        if passes is None:
            passes = self._threads.passes = []
        return passes

    def install(self) -> None:
        """Take the engine's place."""
        engine.add(self._stand_in)

    def remove(self) -> None:
        """Give the engine its place back."""
        engine.remove(self._stand_in)

    def in_backward(self) -> bool:
        """Whether a pass runs in this thread."""
        return bool(getattr(self._threads, "passes", None))

    def retained(self, tensor: torch.Tensor) -> None:
        """The program called `retain_grad`."""
        self._retaining.append(self._preview.identities.number(tensor))

    def grad_set(self, leaf: torch.Tensor, before: Preview | None) -> None:
        """The program assigned or cleared `leaf.grad`."""
        number = self._preview.identities.number(leaf)
        after = self._gradient(leaf, number)
        if before is after:
            return
        self._ops.say(
            Accumulate(tensor=number, incoming=None, before=before, after=after, scope=self._ops.scope())
        )

    def tell_gradients(self, leaves: Iterable[torch.Tensor]) -> None:
        """Say what `.grad` of some leaves is, after a time in which nobody looked."""
        for leaf in leaves:
            number = self._preview.identities.number(leaf)
            after = self._gradient(leaf, number)
            self._ops.say(Accumulate(tensor=number, incoming=None, before=None, after=after))

    def changed(self, tensor: torch.Tensor, before: Preview) -> None:
        """A tensor was changed in place: where it is some leaf's gradient, say so of the leaf."""
        leaf = self._preview.identities.known(tensor).leaf
        owner = self._preview.identities.tensor(leaf)
        if owner is not None and owner.grad is tensor:
            after = self._preview(tensor)
            self._ops.say(
                Accumulate(tensor=leaf, incoming=None, before=before, after=after, scope=self._ops.scope())
            )

    def _stand_in(self, original: Callable[..., Any]) -> Callable[..., Any]:
        return partial(self._run, original)

    def _run(self, original: Callable[..., Any], outputs: Sequence[Any], *args: Any, **kwargs: Any) -> Any:
        this = _Pass()
        with Shielded(self._ops.fault), Undispatched():
            self._begin(this, outputs)
        passes = self._passes
        passes.append(this)
        try:
            with reentered(self._ops.mode):
                return original(outputs, *args, **kwargs)
        finally:
            passes.pop()
            with Shielded(self._ops.fault), Undispatched():
                for handle in this.handles:
                    handle.remove()
                self._settle(this)

    def _begin(self, this: _Pass, outputs: Sequence[Any]) -> None:
        roots = [edge_root(output) for output in outputs]
        nodes = list(described(self._ops.graph.discover(roots)))
        losses: list[Loss] = []
        if not self._passes:  # a pass inside a pass, as a checkpoint makes, is no loss of the program's
            self.passes += 1
            self.on_loss(self.passes, outputs)
            losses = [self._loss(o, r) for o, r in zip(outputs, roots, strict=True)]
        self._ops.say(*nodes, *losses)
        self._find_retained(this)
        for node in walk(roots):
            if type(node) is ACCUMULATE:
                this.handles.append(self._hook_leaf(this, node))
            elif (number := self._ops.graph.number(node)) is not None:
                this.handles.append(node.register_hook(partial(self._ran, this, number, node)))

    def _find_retained(self, this: _Pass) -> None:
        look = self._preview.identities.tensor
        alive = {number: tensor for number in self._retaining if (tensor := look(number)) is not None}
        self._retaining = list(alive)
        for identity, tensor in alive.items():
            node = history(tensor)
            number = self._ops.graph.number(node) if node is not None else None
            if number is not None:
                this.retained.setdefault(number, []).append(tensor)
                this.before[identity] = self._gradient(tensor, identity)

    def _hook_leaf(self, this: _Pass, node: Any) -> Any:
        leaf = node.variable
        number = self._preview.identities.number(leaf)
        this.before[number] = self._gradient(leaf, number)
        own = getattr(leaf, "_post_accumulate_grad_hooks", None)
        if own:
            handle = leaf.register_post_accumulate_grad_hook(partial(self._accumulated, this))
            own.move_to_end(handle.id, last=False)
            this.handles.append(handle)
        return node.register_prehook(partial(self._accumulating, this, leaf, number))

    def _ran(self, this: _Pass, number: int, node: Any, into: Gradients, came: Gradients) -> None:
        """Posthook of a node: what came in, after the program's own hooks, and what goes out."""
        with Shielded(self._ops.fault), Undispatched():
            if this.pending is not None:
                self._settle(this)
            if number in this.retained:
                for tensor in this.retained[number]:
                    self._keep(this, tensor, came[tensor.output_nr])
            self._report(number, node, into, came)

    def _report(self, number: int, node: Any, into: Gradients, came: Gradients) -> None:
        preview = self._preview
        grad_outputs = tuple([None if g is None else preview(g) for g in came])
        grad_inputs = tuple([None if g is None else preview(g) for g in into])
        facts = look_at(node, grad_outputs, grad_inputs, self._ops.graph.sealed(number))
        tracked = [history(g) for g in into if g is not None and g.requires_grad]
        made = self._ops.graph.discover(tracked) if tracked else ()
        seen = BackwardSeen(number, grad_outputs, grad_inputs, facts, made, self._ops.scope())
        self._ops.boundary()
        self._ops.emit.later(seen)

    def _accumulating(self, this: _Pass, leaf: torch.Tensor, number: int, came: Gradients) -> None:
        """Prehook of a leaf: its gradient is about to arrive, and will have by the next hook."""
        with Shielded(self._ops.fault), Undispatched():
            self._settle(this)
            if came[0] is not None:
                this.pending = (leaf, number, self._preview(came[0]))

    def _accumulated(self, this: _Pass, leaf: torch.Tensor) -> None:
        """First of a leaf's own hooks after it received its gradient: they may change it."""
        with Shielded(self._ops.fault), Undispatched():
            self._settle(this)

    def _settle(self, this: _Pass) -> None:
        """Report the leaf that was about to receive its gradient at the last hook: now it has."""
        if this.pending is None:
            return
        leaf, number, incoming = this.pending
        this.pending = None
        self._arrived(this, leaf, number, incoming)

    def _keep(self, this: _Pass, tensor: torch.Tensor, came: torch.Tensor | None) -> None:
        """A tensor that is no leaf has kept the gradient that its node is about to be given."""
        if came is not None:
            self._arrived(this, tensor, self._preview.identities.number(tensor), self._preview(came))

    def _arrived(self, this: _Pass, owner: torch.Tensor, number: int, incoming: Preview) -> None:
        before = this.before.get(number)
        after = this.before[number] = self._gradient(owner, number)
        self._ops.say(
            Accumulate(tensor=number, incoming=incoming, before=before, after=after, scope=self._ops.scope())
        )

    def _gradient(self, leaf: torch.Tensor, number: int) -> Preview | None:
        gradient = leaf.grad
        if gradient is None:
            return None
        self._preview.identities.known(gradient).leaf = number
        return self._preview(gradient)

    def _loss(self, output: Any, root: Any) -> Loss:
        tensor = output if isinstance(output, torch.Tensor) else None
        frame = self._ops.files.nearest(sys._getframe(1))
        return Loss(
            iteration=self.passes,
            value=scalar(tensor),
            name=look(tensor, frame, self._ops.files, self._ops.spans).name if frame is not None else "",
            span=self._ops.spans.of(frame) if frame is not None else None,
            tensor=None if tensor is None else self._preview.identities.number(tensor),
            node=None if root is None else self._ops.graph.number(root),
        )
