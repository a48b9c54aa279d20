"""What the recorder sees of programs, from a real kernel."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import torch

from tests.conftest import Kernel, stdout_of, steps
from tutor_tui.protocol.messages import (
    Accumulate,
    Backward,
    Bind,
    Failure,
    Line,
    Loss,
    Note,
    Op,
    Output,
    Update,
)
from tutor_tui.record import record
from tutor_tui.trace.look.tree import label
from tutor_tui.trace.record.trace import Trace

Record = Callable[..., Trace]


def test_an_in_place_update_shows_before_and_after(record: Record) -> None:
    trace = record(
        """
        import torch
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        with torch.no_grad():
            w -= 0.5
        """
    )
    (update,) = steps(trace, Update)
    assert (update.before.values, update.after.values, update.by) == ([1, 2], [0.5, 1.5], "in-place")
    op = next(o for o in steps(trace, Op) if o.mutates)
    assert op.mutates == (update.tensor,)
    assert trace.naming.name_of(update.tensor, update.seq) == "w"


def test_an_optimizer_step_is_one_update_a_parameter_and_no_ops(record: Record) -> None:
    trace = record(
        """
        import torch
        w = torch.tensor(1.0, requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=0.1)
        (3 * w).backward()
        optimizer.step()
        optimizer.zero_grad()
        """
    )
    (update,) = steps(trace, Update)
    assert (update.before.values, update.by, update.name) == (1, "optimizer", "SGD")
    assert abs(update.after.values - 0.7) < 1e-6
    assert [o.name for o in steps(trace, Op)] == ["tensor", "mul"]
    cleared = steps(trace, Accumulate)[-1]
    assert (cleared.incoming, cleared.before.values, cleared.after) == (None, 3, None)


def test_gradients_zeroed_in_place_are_seen_at_the_leaf(record: Record) -> None:
    trace = record(
        """
        import torch
        w = torch.tensor(1.0, requires_grad=True)
        (3 * w).backward()
        w.grad.zero_()
        (3 * w).backward()
        """
    )
    changes = [(s.before and s.before.values, s.after.values) for s in steps(trace, Accumulate)]
    assert changes == [(None, 3), (3, 0), (0, 3)]


def test_two_passes_into_one_leaf_add_up(record: Record) -> None:
    trace = record(
        """
        import torch
        w = torch.tensor(2.0, requires_grad=True)
        (w * 3).backward()
        (w * w).backward()
        """
    )
    assert [(s.before and s.before.values, s.after.values) for s in steps(trace, Accumulate)] == [
        (None, 3),
        (3, 7),
    ]
    assert [s.iteration for s in steps(trace, Loss)] == [1, 2]


def test_a_print_stands_behind_the_line_that_made_it(record: Record) -> None:
    trace = record(
        """
        import os, sys
        print("one")
        os.write(1, b"two\\n")
        print("three", file=sys.stderr)
        """
    )
    order = [s.line if isinstance(s, Line) else s.text for s in trace.steps if isinstance(s, (Line, Output))]
    assert order == [2, 3, "one\n", 4, "two\n", 5, "three\n"]


def test_what_a_child_process_prints_is_kept(record: Record) -> None:
    trace = record('import subprocess\nsubprocess.run(["echo", "hello"])\n')
    assert stdout_of(trace) == "hello\n"


def test_names_of_a_function_are_its_own(record: Record) -> None:
    trace = record(
        """
        import torch
        def double(x):
            y = x * 2
            return y
        x = torch.tensor(1.0)
        z = double(x)
        """
    )
    inner = [s for s in steps(trace, Bind) if s.scope != 0]
    assert [s.name for s in inner] == ["x", "y"]
    assert trace.naming.names(0, len(trace.steps)).keys() >= {"x", "z"}
    assert "y" not in trace.naming.names(0, len(trace.steps))


def test_a_module_gives_its_parameters_names_and_ops_their_path(record: Record) -> None:
    trace = record(
        """
        import torch
        model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU())
        model(torch.ones(1, 2))
        """
    )
    assert {s.name for s in steps(trace, Bind)} >= {"model.0.weight", "model.0.bias"}
    paths = [(o.name, o.module) for o in steps(trace, Op)]
    assert ("linear", "model.0") in paths
    assert ("relu", "model.1") in paths


def test_shared_memory_has_one_storage(record: Record) -> None:
    trace = record("import torch\na = torch.ones(4)\nb = a[1:]\nc = a.clone()\n")
    storage = {s.name: s.preview.storage for s in steps(trace, Bind) if s.preview}
    assert storage["a"] == storage["b"] != storage["c"]


def test_ids_are_never_used_twice(record: Record) -> None:
    trace = record("import torch\nfor i in range(300):\n    t = torch.full((2,), float(i))\n")
    bound = [(s.tensor, s.preview.values) for s in steps(trace, Bind) if s.name == "t"]
    assert len({number for number, _ in bound}) == 300
    assert [values[0] for _, values in bound] == list(range(300))


def test_columns_count_characters(record: Record) -> None:
    trace = record('import torch\nx = torch.ones(2)\nprint("é→", x * 2)\n')
    op = steps(trace, Op)[-1]
    assert trace.sources.text(op.span) == "x * 2"


def test_nan_and_inf_travel(record: Record) -> None:
    trace = record("import torch\nx = torch.tensor([1.0, 0.0]) / 0\n")
    values = steps(trace, Op)[-1].outputs[0].values
    assert values[0] == float("inf")
    assert values[1] != values[1]


def test_a_failure_names_line_and_remedy(record: Record) -> None:
    trace = record("import torch\na = torch.ones(2, 3)\na @ a\n")
    (failure,) = steps(trace, Failure)
    assert (failure.type, failure.frames[-1].line) == ("RuntimeError", 3)
    assert "inner sizes" in failure.explanation
    assert trace.end.status == 1
    assert not any("tutor_tui" in f.file for f in failure.frames)


def test_the_budget_ends_the_record_and_not_the_run(record: Record) -> None:
    trace = record(
        """
        import torch
        w = torch.tensor(1.0, requires_grad=True)
        for i in range(100):
            (w * i).backward()
        print("done", w.grad.item())
        """,
        max_steps=50,
    )
    full, left_out = steps(trace, Note)
    assert "record is full (50 steps)" in full.text
    assert "steps are missing here" in left_out.text
    assert len(steps(trace, Loss)) == 100
    assert stdout_of(trace) == "done 4950.0\n"
    assert trace.end.status == 0
    lines = [s.seq for s in steps(trace, Line) if s.line == 5]
    assert len([s for s in steps(trace, Line) if s.seq > left_out.seq]) >= 3
    assert len(steps(trace, Line)) < 300
    assert any(seq < full.seq for seq in lines)
    assert any(seq > left_out.seq for seq in lines)


def test_a_rerun_starts_from_a_clean_state(record: Record) -> None:
    source = "import torch\nprint(torch.rand(1).item(), 'seen' in globals())\nseen = 1\n"
    assert stdout_of(record(source)) == stdout_of(record(source))


def test_a_finished_run_answers_questions(kernel: Kernel, record: Record) -> None:
    trace = record("import torch\nx = torch.arange(100.0)\n")
    (bind,) = [s for s in steps(trace, Bind) if s.name == "x"]
    assert bind.preview.values is None
    answer = kernel.inspect(bind.tensor)
    assert (answer.preview.stats.min, answer.preview.stats.max, answer.preview.stats.mean) == (0, 99, 49.5)
    assert answer.values[:3] == [0, 1, 2]
    assert "no longer alive" in kernel.inspect(9999).error


def test_the_program_finds_itself_as_under_python(record: Record) -> None:
    trace = record(
        """
        import sys, os
        print(__name__, sys.argv[1:], os.path.basename(sys.argv[0]), sys.path[0] == os.path.dirname(__file__))
        """,
        "--rate",
        "0.1",
    )
    assert stdout_of(trace) == "__main__ ['--rate', '0.1'] program.py True\n"


def test_backward_functions_of_the_program_are_recorded_and_tagged(record: Record) -> None:
    trace = record(
        """
        import torch
        class Double(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                return x * 2
            @staticmethod
            def backward(ctx, g):
                return g * 2
        x = torch.tensor(1.0, requires_grad=True)
        Double.apply(x).backward()
        """
    )
    assert [(o.name, o.within) for o in steps(trace, Op)][-1] == ("mul", "backward")
    assert trace.nodes.by_id[steps(trace, Backward)[0].node].name == "DoubleBackward"


def test_threads_of_the_program_are_recorded_too(record: Record) -> None:
    trace = record(
        """
        import threading, torch
        def work(n):
            x = torch.tensor(float(n), requires_grad=True)
            (x ** 3).backward()
        threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
        for t in threads: t.start()
        for t in threads: t.join()
        """
    )
    assert sorted(s.after.values for s in steps(trace, Accumulate)) == [0, 3, 12, 27]
    assert [o.name for o in steps(trace, Op)].count("pow") == 4
    assert not steps(trace, Note)


def test_a_chain_of_calls_over_several_lines_is_one_span(record: Record) -> None:
    trace = record(
        """
        import torch
        x = torch.ones(3, requires_grad=True)
        y = (
            x
            .mul(2)
            .sum()
        )
        for row in torch.eye(2):
            row * 2
        """
    )
    cut = [trace.sources.text(op.span) for op in steps(trace, Op)]
    assert cut[1:3] == ["x .mul(2)", "x .mul(2) .sum()"]
    assert "torch.eye(2)" in cut[3:]
    assert not any("row * 2" in text and "for" in text for text in cut)


def test_dropping_a_deep_graph_does_not_crash(record: Record) -> None:
    trace = record(
        """
        import torch
        y = torch.tensor(1.0, requires_grad=True)
        for _ in range(60_000): y = y * 1.0001
        y = None
        print("gone")
        """,
        max_steps=1000,
    )
    assert stdout_of(trace) == "gone\n"
    assert trace.end.status == 0


def test_a_generator_is_one_call(record: Record) -> None:
    trace = record(
        """
        import torch
        def numbers():
            for i in range(3):
                t = torch.tensor(float(i))
                yield t
        for n in numbers():
            m = n + 1
        """
    )
    assert len({s.scope for s in steps(trace, Line) if s.function == "numbers"}) == 1


def test_a_failed_optimizer_step_does_not_end_the_record(record: Record) -> None:
    trace = record(
        """
        import torch
        w = torch.nn.Embedding(3, 2, sparse=True)
        adam = torch.optim.Adam(w.parameters())
        w(torch.tensor([1])).sum().backward()
        try:
            adam.step()
        except RuntimeError:
            print("caught")
        x = torch.ones(2) * 3
        """
    )
    assert [op.name for op in steps(trace, Op)][-1] == "mul"


def test_what_the_program_raises_inside_the_recorder_reaches_it(record: Record) -> None:
    trace = record(
        """
        import signal, torch
        class Late(Exception): pass
        def ring(*_): raise Late
        signal.signal(signal.SIGALRM, ring)
        x = torch.ones(4)
        for round in range(3):
            try:
                signal.setitimer(signal.ITIMER_REAL, 0.05)
                while True: x = x * 1.0001
            except Late:
                print("caught")
        """,
        max_steps=2000,
    )
    assert stdout_of(trace) == "caught\n" * 3


def test_strange_values_do_no_harm(record: Record) -> None:
    trace = record(
        """
        import torch
        from torch import nn
        lazy = nn.LazyLinear(3)
        huge = 10 ** 6000
        class Late(nn.Module):
            def __init__(this):
                early = 1
                super().__init__()
        late = Late()
        nested = torch.nested.nested_tensor([torch.ones(2), torch.ones(3)])
        class Liar:
            __class__ = property(lambda self: torch.Tensor)
        liar = Liar()
        traced = torch.jit.trace(nn.Sequential(nn.Linear(2, 3), nn.ReLU()), torch.ones(1, 2))
        print("fine")
        """
    )
    assert stdout_of(trace) == "fine\n"
    assert steps(trace, Note) == []


def test_a_custom_function_is_an_operation_with_its_node(record: Record) -> None:
    trace = record(
        """
        import torch
        class Double(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x): return x * 2
            @staticmethod
            def backward(ctx, g): return g * 2
        y = Double.apply(torch.tensor(1.0, requires_grad=True))
        """
    )
    op = steps(trace, Op)[-1]
    assert (op.name, trace.nodes.by_id[op.node].name) == ("Double", "DoubleBackward")


def test_only_what_was_written_is_reported_as_changed(record: Record) -> None:
    trace = record(
        """
        import torch
        a = torch.arange(6.0)
        a[0] = a[1]
        torch.add(a, 1, out=a)
        with torch.inference_mode():
            i = torch.ones(2)
            i.mul_(3)
        """
    )
    changed = [(trace.naming.name_of(s.tensor, s.seq), s.after.values) for s in steps(trace, Update)]
    assert changed == [("a", [1, 1, 2, 3, 4, 5]), ("a", [2, 2, 3, 4, 5, 6]), ("i", [3, 3])]


def test_attributes_of_the_programs_own_objects_have_names(record: Record) -> None:
    trace = record(
        """
        import torch
        class Model:
            def __init__(self):
                self.w = torch.ones(2, requires_grad=True)
            def __call__(self, x):
                return (x * self.w).sum()
        def main():
            model = Model()
            return model(torch.ones(2))
        main().backward()
        print("end")
        """
    )
    (received,) = steps(trace, Accumulate)
    assert trace.naming.name_of(received.tensor, received.seq) in ("model.w", "self.w")


def test_threads_one_after_the_other_are_recorded_each(record: Record) -> None:
    trace = record(
        """
        import threading, torch
        def work(n):
            torch.tensor(float(n)).exp()
        for n in range(5):
            t = threading.Thread(target=work, args=(n,)); t.start(); t.join()
        """
    )
    assert [o.name for o in steps(trace, Op)].count("exp") == 5


def test_a_gradient_that_is_retained_arrives_at_its_tensor(record: Record) -> None:
    trace = record(
        """
        import torch
        x = torch.tensor(3.0, requires_grad=True)
        y = x * x
        y.retain_grad()
        z = y * 4
        z.backward()
        """
    )
    name = {s.tensor: s.name for s in steps(trace, Bind)}
    arrived = [
        (name[s.tensor], s.incoming.values, s.before, s.after.values) for s in steps(trace, Accumulate)
    ]
    assert arrived == [("y", 4, None, 4), ("x", 24, None, 24)]


def test_without_lines_the_trace_function_stays_somebody_elses() -> None:
    """As a debugger or a coverage tool needs it."""

    def theirs(frame: FrameType, event: str, arg: object) -> None:
        return None

    before = sys.gettrace()
    sys.settrace(theirs)
    try:
        with record(lines=False) as found:
            torch.ones(2, requires_grad=True).sum().backward()
        assert sys.gettrace() is theirs
    finally:
        sys.settrace(before)
    assert steps(found, Loss)


def test_what_is_written_in_place_is_told_whatever_was_there(record: Record) -> None:
    trace = record("import torch\nt = torch.zeros(3)\ntorch.nn.init.constant_(t, 0.0)\nt.fill_(0.0)\n")
    assert [op.name for op in steps(trace, Op)] == ["zeros", "constant_", "fill_"]


LAYERS_OF_ONES_OWN = """
import torch

class Linear:
    def __init__(self, n, m):
        self.weight = torch.ones(n, m)

    def __call__(self, x):
        self.out = x @ self.weight
        return self.out

class Chain:
    def __init__(self, layers):
        self.layers = layers

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

model = Chain([Linear(3, 4), Linear(4, 2)])
parameters = [layer.weight for layer in model.layers]
for p in parameters:
    p.requires_grad = True
for layer in model.layers:
    pass
loss = model(torch.ones(5, 3)).sum()
loss.backward()
"""


def test_tensors_of_ones_own_layers_go_by_their_path_and_results_by_their_first_name(
    record: Callable[..., Trace],
) -> None:
    trace = record(LAYERS_OF_ONES_OWN)
    moment = len(trace.steps)
    names = {label(trace, n, moment) for n in trace.nodes.by_id}
    assert {"model.layers[0].weight", "model.layers[1].weight", "self.out = x @ self.weight"} <= names
    assert not names & {"p", "layer.weight"}
    assert not any(name.startswith(("layer.out", "x =")) for name in names)
