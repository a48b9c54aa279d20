"""Programs that work against the recorder: the record up to there survives, the message names the line."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import kernels
from tests.conftest import stdout_of, steps
from tutor_tui.protocol.messages import Backward, Failure, Line, Loss, Note, Op, Update
from tutor_tui.trace.record.trace import Trace
from tutor_tui.trace.words.printed import text_lines

Record = Callable[..., Trace]


def test_a_program_that_replaces_torchs_functions(record: Record) -> None:
    trace = record(
        """
        import torch
        real = torch.Tensor.__add__
        torch.Tensor.__add__ = lambda self, other: real(self, other) * 2
        torch.relu = lambda x: "mine"
        torch.Tensor.backward = lambda self: print("not today")
        x = torch.tensor(1.0, requires_grad=True)
        y = x + 1
        y.backward()
        print(y.item(), torch.relu(x))
        """
    )
    assert stdout_of(trace) == "not today\n4.0 mine\n"
    assert trace.end.status == 0


def test_a_program_that_deletes_its_own_source(record: Record) -> None:
    trace = record(
        """
        import os, torch
        os.remove(__file__)
        x = torch.tensor(1.0, requires_grad=True)
        y = x * 2
        y.missing
        """
    )
    (failure,) = steps(trace, Failure)
    assert (failure.type, failure.frames[-1].line) == ("AttributeError", 6)
    assert [trace.sources.text(op.span) for op in steps(trace, Op)][-1] == "x * 2"


def test_a_program_that_raises_inside_a_hook(record: Record) -> None:
    trace = record(
        """
        import torch
        x = torch.tensor(1.0, requires_grad=True)
        y = (x * 2).exp()
        def broken(g):
            raise ValueError("not in my graph")
        x.register_hook(broken)
        y.backward()
        """
    )
    (failure,) = steps(trace, Failure)
    assert (failure.type, failure.message) == ("ValueError", "not in my graph")
    assert failure.frames[-1].line == 6
    assert len(steps(trace, Backward)) == 2
    assert trace.end.status == 1


def test_a_program_that_exits_inside_backward(record: Record) -> None:
    trace = record(
        """
        import os, torch
        x = torch.tensor(1.0, requires_grad=True)
        y = x * 2
        y.register_hook(lambda g: os._exit(5))
        z = y.exp()
        z.backward()
        """
    )
    assert trace.end.status == 5
    assert len(steps(trace, Loss)) == 1
    assert steps(trace, Line)[-1].line in (5, 7)


def test_a_program_that_runs_out_of_memory_in_the_middle(record: Record) -> None:
    trace = record(
        """
        import torch
        x = torch.ones(10)
        y = torch.ones(10**15)
        """
    )
    (failure,) = steps(trace, Failure)
    assert failure.frames[-1].line == 4
    assert "memory" in failure.explanation
    assert [op.name for op in steps(trace, Op)] == ["ones"]


def test_a_program_that_is_killed_for_its_memory(record: Record) -> None:
    trace = record(
        """
        import resource, torch
        x = torch.ones(10)
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
        kept = []
        while True:
            kept.append(torch.ones(64 << 20))
        """
    )
    assert steps(trace, Failure)[0].frames[-1].line == 7
    assert trace.end.status == 1


def test_a_program_that_takes_the_trace_function_away(record: Record) -> None:
    trace = record("import sys, torch\nsys.settrace(None)\nx = torch.ones(2)\nx * 3\n")
    assert [op.name for op in steps(trace, Op)] == ["ones", "mul"]
    assert trace.end.status == 0
    said = [note.text.split(",")[0] for note in steps(trace, Note)]
    lost = sys.version_info < (3, 12)  # newer ones have another way to follow lines
    assert said == (["The program sets Python's trace function itself"] if lost else [])
    assert [line.line for line in steps(trace, Line)] == ([1, 2] if lost else [1, 2, 3, 4])


WATCHES_ITSELF = """
import sys, torch
seen = []
def trace(frame, event, arg):
    if frame.f_code.co_name == "work":
        seen.append((event, frame.f_lineno))
    return trace
def work(x):
    y = x * 2
    return y
sys.settrace(trace)
z = work(torch.ones(2))
sys.settrace(None)
print(seen, sys.gettrace(), z)
"""
COVERS_ITSELF = """
import coverage, torch
def work(x):
    if x.sum() > 100:
        return x
    return x * 2
cover = coverage.Coverage(data_file=None, config_file=False)
cover.start()
work(torch.ones(2))
cover.stop()
print(cover.analysis(__file__)[2])
"""
DEBUGS_ITSELF = """
import io, pdb, torch
def work(x):
    y = x * 2
    return y
out, keys = io.StringIO(), io.StringIO("p work\\np 20 + 3\\ncontinue\\n")
debugger = pdb.Pdb(stdin=keys, stdout=out, nosigint=True)
debugger.set_trace()
z = work(torch.ones(2))
print(out.getvalue().count("(Pdb) 23"), z)
"""
TAKES_EVERY_TOOL = """
import sys, torch
seen = []
if hasattr(sys, "monitoring"):
    monitoring, events = sys.monitoring, sys.monitoring.events
    def work(x):
        y = x * 2
        return y
    for tool in range(6):
        monitoring.use_tool_id(tool, f"mine {tool}")
        monitoring.register_callback(tool, events.LINE, lambda code, line: seen.append(line))
        monitoring.set_local_events(tool, work.__code__, events.LINE)
    work(torch.ones(2))
    print([monitoring.get_tool(tool) for tool in range(6)])
x = torch.ones(2) * 3
print(seen, x)
"""
RECURSES = """
import sys, torch
def down(x, depth):
    global deepest
    deepest = depth
    return down(x + 1, depth + 1)
try:
    down(torch.zeros(1), 0)
except RecursionError as error:
    print(str(error)[:32], deepest > 300)
y = torch.ones(1) * 2
"""
SWAPS_CODE = """
import torch
def one(x):
    return x + 1
def two(x):
    y = x * 2
    return y
for turn in range(4):
    print(one(torch.ones(2)))
    one.__code__, two.__code__ = two.__code__, one.__code__
"""
RUNS_EXEC = """
import torch
names = {"torch": torch, "total": torch.zeros(1)}
for turn in range(3000):
    exec(f"def f{turn}(x):\\n    return x\\nn = f{turn}({turn})", names)
exec(compile("total = total + n", __file__, "exec"), names)
print(names["total"])
"""


@pytest.mark.parametrize(
    "source",
    [WATCHES_ITSELF, COVERS_ITSELF, DEBUGS_ITSELF, TAKES_EVERY_TOOL, RECURSES, SWAPS_CODE, RUNS_EXEC],
    ids=["trace function", "coverage", "debugger", "monitoring", "recursion", "code", "exec"],
)
def test_a_program_that_does_to_python_what_we_do(record: Record, source: str, tmp_path: Path) -> None:
    """It prints what it prints bare, and its operations are recorded to the last."""
    program = tmp_path / "program.py"
    program.write_text(source)
    bare = kernels.bare(program)
    assert bare.returncode == 0, bare.stderr
    trace = record(source)
    assert stdout_of(trace) == bare.stdout.decode()
    assert trace.end.status == 0
    assert steps(trace, Op)[-1].name in ("mul", "add", "tensor")


@pytest.mark.slow
def test_a_deep_and_a_wide_graph(record: Record) -> None:
    trace = record(
        """
        import torch
        x = torch.tensor(1.0, requires_grad=True)
        y = x
        for _ in range(50_000): y = y + 1
        y.backward()
        torch.stack([x * i for i in range(20_000)]).sum().backward()
        print(x.grad.item())
        """,
        max_steps=10**6,
        timeout=170,
    )
    assert stdout_of(trace).startswith("1999")
    assert len(steps(trace, Backward)) == 50_000 + 20_002
    assert steps(trace, Note) == []


def test_a_parameter_in_many_groups_is_changed_once_a_step(record: Record) -> None:
    trace = record(
        """
        import torch
        w = torch.nn.Parameter(torch.ones(1))
        opt = torch.optim.SGD([w], lr=0.1)
        opt.param_groups += [{**opt.param_groups[0], "lr": 0.2} for _ in range(1500)]
        (w * 1).sum().backward()
        opt.step()
        print(w.item())
        """
    )
    (update,) = [s for s in steps(trace, Update) if s.by == "optimizer"]
    assert (update.before.values, update.after.values) == ([1.0], [pytest.approx(float(stdout_of(trace)))])
    assert update.example is None


def test_odd_names_of_modules_and_modules_that_change_themselves(record: Record) -> None:
    trace = record(
        """
        import torch
        from torch import nn
        class Odd(nn.Module):
            def __init__(self):
                super().__init__()
                self.add_module("a\\x1b[31m\\nred", nn.Linear(2, 2))
                self.add_module("l" * 3000, nn.Linear(2, 2))
            def forward(self, x):
                for child in self.children():
                    x = child(x)
                return self
        odd = Odd()
        assert odd(torch.ones(1, 2)) is odd
        class Changes(nn.Module):
            def __init__(self):
                super().__init__()
                self.a = nn.Linear(2, 2)
            def forward(self, x):
                x = self.a(x)
                self.a, self.b = nn.Linear(2, 2), self.a
                return self.a(x)
        changes = Changes()
        kept = [changes(torch.ones(1, 2)) for _ in range(2)]
        """
    )
    ran = [o.module for o in steps(trace, Op) if o.name == "linear"]
    assert ran[:2] == ["odd.a\x1b[31m\nred", "odd." + "l" * 3000]
    assert ran[2:] == ["changes.a", "changes.a (2)", "changes.a (2)", "changes.a"]
    shown = "\n".join(line for seq in range(len(trace.steps)) for line in text_lines(trace, seq))
    assert "\x1b" not in shown
    assert "inside odd.a\\x1b[31m red" in shown


def test_functions_of_torch_that_the_program_has_wrapped_run_once(record: Record) -> None:
    trace = record(
        """
        import torch
        import torch.nn.functional as F
        entropy, relu, dropout, backward = F.cross_entropy, F.relu, F.dropout, torch.Tensor.backward
        F.cross_entropy = lambda *args, **kwargs: entropy(*args, **kwargs) * 2
        F.relu = lambda x: relu(x) + 1
        F.dropout = lambda *args: dropout(*args) * 10
        calls = []
        def counted(self, *args, **kwargs):
            calls.append(1)
            return backward(self, *args, **kwargs)
        torch.Tensor.backward = counted
        w = torch.zeros(1, 3, requires_grad=True)
        torch.nn.CrossEntropyLoss()(w, torch.tensor([1])).backward()
        print(w.grad.tolist(), F.relu(torch.ones(1)).item(), torch.nn.Dropout(0.0)(torch.ones(1)).item(), calls)
        """
    )
    third = 1 / 3
    assert eval(stdout_of(trace).split(" 2.0")[0]) == [
        [pytest.approx(n) for n in (2 * third, -4 * third, 2 * third)]
    ]
    assert stdout_of(trace).endswith(" 2.0 10.0 [1]\n")
    assert {o.name for o in steps(trace, Op)} >= {"cross_entropy", "relu"}


def test_what_open_files_hold_is_written_when_the_program_is_over(record: Record, tmp_path: Path) -> None:
    left = tmp_path / "left.txt"
    record(f"import torch\nleft = open({str(left)!r}, 'w')\nleft.write('loss 1')\n")
    assert left.read_text() == "loss 1"


def test_tracebacks_show_no_frame_of_ours_nor_those_that_led_to_it(record: Record, tmp_path: Path) -> None:
    source = """
        import torch
        def fail(x):
            torch.nn.functional.cross_entropy(x, torch.ones(5))
        try:
            fail(torch.ones(2, 3))
        except Exception as error:
            raise ExceptionGroup("several", [error])
        """
    trace = record(source)
    bare = subprocess.run([sys.executable, tmp_path / "program.py"], capture_output=True, text=True)
    assert "".join(s.text for s in trace.steps if getattr(s, "stream", "") == "stderr") == bare.stderr
    assert trace.end.status == bare.returncode == 1
