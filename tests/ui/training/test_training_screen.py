"""The screen of a watched run, around numbers that are there: what it shows, and what its keys ask of the run."""

from __future__ import annotations

from array import array
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui.fake import FakeRun, screen_text, show
from tests.ui.test_goldens import compare_text
from tutor_tui.client.changes import Began, Grew, ModeChanged
from tutor_tui.protocol.messages import (
    Continue,
    Freeze,
    FreezeWhen,
    Group,
    Measured,
    Mode,
    Output,
    Pause,
    Points,
    Series,
    SetRate,
)
from tutor_tui.trace.record.trace import Trace
from tutor_tui.ui.keys.training import TRAINING_ACTIONS
from tutor_tui.ui.settings import Settings
from tutor_tui.ui.shell.app import TutorApp


def watched(mode: str = "watching", passes: int = 200, reason: str = "") -> FakeRun:
    """A run that has fallen from a loss of 1 as the inverse of the pass."""
    trace = Trace()
    now = Mode(mode=mode, passes=passes, reason=reason)
    xs = array("q", range(1, passes + 1))
    losses = array("d", [1 / x for x in xs])
    trace.extend(
        [
            now,
            Series(id=1, name="loss", quantity="loss"),
            Series(id=2, name="lr", quantity="rate"),
            Series(id=3, name="gradient norm", quantity="gradient"),
            Measured(
                passes=passes,
                seconds=83.0,
                points=[
                    Points(1, xs.tobytes(), losses.tobytes()),
                    Points(2, array("q", [1]).tobytes(), array("d", [0.05]).tobytes()),
                    Points(3, xs.tobytes(), losses.tobytes()),
                ],
                groups=[Group(0, "optimizer", 0.05)],
            ),
            Output(stream="stdout", text="epoch 1\nepoch 2\n"),
        ]
    )
    run = FakeRun(trace, (Began(), ModeChanged(Mode(mode="watching", passes=0)), Grew()))
    run.status = mode
    return run


def told(app: TutorApp) -> str:
    """What stands below the curve."""
    return " ".join(str(app.screen.query_one("#live-story").visual).split())  # type: ignore[attr-defined]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
@pytest.mark.parametrize("plain", [False, True])
def test_a_golden(size: tuple[int, int], plain: bool) -> None:
    settings = Settings()
    settings.forced_ascii = plain

    async def look(app: TutorApp, pilot: Pilot[None]) -> None:
        await pilot.press("left")
        await pilot.pause()
        name = f"training-{size[0]}x{size[1]}{'-ascii' if plain else ''}"
        compare_text(screen_text(app), name)

    show(watched(), look, size, settings)


def test_it_opens_by_itself_and_leads_to_the_walk_and_back() -> None:
    async def look(app: TutorApp, pilot: Pilot[None]) -> None:
        assert app.showing.curve_is_shown
        await pilot.press("w")
        assert app.screen is app.showing.walk
        await pilot.press("v")
        assert app.showing.curve_is_shown

    show(watched(), look)


def test_keys_ask_the_run() -> None:
    run = watched()

    async def look(app: TutorApp, pilot: Pilot[None]) -> None:
        await pilot.press("space")
        assert (
            told(app)
            == "The next whole iteration, between two backward passes, will be recorded and opened here."
        )
        await pilot.press("p", "c")
        await pilot.press("f", *"jump 5", "enter")
        assert told(app) == "The conditions are set."
        await pilot.press("f", *"hop 5", "enter")
        assert "is not a condition" in told(app)
        await pilot.press("r", *"0.01", "enter")
        assert "The lr of group 0 will be 0.01" in told(app)
        await pilot.press("r", *"-1", "enter")
        assert "nothing was changed" in told(app)

    show(run, look)
    assert run.asked == [Freeze(), Pause(), Continue(), FreezeWhen(jump=5.0), SetRate(group=0, rate=0.01)]


def test_the_numbers_go_on_behind_a_question() -> None:
    run = watched()

    async def look(app: TutorApp, pilot: Pilot[None]) -> None:
        await pilot.press("f")
        run.trace.extend([Measured(passes=4321, seconds=99.0)])
        await run.more.put(Grew())
        for _ in range(50):
            await pilot.pause(0.02)
            if "4,321" in screen_text(app):
                return
        raise AssertionError(screen_text(app))

    show(run, look)


@pytest.mark.parametrize("walking", [True, False])
def test_a_key_of_the_walk_that_comes_as_the_screens_change_asks_for_nothing(
    walking: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # a moment is as long as a slow machine needs
    monkeypatch.setattr("tutor_tui.ui.shell.showing.RECENT", 60.0)
    monkeypatch.setattr("tutor_tui.ui.training.screen.GRACE", 60.0)
    run = watched()
    run._changes = (Began(), Grew())

    async def look(app: TutorApp, pilot: Pilot[None]) -> None:
        assert app.screen is app.showing.walk
        if walking:
            await pilot.press("space")
        await run.more.put(ModeChanged(Mode(mode="watching", passes=0)))
        while not app.showing.curve_is_shown:
            await pilot.pause()
        await pilot.press("space")
        assert run.asked == ([] if walking else [Freeze()])
        assert ("press again to freeze the next iteration" in told(app)) == walking
        await pilot.press("space")
        assert run.asked == [Freeze()] * (1 if walking else 2)

    show(run, look)


def test_what_is_looked_at_outlives_the_screen() -> None:
    async def look(app: TutorApp, pilot: Pilot[None]) -> None:
        await pilot.press("L", "tab", "left", "w", "v")
        await pilot.pause()
        assert "gradient norm log" in screen_text(app)
        assert "at pass 19" in screen_text(app)

    show(watched(), look)


def test_a_pass_that_was_only_watched_cannot_be_walked() -> None:
    async def look(app: TutorApp, pilot: Pilot[None]) -> None:
        await pilot.press("left", "enter")
        assert "was watched, not recorded" in told(app)

    show(watched(), look)


def test_a_run_that_trains_ends_only_at_the_second_key() -> None:
    run = watched()

    async def look(app: TutorApp, pilot: Pilot[None]) -> None:
        await pilot.press("q")
        assert "This ends the run, now at pass 200. q again confirms" in told(app)
        await pilot.press("left", "q")
        assert app.is_running
        assert "q again confirms" in told(app)

    show(run, look)


def test_curves_are_written_where_it_is_said(tmp_path: Path) -> None:
    file = tmp_path / "curves.csv"

    async def look(app: TutorApp, pilot: Pilot[None]) -> None:
        await pilot.press("E", *str(file), "enter")
        for _ in range(50):
            await pilot.pause(0.02)
            if "points are in" in told(app):
                break
        assert told(app) == f"401 points written to {file}."

    show(watched(), look, (160, 30))
    assert file.read_text().count("\n") == 402


def test_every_key_means_one_thing() -> None:
    keys = [key for action in TRAINING_ACTIONS for key in action.keys]
    assert len(keys) == len(set(keys))


def test_every_action_is_there() -> None:
    async def look(app: TutorApp, pilot: Pilot[None]) -> None:
        for action in TRAINING_ACTIONS:
            owner = app if action.owner == "app" else app.screen
            assert callable(getattr(owner, f"action_{action.id}")), action

    show(watched(), look)
