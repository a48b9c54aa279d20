"""A run of its own, unseen, in which gradients are compared with finite differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import torch

from tutor_tui.kernel.again.differences import differences
from tutor_tui.kernel.again.tape import Call, Tape, random_states, run_again, widened
from tutor_tui.kernel.probes.calls import find_tensors, op_name
from tutor_tui.kernel.probes.shield import Shielded, Undispatched, is_leaf
from tutor_tui.kernel.record.operations import Operations
from tutor_tui.kernel.record.recorder import Recorder
from tutor_tui.kernel.training.training_run import TrainingRun
from tutor_tui.protocol.messages import Check, Checked, Difference, Run

CHANGED = "the second run did not get there: the program does not do the same on every run"
ADDS = "AccumulateGrad only adds what arrives to .grad; check the node before it, or the whole loss"
Answer = Callable[[Checked], None]


class TapingOperations(Operations):
    """Operations that can be run again afterwards."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tape = Tape()
        self.on_call: Callable[[Call, range], None] = lambda call, nodes: None
        """Called after each operation, with the numbers of the nodes that it made."""

    def _watch(self, func: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        before, random = self.graph.newest, random_states()
        with Shielded(self.fault), Undispatched():
            self.tape.see(args, kwargs)
        result = super()._watch(func, args, kwargs)
        with Shielded(self.fault), Undispatched():
            outputs = find_tensors((result,), {})
            tracked = any(output.requires_grad and not is_leaf(output) for output in outputs)
            constant = [] if tracked else [widened(output) for output in outputs]
            call = Call(func, args, kwargs, outputs, random, constant)
            self.tape.add(call)
            self.on_call(call, range(before + 1, self.graph.newest + 1))
        return result


def unwatched(run: Run) -> Run:
    """The same run where nobody asks for an iteration: recorded as it was as far as nobody had to ask."""
    return msgspec.structs.replace(run, watch="")


def run_check(check: Check, answer: Answer) -> Checked:
    """Run the program; `answer` is called, and does not return, where the check can be made.

    What is returned says that it never could.
    """
    recorded = TrainingRun(unwatched(check.run), lambda messages: 0, operations=TapingOperations)
    checking = Checking(check, recorded.recorder, answer)
    ops = recorded.recorder.ops
    assert isinstance(ops, TapingOperations)
    ops.on_call = checking.ran
    recorded.recorder.backward.on_loss = checking.sent_backward
    recorded.run()
    return Checked(request=check.request, what="", error=CHANGED)


class Checking:
    """Waits for the node, or the loss, that was asked about."""

    def __init__(self, check: Check, recorder: Recorder, answer: Answer) -> None:
        self._check = check
        self._recorder = recorder
        self._answer = answer

    def ran(self, call: Call, nodes: range) -> None:
        """An operation has run; `nodes` are the numbers of the autograd nodes found at it."""
        if self._check.node is not None and self._check.node in nodes:
            if self._is_leafs(call):
                self._answer(Checked(request=self._check.request, what="AccumulateGrad", error=ADDS))
            self._compare(op_name(call.function), lambda: self._operation(call))

    def sent_backward(self, iteration: int, outputs: Sequence[Any]) -> None:
        """The program has called for gradients."""
        ops = self._recorder.ops
        assert isinstance(ops, TapingOperations)
        if self._check.node is None and iteration == self._check.iteration:
            self._compare("the whole loss", lambda: self._loss(ops.tape, outputs))
        ops.tape.clear()

    def _compare(self, what: str, work: Callable[[], list[Difference]]) -> None:
        self._recorder.backward.remove()  # the comparison's own passes are none of the program's
        found = Checked(request=self._check.request, what=what)
        try:
            with torch.enable_grad():
                found.inputs = work()
        except Exception as error:
            found.error = f"it cannot be recomputed in float64 ({type(error).__name__}: {error})"
        self._answer(found)

    def _is_leafs(self, call: Call) -> bool:
        tensors = find_tensors(call.args, call.kwargs)
        return any(self._recorder.identities.known(t).node == self._check.node for t in tensors)

    def _operation(self, call: Call) -> list[Difference]:
        tensors = {id(t): t for t in find_tensors(call.args, call.kwargs)}
        inputs = [t for t in tensors.values() if t.requires_grad and t.is_floating_point()]
        places = {id(t): n for n, t in enumerate(inputs)}
        others = {id(t): widened(t) for t in tensors.values() if id(t) not in places}

        def function(values: Sequence[torch.Tensor]) -> list[torch.Tensor]:
            # clones: the operation may write to its inputs, which belong to the comparison
            given = {key: values[n].clone() for key, n in places.items()}
            given |= {key: value.clone() for key, value in others.items()}
            results = find_tensors((run_again(call, lambda t: given[id(t)]),), {})
            return [r for r in results if r.is_floating_point()]

        return self._differences(function, inputs)

    def _loss(self, tape: Tape, outputs: Sequence[Any]) -> list[Difference]:
        (loss,) = outputs
        leaves = tape.leaves_of(loss)
        return self._differences(lambda values: [tape.replay(loss, leaves, values)], leaves)

    def _differences(self, function: Any, inputs: list[torch.Tensor]) -> list[Difference]:
        if not inputs:
            raise ValueError("none of its inputs is a floating-point tensor that requires a gradient")
        numbers = [self._recorder.identities.number(t) for t in inputs]
        return differences(function, [widened(t) for t in inputs], numbers)
