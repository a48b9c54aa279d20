"""What a person types about a watched run: numbers, conditions for freezing."""

from __future__ import annotations

from math import isfinite

from tutor_tui.protocol.messages import FreezeWhen


def number_in(text: str) -> float | None:
    """The finite number that a text is; None for anything else."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) else None


def parse_when(text: str) -> FreezeWhen | None:
    """`nan, jump 5, norm 10` as conditions; None for anything else."""
    when = FreezeWhen()
    for piece in filter(None, (p.strip() for p in text.split(","))):
        word, _, rest = piece.partition(" ")
        number = number_in(rest)
        if word in ("nan", "inf", "finite") and not rest:
            when.finite = True
        elif word in ("jump", "norm") and number is not None and number > 0:
            setattr(when, word, number)
        else:
            return None
    return when
