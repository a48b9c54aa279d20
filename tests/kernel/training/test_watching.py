"""A run that is watched: what is measured, frozen, held, changed, and left alone."""

from __future__ import annotations

import ast
import os
import re
import signal
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.test_programs import written
from tests.watched import FIT, PROGRAMS, Watched, kernel_process
from tutor_tui.protocol.messages import (
    Backward,
    Continue,
    Detach,
    Freeze,
    FreezeWhen,
    Line,
    Loss,
    Message,
    Note,
    Op,
    Pause,
    SetRate,
    Update,
)
from tutor_tui.trace.words.bad_value import bad_text

Write = Callable[..., Path]
"""Writes a program to a file of its own."""


@pytest.fixture
def program(tmp_path: Path) -> Write:
    """Write a program."""

    def write(text: str, name: str = "fit.py") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("name", ["gan", "precision", "closure", "helper"])
@pytest.mark.parametrize("watch", ["always", "auto"])
def test_every_loss_is_measured_under_the_programs_own_name(name: str, watch: str) -> None:
    with Watched(PROGRAMS / f"{name}.py", watch=watch) as run:
        (printed,) = (line for line in run.end().splitlines() if line.startswith("{"))  # beside warnings
        told = ast.literal_eval(printed)
        wanted = {(f"{k}_loss" if name == "gan" else k): v for k, v in told.items()}
        assert run.losses() == wanted


def test_a_loop_gives_way_to_watching_and_its_first_iterations_stay(program: Write) -> None:
    with Watched(program(FIT), "3000", watch="auto") as run:
        run.end()
        assert [m.mode for m in run.modes] == ["recording", "watching"]
        assert 10_000 < len(run.trace.steps) < 11_000
        recorded = len(run.trace.losses)
        assert 3 < recorded < 3000
        assert len(run.losses()["loss"]) == 3000
        values = [run.trace.steps[seq].value for seq in run.trace.losses]
        assert run.losses()["loss"][:recorded] == values
        quantities = {curve.quantity for curve in run.trace.curves.by_id.values()}
        assert quantities == {"loss", "rate", "gradient", "weights", "memory"}


def test_fifty_freezes_change_nothing_and_record_whole_iterations(program: Write) -> None:
    path = program(FIT)
    with Watched(path, "100000000") as run:
        run.mode("watching")
        for turn in range(50):
            run.session.ask(Freeze())
            run.mode("frozen")
            if turn % 2:  # every other iteration right behind the last one
                run.session.ask(Continue())
                run.mode("watching")
        run.session.ask(Pause())
        run.mode("paused")
        run.session.stop()  # where an iteration ends: the program has run a whole number of them
        interrupted, printed = run.end().splitlines()
        assert interrupted == "interrupted True"
        losses = run.losses()
        with Watched(path, str(len(losses["loss"])), alone=True) as bare:
            assert bare.end().splitlines() == [printed]
            assert bare.losses() == losses
        assert len(run.trace.losses) == 50
        notes = [s.seq for s in run.trace.steps if isinstance(s, Note)]
        first = run.trace.steps[notes[0] : notes[1]]
        lines = [s.line for s in first if isinstance(s, Line)]
        assert lines == [12, 13, 14, 15, 16, 17, 11]
        assert {type(s) for s in first} >= {Op, Loss, Backward, Update}


def test_a_held_run_answers_and_goes_on(program: Write) -> None:
    with Watched(program(FIT), "100000000") as run:
        run.mode("watching")
        run.session.ask(Pause())
        run.mode("paused")
        passes = run.trace.curves.passes
        time.sleep(0.3)
        run.session.ask(Continue())
        run.mode("watching")
        run.until(lambda: run.trace.curves.passes > passes + 10)
        run.session.stop()
        assert "interrupted True" in run.end()
        assert run.trace.end.status == 0


OPTIMIZERS = """
import torch
class Fit:
    def __init__(self):
        self.rates = torch.optim.Adam([{"params": [w]}, {"params": [v], "lr": 0.5}])
    def step(self):
        self.rates.step()
w, v = torch.zeros(3, requires_grad=True), torch.zeros(3, requires_grad=True)
fit, small = Fit(), torch.optim.SGD([w], lr=0.1)
steps = [torch.optim.SGD([v], lr=0.2), torch.optim.SGD([w], lr=0.3)]
for i in range(300):
    loss = (w - 1).pow(2).sum() + (v - 2).pow(2).sum()
    loss.backward()
    small.step()
    fit.step()
    for each in (0, 1):
        steps[each].step()
"""


def test_optimizers_go_by_the_programs_own_names(program: Write) -> None:
    with Watched(program(OPTIMIZERS)) as run:
        run.end()
        names = [group.optimizer for group in run.trace.curves.groups.values()]
        assert names == ["small", "rates.0", "rates.1", "SGD", "SGD 2"]
        rates = [(curve.name, curve.ys[0]) for curve in run.trace.curves.of("rate")]
        assert rates == [
            ("lr small", 0.1),
            ("lr rates.0", 0.001),
            ("lr rates.1", 0.5),
            ("lr SGD", 0.2),
            ("lr SGD 2", 0.3),
        ]


COUNTED = """
import torch
w = torch.zeros(3, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
counts = dict(began=0, stepped=0, logged=0)
try:
    {loop}
        counts["began"] += 1
        optimizer.zero_grad()
        loss = (w - 1).pow(2).sum()
        loss.backward()
        optimizer.step()
        counts["stepped"] += 1
        counts["logged"] += 1
except KeyboardInterrupt:
    print("whole", len(set(counts.values())) == 1)
"""


@pytest.mark.parametrize("loop", ["while True:", "for i in range(10**9):", "while counts['began'] >= 0:"])
@pytest.mark.parametrize("held", [False, True])
def test_a_stop_comes_between_two_iterations(program: Write, loop: str, held: bool) -> None:
    with Watched(program(COUNTED.format(loop=loop))) as run:
        run.mode("watching")
        run.until(lambda: run.trace.curves.passes > 10)
        if held:
            run.session.ask(Pause())
            run.mode("paused")
        run.session.stop()
        assert run.end().strip() == "whole True"


def test_an_interrupt_leaves_all_the_time_that_a_script_needs(program: Write) -> None:
    path = program(FIT.replace('print("interrupted"', 'time.sleep(2)\n    print("interrupted"'))
    with Watched(path, "100000000") as run:
        run.mode("watching")
        run.until(lambda: run.trace.curves.passes > 10)
        run.session.stop()
        assert "interrupted True" in run.end()


def test_a_second_stop_ends_what_does_not_listen(program: Write) -> None:
    path = program(
        FIT.replace("except KeyboardInterrupt:", "except KeyboardInterrupt:\n    while True: pass")
    )
    with Watched(path, "100000000") as run:
        run.mode("watching")
        run.until(lambda: run.trace.curves.passes > 10)
        run.session.stop()
        time.sleep(0.5)
        run.session.stop()
        run.until(lambda: run.trace.end is not None)
        assert run.trace.end.status == 130 or "SIGKILL" in run.trace.end.reason


def test_the_learning_rate_is_changed_while_it_runs(program: Write) -> None:
    with Watched(program(FIT), "100000000") as run:
        run.mode("watching")
        run.until(lambda: run.trace.curves.groups)
        run.session.ask(SetRate(group=0, rate=0.125))
        run.until(lambda: run.trace.curves.groups[0].rate == 0.125)
        run.session.stop()
        assert run.end().strip().endswith("0.125")
        assert any(isinstance(s, Note) and "0.125 by hand" in s.text for s in run.trace.steps)


@pytest.mark.parametrize(
    ("when", "fault", "reason"),
    [
        (FreezeWhen(finite=True), "loss = loss * float('nan')", "nan"),
        (FreezeWhen(jump=3), "loss = loss + 100", "jumped"),
        # the fit is so good by then that its norm is over 50 two passes later
        (FreezeWhen(norm=50), "loss = loss * 10000", "norm"),
    ],
)
def test_it_freezes_by_itself(program: Write, when: FreezeWhen, fault: str, reason: str) -> None:
    broken = f"        if count > 3000: {fault}\n        optimizer.zero_grad()\n"
    with Watched(program(FIT.replace("        optimizer.zero_grad()\n", broken)), "100000000") as run:
        run.session.ask(when)
        frozen = run.mode("frozen")
        assert reason in frozen.reason
        seen = int(re.findall(r"at pass (\d+)", frozen.reason)[0])
        assert frozen.passes == seen + 1  # the one after that with the fault
        assert 3002 <= seen < 3010
        assert len(run.trace.losses) == 1


def test_a_loop_that_a_library_hides_is_frozen_between_two_steps(program: Write) -> None:
    program(
        """
        def fit(model, optimizer, batch, rounds):
            for _ in range(rounds):
                optimizer.zero_grad()
                loss = model(batch).pow(2).mean()
                loss.backward()
                optimizer.step()
        """,
        "site-packages/trainer.py",
    )
    path = program(
        """
        import os, sys
        sys.path.append(os.path.join(os.path.dirname(__file__), "site-packages"))
        import torch, trainer
        torch.manual_seed(0)
        model = torch.nn.Linear(3, 1)
        trainer.fit(model, torch.optim.Adam(model.parameters()), torch.randn(8, 3), 20000)
        """
    )
    with Watched(path) as run:
        run.mode("watching")
        run.session.ask(Freeze())
        run.mode("frozen")
        kinds = {type(s) for s in run.trace.steps}
        assert kinds >= {Op, Loss, Backward, Update}
        assert len(run.trace.losses) == 1
        run.session.ask(Continue())
        run.until(lambda: run.trace.curves.passes > run.modes[-1].passes + 5)


def test_what_is_handed_to_a_library_to_send_backward_names_the_curve(program: Write) -> None:
    program(
        """
        class Accelerator:
            def backward(self, loss):
                (loss / 2).backward()
        """,
        "site-packages/speeder.py",
    )
    path = program(
        """
        import os, sys
        sys.path.append(os.path.join(os.path.dirname(__file__), "site-packages"))
        import torch
        from torch.func import grad
        from speeder import Accelerator
        accelerator = Accelerator()
        w = torch.ones(2, requires_grad=True)
        outputs = {}
        for turn in range(300):
            grad(lambda v: v.sum())(w)
            outputs["loss"] = (w * turn).sum()
            accelerator.backward(outputs["loss"])
            print(turn)
            print("and", turn, file=sys.stderr)
        """
    )
    with Watched(path, watch="auto") as run:
        run.end()
        turns = range(300)
        assert written(run.trace.steps, "stdout").decode() == "".join(f"{turn}\n" for turn in turns)
        assert written(run.trace.steps, "stderr").decode() == "".join(f"and {turn}\n" for turn in turns)
        assert {name: len(values) for name, values in run.losses().items()} == {"outputs['loss']": 300}


def test_two_losses_that_one_line_of_a_library_sends_are_two_curves(program: Write) -> None:
    program(
        """
        def manual_backward(loss):
            loss.backward()
        """,
        "site-packages/lights.py",
    )
    path = program(
        """
        import os, sys
        sys.path.append(os.path.join(os.path.dirname(__file__), "site-packages"))
        import torch
        from lights import manual_backward
        w = torch.ones(2, requires_grad=True)
        def training_step(turn):
            d_loss = (w * 1).sum() + turn
            manual_backward(d_loss)
            g_loss = (w * 3).sum() - turn
            manual_backward(g_loss)
        for turn in range(3000):
            training_step(turn)
        """
    )
    with Watched(path, watch="auto") as run:
        run.end()
        losses = run.losses()
        assert {name: len(values) for name, values in losses.items()} == {"d_loss": 3000, "g_loss": 3000}
        assert losses["g_loss"][-1] == 6 - 2999


def test_an_optimizer_that_is_made_anew_for_each_trial_keeps_its_curve(program: Write) -> None:
    path = program(
        """
        import torch
        def trial(lr):
            net = torch.nn.Linear(2, 1)
            optimizer = torch.optim.SGD(net.parameters(), lr=lr)
            for _ in range(3):
                net(torch.ones(4, 2)).pow(2).mean().backward()
                optimizer.step()
        for lr in (0.1, 0.2, 0.3):
            trial(lr)
        """
    )
    with Watched(path, watch="auto") as run:
        run.end()
        assert [(c.name, list(c.ys)) for c in run.trace.curves.of("rate")] == [("lr", [0.1, 0.2, 0.3])]


def test_of_very_many_groups_the_first_are_followed(program: Write) -> None:
    path = program(
        """
        import torch
        w = torch.nn.Parameter(torch.ones(1))
        optimizer = torch.optim.SGD([w], lr=0.001)
        optimizer.param_groups += [dict(optimizer.param_groups[0]) for _ in range(1500)]
        for _ in range(3):
            (w * 1).sum().backward()
            optimizer.step()
        """
    )
    with Watched(path, watch="auto") as run:
        run.end()
        assert len(run.trace.curves.of("rate")) == 1000
        notes = [s.text for s in run.trace.steps if isinstance(s, Note)]
        assert [text for text in notes if "parameter groups" in text] == [
            "More than 1,000 parameter groups have stepped: only the first ones show learning rates and norms."
        ]


def test_one_loss_is_one_curve_however_its_calls_are_wrapped(program: Write) -> None:
    program(
        """
        def step(loss):
            loss.backward()
        def fit(model, batch, rounds, wrapped):
            for turn in range(rounds):
                loss = model(batch).pow(2).mean()
                if wrapped:
                    (lambda: step(loss))() if turn % 2 else step(loss)
                else:
                    loss.backward()
        """,
        "site-packages/trainer.py",
    )
    path = program(
        """
        import os, sys
        sys.path.append(os.path.join(os.path.dirname(__file__), "site-packages"))
        import torch, trainer
        model = torch.nn.Linear(3, 1)
        trainer.fit(model, torch.randn(8, 3), 3000, True)
        trainer.fit(model, torch.randn(8, 3), 300, False)
        """
    )
    with Watched(path, watch="auto") as run:
        run.end()
        assert {name: len(values) for name, values in run.losses().items()} == {
            "loss": 3000,
            "loss (line 7)": 300,
        }


def test_a_loop_without_an_optimizer_is_watched_and_frozen(program: Write, tmp_path: Path) -> None:
    path = program(
        """
        import os, sys
        import torch
        w = torch.tensor(3.0, requires_grad=True)
        turns = 0
        while not os.path.exists(sys.argv[1]):
            error = (w - 1) ** 2
            error.backward()
            with torch.no_grad():
                w -= 0.001 * w.grad
            w.grad = None
            turns += 1
        print(turns)
        """
    )
    with Watched(path, str(tmp_path / "enough"), watch="auto") as run:
        run.until(lambda: run.modes and run.modes[-1].mode == "watching")
        known = len(run.trace.losses)
        run.session.ask(Freeze())
        run.mode("frozen")
        assert len(run.trace.losses) == known + 1
        assert run.trace.steps[run.trace.losses[-1]].name == "error"
        run.session.ask(Continue())
        (tmp_path / "enough").touch()
        turns = int(run.end().split()[-1])
        assert len(run.losses()["error"]) == turns


FAULTS = {
    "a logarithm of zero in a loss": (
        """
        import torch
        mask = torch.zeros(3).masked_fill(torch.tensor([True, False, False]), float("-inf"))
        w = torch.full((3,), 0.5, requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=0.05)
        for turn in range(30):
            p = w.clamp(min=0)
            weights = torch.softmax(w + mask, dim=0)
            loss = (weights * 0).sum() + torch.log(p).sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        """,
        9,
        "log made [-inf",
    ),
    "one zero among many": (
        """
        import torch
        w = torch.linspace(1, 20, 200).reshape(20, 10).requires_grad_()
        mask = torch.ones(20, 10)
        mask[7, 3] = 0
        for turn in range(10):
            share = w * mask if turn == 5 else w
            loss = torch.log(share).mean()
            loss.backward()
        """,
        8,
        "log made -inf at [7, 3] of 20×10, the first non-finite value. It was given share = 0 there.",
    ),
    "a learning rate that explodes": (
        """
        import torch
        torch.manual_seed(0)
        model = torch.nn.Sequential(torch.nn.Linear(8, 16), torch.nn.Tanh(), torch.nn.Linear(16, 1))
        x, y = torch.randn(32, 8), torch.randn(32, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=30.0)
        for turn in range(300):
            gap = model(x) - y
            loss = (gap**2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        """,
        9,
        "pow made",
    ),
    "nothing by nothing in a norm's own backward": (
        """
        import torch
        class Norm(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                ctx.save_for_backward(x, x.norm())
                return x.norm()
            @staticmethod
            def backward(ctx, g):
                x, n = ctx.saved_tensors
                unit = x / n
                return g * unit
        w = torch.ones(4, requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=0.5)
        for turn in range(20):
            loss = Norm.apply(w) * 1.0
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        """,
        11,
        "div made [nan",
    ),
    "the slope of a root at zero": (
        """
        import torch
        w = torch.ones(4, requires_grad=True)
        optimizer = torch.optim.Adam([w], lr=0.5)
        for turn in range(20):
            gap = w - w.detach()
            loss = torch.sqrt(gap).sum() + w.sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        """,
        7,
        "SqrtBackward0 made [inf",
    ),
    "a step that overflows": (
        """
        import torch
        w = torch.ones(2, requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=1e30)
        for turn in range(20):
            loss = (w * 1e15).sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        """,
        9,
        "SGD.step() made",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_first_bad_value_is_named_at_its_line(program: Write, fault: str) -> None:
    source, line, made = FAULTS[fault]
    with Watched(program(source), watch="auto") as run:
        run.end()
        bad = min(curve.bad[0] for curve in run.trace.curves.of("loss") if len(curve.bad))
        text = bad_text(run.find_bad(bad))
        assert text.startswith(f"Line {line} of fit.py, ")
        assert made in text


def test_a_run_that_is_left_alone_is_found_again(
    program: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    run = Watched(program(FIT), "100000000", watch="auto", alone=True)
    run.until(lambda: run.modes and run.modes[-1].mode == "watching")
    run.session.ask(Detach())
    run.until(lambda: run.detached)
    kernel = kernel_process(run).pid
    before = run.trace.curves.passes
    run.close(leave=True)  # as a screen that was killed: no farewell
    assert (tmp_path / "state/tutor-tui/runs").stat().st_mode & 0o777 == 0o700
    with Watched(name=run.detached) as again:
        again.until(lambda: again.trace.curves.passes > before + 100)
        os.kill(kernel, 0)
        whole = again.trace.curves.of("loss")[0]
        assert list(whole.xs[:before]) == list(range(1, before + 1))
        assert list(whole.ys[:before]) == run.losses()["loss"][:before]
        told = again.trace.steps[
            : len(run.trace.steps)
        ]  # as text: what memory of torch.empty holds may be nan
        assert list(map(repr, told)) == list(map(repr, run.trace.steps))
        again.session.ask(Freeze())
        again.mode("frozen")
    deadline = time.time() + 10
    while Path(f"/proc/{kernel}").exists() and time.time() < deadline:
        try:
            os.waitpid(kernel, os.WNOHANG)
        except ChildProcessError:
            pass
        time.sleep(0.05)
    assert not Path(f"/proc/{kernel}").exists()
    assert not list((tmp_path / "state/tutor-tui/runs").iterdir())


def test_a_killed_screen_ends_a_run_that_was_not_left(program: Write) -> None:
    run = Watched(program(FIT), "100000000", alone=True)
    run.mode("watching")
    kernel = kernel_process(run)
    run.close(leave=True)
    assert kernel.status() is not None or signal.SIGKILL


def test_a_progress_bar_is_one_line_however_long_it_runs(program: Write) -> None:
    path = program(
        """
        import sys, torch
        w = torch.tensor(3.0, requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=0.001)
        for turn in range(3000):
            loss = (w - 1) ** 2
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            sys.stderr.write(f"\\r{turn + 1}/3000 " + "#" * (turn // 100))
        print("\\ndone")
        """
    )
    with Watched(path) as run:
        printed = run.end()
        assert len([s for s in run.trace.steps if type(s).__name__ == "Output"]) <= 3
        assert printed.count("/3000") <= 2  # stdout and stderr may come in either order
        assert "3000/3000" in printed


@pytest.mark.gpu
def test_watching_adds_no_synchronisation() -> None:
    """torch's own debug mode turns every synchronisation of the loop into an error."""
    import torch

    from tutor_tui.kernel.program.files import Files
    from tutor_tui.kernel.training.monitor import Monitor

    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    files = Files(lambda file, text, library: None)
    files.adopt(__file__)
    sent: list[Message] = []
    watch = Monitor(files, sent.append, lambda: None, norms=0.01)
    model = torch.nn.Linear(64, 64).cuda()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    x = torch.randn(32, 64, device="cuda")
    torch.empty(1, pin_memory=True)
    watch.install()
    watch.follow_optimizers()
    torch.cuda.set_sync_debug_mode("error")
    try:
        for _ in range(2000):
            loss = model(x).pow(2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    finally:
        torch.cuda.set_sync_debug_mode("default")
        watch.remove()
    assert sum(len(p.values) // 8 for m in sent for p in getattr(m, "points", [])) >= 2000
