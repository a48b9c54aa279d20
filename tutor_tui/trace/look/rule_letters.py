"""Rules of derivatives in letters that the program does not use: its own `x` may be something else."""

from __future__ import annotations

import re
from functools import lru_cache

from tutor_tui.protocol.messages import Backward, Op, Rule
from tutor_tui.trace.record.trace import Trace

SPARE = "uvpqrstkmz"
"""Letters that take the place of those that the program uses, in this order."""
UNCHANGED = "passed on unchanged"
"""What a sum does with a gradient, in place of a letter alone."""
_RAISED = {"ⁿ": "n", "ˣ": "x"}
_LETTER = re.compile(r"(?<![A-Za-z0-9ⁿˣ_])[a-zA-Z](?![A-Za-z0-9_(])")


def in_free_letters(trace: Trace, step: Backward, rule: Rule) -> tuple[str, list[str]]:
    """The rule in words, and what went along each edge that took a gradient.

    A letter that the program uses is exchanged for another one, unless it stands for that very tensor.
    """
    moment = step.seq
    names = {
        name
        for scope in {trace.naming.scope(moment), 0}
        for name in trace.naming.names(scope, moment)
        if len(name) == 1
    }
    op = trace.nodes.op(step.node)
    names -= {letter for letter in names if _means_the_same(trace, op, rule.text, letter, moment)}
    edges = [edge for edge in rule.edges if edge is not None]
    text, *others = _exchanged((rule.text, *edges), frozenset(names))
    return text, [UNCHANGED if edge == "g" else new for edge, new in zip(edges, others, strict=True)]


def _means_the_same(trace: Trace, op: Op | None, rule: str, letter: str, moment: int) -> bool:
    """Whether the tensor that a rule calls by a letter has that name in the program, too."""
    if op is None:
        return False
    first, second = op.inputs[:1], op.inputs[1:2]
    y = second if "∂y" in rule else op.outputs[:1]  # of two factors the second; else the result
    meant = {"x": first, "a": first, "A": first, "b": second, "B": second, "y": y}.get(letter, ())
    naming = trace.naming
    return any(letter in (naming.name_of(t.id, moment), naming.first_name(t.id, moment)) for t in meant)


@lru_cache(maxsize=1024)
def _exchanged(texts: tuple[str, ...], taken: frozenset[str]) -> tuple[str, ...]:
    """The same exchange in all texts: a letter means one thing in them."""
    used = {letter for text in texts for letter in _LETTER.findall(text)}
    spare = iter([letter for letter in SPARE if letter not in taken | used])
    raised = {_RAISED[c] for text in texts for c in text if c in _RAISED}  # those are no letters of their own
    exchange = {letter: next(spare, letter) for letter in sorted(used & taken - raised)}
    return tuple(_LETTER.sub(lambda found: exchange.get(found[0], found[0]), text) for text in texts)
