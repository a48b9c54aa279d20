"""Two tensors whose shapes do not go together met in an operation.

Evidence: the exception that ended the program, and what the operation had been given. Legal twins raise nothing:
shapes that broadcast, and errors that the program catches. Source: PyTorch's broadcasting semantics, and
`torch.matmul`.
"""

from __future__ import annotations

from tutor_tui.findings.failures import failing

LEVEL = "mistake"

find = failing(
    r"shapes? cannot be multiplied|inconsistent tensor size|size mismatch|must match the size of tensor"
    r"|not match the (?:size|existing)|Sizes of tensors must match|not broadcastable|is invalid for input of size"
    r"|expected input\[.*channels|size of input|same number of dimensions|input and target|batch_size"
    r"|Expected target size|doesn't match the broadcast shape|target size \(",
    message="{expression} was given {given}, whose sizes do not fit{made}: {error}",
    why="Element by element, sizes must be equal or 1, counted from the right; in a product, the inner sizes "
    "must be equal.",
    fix="Print the shapes before this line, and reshape, transpose or build the layer so that the clashing "
    "sizes agree.",
)
