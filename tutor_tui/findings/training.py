"""What optimizers hold and did, and what came of the parameters, as far as the record goes."""

from __future__ import annotations

from collections import defaultdict

from tutor_tui.protocol.messages import Accumulate, Activation, Layer, Module, Optimizer, Preview, Update
from tutor_tui.trace.record.trace import Trace

LAYERS = (
    *("linear", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d"),
    *("matmul", "addmm", "mm", "bmm", "einsum", "bilinear"),
)
"""Operations of a layer with weights, which the results of one before it may go into."""


class Held:
    """An optimizer of the program's, and its history."""

    def __init__(self, first: Optimizer) -> None:
        self.first = first
        self.name = first.name
        self.took: list[Optimizer] = []
        self.cleared: list[Optimizer] = []
        self.stepped: list[Optimizer] = []
        self.tensors: dict[int, int] = {}
        """The parameters that it holds, and the step at which that was told."""


class Training:
    """The optimizers of a run, the modules, the gradients that arrived and the parameters that changed."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self.optimizers: dict[int, Held] = {}
        self.modules: list[Module] = []
        self.layers: list[Layer] = []
        self.activations: list[Activation] = []
        self.arrivals: defaultdict[int, list[Accumulate]] = defaultdict(list)
        """The gradients that came to a leaf; those that the program set, or that were there after a gap, too."""
        self.updates: defaultdict[int, list[Update]] = defaultdict(list)
        self._owners: dict[int, tuple[Module, str]] = {}
        for step in trace.steps:
            match step:
                case Optimizer():
                    self._add(step)
                case Module():
                    self._own(step)
                case Layer():
                    self.layers.append(step)
                case Activation():
                    self.activations.append(step)
                case Accumulate() if step.after is not None or step.incoming is not None:
                    self.arrivals[step.tensor].append(step)
                case Update():
                    self.updates[step.tensor].append(step)

    def _add(self, step: Optimizer) -> None:
        held = self.optimizers.setdefault(step.number, Held(step))
        match step.did:
            case "took":
                held.took.append(step)
                for tensor in step.tensors:
                    held.tensors.setdefault(tensor, step.seq)
            case "cleared":
                held.cleared.append(step)
            case "stepped":
                held.stepped.append(step)

    def _own(self, step: Module) -> None:
        self.modules.append(step)
        for path, tensor in (*step.parameters.items(), *step.loose.items()):
            self._owners.setdefault(tensor, (step, path))

    def owner(self, tensor: int) -> tuple[Module, str] | None:
        """The module that a parameter was first seen in, and its name there."""
        return self._owners.get(tensor)

    def path(self, tensor: int) -> str:
        """`model.fc.weight`; "" for what is no module's parameter."""
        owner = self._owners.get(tensor)
        return f"{owner[0].name}.{owner[1]}" if owner is not None else ""

    def holders(self, tensor: int) -> list[Held]:
        """The optimizers that hold a parameter."""
        return [held for held in self.optimizers.values() if tensor in held.tensors]

    def changed_since(self, tensor: int, seq: int) -> bool:
        """Whether a tensor was written to after a step."""
        return any(update.seq > seq for update in self.updates.get(tensor, ()))

    def moved(self, step: Optimizer) -> list[Update]:
        """What an optimizer's step has changed, of what the record can tell to be other than before."""
        found: list[Update] = []
        steps = self._trace.steps
        for seq in range(step.seq + 1, len(steps)):
            update = steps[seq]
            if not isinstance(update, Update) or update.by != "optimizer":
                break
            if not unchanged(update):
                found.append(update)
        return found


def unchanged(update: Update) -> bool:
    """Whether an update has left every number as it was, as far as that is known."""
    before = update.before
    if before is not None and before.values is not None:
        return bool(before.values == update.after.values)
    example = update.example
    return example is not None and _still(example.numbers)


def _still(numbers: dict[str, float]) -> bool:
    """Whether no other number of the tensor can have moved either: where the rate, or what it multiplies, is 0."""
    return numbers.get("lr") == 0.0 and numbers.get("w") == numbers.get("w'")


def finite_zero(preview: Preview | None) -> bool:
    """Whether a small tensor holds nothing but zeros."""
    return preview is not None and preview.values is not None and not any(flat(preview.values))


def flat(values: object) -> list[float]:
    """The numbers of a nested list; what is no number counts as 1."""
    if isinstance(values, list):
        return [number for value in values for number in flat(value)]
    return [float(values)] if isinstance(values, (int, float)) else [1.0]
