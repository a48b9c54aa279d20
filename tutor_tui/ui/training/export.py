"""What was measured, as files of other programs."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tutor_tui.trace.record.curves import Curves

EXPORT_HINT = "FILE.csv, or a folder for a TensorBoard event file"
_WRITER = """
import csv, sys
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
import time
writer = EventFileWriter(sys.argv[2])
with open(sys.argv[1], newline="", encoding="utf-8") as file:
    for row in csv.DictReader(file):
        value = Summary.Value(tag=row["quantity"] + "/" + row["series"], simple_value=float(row["value"]))
        writer.add_event(Event(wall_time=time.time(), step=int(row["pass"]), summary=Summary(value=[value])))
writer.close()
"""


class Column(NamedTuple):
    """A series as it was at one moment."""

    quantity: str
    name: str
    passes: array[int]
    values: array[float]


def snapshot(curves: Curves) -> list[Column]:
    """What there is now: it can be written while more comes."""
    return [Column(c.quantity, c.name, c.xs[:], c.ys[:]) for c in curves.by_id.values()]


def write_csv(columns: Sequence[Column], path: Path) -> int:
    """One line a point: quantity, series, pass, value. The number of points; `OSError` where it cannot be written."""
    count = 0
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["quantity", "series", "pass", "value"])
        for column in columns:
            for x, y in zip(column.passes, column.values, strict=True):
                writer.writerow([column.quantity, column.name, x, repr(y)])
            count += len(column.passes)
    return count


def export(columns: Sequence[Column], text: str) -> str:
    """Write a CSV file, or through tensorboard's own writer an event file; what was done, or why it could not be."""
    path = Path(os.path.expanduser(text.strip()))
    try:
        if path.suffix == ".csv":
            return f"{write_csv(columns, path):,} points written to {path}."
        return _write_events(columns, path)
    except OSError as error:
        return f"Nothing was exported: {path}: {error.strerror or error}."


def _write_events(columns: Sequence[Column], folder: Path) -> str:
    with tempfile.TemporaryDirectory() as private:
        table = Path(private) / "points.csv"
        count = write_csv(columns, table)
        done = subprocess.run(
            [sys.executable, "-P", "-c", _WRITER, str(table), str(folder)],
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    if done.returncode == 0:
        return f"{count:,} points written to an event file in {folder}."
    if "No module named 'tensorboard'" in done.stderr:
        return (
            "Nothing was exported: tensorboard is not installed here (pip install tensorboard); a .csv file "
            "does not need it."
        )
    return f"Nothing was exported: tensorboard's writer failed: {done.stderr.strip().splitlines()[-1:]}"
