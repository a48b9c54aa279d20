"""Each pane on the real screen, around a record that is there: rows as text, and what keys do to them."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.conftest import SAMPLES, Kernel
from tests.ui.fake import FakeRun, rows, screen_text, show, story
from tutor_tui.trace.record.trace import Trace
from tutor_tui.ui.settings import Settings
from tutor_tui.ui.shell.app import TutorApp


@pytest.fixture(scope="module")
def gradient(kernel: Kernel) -> Trace:
    """The smallest program that has everything."""
    return kernel.run(SAMPLES / "gradient.py")


@pytest.fixture(scope="module")
def polynomial(kernel: Kernel) -> Trace:
    """A training loop, with a curve."""
    return kernel.run(SAMPLES / "polynomial.py")


def test_the_code_marks_the_line_and_the_sub_expression(gradient: Trace) -> None:
    async def walk(app: TutorApp, pilot: Pilot[None]) -> None:
        assert rows(app, "code")[0].startswith("▶ 1")
        await pilot.press("f")
        assert "▶ 8 y = x**2 + 3*x + 1" in rows(app, "code")
        assert "x**2 = 4" in story(app)
        await pilot.press("b")
        assert "◀13 y.backward()" in rows(app, "code")
        assert "  8 y = x**2 + 3*x + 1   y = 11" in rows(app, "code")

    show(FakeRun(gradient), walk)


def test_a_line_that_is_entered_is_gone_to(gradient: Trace) -> None:
    async def walk(app: TutorApp, pilot: Pilot[None]) -> None:
        app.showing.walk.panes.code.focus()
        app.showing.walk.panes.code.set_mark(app.showing.walk.panes.code.row_of(8))
        await pilot.press("enter")
        assert story(app).startswith("Line 8 is about to run")
        app.showing.walk.panes.code.set_mark(app.showing.walk.panes.code.row_of(1))
        before = app.showing.walk.position.index
        await pilot.press("enter")
        assert "does not run again after this step" in story(app)
        assert app.showing.walk.position.index == before

    show(FakeRun(gradient), walk)


def test_breakpoints_are_set_reached_and_taken(gradient: Trace) -> None:
    async def walk(app: TutorApp, pilot: Pilot[None]) -> None:
        await pilot.press("right_square_bracket")
        assert story(app).startswith("There is no breakpoint")
        app.showing.walk.panes.code.set_mark(app.showing.walk.panes.code.row_of(13))
        await pilot.press("B")
        assert any(row.startswith(" 13●") for row in rows(app, "code"))
        await pilot.press("right_square_bracket")
        assert story(app).startswith("Line 13 is about to run")
        await pilot.press("right_square_bracket")
        assert story(app) == "No breakpoint is reached after this step."
        await pilot.press("B")
        assert not any("●" in row for row in rows(app, "code"))

    show(FakeRun(gradient), walk)


def test_the_graph_is_a_tree_of_expressions_with_values_and_gradients(gradient: Trace) -> None:
    async def walk(app: TutorApp, pilot: Pilot[None]) -> None:
        assert rows(app, "graph") == ["No graph yet: nothing computed so far requires a gradient."]
        await pilot.press("b", *["right"] * 6)
        shown = "\n".join(rows(app, "graph"))
        assert "y = x**2 + 3*x + 1" in shown
        assert "↓ 1" in shown

    show(FakeRun(gradient), walk, (140, 40), Settings(picture=False))


def test_a_node_is_found_folded_and_entered(gradient: Trace) -> None:
    async def walk(app: TutorApp, pilot: Pilot[None]) -> None:
        graph = app.showing.walk.panes.graph
        await pilot.press("b", "slash", *"3*x", "enter")
        first = graph.mark
        assert "3*x" in graph.text_of(first)
        await pilot.press("N")
        assert "3*x" in graph.text_of(graph.mark)
        assert graph.mark != first
        await pilot.press("slash", *"x**2 + 3*x", "enter", "x")
        assert [row for row in rows(app, "graph") if "▸ 4 more" in row or "▸ 3 more" in row]
        await pilot.press("x")
        assert not any("▸" in row for row in rows(app, "graph"))
        await pilot.press("enter")
        assert story(app).startswith("add ran: x**2 + 3*x + 1 = 11.")
        await pilot.press("slash", *"zebra", "enter")
        assert story(app) == "“zebra” is not in the graph at this step."

    show(FakeRun(gradient), walk, (140, 40), Settings(picture=False))


def test_names_stand_with_value_kind_and_gradient(gradient: Trace) -> None:
    async def walk(app: TutorApp, pilot: Pilot[None]) -> None:
        await pilot.press("end")
        shown = rows(app, "state")
        assert any(row.split()[:2] == ["x", "2"] and "grad 7" in row for row in shown), shown

    show(FakeRun(gradient), walk, (140, 40))


def test_output_is_what_was_printed_up_to_here(gradient: Trace) -> None:
    async def walk(app: TutorApp, pilot: Pilot[None]) -> None:
        assert rows(app, "output") == []
        await pilot.press("end")
        assert any("x.grad" in row or "7" in row for row in rows(app, "output"))

    show(FakeRun(gradient), walk)


def test_the_loss_has_a_curve_a_mark_and_two_looks(polynomial: Trace) -> None:
    async def walk(app: TutorApp, pilot: Pilot[None]) -> None:
        await pilot.press("end")
        await pilot.pause()
        loss = app.showing.walk.panes.plot("loss")
        assert "pass" in str(loss.border_title)
        assert " log" not in str(loss.border_title)
        await pilot.press("L")
        assert " log" in str(loss.border_title)
        assert app.settings.log_loss

    show(FakeRun(polynomial), walk, (120, 40))


def test_a_pane_takes_all_the_room_and_the_next_takes_it_over(gradient: Trace) -> None:
    async def walk(app: TutorApp, pilot: Pilot[None]) -> None:
        before = screen_text(app)
        await pilot.press("z")
        await pilot.pause()
        assert screen_text(app).startswith("─graph")
        assert "code" not in screen_text(app)
        await pilot.press("tab")
        await pilot.pause()
        assert screen_text(app).startswith("─state")
        await pilot.press("shift+tab", "z")
        await pilot.pause()
        assert screen_text(app) == before

    show(FakeRun(gradient), walk)


def test_sizes_and_turns_are_kept_for_the_next_time(gradient: Trace, tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    settings = Settings.load(path)

    async def walk(app: TutorApp, pilot: Pilot[None]) -> None:
        await pilot.press("greater_than_sign", "plus", "o", "A")

    show(FakeRun(gradient), walk, settings=settings)
    kept = Settings.load(path)
    assert (kept.split, kept.top, kept.inputs_on_top, kept.ascii) == (55, 65, True, True)


def test_a_forced_look_is_no_choice_for_the_next_time(gradient: Trace, tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    settings = Settings.load(path)
    settings.forced_ascii = True

    async def walk(app: TutorApp, pilot: Pilot[None]) -> None:
        assert screen_text(app).isascii()
        await pilot.press("o")

    show(FakeRun(gradient), walk, settings=settings)
    assert Settings.load(path).ascii is False
    assert Settings.load(path).inputs_on_top is True


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
def test_drawing_saves_nothing_and_changes_nothing(
    gradient: Trace, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settings, "keep", lambda self: pytest.fail("drawing keeps nothing"))

    async def walk(app: TutorApp, pilot: Pilot[None]) -> None:
        await pilot.press("f")
        before, index = screen_text(app), app.showing.walk.position.index
        for _ in range(3):
            app.showing.walk.show()
        await pilot.pause()
        assert screen_text(app) == before
        assert app.showing.walk.position.index == index

    show(FakeRun(gradient), walk, size)


def test_an_adjusted_program_is_started_with_its_text(
    gradient: Trace, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = FakeRun(gradient)
    monkeypatch.setattr(run, "program", lambda: ("x = 1\n", "x = 1\n"))
    run.start_source = lambda source: run.asked.append(source)  # type: ignore[method-assign]

    async def walk(app: TutorApp, pilot: Pilot[None]) -> None:
        await pilot.press("e")
        await pilot.pause()
        await pilot.press("end", *" + 1", "ctrl+s")
        await pilot.pause()

    show(run, walk)
    assert run.asked == ["x = 1 + 1\n"]
