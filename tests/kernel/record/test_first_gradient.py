"""The record of the first lesson, field by field, from a real kernel."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.conftest import SAMPLES, Kernel, steps
from tutor_tui.protocol.messages import Accumulate, Backward, Bind, Line, Loss, Node, Op
from tutor_tui.trace.record.trace import Trace


@pytest.fixture(scope="module")
def trace(kernel: Kernel) -> Trace:
    return kernel.run(SAMPLES / "gradient.py")


def test_spans_cut_the_expressions_out_of_the_source(trace: Trace) -> None:
    cut = [trace.sources.text(op.span) for op in steps(trace, Op)]
    wanted = ["x**2", "3*x", "x**2 + 3*x", "x**2 + 3*x + 1"]
    at = cut.index("x**2")
    assert cut[at : at + 4] == wanted


def test_values_flow_forward(trace: Trace) -> None:
    values = {trace.sources.text(op.span): op.outputs[0].values for op in steps(trace, Op)}
    assert (values["x**2"], values["3*x"], values["x**2 + 3*x"], values["x**2 + 3*x + 1"]) == (4, 6, 10, 11)


def test_nodes_run_newest_first(trace: Trace) -> None:
    names = [trace.nodes.by_id[b.node].name for b in steps(trace, Backward)]
    assert names == ["AddBackward0", "AddBackward0", "MulBackward0", "PowBackward0"]


def test_the_gradients_along_the_edges(trace: Trace) -> None:
    sent = {trace.nodes.by_id[b.node].name: b.grad_inputs for b in steps(trace, Backward)}
    assert [g and g.values for g in sent["PowBackward0"]] == [4]
    assert [g and g.values for g in sent["MulBackward0"]] == [3, None]


def test_x_goes_from_none_to_seven(trace: Trace) -> None:
    (step,) = steps(trace, Accumulate)
    assert (step.before, step.incoming.values, step.after.values) == (None, 7, 7)
    assert trace.naming.name_of(step.tensor, step.seq) == "x"


def test_the_parts_that_meet_at_x(trace: Trace) -> None:
    (step,) = steps(trace, Accumulate)
    node = trace.nodes.leaf(step.tensor)
    assert node is not None
    assert [p.gradient.values for p in trace.nodes.parts(node, step.seq)] == [3, 4]


def test_lines_names_loss_and_edges(trace: Trace) -> None:
    assert [s.line for s in steps(trace, Line)][:3] == [1, 4, 5]
    assert {s.name for s in steps(trace, Bind)} >= {"x", "y", "by_hand"}
    (loss,) = steps(trace, Loss)
    assert (loss.name, loss.value, loss.iteration) == ("y", 11, 1)
    power = next(n for n in steps(trace, Node) if n.name == "PowBackward0")
    leaf = next(n for n in steps(trace, Node) if n.name == "AccumulateGrad")
    assert [e and e.node for e in power.next] == [leaf.id]
    assert power.saved["exponent"] == "2"


def test_json_lines_say_the_same() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tutor_tui", "trace", "--json", str(SAMPLES / "gradient.py")],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [r["seq"] for r in records] == list(range(len(records)))
    (accumulate,) = [r for r in records if r["kind"] == "accumulate"]
    assert accumulate["before"] is None
    assert accumulate["after"]["values"] == 7
    assert records[-1]["kind"] == "end"
    assert records[-1]["status"] == 0
