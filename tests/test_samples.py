"""Real programs print the same bytes and exit alike, recorded and not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import kernels
from tests.conftest import SAMPLES, Kernel
from tests.terminal import PROGRAM, Terminal
from tutor_tui.protocol.messages import Output

TRAINING = [SAMPLES / "transformer.py"]  # the others are walked by the tests of the screen


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.py")), ids=lambda p: p.stem)
def test_a_sample_prints_the_same_bytes(kernel: Kernel, sample: Path) -> None:
    bare = kernels.bare(sample)
    trace = kernel.run(sample)
    printed = b"".join(
        s.raw or s.text.encode() for s in trace.steps if isinstance(s, Output) and s.stream == "stdout"
    )
    assert printed == bare.stdout
    assert trace.end.status == bare.returncode == 0
    assert len(trace.losses) >= 1


@pytest.mark.parametrize("sample", TRAINING, ids=lambda p: p.stem)
@pytest.mark.usefixtures("real_kernel")
def test_a_sample_opens_in_the_screen(sample: Path) -> None:
    with Terminal(*PROGRAM, "run", str(sample), columns=120, rows=40) as terminal:
        terminal.wait("recorded|exit 0")
        screen = terminal.press("f", "b")
        assert "backward" in screen
        assert "loss · pass 1" in screen
