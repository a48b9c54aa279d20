"""What watching costs: a loop bare and watched, in pairs, in one process.

    python tests/bench/watch.py [--cuda]

prints the median of the ratios with its quartiles; then how long a freeze takes and how long a million points.
"""

from __future__ import annotations

import array
import asyncio
import gc
import itertools
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import torch
from textual.app import App, ComposeResult

from tests.bench.figures import Figures
from tests.bench.models import gpt_step, mlp_step
from tutor_tui.kernel.program.files import Files
from tutor_tui.kernel.training.monitor import Monitor
from tutor_tui.protocol.frames import encode
from tutor_tui.trace.record.curves import Curve
from tutor_tui.ui.panes.curve_pane import CurvePane
from tutor_tui.ui.panes.plot_layout import Window
from tutor_tui.ui.settings import Settings

FIGURES = Figures(__file__)


def compare(name: str, step: Callable[[], None], count: int, pairs: int) -> None:
    """The ratio of watched to bare, in alternating order."""
    files = Files(lambda file, text, library: None)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    watch = Monitor(files, lambda message: os.write(nowhere, encode(message)), lambda: None)
    watch.attentive = False

    def time_of(watched: bool) -> float:
        if watched:
            watch.install()
            watch.follow_optimizers()
        for _ in range(max(1, count // 10)):
            step()
        began = time.perf_counter()
        for _ in range(count):
            step()
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        took = time.perf_counter() - began
        if watched:
            watch.remove()
        return took / count

    time_of(True), time_of(False)
    gc.collect()
    gc.freeze()
    ratios, bare = [], []
    for turn in range(pairs):
        times = {watched: time_of(watched) for watched in ((True, False) if turn % 2 else (False, True))}
        ratios.append(times[True] / times[False])
        bare.append(times[False])
    low, middle, high = statistics.quantiles(ratios, n=4)
    FIGURES.note(f"{name}, watched / bare", ratios)
    print(
        f"{name}: bare {statistics.median(bare) * 1e6:,.0f} µs, watched {middle:.3f}× ({low:.3f} to {high:.3f})"
    )


class Stage(App[None]):
    """A pane with a curve, and nothing else."""

    settings = Settings()

    def compose(self) -> ComposeResult:
        """The pane."""
        yield CurvePane(Stage.settings, id="curve")


LOOKS = {
    "plain": Window(),
    "log y": Window(log_y=True),
    "log x, smoothed": Window(log_x=True, smooth=True),
}


async def million() -> None:
    """Pictures of a million points: of nothing but noise, which fills most of a plot, and of a loss."""
    random.seed(0)
    xs = array.array("q", range(1, 1_000_001))

    def memory() -> float:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6

    for name, values in (
        ("noise", (random.random() for _ in xs)),
        ("a loss", (n**-0.5 * random.lognormvariate(0, 0.5) + 0.01 for n in xs)),
    ):
        before = memory()
        curve = Curve("loss")
        for start in range(0, len(xs), 1000):
            curve.extend(xs[start : start + 1000], itertools.islice(values, 1000))
        for size in ((52, 14), (84, 28)):
            stage = Stage()
            async with stage.run_test(size=size):
                pane = stage.query_one(CurvePane)
                for look, window in LOOKS.items():
                    times = statistics.quantiles([refresh(pane, curve, window) for _ in range(15)], n=4)
                    what = f"1,000,000 points of {name}, {size[0]}x{size[1]}, {look}"
                    FIGURES.note(what, [t * 1e3 for t in times], "ms")
                    middle, high = times[1] * 1e3, times[2] * 1e3
                    print(
                        f"1,000,000 points of {name}, {size[0]}×{size[1]}, {look}: {middle:.1f} ms (to {high:.1f})"
                    )
        print(f"1,000,000 points: {memory() - before:.1f} MB with the smoothed line")


def refresh(pane: CurvePane, curve: Curve, window: Window) -> float:
    """Seconds that one drawing takes, characters and colours included."""
    began = time.perf_counter()
    pane.draw_curves([curve], window)
    pane.render()
    return time.perf_counter() - began


if __name__ == "__main__":
    device = "cuda" if FIGURES.cuda else "cpu"
    torch.set_num_threads(1)
    compare("MLP", mlp_step(device), 300, FIGURES.number(40))
    compare("GPT step", gpt_step(device), 8, 12)
    if device == "cpu":
        asyncio.run(million())
    FIGURES.write()
