"""A loss that takes raw scores was given what a softmax or a sigmoid had made.

Evidence: the input of the loss was made by softmax, or by sigmoid for the binary loss with logits, whatever values
it has; for `nll_loss`, which takes logarithms, by softmax without one. `log_softmax` into `cross_entropy` changes
nothing, and is a notice. Legal twins: softmax inside attention, soft targets, and gates with a layer behind them.
Source: `torch.nn.CrossEntropyLoss`, `torch.nn.BCEWithLogitsLoss` and `torch.nn.NLLLoss`.
"""

from __future__ import annotations

from collections.abc import Iterator

from tutor_tui.findings.evidence import Evidence, code, told
from tutor_tui.protocol.messages import Finding, Op

LEVEL = "mistake"
SHAPES = (
    "squeeze",
    "unsqueeze",
    "view",
    "reshape",
    "flatten",
    "T",
    "t",
    "transpose",
    "permute",
    "float",
    "contiguous",
)
"""Operations that keep every number."""
TAKES = {
    "cross_entropy": {"softmax": "mistake", "sigmoid": "mistake", "log_softmax": "notice"},
    "binary_cross_entropy_with_logits": {"sigmoid": "mistake", "softmax": "mistake"},
    "nll_loss": {"softmax": "mistake", "sigmoid": "mistake"},
}
WHY = {
    "cross_entropy": "cross_entropy applies log_softmax itself. Twice, the scores are squeezed together, and "
    "learning slows or stops.",
    "binary_cross_entropy_with_logits": "The loss with logits applies the sigmoid itself. Twice, no "
    "probability comes near 0 or 1.",
    "nll_loss": "nll_loss takes logarithms of probabilities, and only picks one. Without the logarithm it is "
    "no likelihood.",
}
FIX = {
    "cross_entropy": "Hand the raw scores to cross_entropy, and take the softmax only where you need probabilities.",
    "binary_cross_entropy_with_logits": "Hand the raw scores to this loss, or use binary_cross_entropy with "
    "the probabilities.",
    "nll_loss": "Use log_softmax in place of it, or cross_entropy with the raw scores.",
}


def find(evidence: Evidence) -> Iterator[Finding]:
    """Once for each place of a loss."""
    trace = evidence.trace
    seen: set[tuple[str, int]] = set()
    for loss in evidence.ops:
        maker = _maker(evidence, loss) if loss.name in TAKES and loss.inputs else None
        level = TAKES[loss.name].get(maker.name, "") if maker is not None else ""
        where = (loss.span.file, loss.span.line) if loss.span is not None else ("", 0)
        if maker is None or not level or where in seen:
            continue
        seen.add(where)
        made = code(trace, maker.span)
        message = f"{code(trace, loss.span) or loss.name} takes raw scores, and was given the result of {maker.name}"
        message += f": {made}." if made and made != code(trace, loss.span) else "."
        if level == "notice":
            message += " Applied twice, log_softmax changes nothing."
        yield told(trace, loss, message, WHY[loss.name], FIX[loss.name], [maker], level)


def _maker(evidence: Evidence, loss: Op) -> Op | None:
    """The operation that made the numbers of a loss's input, through those that only change its shape."""
    tensor, before = loss.inputs[0].id, loss.seq
    for _ in range(8):
        op = evidence.maker(tensor, before)
        if op is None or op.name not in SHAPES or not op.inputs:
            return op
        tensor, before = op.inputs[0].id, op.seq
    return None
