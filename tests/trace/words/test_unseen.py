"""Where a program is that runs untraced, in words."""

from __future__ import annotations

from tutor_tui.protocol.messages import Unseen
from tutor_tui.trace.words.unseen import unseen_status, unseen_text

NOW = Unseen(file="/home/me/prepare.py", line=5, seconds=72.4, turn=33_000_000, values=100_000_000)


def test_a_loop_that_counts() -> None:
    assert unseen_status(NOW, 7_953_218.0) == "untraced for 1 min 12 s: line 5, 7,950,000 iterations/s"
    assert unseen_text(NOW, 7_953_218.0, NOW.file) == (
        "Untraced for 1 min 12 s, no tensor touched: now at line 5, iteration 33,000,000 of "
        "100,000,000; 7,950,000 iterations a second, 8 s to go."
    )


def test_one_that_does_not_and_lies_in_another_file() -> None:
    now = Unseen(file="/home/me/helper.py", line=7, seconds=3.0)
    assert unseen_status(now, None) == "untraced for 3 s: line 7"
    assert unseen_text(now, None, NOW.file) == (
        "Untraced for 3 s, no tensor touched: now at line 7 of helper.py."
    )


def test_a_slow_loop() -> None:
    assert unseen_status(NOW, 0.2).endswith(", under 1 iteration/s")
    assert unseen_status(NOW, 12.4).endswith(", 12 iterations/s")
    assert unseen_status(NOW, 1.2).endswith(", 1 iteration/s")
    assert unseen_text(NOW, 1.2, NOW.file).endswith("; 1 iteration a second, 15,509 h 15 min to go.")
