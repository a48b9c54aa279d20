"""Nothing of ours ends a program that runs well by itself."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.watched import Watched
from tutor_tui.protocol.messages import FreezeWhen

WHOLE_NUMBERS = """
import time
import torch
w = torch.ones(3, requires_grad=True)
steps = torch.tensor([1, 2, 3])
optimizer = torch.optim.SGD([{"params": [w]}, {"params": [steps]}], lr=0.01)
for i in range(40):
    optimizer.zero_grad()
    loss = (w ** 2).sum()
    loss.backward()
    optimizer.step()
    time.sleep(0.02)  # norms are looked at now and then
print("done", loss.item())
"""

OWN_OPTIMIZER = """
import torch

class SGD(torch.optim.Optimizer):
    def __init__(self, params):
        super().__init__(params, {"rate": 0.5})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                p -= group["rate"] * p.grad

w = torch.tensor([3.0], requires_grad=True)
optimizer = SGD([w])
(w ** 2).sum().backward()
optimizer.step()
print(w)
"""

COMPILED = """
import sys
import torch

torch.manual_seed(0)
layer = torch.nn.Linear(2, 1)

def net(x, scale):
    return (layer(x) * torch.log(scale)).sum()

forward = torch.compile(net)
x = torch.tensor([[1.0, 2.0]])
for scale in (2.0, 3.0, -1.0):
    loss = forward(x, torch.tensor(scale))
    with open(sys.argv[1], "w") as seen:
        print("eager" if torch._dynamo.config.disable else "compiled", file=seen)
    loss.backward()
"""


Write = Callable[..., Path]
"""Writes a program to a file of its own."""


@pytest.fixture
def program(tmp_path: Path) -> Write:
    """Write a program."""

    def write(text: str) -> Path:
        path = tmp_path / "program.py"
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("norm", [0.0, 1e9])
def test_whole_numbers_in_an_optimizer_are_watched_without_harm(program: Write, norm: float) -> None:
    with Watched(program(WHOLE_NUMBERS), watch="always") as run:
        run.session.ask(FreezeWhen(norm=norm))
        printed = run.end()
        assert run.trace.end.status == 0, run.trace.failure
        assert printed.startswith("done ")
        assert run.complaints == []
        # the group that has norms has them; the other has none
        assert {c.quantity for c in run.trace.curves.by_id.values()} >= {
            "loss",
            "rate",
            "gradient",
            "weights",
        }
        assert not any("1" in c.name for c in run.trace.curves.of("gradient"))


def test_an_optimizer_with_the_name_of_one_of_torchs_is_not_taken_for_it(program: Write) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tutor_tui", "show", str(program(OWN_OPTIMIZER))],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "tensor([0.], requires_grad=True)" in done.stdout
    assert "buf" not in done.stdout  # no rule of torch's SGD is told of it


def test_a_derived_optimizer_steps_as_torchs_own(program: Write) -> None:
    text = OWN_OPTIMIZER.replace("SGD([w])", "Mine([w], lr=0.5)").replace(
        "w = torch", "class Mine(torch.optim.SGD):\n    pass\n\nw = torch", 1
    )
    done = subprocess.run(
        [sys.executable, "-m", "tutor_tui", "show", str(program(text))],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "w − lr·g = 3 − 0.5·6 = 0" in done.stdout


def test_the_search_for_a_bad_value_looks_into_compiled_programs(program: Write, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    with Watched(program(COMPILED), str(seen), watch="always") as run:
        run.end()
        seen.write_text("")
        bad = run.find_bad(3)
        assert bad.error == ""
        assert (bad.how, bad.name) == ("operation", "log")
        assert bad.text == "torch.log(scale)"
    assert seen.read_text() == "eager\n"
