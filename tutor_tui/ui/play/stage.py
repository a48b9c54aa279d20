"""Where a play is given: a terminal, or none at all."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tutor_tui.errors import TutorError, UsageError
from tutor_tui.ui.play.animation import Animation
from tutor_tui.ui.play.cast import Cast
from tutor_tui.ui.play.player import Player, screen_grid
from tutor_tui.ui.play.script import Beat, Script
from tutor_tui.ui.shell.app import TutorApp


def record(
    make: Callable[[], TutorApp], script: Script, size: tuple[int, int], cast: Cast | Animation, speed: float
) -> str:
    """Play where nobody looks, as fast as it goes; the file that was made of it."""

    async def perform() -> None:
        app = make()
        try:
            async with app.run_test(size=size):
                player = Player(app, script, speed, clocked=False)
                player.on_frame = lambda seconds, marker: cast.frame(screen_grid(app), seconds, marker)
                await player.play()
                _tell_of_a_stop(player)
        finally:
            app.close_kernel()

    with untouched_home():
        asyncio.run(perform())
    return cast.text()


def still(make: Callable[[], TutorApp], script: Script, size: tuple[int, int], step: int | None) -> str:
    """One picture as SVG: of a step, or of where a play ends."""

    async def perform() -> str:
        app = make()
        try:
            async with app.run_test(size=size) as pilot:
                wanted = Script((Beat(keys=("g",), type=f"s{step}"), Beat(keys=("enter",))))
                player = Player(app, script if step is None else wanted, clocked=False)
                await player.play()
                if step is not None and step > len(app.program_run.trace):
                    raise UsageError(f"there is no step {step}: the record has {len(app.program_run.trace)}")
                _tell_of_a_stop(player)
                await pilot.pause()
                return own_fonts(app.export_screenshot(title="tutor-tui"))
        finally:
            app.close_kernel()

    with untouched_home():
        return asyncio.run(perform())


def _tell_of_a_stop(player: Player) -> None:
    if player.stopped:
        sys.__stderr__.write("The program did not end within a minute, and was stopped there.\n")  # type: ignore[union-attr]


def own_fonts(svg: str) -> str:
    """The picture without fonts from elsewhere: whoever shows it takes a monospaced one of theirs."""
    svg = svg.replace("<svg ", '<svg xml:space="preserve" ', 1).replace("&#160;", " ")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    return re.sub(r"font-family: ?[^;]*;", "font-family: monospace;", svg)


def write(path: str, text: str) -> None:
    """Write a file; `TutorError` says why it cannot be."""
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise TutorError(f"{path} cannot be written: {error.strerror}") from error


@contextmanager
def untouched_home() -> Iterator[None]:
    """Settings and progress of a person who has never used the program; nobody's own are touched."""
    kept = dict(os.environ)
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            XDG_CONFIG_HOME=folder, XDG_STATE_HOME=folder, TERM="xterm-256color", COLORTERM="truecolor"
        )
        os.environ.pop("NO_COLOR", None)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(kept)
