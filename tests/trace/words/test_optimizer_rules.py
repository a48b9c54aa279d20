"""The rule that is shown of an optimizer gives, with the numbers that are shown, the parameter's new value."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor_tui.protocol.messages import Update
from tutor_tui.record import record
from tutor_tui.trace.words.optimizer_rules import evaluate, update_lines

small = st.floats(0.01, 0.5)
flag = st.booleans()
OPTIMIZERS: dict[str, dict[str, Any]] = {
    "SGD": {"lr": small, "weight_decay": st.sampled_from([0, 0.1]), "maximize": flag},
    "SGD with momentum": {
        "lr": small,
        "momentum": small,
        "dampening": st.sampled_from([0, 0.3]),
        "weight_decay": st.sampled_from([0, 0.1]),
        "maximize": flag,
    },
    "SGD with Nesterov": {"lr": small, "momentum": small, "nesterov": st.just(True)},
    "Adam": {"lr": small, "weight_decay": st.sampled_from([0, 0.1]), "amsgrad": flag, "maximize": flag},
    "AdamW": {"lr": small, "weight_decay": st.sampled_from([0, 0.1]), "amsgrad": flag, "maximize": flag},
    "RMSprop": {
        "lr": small,
        "alpha": st.sampled_from([0.9, 0.99]),
        "centered": flag,
        "momentum": st.sampled_from([0, 0.5]),
        "weight_decay": st.sampled_from([0, 0.1]),
    },
}


@pytest.mark.parametrize("kind", OPTIMIZERS)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_the_shown_rule_gives_the_new_value(kind: str, data: Any) -> None:
    options = {name: data.draw(choice, name) for name, choice in OPTIMIZERS[kind].items()}
    start = data.draw(st.lists(st.floats(-3, 3, width=32), min_size=1, max_size=5))
    slopes = data.draw(st.lists(st.floats(0.125, 3, width=32), min_size=3, max_size=3))
    w = torch.tensor(start, requires_grad=True)
    optimizer = getattr(torch.optim, kind.split()[0])([w], **options)
    with record(lines=False) as trace:
        for slope in slopes:
            optimizer.zero_grad()
            ((w - 0.3) ** 2 * slope).sum().backward()
            optimizer.step()
    updates = [s for s in trace.steps if isinstance(s, Update) and s.by == "optimizer"]
    assert len(updates) == 3
    for update in updates:
        lines = list(update_lines(trace, trace.stop_of(update.seq)))[1:]
        assert lines
        for line in lines:
            numbers, shown = line.split(" = ")[-2:]
            assert math.isclose(
                evaluate(numbers, {}), float(shown.split(" (in ")[0]), rel_tol=3e-4, abs_tol=1e-5
            ), line
        index = update.example.index[0] if update.example.index else ()
        real = update.after.values[index] if update.example.index else update.after.values
        said = lines[-1].rsplit(" = ")[-1]
        stored = re.search(r" it comes to (\S+)\)$", said)  # where rounding has made another number of it
        assert math.isclose(float(stored[1] if stored else said), real, rel_tol=3e-4, abs_tol=1e-5), lines
        assert re.match(r"w' = ", lines[-1])


def test_of_another_optimizer_before_and_after_are_shown() -> None:
    with record() as trace:
        w = torch.tensor([1.0, -2.0], requires_grad=True)
        optimizer = torch.optim.Adagrad([w], lr=0.1)
        (w**2).sum().backward()
        optimizer.step()
    update = next(s for s in trace.steps if isinstance(s, Update) and s.by == "optimizer")
    (line,) = update_lines(trace, trace.stop_of(update.seq))
    assert line == "w[1] by Adagrad: from -2 to -1.9, its gradient -4"
