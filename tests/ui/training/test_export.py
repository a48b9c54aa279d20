"""What was measured, in files that other programs read."""

from __future__ import annotations

import csv
import math
import sys
from pathlib import Path

import pytest

from tutor_tui.trace.record.curves import Curve, Curves
from tutor_tui.ui.training.export import export, snapshot


@pytest.fixture
def curves() -> Curves:
    """A loss with a non-finite value, and a learning rate."""
    curves = Curves()
    loss = curves.by_id[1] = Curve("loss")
    loss.extend(range(1, 301), [math.nan if n == 200 else 1 / n for n in range(1, 301)])
    rate = curves.by_id[2] = Curve("lr", "rate")
    rate.extend((1, 250), (0.1, 0.01))
    return curves


def test_a_table_holds_every_value_to_the_last_bit(curves: Curves, tmp_path: Path) -> None:
    assert "302 points written to" in export(snapshot(curves), str(tmp_path / "points.csv"))
    with open(tmp_path / "points.csv", newline="", encoding="utf-8") as file:
        rows = [(r["quantity"], r["series"], int(r["pass"]), float(r["value"])) for r in csv.DictReader(file)]
    assert rows[2] == ("loss", "loss", 3, 1 / 3)
    assert math.isnan(rows[199][3])
    assert rows[-1] == ("rate", "lr", 250, 0.01)


def test_what_cannot_be_written_says_why(curves: Curves, tmp_path: Path) -> None:
    told = export(snapshot(curves), str(tmp_path / "nowhere" / "points.csv"))
    assert "Nothing was exported" in told
    assert "No such file or directory" in told


def test_tensorboard_reads_its_event_file(curves: Curves, tmp_path: Path) -> None:
    reader = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    assert "302 points written to an event file" in export(snapshot(curves), str(tmp_path / "events"))
    found = reader.EventAccumulator(str(tmp_path / "events"), size_guidance={"scalars": 0})
    found.Reload()
    losses = found.Scalars("loss/loss")
    assert [event.step for event in losses] == list(range(1, 301))
    assert losses[2].value == pytest.approx(1 / 3)
    assert math.isnan(losses[199].value)
    assert [event.step for event in found.Scalars("rate/lr")] == [1, 250]


def test_without_tensorboard_it_says_how_to_get_it(
    curves: Curves, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = tmp_path / "bare"
    bare.write_text(f'#!/bin/sh\nshift\nexec {sys.executable} -I -S "$@"\n')
    bare.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(bare))
    assert "pip install tensorboard" in export(snapshot(curves), str(tmp_path / "events"))
