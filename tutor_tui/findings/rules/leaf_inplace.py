"""A leaf that requires gradients was changed in place while PyTorch was recording.

Evidence: the exception that ended the program. Legal twins raise nothing: the same under `torch.no_grad()`, and
through an optimizer. Source: the autograd notes on in-place operations.
"""

from __future__ import annotations

from tutor_tui.findings.failures import failing

LEVEL = "mistake"

find = failing(
    r"leaf Variable that requires grad|view of a leaf",
    message="{expression} changes a leaf that requires gradients in place, while operations are being recorded.",
    why="The old value of a leaf would be lost to the graph, so PyTorch refuses.",
    fix="Put the update under `with torch.no_grad():`, or let an optimizer make it.",
)
