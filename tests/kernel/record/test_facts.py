"""What the record tells beside the steps of torch: optimizers, layers, modules, workers, memory shared with NumPy."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import steps
from tutor_tui.protocol.messages import Accumulate, Layer, Module, Op, Optimizer, Update, Workers
from tutor_tui.trace.record.trace import Trace

Record = Callable[..., Trace]

HEAD = """
import torch
from torch import nn
torch.manual_seed(0)
"""


def test_an_optimizer_tells_what_it_holds_and_does(record: Record) -> None:
    trace = record(
        HEAD
        + "w = torch.ones(3, requires_grad=True)\nb = torch.ones(2, requires_grad=True)\n"
        + "o = torch.optim.SGD([w, b], lr=0.5)\n"
        + "w.sum().backward()\no.step()\no.zero_grad()\no.param_groups[0]['lr'] = 0.25\no.step()\n"
    )
    facts = steps(trace, Optimizer)
    assert [(fact.did, fact.name, fact.number) for fact in facts] == [
        ("took", "SGD", 1),
        ("stepped", "SGD", 1),
        ("cleared", "SGD", 1),
        ("stepped", "SGD", 1),
    ]
    took, first, cleared, second = facts
    w, b = (trace.naming.names(0, len(trace.steps) - 1)[name].tensor for name in "wb")
    assert took.tensors == [w, b]
    assert first.tensors == cleared.tensors == [w]
    assert second.tensors == []
    assert (took.rates, second.rates) == ([0.5], [0.25])
    assert trace.sources.text(took.span) == "torch.optim.SGD([w, b], lr=0.5)"
    assert trace.sources.text(cleared.span) == "o.zero_grad()"


def test_gradients_that_are_filled_with_zeros_are_told(record: Record) -> None:
    trace = record(
        HEAD
        + "w = torch.ones(100, requires_grad=True)\nv = torch.ones(2, requires_grad=True)\n"
        + "o = torch.optim.SGD([w, v], lr=0.5)\n(w.sum() + v.sum()).backward()\no.zero_grad(set_to_none=False)\n"
    )
    emptied = [step for step in steps(trace, Accumulate) if step.incoming is None]
    assert len(emptied) == 2
    assert [step.after.values for step in emptied if step.after.values is not None] == [[0.0, 0.0]]


def test_an_optimizer_that_never_steps_is_told_too(record: Record) -> None:
    trace = record(
        HEAD + "w = torch.ones(3, requires_grad=True)\no = torch.optim.Adam([w])\nw.sum().backward()\n"
    )
    assert [fact.did for fact in steps(trace, Optimizer)] == ["took"]


def test_tensors_that_live_on_with_their_graphs_are_told_at_the_next_step(record: Record) -> None:
    body = (
        "w = torch.ones(3, requires_grad=True)\no = torch.optim.SGD([w], lr=0.1)\nkept = []\n"
        "for n in range(4):\n    loss = w.sum()\n    o.zero_grad()\n    loss.backward()\n    o.step()\n"
    )
    facts = [
        f for f in steps(record(HEAD + body + "    kept.append(loss)\n"), Optimizer) if f.did == "stepped"
    ]
    assert [len(fact.kept) for fact in facts] == [0, 1, 2, 3]
    bare = [
        f
        for f in steps(record(HEAD + body + "    kept.append(loss.item())\n"), Optimizer)
        if f.did == "stepped"
    ]
    assert [len(fact.kept) for fact in bare] == [0, 0, 0, 0]


def test_layers_that_train_otherwise_tell_how_they_ran(record: Record) -> None:
    trace = record(
        HEAD
        + "m = nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5), nn.BatchNorm1d(4), nn.Dropout(0.0))\n"
        + "x = torch.ones(2, 3)\ny = m(x)\nm.eval()\nwith torch.no_grad():\n    z = m(x)\nm[1].train()\nu = m(x)\n"
    )
    told = [(s.name, s.active, s.training, s.no_grad) for s in steps(trace, Layer)]
    assert told == [
        ("dropout", True, [True, True], False),
        ("batch_norm", True, [True, True], False),
        ("dropout", False, [False, False], True),
        ("batch_norm", False, [False, False], True),
        ("dropout", True, [True, False], False),
        ("batch_norm", False, [False, False], False),
    ]
    linear = [op for op in steps(trace, Op) if op.name == "linear"]
    assert [(op.no_grad, op.evaluates) for op in linear] == [(False, False), (True, True), (False, True)]


def test_a_dropout_that_hands_its_input_on_is_no_operation(record: Record) -> None:
    trace = record(HEAD + "m = nn.Dropout(0.5).eval()\ny = m(torch.ones(3))\n")
    (layer,) = steps(trace, Layer)
    assert layer.tensor == layer.output
    assert "dropout" not in [op.name for op in steps(trace, Op)]


def test_a_module_tells_its_parameters_and_those_that_torch_does_not_see(record: Record) -> None:
    trace = record(
        HEAD
        + "class Net(nn.Module):\n"
        + "    def __init__(self):\n        super().__init__()\n"
        + "        self.plain = [nn.Linear(2, 2)]\n        self.last = nn.Linear(2, 1)\n"
        + "    def forward(self, x):\n        return self.last(self.plain[0](x))\n"
        + "net = Net()\nx = torch.ones(1, 2)\nnet(x)\nnet(x)\nnet.last = nn.Linear(2, 3)\nnet(x)\n"
    )
    first, second = steps(trace, Module)
    assert (first.name, first.type) == ("net", "Net")
    assert list(first.parameters) == ["last.weight", "last.bias"]
    assert list(first.loose) == ["plain[0].weight", "plain[0].bias"]
    assert second.parameters["last.weight"] != first.parameters["last.weight"]
    assert second.loose == first.loose


def test_from_numpy_is_a_step(record: Record) -> None:
    trace = record(HEAD + "import numpy as np\na = np.ones(3)\nx = torch.from_numpy(a)\n")
    (op,) = [op for op in steps(trace, Op) if op.name == "from_numpy"]
    assert trace.sources.text(op.span) == "torch.from_numpy(a)"
    assert op.outputs[0].id == trace.naming.names(0, len(trace.steps) - 1)["x"].tensor


@pytest.mark.parametrize(
    ("write", "shared"), [("a[::2] = 5", True), ("b = a * 2", False), ("x.add_(1)", False)]
)
def test_a_large_array_that_is_written_to_changes_its_tensor(
    record: Record, write: str, shared: bool
) -> None:
    trace = record(
        HEAD + f"import numpy as np\na = np.zeros((20, 10))\nx = torch.from_numpy(a)\nz = 1\n{write}\nz = 2\n"
    )
    assert ("shared memory" in [step.by for step in steps(trace, Update)]) is shared


DATA = """
import numpy as np, torch, random
from torch.utils.data import DataLoader, Dataset
RNG = np.random.RandomState(1)
class Data(Dataset):
    def __init__(self): self.rng = np.random.default_rng(0)
    def __len__(self): return 4
    def __getitem__(self, i): return float({draw})
def same(worker): np.random.seed(3)
def own(worker): np.random.seed(3 + worker)
def again(worker): torch.utils.data.get_worker_info().dataset.rng = np.random.default_rng(worker)
for batch in DataLoader(Data(), num_workers=2, worker_init_fn={begin}): pass
"""


@pytest.mark.parametrize(
    ("draw", "begin", "generators", "seeded"),
    [
        ("self.rng.normal()", "None", ["dataset.rng"], False),
        ("RNG.rand()", "None", ["RNG"], False),
        ("self.rng.normal()", "again", [], False),
        ("np.random.rand()", "None", [], False),
        ("np.random.rand()", "same", [], True),
        ("np.random.rand()", "own", [], False),
        ("i", "same", [], False),
    ],
)
def test_workers_tell_where_their_random_numbers_come_from(
    record: Record, draw: str, begin: str, generators: list[str], seeded: bool
) -> None:
    trace = record(DATA.format(draw=draw, begin=begin))
    (fact,) = steps(trace, Workers)
    assert (fact.count, fact.dataset, fact.generators) == (2, "Data", generators)
    assert (fact.seeded is not None) is seeded


def test_torch_is_left_as_it_was_found(record: Record) -> None:
    trace = record(
        "import torch\nfrom torch.utils.data import DataLoader\n"
        "print(torch.from_numpy.__name__, torch.optim.Optimizer.zero_grad.__name__, DataLoader.__iter__.__name__)\n"
    )
    assert "from_numpy zero_grad __iter__" in "".join(getattr(step, "text", "") for step in trace.steps)
