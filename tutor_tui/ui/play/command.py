"""`tutor-tui play`."""

from __future__ import annotations

from pathlib import Path

from tutor_tui.client.process import KernelProcess
from tutor_tui.client.run import Run
from tutor_tui.client.target import Target
from tutor_tui.course.plan import Plan
from tutor_tui.errors import UsageError
from tutor_tui.ui.play.animation import Animation
from tutor_tui.ui.play.cast import Cast
from tutor_tui.ui.play.player import Player
from tutor_tui.ui.play.script import USUAL, Script, read_script
from tutor_tui.ui.play.stage import record, still, untouched_home, write
from tutor_tui.ui.settings import THEMES
from tutor_tui.ui.shell.app import TutorApp
from tutor_tui.ui.shell.start import make_app


class Play:
    """One play: of a program, or of a lesson; with a script of its own, or the usual one."""

    def __init__(
        self,
        program: Target | None,
        plan: Plan | None,
        script: Path | Script | None = None,
        theme: str = "",
        ascii_only: bool = False,
        speed: float = 1.0,
    ) -> None:
        if theme and theme not in THEMES:
            raise UsageError(f"there is no theme {theme}; choose from {', '.join(THEMES)}")
        own = plan.lesson.code.with_name("play.toml") if plan is not None else None
        usual = read_script(own) if own is not None and own.exists() else USUAL
        self._script: Script = read_script(script) if isinstance(script, Path) else script or usual
        self._program, self._plan = program, plan
        self._theme, self._ascii, self._speed = theme, ascii_only, speed
        self._title = plan.lesson.title if plan is not None else Path(program.path if program else "").name

    def record(self, path: str, size: tuple[int, int], version: int) -> None:
        """Write an asciicast; or, into a file that ends in `.svg`, a picture that moves."""
        write(path, self.animation(size) if path.endswith(".svg") else self.cast(size, version))

    def cast(self, size: tuple[int, int], version: int = 2) -> str:
        """An asciicast."""
        return record(self._app, self._script, size, Cast(*size, self._title, version), self._speed)

    def animation(self, size: tuple[int, int]) -> str:
        """An SVG that moves."""
        return record(self._app, self._script, size, Animation(*size, self._title), self._speed)

    def still(self, path: str, size: tuple[int, int], step: int | None) -> None:
        """Write one picture."""
        write(path, still(self._app, self._script, size, step))

    def live(self, loop: bool) -> None:
        """Play in this terminal."""
        with untouched_home():
            app = self._app()
            app.performer = Player(app, self._script, self._speed, loop=loop)
            try:
                app.run()
            finally:
                app.close_kernel()

    def _app(self) -> TutorApp:
        options = self._program or Target("", device="cpu")
        app = make_app(Run(KernelProcess()), self._program, options, self._ascii, None, self._plan)
        if self._theme:
            app.theme = app.settings.theme = self._theme
        return app
