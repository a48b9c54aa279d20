"""Putting the application together."""

from __future__ import annotations

import os

from tutor_tui.client.run import Run
from tutor_tui.client.target import Target
from tutor_tui.course.available_lessons import AvailableLessons
from tutor_tui.course.plan import Plan
from tutor_tui.lessons.catalog import Catalog
from tutor_tui.protocol.limits import MAX_STEPS
from tutor_tui.ui.settings import Settings, settings_path
from tutor_tui.ui.shell.app import TutorApp

BARE = ("linux", "vt1", "vt2", "vt3", "vt4", "vt5")
"""Terminals, by the beginning of TERM, whose fonts have no more than ASCII and a few lines."""


def make_app(
    run: Run,
    target: Target | None,
    options: Target,
    ascii_only: bool = False,
    catalog: Catalog | None = None,
    plan: Plan | None = None,
) -> TutorApp:
    """The application for a program or, with `plan`, a lesson. `options` says how lessons chosen later are run."""
    settings = Settings.load(settings_path())
    settings.forced_ascii = ascii_only or os.environ.get("TERM", "").startswith(BARE)
    asked = options.max_steps if options.max_steps != MAX_STEPS else 0
    return TutorApp(run, settings, AvailableLessons(catalog, options.device, asked), target, plan)
