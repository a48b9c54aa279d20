"""An option that several commands have. It is alone here: a command that needs no lesson loads none."""

from __future__ import annotations

from pathlib import Path

import click

lessons_option = click.option(
    "--lessons",
    "folders",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A folder of extra lessons; may be given more than once.",
)
