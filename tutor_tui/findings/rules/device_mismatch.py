"""Tensors on different devices met in one operation.

Evidence: the exception that ended the program, and what the operation had been given. Legal twins raise nothing: a
single number on the CPU may meet tensors on a GPU. Source: PyTorch's tensor attributes, `torch.device`.
"""

from __future__ import annotations

from tutor_tui.findings.failures import failing

LEVEL = "mistake"

find = failing(
    r"on the same device|is not on the expected device|Expected all tensors|"
    r"Input type .* and weight type .* should be the same",
    message="{expression} was given tensors on different devices: {error}",
    why="PyTorch never moves data between devices by itself.",
    fix="Move the model and the data to one device: model.to(device), and batch = batch.to(device) in the loop.",
)
