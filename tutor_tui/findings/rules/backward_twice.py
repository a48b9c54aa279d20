"""A graph was sent backward a second time, after its saved values had been freed.

Evidence: the exception that ended the program. Legal twins raise nothing: `retain_graph=True`, and graphs that save
nothing. Source: `torch.Tensor.backward`.
"""

from __future__ import annotations

from tutor_tui.findings.failures import failing

LEVEL = "mistake"

find = failing(
    r"backward through the graph a second time",
    message="{expression} goes back through a graph whose saved values an earlier backward pass has freed.",
    why="A backward pass frees what the graph has saved. A value that is carried from one iteration into the "
    "next, as a hidden state is, brings the old graph along.",
    fix="Cut the carried value off with .detach(), or add the losses and call backward() once; "
    "retain_graph=True keeps the graph if it is really meant.",
)
