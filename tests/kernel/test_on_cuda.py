"""On a CUDA device: a program does what it does unrecorded, and its values are read without its noticing."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import torch

from tests.conftest import SAMPLES, Kernel, stdout_of, steps
from tests.test_programs import PROGRAMS, written
from tests.watched import Watched
from tutor_tui.client.process import KERNEL
from tutor_tui.protocol.messages import Failure, Loss, Op, Update

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(torch.version.cuda is None or torch.cuda.device_count() == 0, reason="no CUDA device"),
]
BARE = (
    "import runpy, sys, torch; {}; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
)

CASES: dict[str, str] = {
    "amp": """
        model = torch.nn.Sequential(torch.nn.Linear(64, 256), torch.nn.GELU(), torch.nn.Linear(256, 8)).cuda()
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
        scaler = torch.amp.GradScaler("cuda")
        x, y = torch.randn(32, 64, device="cuda"), torch.randint(8, (32,), device="cuda")
        for _ in range(5):
            with torch.autocast("cuda", dtype=torch.float16):
                loss = torch.nn.functional.cross_entropy(model(x), y)
            optimizer.zero_grad()
            scaler.scale(loss).backward()
            scaler.step(optimizer)
            scaler.update()
            print(repr(loss.item()), scaler.get_scale())
        print([p.sum().item() for p in model.parameters()])
        """,
    "streams": """
        side, a = torch.cuda.Stream(), torch.randn(512, 512, device="cuda")
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            b = a
            for _ in range(20):
                b = torch.tanh(b @ a)
            small = b.sum()
        torch.cuda.current_stream().wait_stream(side)
        print(repr(small.item()), repr(b[0, :8].tolist()))
        """,
    "loader": """
        from torch.utils.data import DataLoader, TensorDataset
        data = TensorDataset(torch.arange(40.0).reshape(20, 2), torch.arange(20))
        for x, y in DataLoader(data, batch_size=8, pin_memory=True, num_workers=2):
            x, y = x.to("cuda", non_blocking=True), y.to("cuda", non_blocking=True)
            print(x.is_cuda, (x.sum(dim=1) * y).tolist())
        """,
    "graph": """
        x, w = torch.randn(16, 8, device="cuda"), torch.randn(8, 4, device="cuda", requires_grad=True)
        def step():
            w.grad = None
            loss = (x @ w).tanh().pow(2).mean()
            loss.backward()
            return loss
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                step()
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        w.grad = None
        with torch.cuda.graph(graph):
            loss = step()
        for turn in range(3):
            x.fill_(turn + 1.0)
            graph.replay()
            print(repr(loss.item()), w.grad.flatten()[:4].tolist())
        """,
    "graph_of_a_step": """
        model = torch.nn.Linear(8, 1).cuda()
        optimizer = torch.optim.Adam(model.parameters(), lr=0.1, capturable=True)
        x, y = torch.randn(16, 8, device="cuda"), torch.randn(16, 1, device="cuda")
        def step():
            optimizer.zero_grad(set_to_none=True)
            loss = (model(x) - y).pow(2).mean()
            loss.backward()
            optimizer.step()
            return loss
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                step()
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            loss = step()
        for _ in range(4):
            graph.replay()
            print(repr(loss.item()), repr(model.bias.item()))
        """,
    "warned_of_waiting": """
        torch.cuda.set_sync_debug_mode("warn")
        w = torch.ones(4, device="cuda", requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=0.1)
        for _ in range(2):
            (w * 3).sum().backward()
            optimizer.step()
        print(torch.cuda.get_sync_debug_mode())
        print(w.sum().item())
        """,
    "forbidden_to_wait": """
        torch.cuda.set_sync_debug_mode("error")
        w = torch.ones(4, device="cuda", requires_grad=True)
        optimizer = torch.optim.Adam([w], lr=0.1)
        for _ in range(2):
            loss = (w * 3).sum()
            loss.backward()
            optimizer.step()
        try:
            loss.item()
        except RuntimeError as error:
            print("forbidden", type(error).__name__)
        torch.cuda.set_sync_debug_mode("default")
        print(w.tolist())
        """,
    "memory": """
        model = torch.nn.Sequential(*[torch.nn.Linear(512, 512) for _ in range(8)]).cuda()
        optimizer = torch.optim.Adam(model.parameters())
        x = torch.randn(4096, 512, device="cuda")
        for _ in range(4):
            loss = model(x).pow(2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        del loss
        print(torch.cuda.memory_allocated() >> 20, torch.cuda.max_memory_allocated() >> 20)
        """,
    "too_little_memory": """
        try:
            torch.empty(1 << 46, device="cuda")
        except torch.OutOfMemoryError as error:
            print(type(error).__name__)
        print(torch.ones(3, device="cuda").sum().item())
        """,
    "threads": """
        import threading
        found = {}
        def work(n):
            w = torch.full((3,), float(n), device="cuda", requires_grad=True)
            w.pow(3).sum().backward()
            found[n] = w.grad.tolist()
        threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
        [t.start() for t in threads]
        [t.join() for t in threads]
        print(sorted(found.items()))
        """,
}


def bare(program: Path, device: str = "", **env: str) -> subprocess.CompletedProcess[bytes]:
    """A program that nobody records; `device` is torch's default."""
    start = BARE.format(f"torch.set_default_device({device!r})" if device else "pass")
    command = [sys.executable, "-c", start, str(program)]
    return subprocess.run(command, capture_output=True, env={**os.environ, **env})


@pytest.mark.parametrize("name", CASES)
def test_it_does_what_it_does_bare(name: str, kernel: Kernel, tmp_path: Path) -> None:
    program = tmp_path / f"{name}.py"
    program.write_text("import torch\ntorch.manual_seed(0)\n" + textwrap.dedent(CASES[name]))
    alone = bare(program)
    assert alone.returncode == 0, alone.stderr.decode()
    kernel.complaints.clear()
    trace = kernel.run(program)
    assert written(trace.steps, "stdout") == alone.stdout
    assert written(trace.steps, "stderr") == alone.stderr
    assert trace.end.status == 0
    assert kernel.complaints == []
    assert (
        any(p.device.startswith("cuda") for op in steps(trace, Op) for p in op.outputs)
        or name == "too_little_memory"
    )


@pytest.mark.parametrize("name", CASES)
def test_watched_it_does_what_it_does_bare(name: str, tmp_path: Path) -> None:
    program = tmp_path / f"{name}.py"
    program.write_text("import torch\ntorch.manual_seed(0)\n" + textwrap.dedent(CASES[name]))
    alone = bare(program)
    with Watched(program) as run:
        printed = run.end()
        assert sorted(printed.splitlines()) == sorted((alone.stdout + alone.stderr).decode().splitlines())
        assert run.complaints == []


@pytest.mark.parametrize("program", [*PROGRAMS, *sorted(SAMPLES.glob("*.py"))], ids=lambda p: p.stem)
def test_every_program_with_cuda_as_its_device(kernel: Kernel, program: Path) -> None:
    alone = bare(program, "cuda", TORCH_COMPILE_DISABLE="1")
    kernel.complaints.clear()
    trace = kernel.run(program, device="cuda")
    assert written(trace.steps, "stdout") == alone.stdout
    assert trace.end.status == alone.returncode
    assert kernel.complaints == []


def test_small_values_come_from_the_device(kernel: Kernel, tmp_path: Path) -> None:
    program = tmp_path / "values.py"
    program.write_text(
        "import torch\n"
        "x = torch.tensor([1.0, 2.0], device='cuda', requires_grad=True)\n"
        "loss = (x * x).sum()\n"
        "loss.backward()\n"
        "print(x.grad.tolist())\n"
    )
    trace = kernel.run(program)
    (loss,) = steps(trace, Loss)
    assert loss.value == 5.0
    assert [op.outputs[0].values for op in steps(trace, Op) if op.name in ("mul", "sum")] == [[1.0, 4.0], 5.0]
    assert {op.outputs[0].device for op in steps(trace, Op) if op.name == "mul"} == {"cuda:0"}
    assert stdout_of(trace) == "[2.0, 4.0]\n"


def test_a_kernel_that_fails_on_the_device_is_told(kernel: Kernel, tmp_path: Path) -> None:
    program = tmp_path / "label.py"
    program.write_text(
        "import torch\n"
        "scores = torch.zeros(2, 3, device='cuda', requires_grad=True)\n"
        "labels = torch.tensor([0, 3], device='cuda')\n"
        "loss = torch.nn.functional.cross_entropy(scores, labels)\n"
        "loss.backward()\n"
        "print(loss.item())\n"
    )
    trace = kernel.run(program)
    (failure,) = steps(trace, Failure)
    assert trace.end.status == 1
    assert "device-side assert" in failure.message
    assert "--device cpu" in failure.explanation
    program.write_text("import torch\nprint(torch.ones(2, device='cuda').sum().item())\n")
    assert (
        stdout_of(kernel.run(program)) == "2.0\n"
    )  # the next run has a process, and so a device, of its own


def test_its_gradients_are_checked_there(kernel: Kernel, tmp_path: Path) -> None:
    program = tmp_path / "checked.py"
    program.write_text(
        "import torch\n"
        "w = torch.tensor([1.0, 2.0], dtype=torch.float64, device='cuda', requires_grad=True)\n"
        "loss = (w * w).sum().exp()\n"
        "loss.backward()\n"
    )
    found = kernel.check(program)
    assert found.error == ""
    (difference,) = found.inputs
    assert difference.tried == 2
    assert difference.error < 1e-4 * abs(difference.analytic)


TWICE = """
import sys, torch
print("torch._dynamo" in sys.modules, torch.cuda.is_initialized())
w = torch.ones(3, device="cuda", requires_grad=True)
adam = torch.optim.Adam([w], lr=0.1)
(w * 3).sum().backward()
adam.step()
print(w.tolist(), torch.cuda.is_initialized())
"""


def test_what_torch_loads_for_an_optimizer_leaves_the_device_to_the_next_run(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(TWICE, encoding="utf-8")
    kernel = Kernel(KERNEL)
    first, second = (stdout_of(kernel.run(program)) for _ in range(2))
    kernel.session.close()
    assert first.startswith("False False\n[0.8")
    assert first.endswith(" True\n")
    assert second == first.replace("False", "True", 1)


EXAMPLES = """
import sys, torch
torch.set_default_device(sys.argv[1])
a = torch.tensor([1.0, -2.0, 3.0], requires_grad=True)
b = torch.full((20, 20), 0.5, requires_grad=True)
c = torch.tensor(0.25, dtype=torch.float16, requires_grad=True)
d = torch.tensor([[0.5, 4.0]], dtype=torch.float64, requires_grad=True)
groups = [{"params": [a, c], "lr": 0.5}, {"params": [b, d]}]
sgd = torch.optim.SGD(groups, lr=0.25, momentum=0.5)
for _ in range(2):
    sgd.zero_grad()
    ((a * torch.tensor([1.0, 4.0, 2.0])).sum() + b.sum() + c.float() * 2 + (d * d).sum()).backward()
    sgd.step()
"""


def test_elements_of_a_step_are_those_that_a_cpu_has(tmp_path: Path, kernel: Kernel) -> None:
    program = tmp_path / "program.py"
    program.write_text(EXAMPLES, encoding="utf-8")
    here, there = (
        [
            (u.example.index, u.example.numbers)
            for u in steps(kernel.run(program, device), Update)
            if u.example
        ]
        for device in ("cpu", "cuda")
    )
    assert len(here) == 8
    assert there == here
