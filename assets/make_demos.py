"""Make the demos of the README anew: `python assets/make_demos.py [FOLDER]`. The same program makes the same bytes."""

from __future__ import annotations

import sys
from pathlib import Path

from tutor_tui.client.target import Target
from tutor_tui.course.plan import Plan
from tutor_tui.lessons.catalog import Catalog
from tutor_tui.ui.play.command import Play
from tutor_tui.ui.play.script import Beat, Script
from tutor_tui.ui.play.stage import write

HERE = Path(__file__).parent
STILLS = {
    "backward": ("gradient.py", (100, 30), (Beat(keys=("g",), type="20"), Beat(keys=("enter",)))),
    "training": ("classifier.py", (120, 40), (Beat(keys=("end", "b", *["right"] * 12)),)),
    "failure": ("failing/mismatch.py", (100, 30), (Beat(wait="was given"),)),
    "findings": ("failing/two_mistakes.py", (100, 30), (Beat(wait="2 mistakes"), Beat(keys=("a",)))),
    "mistake": (
        "failing/two_mistakes.py",
        (100, 30),
        (Beat(wait="2 mistakes"), Beat(keys=("a", *["down"] * 7, "enter"))),
    ),
    "layers": ("transformer.py", (120, 40), (Beat(keys=("b", *["right"] * 30, "m", "m")),)),
}
"""By file name: the program, the size in cells, and the keys that lead there."""
LANDSCAPE = (Beat(keys=("g",), type="100"), Beat(keys=("enter",)), Beat(wait=r"landscape · .*w = "))

MENDING = (Beat(wait="recorded"), Beat(keys=("X",)), Beat(keys=("ctrl+s",)), Beat(wait="not yet"))


def main() -> None:
    """Stills, a cast and a moving picture, as a person who has chosen nothing sees them."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    for name, (program, size, beats) in STILLS.items():
        play = Play(Target(str(HERE / "samples" / program), device="cpu"), None, Script(beats))
        play.still(str(folder / f"{name}.svg"), size, None)
    descent = Play(None, Plan(Catalog().find("gradient_descent")), Script(LANDSCAPE))
    descent.still(str(folder / "landscape.svg"), (120, 40), None)
    mending = Play(None, Plan(Catalog().find("when_it_does_not_learn")), Script(MENDING))
    mending.still(str(folder / "mending.svg"), (120, 40), None)
    lesson = Play(None, Plan(Catalog().find("first_gradient")))
    write(str(folder / "first_gradient.cast"), lesson.cast((100, 30)))
    write(str(folder / "first_gradient.svg"), lesson.animation((100, 30)))


if __name__ == "__main__":
    main()
