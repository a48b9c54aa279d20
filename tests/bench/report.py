"""The page of figures: every benchmark run here and now, and what it has found written into the README."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
README = HERE.parents[1] / "README.md"
BEGIN, END = "<!-- figures: made by `python -m tests.bench --report` -->", "<!-- end of the figures -->"


class Goal(NamedTuple):
    """What a figure is to be, and in whose words a reader is told what it is."""

    bench: str
    figure: str
    says: str
    most: float
    optional: bool = False
    """Whether it is left out where what it is measured against is not installed."""


RUNS: tuple[tuple[str, ...], ...] = (
    ("capture", "15"),
    ("watch", "31"),
    ("diagnose", "5"),
    ("startup", "7"),
    ("screen", "100"),
    ("scale", "1000"),
)
"""The benchmarks, each with how often it is to measure."""

GOALS = (
    Goal(
        "capture",
        "GPT step, full capture / bare",
        "a training step of a 6-layer GPT recorded, over bare",
        1.3,
    ),
    Goal("capture", "GPT forward and backward / bare", "the same without an optimizer, over bare", 1.45),
    Goal(
        "capture", "recorded / TorchLens", "the GPT recorded, over the same traced by TorchLens", 1 / 18, True
    ),
    Goal(
        "capture", "chain of 10,000 operations", "10,000 operations on 8 numbers each recorded, over bare", 6
    ),
    Goal("capture", "MLP step / bare", "a step of a small network, 300 µs bare, recorded, over bare", 4),
    Goal("watch", "MLP, watched / bare", "the same step watched, over bare", 1.02),
    Goal("watch", "GPT step, watched / bare", "a step of the GPT watched, over bare", 1.02),
    Goal("diagnose", "diagnose", "`diagnose` on a small training script, over bare, start-up left out", 2),
    Goal(
        "startup",
        "first frame / import torch",
        "from the command to the first frame, over `import torch`",
        0.3,
    ),
    Goal(
        "startup",
        "last step / import torch",
        "from the command to the last step of a sample, over `import torch`",
        1.15,
    ),
    Goal(
        "startup",
        "slowest short lesson / import torch",
        "from the command to a lesson's whole record, the slowest of seven, over `import torch`",
        1.3,
    ),
    Goal(
        "startup",
        "when_it_does_not_learn / its program",
        "the same of a lesson with an optimizer, over its program without a screen",
        1.3,
    ),
    Goal("startup", "re-run", "`r`: from the key to the new run's output", 0.15),
    Goal("startup", "re-run with an optimizer", "the same in a program with an optimizer", 0.15),
    Goal("screen", "80x24 bytes a step", "bytes on the wire for a step at 80×24", 700),
    Goal("screen", "80x24 key to last byte", "from a key to the last byte of its screen at 80×24", 20),
    Goal("screen", "120x40 bytes a step", "bytes on the wire for a step at 120×40", 1500),
    Goal("screen", "120x40 key to last byte", "from a key to the last byte of its screen at 120×40", 20),
    Goal("screen", "jump over the whole record", "from the first to the last of 20,000 steps, or back", 40),
    Goal("screen", "the graph of 100,000 nodes drawn", "a graph of 100,000 nodes opened", 1000),
    Goal("screen", "a page further in it", "a page further in it", 16),
    Goal("scale", "memory of a step", "memory of the screen for a step, of a record of a million", 1200),
    Goal("scale", "a key in the long record", "from a key to the last byte of its screen in that record", 20),
    Goal("scale", "the long record opened again", "a record of a million steps opened by `attach`", 3000),
    Goal(
        "scale",
        "behind after 50 keys over a slow line",
        "how far the screen is behind after 50 keys in 10 s over 20 kB/s",
        500,
    ),
)


def report() -> None:
    """Run everything, and write the section of the README anew."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "figures.jsonl"
        for bench, *arguments in RUNS:
            print(f"{bench} …", flush=True)
            subprocess.run(
                [sys.executable, str(HERE / f"{bench}.py"), *arguments, "--json", str(file)], check=True
            )
        found = [json.loads(line) for line in file.read_text().splitlines()]
    text = README.read_text(encoding="utf-8")
    assert BEGIN in text, f"no place for the figures: {BEGIN}"
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text(before + BEGIN + "\n" + "\n".join(table(found)) + "\n" + END + after, encoding="utf-8")


def table(found: list[Mapping[str, Any]]) -> Iterator[str]:
    """The section: a line on the machine, and one on each figure."""
    first = found[0]
    yield (
        f"Measured on {first['date'][:10]} with Python {first['python']} and torch {first['torch']} on "
        f"{first['machine']}, {first['device']}. Each ratio is of pairs measured in turn in one run."
    )
    yield ""
    yield "| What | median | quartiles | goal |"
    yield "|---|---|---|---|"
    by_bench = {line["bench"]: line["figures"] for line in found}
    for goal in GOALS:
        figure = by_bench.get(goal.bench, {}).get(goal.figure)
        if figure is None and goal.optional:
            continue
        if figure is None:
            raise SystemExit(f"{goal.bench}.py has not measured {goal.figure!r}")
        yield row(goal, figure)


def row(goal: Goal, figure: Mapping[str, Any]) -> str:
    """One line of the table; what misses its goal says so."""
    unit = figure["unit"]
    median, low, high = (shown(figure[key], unit) for key in ("median", "low", "high"))
    missed = " (missed)" if figure["median"] > goal.most else ""
    spread = f"{low} to {high}" if figure["count"] > 1 else ""
    return f"| {goal.says} | {median}{missed} | {spread} | {shown(goal.most, unit)} |"


def shown(value: float, unit: str) -> str:
    """`1.52×`, `14.2 ms`, `312 bytes`."""
    if unit == "ratio":
        return f"{value:.2f}×" if value >= 0.1 else f"{value:.3f}×"
    return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"


def goals_in(readme: str) -> list[str]:
    """What the figures in a README say, without the numbers."""
    section = readme.partition(BEGIN)[2].partition(END)[0]
    return re.findall(r"(?m)^\| (.+?) \| [\d.,]+\D*? \|.*\|$", section)
