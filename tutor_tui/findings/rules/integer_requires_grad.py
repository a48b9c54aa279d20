"""Gradients were asked for of a tensor of whole numbers or booleans.

Evidence: the exception that ended the program. Legal twins raise nothing: floating-point and complex tensors.
Source: `torch.Tensor.requires_grad_`.
"""

from __future__ import annotations

from tutor_tui.findings.failures import failing

LEVEL = "mistake"

find = failing(
    r"[Oo]nly Tensors of floating point (?:and complex )?dtype can require gradients",
    message="{expression} asks for gradients of whole numbers.",
    why="A gradient needs arbitrarily small changes; whole numbers and booleans have none.",
    fix="Write the numbers with a decimal point, or give dtype=torch.float32.",
)
