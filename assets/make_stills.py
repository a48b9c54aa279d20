"""Make the pictures of the README anew: `python assets/make_stills.py`."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from pathlib import Path

from tutor_tui.client.process import KernelProcess
from tutor_tui.client.target import Target
from tutor_tui.ui.app import TutorApp

HERE = Path(__file__).parent
STILLS = {
    "backward": (str(HERE / "samples" / "gradient.py"), (100, 30), ["g", *"20", "enter"]),
    "training": (str(HERE / "samples" / "classifier.py"), (120, 40), ["end", "b", *["right"] * 12]),
    "layers": (str(HERE / "samples" / "transformer.py"), (120, 40), ["b", *["right"] * 30, "m", "m"]),
}
"""By file name: the program, the size in cells, and the keys that lead there."""


async def still(path: str, size: tuple[int, int], keys: list[str]) -> str:
    """Run a program in a screen that nobody sees, press keys, and give the picture as SVG."""
    app = TutorApp(KernelProcess(), Target(path, device="cpu"), Target(""))
    try:
        async with app.run_test(size=size) as pilot:
            while app.record_ended is None:
                await pilot.pause(0.05)
            for key in keys:
                await pilot.press(key)
            await pilot.pause(0.3)
            return own_fonts(app.export_screenshot(title="tutor-tui"))
    finally:
        app.close_kernel()


def own_fonts(svg: str) -> str:
    """The picture without fonts from elsewhere: whoever shows it takes a monospaced one of theirs."""
    svg = svg.replace("<svg ", '<svg xml:space="preserve" ', 1).replace("&#160;", " ")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    return re.sub(r"font-family: ?[^;]*;", "font-family: monospace;", svg)


def main() -> None:
    """Write all of them, as a person who has chosen nothing sees them."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(XDG_CONFIG_HOME=folder, XDG_STATE_HOME=folder, TERM="xterm-256color")
        for name, (path, size, keys) in STILLS.items():
            (HERE / f"{name}.svg").write_text(asyncio.run(still(path, size, keys)), encoding="utf-8")


if __name__ == "__main__":
    main()
