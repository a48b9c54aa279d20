"""`python -m tutor_tui.kernel.receive`: unpack an archive from stdin into a new private folder, and print its path."""

from __future__ import annotations

import shutil
import sys
import tarfile
import tempfile
from pathlib import Path

from tutor_tui.protocol.places import ANSWER, state_folder

PREFIX = "sent-"


def main() -> None:
    """Unpack; nothing outside the folder is written, whatever the archive says."""
    folder = tempfile.mkdtemp(prefix=PREFIX, dir=state_folder())
    with tarfile.open(fileobj=sys.stdin.buffer, mode="r|gz") as archive:
        archive.extractall(folder, filter="data")
    print(f"{ANSWER}{folder}")


def tidy(script: str, since: float) -> None:
    """Take away the folder that a script was sent in, unless something was written there after `since`."""
    folder = Path(script).parent
    try:
        if folder.parent != state_folder() or not folder.name.startswith(PREFIX):
            return
        files = [f for f in folder.rglob("*") if f.is_file() and f.parent.name != "__pycache__"]
        if all(file.stat().st_mtime < since for file in files):
            shutil.rmtree(folder)
    except OSError:
        pass  # it stays


if __name__ == "__main__":
    main()
