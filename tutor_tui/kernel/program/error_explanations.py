"""Common failures in plain words: what it means and what to do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from linecache import getline

from tutor_tui.kernel.program.class_labels import LABELS, explain_labels
from tutor_tui.kernel.program.layer_sizes import SIZES, explain_layer
from tutor_tui.protocol.messages import Frame

_KNOWN: list[tuple[str, str]] = [
    (
        r"EOF when reading a line",
        "The program asked for keyboard input. It runs here without a keyboard: put the value into the "
        "program, or pass it as an argument.",
    ),
    (
        r"backward through the graph a second time",
        "backward() freed what the graph had saved, and this graph was reached again. Where a value of an earlier "
        "iteration is carried into this one, as a hidden state is, cut it off there with detach(). Where backward() "
        "is called twice on one result, add the losses up first, or pass retain_graph=True the first time.",
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
        "A value that backward needs was overwritten after it was saved: by an optimizer's step() between the forward "
        "pass and this backward(), or by an in-place operation (a trailing underscore, +=, an assignment to a slice). "
        "Call step() after all backward passes that use the old weights; make a new tensor instead of writing.",
    ),
    (
        r"leaf Variable that requires grad is being used in an in-place operation",
        "A parameter may not be changed in place while PyTorch tracks it. Put the update under "
        "torch.no_grad().",
    ),
    (
        r"Error\(s\) in loading state_dict",
        "The saved values are of another model than this one: keys or sizes differ. Build the model as it was when "
        "they were saved; strict=False leaves out keys that do not match, but not sizes.",
    ),
    (
        r"mat1 and mat2 shapes cannot be multiplied|size mismatch",
        "In a matrix product (m×n) @ (n×p), the two inner sizes must be equal. Compare the two shapes.",
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
        r"expected input\[.*\] to have|running_mean should contain",
        "The layer was built for another number of channels than it was given.",
    ),
    (
        r"device meta\b|meta tensor|'Meta' backend",
        "A tensor on the meta device has a shape and no values. Create it on the CPU or the GPU; a module gets its "
        "values by to_empty(device=…) and load_state_dict().",
    ),
    (
        r"result type .* can't be cast to the desired output type",
        "An operation that writes in place cannot store its result in a tensor of this dtype. Convert the tensor "
        "first, with .float() for example, or make a new one: x = x * 0.5 instead of x *= 0.5.",
    ),
    (
        r"expected scalar type Long but found|target dtype to be Long|scalar types: Long, Int",
        "Class labels and indices are whole numbers: convert them with .long(). Labels that are probabilities have "
        "one column for each class.",
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


_GRAD = re.compile(r"\.grad\b(?!\s*\()")
NO_GRADIENT = (
    "A tensor's .grad is None until backward() has reached it: call backward() first, and look whether the tensor is a "
    "leaf with requires_grad=True that the loss depends on. zero_grad() sets it to None again."
)


def _of_arguments(error: BaseException, text: str) -> str:
    """What is wrong with what a layer or a loss was given, by the program's names for it."""
    try:
        if re.search(SIZES, text):
            return explain_layer(error.__traceback__)
        return explain_labels(error.__traceback__) if re.search(LABELS, text) else ""
    except Exception:  # of the program's own objects, which may do as they like
        return ""


def explain(error: BaseException, frames: Sequence[Frame]) -> str:
    """What an exception means and what to do about it; "" where nothing useful is known."""
    try:
        text = str(error)
    except Exception:
        return ""
    meaning = next((meaning for pattern, meaning in _KNOWN if re.search(pattern, text)), "")
    if "state_dict" not in text:
        meaning = _of_arguments(error, text) or meaning
    if meaning:
        return meaning
    if "NoneType" in text and any(_GRAD.search(getline(frame.file, frame.line)) for frame in frames[-1:]):
        return NO_GRADIENT
    if isinstance(error, SyntaxError) and frames:
        return (
            "Python could not read the code that this line imports or evaluates. What ran before it has run."
        )
    return _BY_TYPE.get(type(error).__name__, "")
