"""How the curves of a run are looked at."""

from __future__ import annotations

from tutor_tui.protocol.messages import FreezeWhen
from tutor_tui.ui.panes.plot_layout import Window
from tutor_tui.ui.settings import Settings


class View:
    """Belongs to one run, and outlives the screen: who comes back finds it as it was."""

    def __init__(self, settings: Settings) -> None:
        self.window = Window(smooth=settings.smooth_loss, log_y=settings.log_loss)
        self.when = FreezeWhen()
        """When the run is to freeze by itself."""
        self.quantity = "loss"
