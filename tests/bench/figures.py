"""What a benchmark was told, and what it has found: with `--json FILE` added to a file as one line."""

from __future__ import annotations

import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path


class Figures:
    """The figures of one run of a benchmark."""

    def __init__(self, bench: str) -> None:
        """Reads the command line: numbers, `--cuda`, `--json FILE`."""
        self._bench = Path(bench).stem
        arguments = sys.argv[1:]
        self._file = ""
        if "--json" in arguments:
            at = arguments.index("--json")
            self._file = arguments[at + 1]
            del arguments[at : at + 2]
        self.cuda = "--cuda" in arguments
        self._numbers = [int(a) for a in arguments if a.isdigit()]
        self._found: dict[str, dict[str, float | int | str]] = {}

    def number(self, default: int) -> int:
        """How often to measure."""
        return self._numbers[0] if self._numbers else default

    def note(self, name: str, values: Sequence[float], unit: str = "ratio") -> None:
        """Keep a figure: the median of its values, the quartiles, how many there were."""
        low, middle, high = statistics.quantiles(values, n=4) if len(values) > 1 else [values[0]] * 3
        self._found[name] = {"median": middle, "low": low, "high": high, "count": len(values), "unit": unit}

    def write(self) -> None:
        """Add the line, where a file was given."""
        if not self._file:
            return
        line = {
            "bench": self._bench,
            "commit": _git("rev-parse", "HEAD"),
            "changed": bool(_git("status", "--porcelain")),
            "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
            "python": platform.python_version(),
            "torch": version("torch"),
            "device": "cuda" if self.cuda else "cpu",
            "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            "figures": self._found,
        }
        with open(self._file, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def _git(*arguments: str) -> str:
    folder = Path(__file__).parent
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout.strip()
