"""A class label or an index lies outside of what it points into.

Evidence: the exception that ended the program, and what the operation had been given. Legal twins raise nothing:
`ignore_index`. Source: `torch.nn.CrossEntropyLoss`.
"""

from __future__ import annotations

from tutor_tui.findings.failures import failing

LEVEL = "mistake"

find = failing(
    r"Target -?\d+ is out of bounds|index out of range in self|is out of bounds for dimension|device-side assert",
    message="{expression} met a label or an index that is out of range: {error}",
    why="Of n classes, or of a table of n rows, the numbers run from 0 to n - 1.",
    fix="Let the labels begin at 0, and give the last layer, or the embedding, as many rows as there are classes.",
)
