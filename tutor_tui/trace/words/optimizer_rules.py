"""How an optimizer came to a parameter's new value: its rule with the numbers of one element put in.

The rules are those that PyTorch documents for torch.optim.SGD, Adam, AdamW and RMSprop.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from math import sqrt
from typing import NamedTuple

from tutor_tui.protocol.messages import Example, Update
from tutor_tui.text.numbers import format_number
from tutor_tui.trace.record.trace import Trace

DIGITS = 7
"""Significant digits of the numbers in a rule: about what a 32-bit float holds."""
CLOSE = 1e-5
"""Relative distance between what a rule comes to and what the tensor holds that is not worth a word."""
_WORD = re.compile(r"[^\W\d]\w*'?|√")


class Worked(NamedTuple):
    """One line of a rule: the new name, the formula, the formula with numbers, and what it comes to."""

    name: str
    formula: str
    numbers: str
    value: float

    def text(self) -> str:
        """`buf' = μ·buf + g = 0.9·0.5 + 2 = 2.45`."""
        return f"{self.name} = {self.formula} = {self.numbers} = {format_number(self.value, DIGITS)}"


def worked_update(name: str, numbers: dict[str, float]) -> list[Worked]:
    """The lines by which the rule of that name made `w'`; empty where its rule is not known here."""
    rules = {"SGD": _sgd, "Adam": _adam, "AdamW": _adam, "RMSprop": _rmsprop}.get(name)
    if rules is None:
        return []
    known = dict(numbers)
    lines: list[Worked] = []
    for target, formula in rules(numbers, name):
        value = evaluate(formula, known)
        known[target] = value
        lines.append(Worked(target, formula, _fill(formula, known), value))
    return lines


def _sgd(n: dict[str, float], name: str) -> Iterator[tuple[str, str]]:
    d = yield from _gradient(n)
    step = d
    if n["μ"]:
        first = "buf" not in n
        yield "buf'", d if first else (f"μ·buf + (1 − τ)·{d}" if n["τ"] else f"μ·buf + {d}")
        step = "buf'"
        if n["nesterov"]:
            yield "s", f"{d} + μ·buf'"
            step = "s"
    yield "w'", f"w − lr·{step}"


def _adam(n: dict[str, float], name: str) -> Iterator[tuple[str, str]]:
    decoupled = name == "AdamW" or bool(n.get("decoupled"))
    d = yield from _gradient({**n, "λ": 0.0} if decoupled else n)
    weight = "w"
    if decoupled and n["λ"]:
        yield "u", "w·(1 − lr·λ)"
        weight = "u"
    yield "m'", f"β1·m + (1 − β1)·{d}"
    yield "v'", f"β2·v + (1 − β2)·{d}^2"
    largest = "v'"
    if n["amsgrad"]:
        now = evaluate("β2·v + (1 − β2)·d^2", {**n, "d": _direction(n, decoupled)})
        yield "x'", "v'" if n["v_max"] <= now else "v_max"
        largest = "x'"
    yield "m_hat", "m' / (1 − β1^t)"
    yield "v_hat", f"{largest} / (1 − β2^t)"
    yield "w'", f"{weight} − lr·m_hat / (√(v_hat) + ε)"


def _rmsprop(n: dict[str, float], name: str) -> Iterator[tuple[str, str]]:
    d = yield from _gradient(n)
    yield "v'", f"α·v + (1 − α)·{d}^2"
    spread = "v'"
    if n["centered"]:
        yield "a'", f"α·a + (1 − α)·{d}"
        spread = "v' − a'^2"
    step = f"{d} / (√({spread}) + ε)"
    if n["μ"]:
        yield "buf'", f"μ·buf + {step}"
        step = "buf'"
    yield "w'", f"w − lr·{step}"


def _gradient(n: dict[str, float]) -> Generator[tuple[str, str], None, str]:
    """The letter of what the rule goes on with: the gradient itself, or what it is made of."""
    if not n["maximize"] and not n["λ"]:
        return "g"
    sign = "0 − g" if n["maximize"] else "g"
    yield "d", f"{sign} + λ·w" if n["λ"] else sign
    return "d"


def _direction(n: dict[str, float], decoupled: bool) -> float:
    return (-n["g"] if n["maximize"] else n["g"]) + (0.0 if decoupled else n["λ"] * n["w"])


def evaluate(formula: str, numbers: dict[str, float]) -> float:
    """What a formula comes to; also one with numbers put in."""
    python = formula.replace("·", "*").replace("−", "-").replace("^", "**")
    names = {name.replace("'", "_new"): value for name, value in numbers.items()}
    python = _WORD.sub(lambda m: "sqrt" if m[0] == "√" else m[0].replace("'", "_new"), python)
    return float(eval(python, {"__builtins__": {}, "sqrt": sqrt}, names))


def _fill(formula: str, numbers: dict[str, float]) -> str:
    """The numbers in the places of the names; negative ones in brackets."""

    def number(match: re.Match[str]) -> str:
        if match[0] == "√":
            return "√"
        text = format_number(float(numbers[match[0]]), DIGITS)
        return f"({text})" if text.startswith("-") and match[0] != formula else text

    return _WORD.sub(number, formula)


def element(name: str, example: Example) -> str:
    """`w[0, 3]`, and `w` of a tensor with one number."""
    return f"{name}[{', '.join(map(str, example.index))}]" if example.index else name


def update_lines(trace: Trace, index: int) -> Iterator[str]:
    """The rule for each parameter that a stop's optimizer step changed."""
    stop = trace.stop(index)
    for step in trace.steps[stop.first : stop.last + 1]:
        if isinstance(step, Update) and step.example is not None:
            name = trace.naming.name_of(step.tensor, step.seq) or f"tensor {step.tensor}"
            lines = worked_update(step.example.rule, step.example.numbers)
            if lines:
                numbers = step.example.numbers
                used = {word for line in lines for word in _WORD.findall(line.formula)}
                names = [key for key in ("w", "g", *_STATE) if key in numbers and key in used]
                had = ", ".join(f"{key} {format_number(numbers[key], DIGITS)}" for key in names)
                yield f"{element(name, step.example)} by {step.name}: {had}"
                yield from (line.text() for line in lines[:-1])
                yield lines[-1].text() + _stored(lines[-1].value, numbers["w'"], step.after.dtype)
            else:
                w, g, after = (format_number(step.example.numbers[k], DIGITS) for k in ("w", "g", "w'"))
                yield f"{element(name, step.example)} by {step.name}: from {w} to {after}, its gradient {g}"


def _stored(worked: float, stored: float, dtype: str) -> str:
    """What the tensor holds, where that is not what the rule comes to but for its last digits."""
    if abs(worked - stored) <= CLOSE * abs(stored):
        return ""
    return f" (in {dtype} it comes to {format_number(stored, DIGITS)})"


_STATE = ("buf", "m", "v", "v_max", "a", "t")
