"""An operation that a library or another module ran says so, in the library's own words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import steps
from tutor_tui.protocol.messages import Backward, Op
from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.trace.look.tree import Shape, label, tree
from tutor_tui.trace.record.trace import Trace
from tutor_tui.ui.panes.code_rows import CodeRows
from tutor_tui.ui.panes.rows import plain

Record = Callable[..., Trace]

LIBRARY = '''
"""A library that trains."""
from torch import nn

class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.query, self.key = nn.Linear(2, 2), nn.Linear(2, 2)
        self.mlp = nn.Sequential(nn.Linear(2, 2), nn.ReLU())

    def forward(self, x):
        scores = self.query(x) @ self.key(x).T
        return self.mlp(scores @ x)

class Trainer:
    def __init__(self, model, x):
        self.model, self.x = model, x

    def train(self):
        def step():
            loss = self.model(self.x).pow(2).mean()
            loss.backward()
        step()

def double(x):
    return x + x
'''


@pytest.fixture
def trace(record: Record, tmp_path: Path) -> Trace:
    """A program that lets a library train."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    (folder / "library.py").write_text(LIBRARY)
    return record(
        f"""
        import sys
        sys.path.insert(0, {str(folder)!r})
        import torch
        from library import Attention, Trainer, double
        model = Attention()
        trainer = Trainer(model, torch.ones(2, 2))
        trainer.train()
        net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU())
        y = net(torch.ones(2, 2))
        z = double(y)
        """
    )


def test_the_library_is_named_by_its_function_or_the_module_in_its_module(trace: Trace) -> None:
    ran = [o for o in steps(trace, Op) if o.node is not None and o.inputs]
    assert [(o.name, o.place, o.module) for o in ran if "_" not in o.name] == [
        ("linear", "Attention.query", "model.query"),
        ("linear", "Attention.key", "model.key"),
        ("T", "Attention.forward", "model"),
        ("matmul", "Attention.forward", "model"),
        ("matmul", "Attention.forward", "model"),
        ("linear", "Attention.mlp.0", "model.mlp.0"),
        ("relu", "Attention.mlp.1", "model.mlp.1"),
        ("pow", "Trainer.train.step", ""),
        ("mean", "Trainer.train.step", ""),
        ("linear", "net.0", "net.0"),
        ("relu", "net.1", "net.1"),
        ("add", "double", ""),
    ]


def test_the_library_s_own_line_is_known(trace: Trace) -> None:
    said = {o.place: trace.sources.text(o.library) for o in steps(trace, Op) if o.library}
    assert said["Attention.query"] == "self.query(x)"
    assert said["Trainer.train.step"] == "self.model(self.x).pow(2).mean()"
    assert said["double"] == "x + x"
    assert all(o.library is None for o in steps(trace, Op) if o.place.startswith("net"))
    assert not any("library.py" in file for file in trace.sources), "it is not the program's own"


def test_a_node_says_who_ran_it_and_then_the_program_s_call(trace: Trace) -> None:
    last = steps(trace, Backward)[-1].seq
    labels = [label(trace, row.node, last) for row in tree(trace, last).rows if not row.again]
    assert "Attention.query · trainer.train()" in labels
    assert "Attention.forward: scores @ x · trainer.train()" in labels
    assert "Trainer.train.step: self.model(self.x).pow(2) · trainer.train()" in labels
    end = len(trace.steps) - 1
    later = [label(trace, row.node, end) for row in tree(trace, end).rows]
    assert "y = net.1 · net(torch.ones(2, 2))" in later
    assert "net.0 · net(torch.ones(2, 2))" in later
    assert "z = double(y)" in later, "what one call did alone needs no second name"


def test_names_in_site_packages_count_as_libraries_and_torch_does_not(trace: Trace) -> None:
    assert [o.place for o in steps(trace, Op) if o.name == "kaiming_uniform_"] == [
        "Attention.__init__"
    ] * 3 + [""]


def test_the_code_pane_opens_the_library_s_line(trace: Trace) -> None:
    query = next(o for o in steps(trace, Op) if o.place == "Attention.query")
    cursor = Cursor(trace).at(trace.stop_of(query.seq))
    own, theirs = CodeRows(cursor), CodeRows(cursor, in_library=True)
    assert plain(own[own.focus]).split(maxsplit=1) == ["▶", f"{query.span.line} trainer.train()"]
    assert "scores = self.query(x) @ self.key(x).T" in plain(theirs[theirs.focus])
    assert theirs.title() == "library.py · Attention.query"
    relu = next(o for o in steps(trace, Op) if o.place == "net.1")
    here = CodeRows(Cursor(trace).at(trace.stop_of(relu.seq)), in_library=True)
    assert "y = net(" in plain(here[here.focus]), "no library ran it"


def test_folded_by_module_two_calls_of_one_are_two_lines_and_a_circle_is_none(record: Record) -> None:
    trace = record(
        """
        import torch
        from torch import nn
        class Block(nn.Module):
            def __init__(self):
                super().__init__()
                self.inner = nn.Linear(2, 2)
            def forward(self, x):
                return (self.inner(x * 2) + x).relu()
        block = Block()
        x = torch.ones(1, 2)
        loss = (block(x) - block(x + 1)).sum()
        loss.backward()
        """
    )
    at = trace.losses[0]
    rows = tree(trace, at, Shape(level=1)).rows
    assert [row.group for row in rows if row.group] == ["block", "block.inner", "block", "block.inner"]
    assert not any(row.again for row in rows)
