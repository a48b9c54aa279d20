"""`backward()` was called without an argument on a tensor of more than one number.

Evidence: the exception that ended the program. Legal twins raise nothing: a tensor of one number, and
`backward(gradient=…)`. Source: `torch.Tensor.backward`.
"""

from __future__ import annotations

from tutor_tui.findings.failures import failing

LEVEL = "mistake"

find = failing(
    r"grad can be implicitly created only for scalar outputs",
    message="{expression} sends a tensor of several numbers backward, without saying how they are weighted.",
    why="A gradient is the slope of one number. For several, PyTorch needs a weight for each.",
    fix="Reduce first, with .mean() or .sum(), or pass gradient= a tensor of the same shape.",
)
