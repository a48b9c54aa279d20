"""What the walk asks of the run: the curve, a frozen iteration, a check of gradients, another program."""

from __future__ import annotations

from collections.abc import Callable

from tutor_tui.client.run import Run
from tutor_tui.client.target import Target
from tutor_tui.course.study import Study
from tutor_tui.errors import LessonError
from tutor_tui.lessons.catalog import CONTENT
from tutor_tui.lessons.glossary import look_up, read_glossary
from tutor_tui.protocol.messages import Freeze, Loss, Watch
from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.trace.look.functions import function_at
from tutor_tui.trace.words.checked import checked_text
from tutor_tui.ui.panes.graph import GraphPane
from tutor_tui.ui.panes.markdown import markdown_rows
from tutor_tui.ui.panes.outcome import Outcome, Post, Read, Say, Work
from tutor_tui.ui.walk.app_messages import NextLesson, Original, ShowCurve


class RunActions:
    """Actions about the run as a whole."""

    def __init__(
        self, run: Run, graph: GraphPane, stands: Callable[[], Cursor], start: Callable[[Target], None]
    ) -> None:
        """`stands` tells where one stands; `start` runs a program, and one stands again where one stood in it."""
        self.study: Study | None = None
        self._run, self._graph, self._stands, self._start = run, graph, stands, start

    def action_live(self) -> Outcome:
        """The curve."""
        if self._run.mode:
            return Post(ShowCurve())
        return Say("This run is recorded in full, not watched; `tutor-tui run SCRIPT` watches long training.")

    def action_freeze(self) -> Outcome:
        """Record the next iteration."""
        if not self._run.mode or self._run.settled:
            return Say("Only a watched run that is still training can be frozen.")
        self._run.ask(Freeze())
        return Say("The next whole iteration, between two backward passes, will be recorded and opened here.")

    def action_watch(self) -> Outcome:
        """Record no longer."""
        if self._run.settled:
            return Say("The run is over.")
        if not self._run.mode:
            return Say("This run is recorded in full; one started by `tutor-tui run` can be watched.")
        if self._run.mode != "recording":
            return Say("This run is already watched: nothing is being recorded.")
        self._run.ask(Watch())
        where = (
            "after the next tensor operation" if self._run.unseen.now else "before the next line that runs"
        )
        return Say(f"The record ends {where}; from there on the run is watched.")

    def action_describe(self) -> Outcome:
        """What the function is that this step is about: from the glossary, else from torch's own documentation."""
        cursor = self._stands()
        name = function_at(cursor.trace, cursor.index)
        if not name:
            return Say("No function of torch runs at this step.")
        own = self.study.lesson.code.parent.parent if self.study is not None else CONTENT
        try:
            entry = look_up(read_glossary(CONTENT) | read_glossary(own), name)
        except LessonError as error:
            return Say(str(error))
        if entry is not None:
            return Read(entry.name, lambda width: markdown_rows(entry.told, width))

        async def ask() -> Outcome:
            found = await self._run.describe(name)
            if found is None or not (found.signature or found.text):
                return Say(f"No docs found for {name}.")
            told = f"`{found.signature or name}`\n\n{found.text}"
            return Read(name, lambda width: markdown_rows(told, width))

        return Work(f"Looking up {name}…", ask)

    def action_original(self) -> Outcome:
        """The program again, as it came."""
        if self.study is None:
            return Post(Original())
        self.study.reset()
        self._start(self.study.target())
        return None

    def action_next_lesson(self) -> Outcome:
        """The lesson that follows this one."""
        return Post(NextLesson())

    def action_check(self) -> Outcome:
        """Compare the gradient at the cursor, or that of the whole loss, with finite differences."""
        trace, cursor = self._run.trace, self._stands()
        if self._run.target is None or not len(trace):
            return None
        node = self._graph.checkable()
        here = trace.nodes.by_id.get(node) if node is not None else None
        whole = isinstance(cursor.step, Loss) or here is None or here.tensor is not None
        node, iteration = None if whole else node, trace.passes.number(cursor.moment)
        if node is None and not trace.losses:
            return Say("No backward pass has run: there is no gradient to compare.")

        async def check() -> Outcome:
            checked = await self._run.check(node, iteration)
            return Say(checked_text(trace, cursor.moment, checked)) if checked is not None else None

        what = "this operation" if node is not None else f"loss {iteration}"
        return Work(f"Rerunning the program to compare {what} with finite differences…", check)
