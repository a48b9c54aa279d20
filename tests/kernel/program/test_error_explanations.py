"""Real errors of torch: at the program's own line and sub-expression, with advice that fits."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import steps
from tutor_tui.protocol.messages import Failure
from tutor_tui.trace.record.trace import Trace
from tutor_tui.trace.words.printed import text_lines
from tutor_tui.trace.words.spoken import step_lines
from tutor_tui.trace.words.story import story

Record = Callable[..., Trace]

NET = """
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(10, 5), nn.ReLU())
        self.out = nn.Linear(6, 2)
    def forward(self, x):
        return self.out(self.layers(x))
net = Net()
net(torch.randn(3, 10)).sum().backward()
"""

CASES: dict[str, tuple[str, int, str, str]] = {
    "a layer of the wrong size": (
        NET,
        10,
        "self.out(self.layers(x))",
        "self.out is a Linear that takes 6 numbers in the last dimension; it was given 3×5, with 5 there.",
    ),
    "a layer in a list": (
        "import torch\nfrom torch import nn\n"
        "conv = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(4, 8, 3))\n"
        "conv(torch.randn(2, 3, 8, 8))\n",
        4,
        "conv(torch.randn(2, 3, 8, 8))",
        "conv.2 is a Conv2d that takes 4 channels; it was given 2×8×6×6, with 8 there.",
    ),
    "class labels with a fraction": (
        "import torch\nx, y = torch.ones(2, 3), torch.tensor([0.0, 1])\n"
        "torch.nn.functional.cross_entropy(x, y)\n",
        3,
        "torch.nn.functional.cross_entropy(x, y)",
        "y holds the class labels, as float32. Class labels are whole numbers of dtype int64",
    ),
    "class labels that do not exist": (
        "import torch\nx, y = torch.ones(2, 3), torch.tensor([1, 3])\n"
        "torch.nn.functional.cross_entropy(x, y)\n",
        3,
        "torch.nn.functional.cross_entropy(x, y)",
        "y holds the class labels, from 1 to 3; with 3 classes, the last is 2.",
    ),
    "saved values of another model": (
        "import torch\nnet = torch.nn.Linear(2, 2)\n"
        "net.load_state_dict(torch.nn.Linear(3, 2).state_dict())\n",
        3,
        "net.load_state_dict(torch.nn.Linear(3, 2).state_dict())",
        "The saved values are from a different model",
    ),
    "code that is evaluated": (
        'import torch\nx = torch.ones(1)\neval("1 +")\n',
        3,
        'eval("1 +")',
        "Everything before it ran.",
    ),
    "a product without a layer": (
        "import torch\na, b = torch.ones(2, 3), torch.ones(2, 3)\nc = 1 + a @ b\n",
        3,
        "a @ b",
        "the two inner sizes must be equal",
    ),
    "a hidden state that is carried on": (
        "import torch\nw = torch.ones(2, requires_grad=True)\nstate = torch.zeros(2)\n"
        "for _ in range(2):\n    state = torch.tanh(state + w)\n    state.sum().backward()\n",
        6,
        "state.sum().backward()",
        "carried into this one, such as a hidden state, cut it off there with detach()",
    ),
    "a step between two backward passes": (
        "import torch\nw = torch.ones(2, requires_grad=True)\nopt = torch.optim.SGD([w], lr=0.1)\n"
        "a, b = (w * w).sum(), (w * w * w).sum()\n"
        "a.backward()\nopt.step()\nb.backward()\n",
        7,
        "b.backward()",
        "an optimizer's step() between the forward pass and this backward()",
    ),
    "the meta device": (
        "import torch\nx = torch.ones(2, device='meta')\nprint(x.tolist())\n",
        3,
        "x.tolist()",
        "has a shape but no values",
    ),
    "a fraction into whole numbers": (
        "import torch\nx = torch.tensor([1, 2])\nx *= 0.5\n",
        3,
        "x *= 0.5",
        "x = x * 0.5 instead of x *= 0.5",
    ),
    "labels that are fractions": (
        "import torch\nscores = torch.zeros(2, 3)\n"
        "torch.nn.functional.cross_entropy(scores, torch.tensor([0.0, 1.0]))\n",
        3,
        "torch.nn.functional.cross_entropy(scores, torch.tensor([0.0, 1.0]))",
        "convert them with .long()",
    ),
    "indices that are fractions": (
        "import torch\nlook_up = torch.nn.Embedding(4, 2)\nlook_up(torch.tensor([0.0]))\n",
        3,
        "look_up(torch.tensor([0.0]))",
        "convert them with .long()",
    ),
    "no gradient yet": (
        "import torch\nw = torch.ones(2, requires_grad=True)\nstep = 0.1 * w.grad\n",
        3,
        "0.1 * w.grad",
        "A tensor's .grad is None until backward() reaches it",
    ),
    "something else that is None": (
        "import torch\nrate = None\nstep = 0.1 * rate\n",
        3,
        "0.1 * rate",
        "",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_an_error_is_explained_where_it_happened(record: Record, name: str) -> None:
    source, line, doing, advice = CASES[name]
    trace = record(source)
    (failure,) = steps(trace, Failure)
    frame = trace.sources.innermost(failure.frames)
    assert frame is not None
    assert frame.line == line
    assert failure.span is not None
    assert failure.span.line == line
    assert trace.sources.text(failure.span) == doing
    assert advice in failure.explanation if advice else not failure.explanation
    index = trace.stop_of(failure.seq)
    assert f"at line {line}: " in story(trace, index)
    assert f"  It was running: {doing}" in list(step_lines(trace, index))
    assert f"       in: {doing}" in list(text_lines(trace, failure.seq))


def test_a_failure_in_another_file_says_which(record: Record) -> None:
    trace = record(
        """
        import sys
        from pathlib import Path
        (Path(__file__).parent / "helper_of_a_failure.py").write_text("def half(x):\\n    return x / 0\\n")
        sys.path.insert(0, str(Path(__file__).parent))
        import helper_of_a_failure
        helper_of_a_failure.half(1)
        """
    )
    (failure,) = steps(trace, Failure)
    told = story(trace, trace.stop_of(failure.seq))
    assert told.startswith("ZeroDivisionError at line 2 of helper_of_a_failure.py: ")
