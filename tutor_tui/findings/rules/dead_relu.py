"""Many units behind a ReLU were 0 for every sample, pass after pass of the training.

Evidence: the units of a layer, whose results go into another one, that came to 0 throughout the last half of the
recorded passes that were trained with: no gradient goes through them, so they do not change. The share from which on
it is told, `DEAD`, is the 40 % that the course notes of CS231n name for a learning rate that is too high. Legal twins:
units that are 0 for one batch, layers that are meant to be sparse, and a loss that is a ReLU. Source: `torch.nn.ReLU`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from tutor_tui.findings.evidence import Evidence, told
from tutor_tui.findings.training import LAYERS
from tutor_tui.protocol.messages import Activation, Finding

LEVEL = "notice"
DEAD = 0.4
"""The share of a layer's units."""
PASSES = 5
"""Recorded passes of training, of the last half, that must show it."""
UNITS = 4
"""Units that a layer has at least."""


def find(evidence: Evidence) -> Iterator[Finding]:
    """Once for each layer."""
    layers: defaultdict[tuple[str, str, int], list[Activation]] = defaultdict(list)
    for step in evidence.training.activations:
        if step.units >= UNITS and step.node in evidence.sent and _is_hidden(evidence, step):
            line = step.span.line if step.span is not None else 0
            layers[step.module, step.name, line].append(step)
    for (module, name, _), all_ran in layers.items():
        ran = all_ran[len(all_ran) // 2 :]
        if len(ran) < PASSES:
            continue
        dead = set(ran[0].silent).intersection(*(step.silent for step in ran[1:]))
        units = ran[0].units
        if len(dead) >= DEAD * units:
            yield told(
                evidence.trace,
                ran[-1],
                f"{len(dead)} of {units} units behind {module or name} were 0 for every sample in {len(ran)} passes.",
                "Where a ReLU gives 0 its slope is 0: no gradient reaches what lies before it, and it stays so.",
                "Lower the learning rate, look at the scale of the inputs and the first weights, or use LeakyReLU.",
                [ran[0]],
            )


def _is_hidden(evidence: Evidence, step: Activation) -> bool:
    """Whether what came out goes on into a layer."""
    made = evidence.maker(step.output, step.seq)
    return made is not None and any(after.name in LAYERS for after in evidence.following(made))
