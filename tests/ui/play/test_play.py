"""A walk that plays by itself: on a terminal, as a cast, as a picture."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import pyte
import pytest

from tests.terminal import PROGRAM, SAMPLES, Terminal
from tutor_tui.errors import LessonError
from tutor_tui.ui.play.script import PAUSE, read_script

ASSETS = Path(__file__).parents[3] / "assets"


def play(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Without any terminal."""
    env = {k: v for k, v in os.environ.items() if k != "TERM"}
    return subprocess.run(
        [*PROGRAM, "play", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        env=env,
        stdin=subprocess.DEVNULL,
    )


def test_the_demos_are_what_the_program_makes_now(tmp_path: Path) -> None:
    made = subprocess.run(
        [sys.executable, ASSETS / "make_demos.py", tmp_path], capture_output=True, text=True, timeout=200
    )
    assert made.returncode == 0, made.stderr
    names = ["first_gradient.cast", "first_gradient.svg", "backward.svg", "training.svg"]
    if sys.version_info < (
        3,
        12,
    ):  # newer ones run comprehensions without calls of their own: PEP 709
        names.append("layers.svg")
    for name in names:
        assert (tmp_path / name).read_bytes() == (ASSETS / name).read_bytes(), (
            f"{name}: python assets/make_demos.py"
        )


def test_two_records_are_the_same_bytes_and_replay_to_the_last_screen(tmp_path: Path) -> None:
    first = tmp_path / "first.cast"
    done = play("first_gradient", "--record", str(first), "--size", "100x30")
    assert done.returncode == 0, done.stderr
    assert first.read_bytes() == (ASSETS / "first_gradient.cast").read_bytes()
    head, *events = map(json.loads, first.read_text().splitlines())
    assert (head["version"], head["width"], head["height"]) == (2, 100, 30)
    screen = pyte.Screen(100, 30)
    stream = pyte.Stream(screen)
    seen = []
    for _, code, data in events:
        if code == "o":
            stream.feed(data)
            seen.append("\n".join(screen.display))
    assert any("You said 10; it is 11" in picture for picture in seen)
    assert any("x.grad goes from none to 7" in picture for picture in seen)
    assert "The run is over, exit status 0" in seen[-1]
    assert "Nothing here was typed in" in seen[-1]
    times = [at for at, _, _ in events]
    assert times == sorted(times)
    assert max(b - a for a, b in itertools.pairwise(times)) <= PAUSE
    assert [data for _, code, data in events if code == "m"] == [
        "The program",
        "Forward",
        "Backward",
        "The end",
    ]


def test_version_three_and_a_picture_of_a_step(tmp_path: Path) -> None:
    done = play(
        str(SAMPLES / "gradient.py"),
        *("--record", str(tmp_path / "g.cast"), "--cast-version", "3"),
        *("--svg", str(tmp_path / "g.svg"), "--step", "9", "--size", "80x24", "--theme", "light"),
    )
    assert done.returncode == 0, done.stderr
    head, *events = map(json.loads, (tmp_path / "g.cast").read_text().splitlines())
    assert head["term"] == {"cols": 80, "rows": 24}
    assert all(at <= PAUSE for at, _, _ in events)
    picture = (tmp_path / "g.svg").read_text()
    assert "step 9 of" in picture.replace("&#160;", " ")
    assert "@font-face" not in picture
    assert "url(http" not in picture


def test_it_plays_in_a_terminal_pauses_and_hands_over() -> None:
    with Terminal(
        *PROGRAM, "play", str(SAMPLES / "gradient.py"), "--speed", "2", columns=100, rows=30
    ) as terminal:
        terminal.wait("Line by line")
        terminal.wait("each operation becomes a node")
        terminal.press("space")
        halted = terminal.text
        terminal.settle(1.5, 2)
        assert terminal.text == halted
        terminal.press("space")
        terminal.wait("gradients flow back")
        terminal.press("home")
        assert "step 1 of" in terminal.text
        assert "? help" in terminal.text
        terminal.press("q")
        assert terminal.wait_exit() == 0


def test_without_a_terminal_a_play_needs_a_file() -> None:
    done = play("first_gradient")
    assert done.returncode == 2
    assert "needs a terminal" in done.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("beat = 3", r"\[\[beat\]\] tables"),
        ("[[beat]]\nkey = 'n'", "beat 1: key is unknown"),
        ("[[beat]]\nkeys = 'n'", "beat 1: keys cannot be 'n'"),
        ("[[beat]]\nwait = '('", "beat 1: wait"),
        ("[[beat", "play.toml"),
    ],
)
def test_a_broken_script_is_named_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "play.toml").write_text(text)
    with pytest.raises(LessonError, match=said):
        read_script(tmp_path / "play.toml")


@pytest.mark.parametrize(
    ("source", "step", "said"),
    [
        ("import os\nos.kill(os.getppid(), 9)\n", "1", "the kernel was killed by SIGKILL"),
        ("x = 1\n", "99", "there is no step 99: the record has"),
    ],
)
def test_what_cannot_be_drawn_is_said_and_no_file_is_made(
    tmp_path: Path, source: str, step: str, said: str
) -> None:
    (tmp_path / "it.py").write_text(source)
    done = play(str(tmp_path / "it.py"), "--svg", str(tmp_path / "it.svg"), "--step", step)
    assert done.returncode == 2
    assert said in done.stderr
    assert not (tmp_path / "it.svg").exists()


def test_a_program_without_an_end_is_stopped_and_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tutor_tui.client.target import Target
    from tutor_tui.ui.play import player
    from tutor_tui.ui.play.command import Play

    monkeypatch.setattr(player, "PATIENCE", 4.0)
    (tmp_path / "on.py").write_text("x = 1\nwhile True:\n    x += 1\n")
    endless = Play(Target(str(tmp_path / "on.py"), max_steps=3000), None)
    endless.still(str(tmp_path / "on.svg"), (100, 30), 7)
    assert "step 7 of" in (tmp_path / "on.svg").read_text().replace("&#160;", " ")
