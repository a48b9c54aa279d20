"""`.numpy()` was called on a tensor that is tracked.

Evidence: the exception that ended the program. Legal twins raise nothing: after `.detach()`, or under
`torch.no_grad()` on a result. Source: `torch.Tensor.numpy`.
"""

from __future__ import annotations

from tutor_tui.findings.failures import failing

LEVEL = "mistake"

find = failing(
    r"Can't call numpy\(\) on Tensor that requires grad",
    message="{expression} makes an array of a tensor that PyTorch tracks.",
    why="An array cannot carry the record that gradients need.",
    fix="Write .detach().numpy(), and .cpu() between the two for a tensor on a GPU; .item() for a single number.",
)
