"""Tensors of different dtypes met in an operation that does not convert them.

Evidence: the exception that ended the program, and what the operation had been given. Legal twins raise nothing:
arithmetic converts by type promotion. Source: PyTorch's type promotion.
"""

from __future__ import annotations

from tutor_tui.findings.failures import failing

LEVEL = "mistake"

find = failing(
    r"same dtype|expected scalar type|expected m1 and m2 to have|can't be cast"
    r"|Found dtype|not implemented for '(?:Long|Int|Bool)|expected .* but (?:found|got) ",
    message="{expression} was given dtypes that do not go together: {error}",
    why="NumPy arrays are float64 and lists of whole numbers int64, while layers are float32; products do not convert.",
    fix="Convert one side, with .float() for data, .long() for class labels, or dtype= where the tensor is made.",
)
