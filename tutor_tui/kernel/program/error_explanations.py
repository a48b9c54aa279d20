"""Common failures in plain words: what it means and what to do."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tutor_tui.protocol.messages import Frame

_KNOWN: list[tuple[str, str]] = [
    (
        r"EOF when reading a line",
        "The program asked for keyboard input. It runs here without a keyboard: put the value into the "
        "program, or pass it as an argument.",
    ),
    (
        r"backward through the graph a second time",
        "backward() freed what the graph had saved, so this graph cannot be walked again. Run the forward "
        "pass again, or call backward(retain_graph=True) the first time.",
    ),
    (
        r"element 0 of tensors does not require grad",
        "Nothing in this value's history tracks gradients. Make a tensor with requires_grad=True before "
        "computing, and look for detach() or no_grad() on the way.",
    ),
    (
        r"grad can be implicitly created only for scalar outputs",
        "backward() without an argument needs a single number. Reduce first (sum or mean), or pass "
        "backward(gradient=…) of the tensor's own shape.",
    ),
    (
        r"modified by an inplace operation",
        "A value that backward needs was overwritten after it was saved. Replace the in-place operation "
        "(the one with a trailing underscore, or +=) by one that makes a new tensor.",
    ),
    (
        r"leaf Variable that requires grad is being used in an in-place operation",
        "A parameter may not be changed in place while PyTorch tracks it. Put the update under "
        "torch.no_grad().",
    ),
    (
        r"mat1 and mat2 shapes cannot be multiplied|size mismatch",
        "In a matrix product (m×n) @ (n×p), the two inner sizes must be equal. Compare the shapes in the "
        "state pane; one of the two may need .T.",
    ),
    (
        r"must match the size of tensor b|shape mismatch|not broadcastable",
        "The shapes do not fit element by element: aligned from the right, each pair of sizes must be equal, "
        "or one of them 1.",
    ),
    (
        r"Expected all tensors to be on the same device",
        "Two tensors of one operation live on different devices. Move one with .to(device).",
    ),
    (
        r"only Tensors of floating point|Only Tensors of floating point",
        "Gradients exist for floating-point and complex tensors only. Give the tensor a decimal point or "
        "dtype=torch.float32.",
    ),
    (
        r"expected .*dtype|must have the same dtype|expected scalar type",
        "Two tensors of one operation differ in dtype. Convert one with .float(), .long() or .to(dtype).",
    ),
    (
        r"Can't call numpy\(\) on Tensor that requires grad",
        "NumPy cannot track gradients: call .detach().numpy().",
    ),
    (
        r"device-side assert",
        "Something on the GPU met a number that it may not have: most often a class label or an index that is out of "
        "range. The GPU works behind the program, so the line may be a later one, and nothing runs on it any more "
        "in this process. Run with --device cpu: there the operation itself says what is wrong.",
    ),
    (
        r"out of memory|can't allocate memory",
        "There was not enough memory for a tensor. Use a smaller batch, or fewer tensors alive at once.",
    ),
]

_BY_TYPE: dict[str, str] = {
    "SyntaxError": "Python could not read the file; nothing of it was run.",
    "IndentationError": "Python could not read the file: its indentation does not line up. Nothing was run.",
    "ModuleNotFoundError": "The program needs a package that this Python does not have: install it into the "
    "environment in which tutor-tui runs.",
    "KeyboardInterrupt": "The run was stopped on request.",
    "RecursionError": "A function called itself too deeply: look for the case that should end the recursion.",
    "ZeroDivisionError": "A plain Python number was divided by zero. (A tensor would have given inf or nan.)",
}


def explain(error: BaseException, frames: Sequence[Frame]) -> str:
    """What an exception means and what to do about it; "" where nothing useful is known."""
    try:
        text = str(error)
    except Exception:
        return ""
    for pattern, meaning in _KNOWN:
        if re.search(pattern, text):
            return meaning
    return _BY_TYPE.get(type(error).__name__, "")
