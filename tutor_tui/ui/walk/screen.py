"""The screen on which a record is walked: it arranges the panes and moves the cursor."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen

from tutor_tui.client.run import Run
from tutor_tui.client.target import Target
from tutor_tui.course.study import Study
from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.trace.look.go_to import HINT, find_place
from tutor_tui.trace.look.moves import crossed, nearest, where, why_not
from tutor_tui.trace.words.story import story
from tutor_tui.trace.words.unseen import unseen_status, unseen_text
from tutor_tui.ui.keys.actions import ACTIONS, call_of
from tutor_tui.ui.panes.line_pane import LinePane
from tutor_tui.ui.panes.outcome import Ask, Draw, Go, Inspect, Outcome
from tutor_tui.ui.panes.pane import Pane
from tutor_tui.ui.settings import Settings
from tutor_tui.ui.walk.app_messages import Copy
from tutor_tui.ui.walk.findings import FindingActions
from tutor_tui.ui.walk.landscapes import Landscapes
from tutor_tui.ui.walk.lesson_actions import LessonActions
from tutor_tui.ui.walk.outcomes import Outcomes
from tutor_tui.ui.walk.pane_layout import PaneLayout
from tutor_tui.ui.walk.position import Position
from tutor_tui.ui.walk.run_actions import RunActions
from tutor_tui.ui.walk.words import FOOT, STORY, KeysLine, StoryLine

RECORDED = "recorded"
"""What the run is, once it has come to its end without an error; how it ended is told there."""
AHEAD = ("next", "next_line", "forward", "backward", "last")
"""Moves that may be asked for before there is a step."""
PANES_OWN = ("scroll_up", "scroll_down", "slide_left", "slide_right", "help", "quit", "command_palette")
"""Actions whose keys the panes bind, or the application does on every screen."""


class WalkScreen(Screen[None]):
    """Code, graph, state, notes, output, loss, story and ruler: all of them show one trace at one cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, call_of(action), action.help, show=False)
        for action in ACTIONS
        if action.id not in PANES_OWN
        for key in action.keys
    ]

    def __init__(self, run: Run, settings: Settings) -> None:
        super().__init__()
        self.run, self.settings = run, settings
        self.position = Position()
        self.lesson = LessonActions(run, settings, lambda: self.cursor, self.start)
        self.landscapes = Landscapes(run, self._in_background, self.show)
        self.panes = PaneLayout(self, settings, self.landscapes)
        self.runs = RunActions(run, self.panes.graph, lambda: self.cursor, self.start)
        self.findings = FindingActions(run, settings)
        self._outcomes = Outcomes(self, self)
        self.story, self.keys = StoryLine(settings), KeysLine(settings)
        self._hint = ""
        self._ahead: list[str] = []
        """Moves that were asked for before there was a step."""
        self._crossed = 0, ""
        """What the last move has passed, and where it led."""
        self.moved_at = -math.inf
        """When somebody moved last, by the monotonic clock."""

    def compose(self) -> ComposeResult:
        """The panes where the arrangement has them, the story, the ruler, the keys."""
        yield self.panes.container()
        yield self.story
        yield Vertical(self.panes.ruler, self.keys, id="foot")

    def on_mount(self) -> None:
        """The graph takes the scroll keys first; in a lesson, what one reads."""
        self._furnish()
        (self.panes.notes if self.has_class("lesson") else self.panes.graph).focus()

    def on_screen_resume(self) -> None:
        """What has come while another screen lay over this one."""
        self.show()

    def on_resize(self, event: events.Resize) -> None:
        """Another size: draw everything."""
        self.show_keys()
        self.call_after_refresh(self.show)

    @property
    def cursor(self) -> Cursor:
        """Where one stands in the record there is now."""
        return Cursor(self.run.trace, self.position.index)

    # --- the run

    def open(self, study: Study | None) -> None:
        """The next run is that of a lesson, which is gone on with where one stood; or of a program."""
        self.lesson.study = self.runs.study = study
        place = study.place() if study is not None else None
        self.position.resume = place.step if place is not None else 0

    def start(self, target: Target) -> None:
        """Run a program, and stand at the same step, where it is the same one."""
        study = self.lesson.study
        if self.run.target is None or self.run.target.path != target.path:
            place = study.place() if study is not None and not study.exercising else None
            self.position.resume = place.step if place is not None else 0
        self.run.start(target)
        if not len(self.run.trace) and self.is_mounted:  # what is known beforehand
            self._furnish()
            self.show()

    def begin(self) -> None:
        """A new run begins: an empty record."""
        self._ahead = [] if self.run.before is not None else self._ahead
        self.position.begin()
        self._furnish()

    def _furnish(self) -> None:
        """The panes that the run needs, with nothing in them."""
        study = self.lesson.study
        opened = study is not None and not self.has_class("lesson")
        self.set_class(study is not None, "lesson")
        self.landscapes.begin(", ".join(study.lesson.landscape) if study is not None else None)
        self.panes.begin(study)
        self.panes.ruler.title = study.lesson.title if study is not None else ""
        if opened:  # the arrow keys scroll what one reads
            self.panes.notes.focus()
        self._hint = ""
        self.show_keys()

    def grew(self) -> bool:
        """Steps have come; whether they are drawn."""
        if not self.position.grow(self.run.trace):
            return False
        self.show()
        self._save_place()
        self._catch_up()
        return True

    def _catch_up(self) -> None:
        """Make the moves that were asked for before there was a step, as far as the record has come."""
        trace = self.run.trace
        while self._ahead and len(trace):
            if trace.end is None and where(trace, self.position.index, self._ahead[0]) is None:
                return
            self.action_move(self._ahead.pop(0))

    def ended(self) -> None:
        """The program is over: an exercise is checked. One that failed is opened where it did."""
        self.lesson.judge()
        self._catch_up()
        failure = self.run.trace.failure
        if failure is not None and self.position.untouched:
            self.go(self.run.trace.stop_of(failure.seq))
        if problem := self.lesson.problem():
            self.say(problem)

    def judged(self) -> None:
        """It is known what is wrong with the program."""
        if self.run.trace.findings:
            self.show()

    def say(self, text: str) -> None:
        """Say something in the place of the story, until the next move."""
        self._hint = self.run.notice = text
        self.show()

    def show_caption(self, text: str) -> None:
        """In the place of the keys: what a play says; "" for the keys."""
        self.keys.caption = text
        self.show_keys()

    def _in_background(self, work: Callable[[], Awaitable[None]]) -> None:
        self.run_worker(work(), group="landscape")

    # --- moving

    def action_move(self, move: str) -> None:
        """Move the cursor; `last` on a running program goes on following it."""
        self.moved_at = monotonic()
        if not len(self.run.trace) and self.run.reachable:
            if move in AHEAD:
                self._ahead.append(move)
            return
        following = move == "last" and self.run.trace.end is None
        before = self.position.index
        found = self.lesson.past_folded(where(self.run.trace, before, move), move)
        if found is None:
            self.position.stay(following)
            self._explain(move)
            return
        asked = self.lesson.question_before(before, found) if move in ("next", "next_line") else None
        if asked is not None:
            self.position.stay()
            self.take(asked)
            return
        self.position.stand(found, following)
        self._hint = ""
        self._crossed = found, crossed(self.run.trace, before, found)
        self.show()
        self._save_place()

    def _explain(self, move: str) -> None:
        """Say why a move leads nowhere."""
        trace = self.run.trace
        said = self.lesson.closing_words() if move in ("next", "next_line") and trace.end else ""
        said = said or why_not(trace, self.position.index, move)
        if said != self._hint:
            self._hint = said
            self.show()

    def go(self, index: int | None, why_not: str = "") -> None:
        """Stand at a stop, or say why that cannot be."""
        self._ahead.clear()
        if index is None:
            self.position.stay()
        else:
            found = nearest(self.run.trace, index)
            if len(self.run.trace):
                self._crossed = found, crossed(self.run.trace, self.position.index, found)
            self.position.stand(found)
        self._hint = "" if index is not None else why_not
        self.show()
        self._save_place()

    def go_to_iteration(self, seq: int) -> None:
        """Stand where the iteration begins that a recorded loss belongs to."""
        trace = self.run.trace
        index = trace.stop_of(seq)
        start = trace.passes.forward_start(index)
        self.go(start if start is not None and start < index else index)

    def action_jump(self) -> None:
        """Ask for a step, a line or a pass."""

        def jump(text: str | None) -> Outcome:
            if not text or not len(self.run.trace):
                return None
            return Go(*find_place(self.run.trace, self.position.index, text))

        self.take(Ask("Go to", HINT, jump))

    # --- what panes and lessons want

    def action_let(self, owner: str, action: str) -> None:
        """Let a pane, or the lesson, do something, and carry out what it answers."""
        parts: dict[str, object] = {"lesson": self.lesson, "panes": self.panes, "run": self.runs}
        parts |= {"landscapes": self.landscapes, "findings": self.findings}
        part = parts[owner] if owner in parts else self.panes.named(owner)
        outcome: Outcome = getattr(part, f"action_{action}")()
        self.take(outcome)

    def take(self, outcome: Outcome) -> None:
        """Carry out what was asked for."""
        self._outcomes.grant(outcome)

    def draw(self, draw: Draw) -> None:
        """Draw everything again; a choice that was made is kept for the next time."""
        self.quiet()
        if draw.keep and (problem := self.settings.keep()):
            self.say(problem)
        if draw.later:
            self.call_after_refresh(self.show)
        else:
            self.show()

    def tell(self, go: Go) -> None:
        """Stand at a stop, with something said before its story."""
        self.go(go.stop, go.why_not)
        if go.said and go.stop is not None:
            self.say(f"{go.said} {story(self.run.trace, self.position.index)}")

    def quiet(self) -> None:
        """What was said in the place of the story is done with."""
        if self._hint:
            self._hint = ""
            self._show_story()

    # --- marks

    def action_mark_down(self) -> None:
        """Mark the next row."""
        self.quiet()
        self.panes.focused().move_mark(1)

    def action_mark_up(self) -> None:
        """Mark the row before."""
        self.quiet()
        self.panes.focused().move_mark(-1)

    def action_enter(self) -> None:
        """Go where the marked row leads."""
        pane = self.panes.focused()
        if pane.mark is None:
            self.say("Mark a row first: j and k move the mark in the focused pane, Tab changes the pane.")
        elif isinstance(pane, Pane):
            self.take(pane.choose(pane.mark))

    def on_line_pane_chosen(self, event: LinePane.Chosen) -> None:
        """A row was clicked twice."""
        if isinstance(event.pane, Pane):
            self.take(event.pane.choose(event.row))

    def action_inspect(self) -> None:
        """Look into the tensor of the marked name or node, or of this step."""
        self.take(Inspect(self.panes.tensor_meant(self.cursor)))

    def action_copy(self) -> None:
        """Copy the story, and the marked row."""
        pane = self.panes.focused()
        told = story(self.run.trace, self.position.index) if len(self.run.trace) else ""
        text = "\n".join(t for t in (told, pane.text_of(pane.mark).rstrip()) if t)
        if text:
            self.post_message(Copy(text))

    # --- drawing

    def show(self) -> None:
        """Every pane as a function of trace and cursor."""
        if not self.is_mounted or not self.size.width or not self.query("#ruler"):  # it may be on its way out
            return
        self._show_story()
        self.panes.code.knob = self.lesson.knob_text()
        self.panes.ruler.status = self._status()
        height = self.size.height - FOOT - STORY
        self.panes.show(self.cursor, height, self.story.rows - STORY)

    def show_where(self) -> None:
        """Where the program is that goes on unseen: while nothing else has changed."""
        if not self.is_mounted or not self.size.width or not self.query("#ruler"):
            return
        self._show_story()
        self.panes.ruler.status = self._status()
        self.panes.ruler.show(self.cursor)

    def _status(self) -> str:
        unseen = self.run.unseen
        if unseen.now is not None:
            return unseen_status(unseen.now, unseen.pace)
        over = self.run.trace.end is not None and self.run.trace.end.status == 0
        on_the_way = self.position.index < len(self.run.trace) - 1
        status = RECORDED if over and on_the_way else self.run.status
        return " · ".join(part for part in (status, self.findings.told()) if part)

    def _save_place(self) -> None:
        """A learner goes on here next time."""
        trace, study = self.run.trace, self.lesson.study
        settled = not self.position.on_its_way and (trace.end is not None or self.position.index > 0)
        if study is not None and settled and len(trace):
            study.stand(self.position.index, len(trace))

    def show_keys(self) -> None:
        """The keys that matter; in a play, what it says."""
        self.keys.show(self.lesson.study)

    def _show_story(self) -> None:
        trace = self.run.trace
        told = story(trace, self.position.index) if len(trace) else self.run.notice
        if self._crossed[0] == self.position.index:
            told = f"{self._crossed[1]} {told}".strip()
        unseen, target = self.run.unseen, self.run.target
        if unseen.now is not None and target is not None and self.position.index == len(trace) - 1:
            told = unseen_text(unseen.now, unseen.pace, target.path)
        self.story.show(self._hint or told)
