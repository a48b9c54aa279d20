"""`python -m tutor_tui.kernel.host.receive`: unpack an archive from stdin into a private folder; print its path."""

from __future__ import annotations

import shutil
import sys
import tarfile
import tempfile
from pathlib import Path

from tutor_tui.protocol.waiting import ANSWER, state_folder

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
        # the name first: to ask for the state folder makes it, and most runs were never sent
        if not folder.name.startswith(PREFIX) or folder.parent != state_folder():
            return
        files = [f for f in folder.rglob("*") if f.parent.name != "__pycache__" and not f.is_dir()]
        if all(
            file.lstat().st_ctime < since for file in files
        ):  # a copy may bring an old time of writing along
            shutil.rmtree(folder)
    except OSError:
        pass  # it stays


if __name__ == "__main__":
    main()
