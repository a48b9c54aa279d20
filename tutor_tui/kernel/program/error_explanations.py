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
        "The program asked for keyboard input. There is no keyboard here: put the value in the program, or "
        "pass it as an argument.",
    ),
    (
        r"backward through the graph a second time",
        "backward() freed what this graph had saved, then reached it again. If a value from an earlier "
        "iteration is carried into this one, such as a hidden state, cut it off there with detach(). If "
        "backward() is called twice on one result, add up the losses first, or pass retain_graph=True the "
        "first time.",
    ),
    (
        r"element 0 of tensors does not require grad",
        "Nothing in this value's history tracks gradients. Make a tensor with requires_grad=True before "
        "computing, and look for detach() or no_grad() along the way.",
    ),
    (
        r"grad can be implicitly created only for scalar outputs",
        "backward() without an argument needs a single number. Reduce first (sum or mean), or call "
        "backward(gradient=…) with the tensor's own shape.",
    ),
    (
        r"modified by an inplace operation",
        "A value that backward needs was overwritten after it was saved: by an optimizer's step() between the forward "
        "pass and this backward(), or by an in-place operation (a trailing underscore, +=, an assignment to a slice). "
        "Call step() after all backward passes that use the old weights; make a new tensor instead of overwriting.",
    ),
    (
        r"leaf Variable that requires grad is being used in an in-place operation",
        "A parameter may not be changed in place while PyTorch tracks it. Put the update under "
        "torch.no_grad().",
    ),
    (
        r"Error\(s\) in loading state_dict",
        "The saved values are from a different model: keys or sizes differ. Build the model as it was when "
        "they were saved; strict=False ignores keys that do not match, but not sizes.",
    ),
    (
        r"mat1 and mat2 shapes cannot be multiplied|size mismatch",
        "In a matrix product (m×n) @ (n×p), the two inner sizes must be equal. Compare the two shapes.",
    ),
    (
        r"must match the size of tensor b|shape mismatch|not broadcastable",
        "The shapes do not fit element by element: aligned from the right, each pair of sizes must be equal, "
        "or one must be 1.",
    ),
    (
        r"Expected all tensors to be on the same device",
        "Two tensors in one operation are on different devices. Move one with .to(device).",
    ),
    (
        r"only Tensors of floating point|Only Tensors of floating point",
        "Only floating-point and complex tensors have gradients. Write the numbers with a decimal point, or "
        "use dtype=torch.float32.",
    ),
    (
        r"expected input\[.*\] to have|running_mean should contain",
        "The input does not have the number of channels the layer was built for.",
    ),
    (
        r"device meta\b|meta tensor|'Meta' backend",
        "A tensor on the meta device has a shape but no values. Create it on the CPU or the GPU; a module "
        "gets its values from to_empty(device=…) and load_state_dict().",
    ),
    (
        r"result type .* can't be cast to the desired output type",
        "An operation that writes in place cannot store its result in a tensor of this dtype. Convert the tensor "
        "first, with .float() for example, or make a new one: x = x * 0.5 instead of x *= 0.5.",
    ),
    (
        r"expected scalar type Long but found|target dtype to be Long|scalar types: Long, Int",
        "Class labels and indices are whole numbers: convert them with .long(). Probability labels need one "
        "column per class.",
    ),
    (
        r"expected .*dtype|must have the same dtype|expected scalar type",
        "Two tensors in one operation differ in dtype. Convert one with .float(), .long() or .to(dtype).",
    ),
    (
        r"Can't call numpy\(\) on Tensor that requires grad",
        "NumPy cannot track gradients: call .detach().numpy().",
    ),
    (
        r"device-side assert",
        "The GPU was given an invalid number: usually a class label or an index out of range. The GPU lags "
        "behind the program, so this line may come after the faulty one, and this process can no longer use "
        "the GPU. Run with --device cpu: there the operation itself says what is wrong.",
    ),
    (
        r"out of memory|can't allocate memory",
        "There was not enough memory for a tensor. Use a smaller batch, or keep fewer tensors alive.",
    ),
]

_BY_TYPE: dict[str, str] = {
    "SyntaxError": "Python could not parse the file; nothing was run.",
    "IndentationError": "Python could not parse the file: its indentation does not line up. Nothing was run.",
    "ModuleNotFoundError": "The program needs a package that this Python does not have: install it in the "
    "environment tutor-tui runs in.",
    "KeyboardInterrupt": "The run was stopped on request.",
    "RecursionError": "A function called itself too deeply: look for the case that should end the recursion.",
    "ZeroDivisionError": "A plain Python number was divided by zero. (A tensor would have given inf or nan.)",
}


_GRAD = re.compile(r"\.grad\b(?!\s*\()")
NO_GRADIENT = (
    "A tensor's .grad is None until backward() reaches it: call backward() first, and check that the tensor "
    "is a leaf with requires_grad=True that the loss depends on. zero_grad() sets it to None again."
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
            "Python could not parse the code that this line imports or evaluates. Everything before it ran."
        )
    return _BY_TYPE.get(type(error).__name__, "")
