"""Where a program is that goes on unseen, in words."""

from __future__ import annotations

from pathlib import PurePath

from tutor_tui.protocol.messages import Unseen


def unseen_status(now: Unseen, pace: float | None) -> str:
    """`running unseen 12 s: line 5, 410,000 turns/s`; before the colon stands what matters most."""
    speed = f", {_turns(pace)}/s" if pace is not None else ""
    return f"untraced for {_seconds(now.seconds)}: line {now.line}{speed}"


def unseen_text(now: Unseen, pace: float | None, program: str) -> str:
    """Whole sentences; `program` is the path of the file that runs."""
    place = f"line {now.line}" if now.file == program else f"line {now.line} of {PurePath(now.file).name}"
    text = f"Untraced for {_seconds(now.seconds)}, no tensor touched: now at {place}"
    if now.turn:
        text += f", iteration {now.turn:,} of {now.values:,}"
    if pace is None:
        return f"{text}."
    left = _seconds((now.values - now.turn) / pace)
    return f"{text}; {_turns(pace)} a second, {left} to go."


def _turns(pace: float) -> str:
    """To three figures: it is a measured speed, and changes all the time."""
    digits = max(0, len(str(int(pace))) - 3)
    turns = int(round(pace, -digits))
    return f"{turns:,} {'iteration' if turns == 1 else 'iterations'}" if turns else "under 1 iteration"


def _seconds(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours:,} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
