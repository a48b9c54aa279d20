"""Programs of many kinds print the same bytes and exit alike, recorded and not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests import kernels
from tests.conftest import Kernel
from tutor_tui.kernel.probes.stand_ins import COMPILED
from tutor_tui.protocol.messages import AnyStep, Note, Output

PROGRAMS = sorted((Path(__file__).parent / "programs").glob("*.py"))


def written(steps: list[AnyStep], stream: str) -> bytes:
    return b"".join(s.raw or s.text.encode() for s in steps if isinstance(s, Output) and s.stream == stream)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.stem)
def test_it_prints_the_same_bytes(kernel: Kernel, program: Path) -> None:
    # compiling takes half a minute, and is not what is compared
    env = {**os.environ, "TORCH_COMPILE_DISABLE": "1"}
    bare = kernels.bare(program, env)
    kernel.complaints.clear()
    trace = kernel.run(program)
    assert written(trace.steps, "stdout") == bare.stdout
    assert trace.end.status == bare.returncode
    assert kernel.complaints == []
    said = [s.text for s in trace.steps if isinstance(s, Note) and "was raised here" not in s.text]
    if program.stem == "workers":
        assert all("DataLoader" in text or text.endswith("None of them was recorded.") for text in said)
    else:
        assert said == ([COMPILED] if program.stem == "compiled" else [])
