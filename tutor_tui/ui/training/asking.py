"""What a person asks of a watched run: freeze, pause, stop, another learning rate, files of what was measured."""

from __future__ import annotations

from collections.abc import Callable

from textual.screen import Screen

from tutor_tui.client.run import Run
from tutor_tui.protocol.messages import Continue, Freeze, FreezeWhen, Pause, SetRate
from tutor_tui.ui.dialogs.prompt import PromptScreen
from tutor_tui.ui.settings import Settings
from tutor_tui.ui.training.look import View
from tutor_tui.ui.training.told import told
from tutor_tui.ui.training.typed import number_in, parse_when

Request = Freeze | Pause | Continue | FreezeWhen | SetRate


class Asking:
    """Asks the run, and says on the screen what will come of it."""

    def __init__(
        self,
        screen: Screen[int | None],
        say: Callable[[str], None],
        run: Run,
        settings: Settings,
        view: View,
    ) -> None:
        self._screen, self._say = screen, say
        self._run, self._settings, self._view = run, settings, view

    def _reachable(self) -> bool:
        """Whether something can be asked of the run; says why not."""
        if self._run.settled:
            self._say("The run is over. w walks the record, q quits.")
        elif self._run.lost:
            self._say(told(self._run))
        return self._run.reachable

    def _ask(self, request: Request, said: str) -> None:
        if self._reachable():
            self._run.ask(request)
            self._say(said)

    def _prompt(self, question: str, hint: str, then: Callable[[str], None]) -> None:
        def typed(text: str | None) -> None:
            if text is not None:
                then(text)

        self._screen.app.push_screen(PromptScreen(self._settings, question, hint), typed)

    def freeze(self) -> None:
        """Record the next whole iteration, and open it."""
        self._ask(
            Freeze(),
            "The next whole iteration, between two backward passes, will be recorded and opened here.",
        )

    def go_on(self) -> None:
        """Let a held run go on."""
        self._ask(Continue(), "The run continues." if self._run.held else "The run is not held.")

    def pause(self) -> None:
        """Hold the run at the end of this iteration, or let it go on."""
        if self._run.held:
            self.go_on()
        else:
            self._ask(Pause(), "The run will be held at the end of this iteration.")

    def stop(self) -> None:
        """KeyboardInterrupt at the end of this iteration; a second time at once, then by force."""
        if not self._reachable():
            return
        self._run.stop()
        self._say(
            "KeyboardInterrupt at the end of this iteration. s again: at once, and by force after a second."
        )

    def freeze_when(self) -> None:
        """Ask for conditions."""
        if not self._reachable():
            return
        self._prompt(
            "Freeze when", "nan, jump 5, norm 10; several with commas; empty for none", self._set_when
        )

    def _set_when(self, text: str) -> None:
        when = parse_when(text)
        if when is None:
            self._say(f"“{text}” is not a condition. Use nan, jump K, norm N, separated by commas.")
            return
        self._view.when = when
        self._ask(when, "The conditions are set." if text.strip() else "All conditions removed.")

    def set_rate(self) -> None:
        """Ask for a learning rate."""
        if not self._reachable():
            return
        groups = self._run.trace.curves.groups
        if not groups:
            self._say("No optimizer has stepped so far: there is no learning rate to change.")
            return
        named = ", ".join(f"{g.number} {g.optimizer}" for g in groups.values())
        hint = "a number" if len(groups) == 1 else f"GROUP NUMBER; groups: {named}"
        self._prompt("Learning rate", hint, self._change_rate)

    def _change_rate(self, text: str) -> None:
        groups = self._run.trace.curves.groups
        parts = text.split()
        rate = number_in(parts[-1]) if parts else None
        group = parts[0] if len(parts) == 2 else str(min(groups))
        if rate is None or rate < 0 or len(parts) > 2 or group not in map(str, groups):
            self._say(f"“{text}” is not a group and a rate; nothing was changed.")
            return
        said = (
            f"The lr of group {group} will be {rate:g} from the next step on. A scheduler may set it again."
        )
        self._ask(SetRate(group=int(group), rate=rate), said)

    def export(self) -> None:
        """Write what was measured to files."""
        from tutor_tui.ui.training.export import EXPORT_HINT  # csv and tempfile, which few need

        self._prompt("Export to", EXPORT_HINT, self._export)

    def _export(self, text: str) -> None:
        from tutor_tui.ui.training.export import export, snapshot

        columns = snapshot(self._run.trace.curves)

        def write() -> None:
            self._screen.app.call_from_thread(self._say, export(columns, text))

        if text:
            self._say(f"Writing {sum(len(column.passes) for column in columns):,} points…")
            self._screen.run_worker(write, thread=True, group="export")
