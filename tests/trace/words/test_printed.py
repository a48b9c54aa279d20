"""A record as lines of text and as JSON, which reads back as what it was."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import SAMPLES, Kernel
from tutor_tui.plain.trace import Printer
from tutor_tui.protocol.messages import Backward, Bind, Complaint, Failure, Loss, Node, Op, Output, Source
from tutor_tui.trace.record.trace import Trace
from tutor_tui.trace.words.printed import json_line, text_lines


@pytest.fixture(scope="module")
def trace(kernel: Kernel) -> Trace:
    return kernel.run(SAMPLES / "gradient.py")


def lines(trace: Trace, kind: type) -> list[str]:
    return [line for s in list(trace.steps) if isinstance(s, kind) for line in text_lines(trace, s.seq)]


def test_every_kind_of_step_has_its_lines(trace: Trace) -> None:
    assert any("node " in line and "PowBackward0 → node " in line for line in lines(trace, Node))
    assert any(line.strip() == "y is 11" for line in lines(trace, Bind))
    assert any("x**2 = 4" in line for line in lines(trace, Op))
    assert any(line.strip() == "1 · 2·2 = 4" for line in lines(trace, Backward))
    assert all(line.startswith("     > ") for line in lines(trace, Output))


def test_a_failure_has_its_frames(record: Callable[..., Trace]) -> None:
    trace = record("import torch\ndef f():\n    raise ValueError('no \\x1b[2J')\nf()\n")
    said = lines(trace, Failure)
    assert any("program.py:3 in f" in line for line in said)
    assert not any("\x1b" in line for line in said)


def test_json_holds_what_numbers_cannot_say(record: Callable[..., Trace]) -> None:
    trace = record(
        "import sys, torch\nw = torch.tensor(float('inf'), requires_grad=True)\n(w * 2).backward()\n"
        "print(torch.tensor([float('nan'), 1.0]).tolist())\nsys.stdout.buffer.write(b'\\xff\\xfe')\n"
    )
    read = [json.loads(json_line(step), parse_constant=pytest.fail) for step in list(trace.steps)]
    assert [r["value"] for r in read if r["kind"] == "loss"] == ["inf"]
    raw = [base64.b64decode(r["raw"]) for r in read if r["kind"] == "output" and r.get("raw")]
    assert b"\xff\xfe" in b"".join(raw)
    assert [r["seq"] for r in read] == list(range(len(read)))


@pytest.mark.parametrize("as_json", [False, True])
def test_the_printer_prints_all_of_it(trace: Trace, capsys: Any, as_json: bool) -> None:
    printer = Printer(as_json)
    for file, text in trace.sources.items():
        printer.show(Source(file=file, text=text))
    for step in list(trace.steps):
        printer.show(step)
    printer.show(Complaint(text="slow \x1b[2J disk"))
    said = capsys.readouterr()
    assert printer.end is not None
    assert printer.end.status == 0
    assert "slow" in said.err
    assert "\x1b" not in said.err
    if as_json:
        kinds = [json.loads(line)["kind"] for line in said.out.splitlines()]
        assert len(kinds) == len(trace.steps)
        assert kinds.count("loss") == sum(isinstance(s, Loss) for s in list(trace.steps))
    else:
        assert "x**2 = 4" in said.out
        assert "The run is over, exit status 0" in said.out
