"""There was not enough memory for a tensor.

Evidence: the exception that ended the program. Source: `torch.cuda.OutOfMemoryError`.
"""

from __future__ import annotations

from tutor_tui.findings.failures import failing

LEVEL = "mistake"

find = failing(
    r"out of memory|can't allocate memory|Cannot allocate memory",
    message="{expression} needed more memory than there is: {error}",
    why="Every tensor in a graph stays alive until its graph does not.",
    fix="Use a smaller batch, keep loss.item() instead of loss, and evaluate under torch.no_grad().",
)
