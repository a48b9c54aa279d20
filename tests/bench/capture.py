"""What recording costs, as ratios measured in one run.

    python tests/bench/capture.py [ROUNDS] [--cuda] [--json FILE]

Bare and recorded steps alternate; each line gives the median of the pairs' ratios and their spread.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import msgspec
import torch
import torch.nn.functional as F

from tests.bench.figures import Figures
from tests.bench.models import GPT, gpt_step, mlp_step
from tutor_tui.record import record

FIGURES = Figures(__file__)
DEVICE = "cuda" if FIGURES.cuda else "cpu"


def clock(work: Callable[[], object]) -> float:
    """Seconds for one call, the device's work included."""
    start = time.perf_counter()
    work()
    if DEVICE == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - start


def clock_recorded(work: Callable[[], object]) -> float:
    """Seconds for a call in the middle of a record, as a program makes it that is recorded from its first line."""
    with record(max_steps=10**6):
        work()
        return clock(work)


def pairs(
    rounds: int,
    bare: Callable[[], object],
    other: Callable[[], object],
    clock_other: Callable[[Callable[[], object]], float] = clock,
) -> list[float]:
    """The ratio other/bare of each round, the two measured one right after the other."""
    for _ in range(3):
        bare(), clock_other(other)
    found = []
    for _ in range(rounds):
        a, b, c = clock(bare), clock_other(other), clock(bare)
        found.append(2 * b / (a + c))
    return found


def show(name: str, values: list[float], bound: str = "") -> None:
    """One line: median, quartiles."""
    FIGURES.note(name, values)
    low, middle, high = statistics.quantiles(values, n=4)
    print(f"{name:<46} {middle:7.2f}x  (quartiles {low:.2f} to {high:.2f}){bound}", flush=True)


def repeated(step: Callable[[], None], times: int) -> Callable[[], None]:
    """One step is too short to be measured alone."""

    def run() -> None:
        for _ in range(times):
            step()

    return run


def begin_and_end() -> None:
    """A record in which next to nothing happens."""
    with record():
        torch.ones(1)


def chain(length: int) -> Callable[[], None]:
    """A chain of `length` multiplications, forward and backward."""

    def run() -> None:
        y = x = torch.ones(8, device=DEVICE, requires_grad=True)
        for _ in range(length):
            y = y * 1.0001
        y.sum().backward()
        assert x.grad is not None

    return run


def bytes_per_node() -> None:
    """The size of the record as it travels, over its autograd nodes."""
    with record(max_steps=10**6) as trace:
        gpt_step(DEVICE)()
    size = sum(len(msgspec.msgpack.encode(step)) for step in trace.steps)
    nodes = len(trace.nodes.by_id)
    name = "bytes recorded per node, GPT step"
    print(f"{name:<46} {size / nodes:7.0f}   ({nodes} nodes, {len(trace.steps)} steps)")


def forward_and_backward() -> Callable[[], None]:
    """The step of the GPT without an optimizer."""
    torch.manual_seed(0)
    model = GPT().to(DEVICE)
    tokens = torch.randint(256, (4, 64), device=DEVICE)

    def run() -> None:
        model.zero_grad()
        F.cross_entropy(model(tokens).flatten(0, 1), tokens.flatten()).backward()

    return run


def torchlens_ratio(rounds: int) -> None:
    """TorchLens's full capture of the same forward and backward pass, where it is installed."""
    try:
        import torchlens
    except ImportError:
        print("TorchLens is not installed: pip install torchlens measures against it")
        return
    torch.manual_seed(0)
    model = GPT().to(DEVICE)
    tokens = torch.randint(256, (4, 64), device=DEVICE)

    def bare() -> None:
        model.zero_grad()
        F.cross_entropy(model(tokens).flatten(0, 1), tokens.flatten()).backward()

    options = torchlens.options.CaptureOptions(save_grads="all", backward_ready=True)

    def lens() -> None:
        model.zero_grad()
        log = torchlens.trace(model, tokens, capture=options)
        out = log[log.output_layers[0]].out
        log.log_backward(F.cross_entropy(out.flatten(0, 1), tokens.flatten()))

    ours = pairs(rounds, bare, bare, clock_recorded)
    theirs = pairs(max(3, rounds // 4), bare, lens)
    show("GPT forward and backward, recorded", ours)
    show("GPT forward and backward, TorchLens", theirs)
    show("recorded / TorchLens", [mine / statistics.median(theirs) for mine in ours], "   bound 1/18")


def main() -> None:
    """Measure and print."""
    rounds = FIGURES.number(30)
    torch.set_num_threads(2)
    gc.collect()
    gc.freeze()  # as the kernel does before it forks: what torch has loaded is not looked through again
    step = gpt_step(DEVICE)
    print(f"bare GPT step: {1000 * statistics.median(clock(step) for _ in range(10)):.1f} ms on {DEVICE}")
    show(
        "GPT step, full capture / bare", pairs(rounds, step, step, clock_recorded), "   bound 1.3 (CUDA 1.5)"
    )
    bare = forward_and_backward()
    show("GPT forward and backward / bare", pairs(rounds, bare, bare, clock_recorded), "   bound 1.45")
    small = repeated(mlp_step(DEVICE), 20)
    show("MLP step / bare", pairs(rounds, small, small, clock_recorded), "   bound 4")
    show("beginning and ending a record / bare GPT step", pairs(rounds, step, begin_and_end))
    links = chain(10_000)
    show("chain of 10,000 operations", pairs(5, links, links, clock_recorded), "   bound 6")
    bytes_per_node()
    torchlens_ratio(rounds)
    FIGURES.write()


if __name__ == "__main__":
    main()
