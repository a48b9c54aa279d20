"""`python -m tutor_tui.kernel.receive`: unpack an archive from stdin into a new private folder, and print its path."""

from __future__ import annotations

import sys
import tarfile
import tempfile

from tutor_tui.protocol.places import state_folder


def main() -> None:
    """Unpack; nothing outside the folder is written, whatever the archive says."""
    folder = tempfile.mkdtemp(prefix="sent-", dir=state_folder())
    with tarfile.open(fileobj=sys.stdin.buffer, mode="r|gz") as archive:
        archive.extractall(folder, filter="data")
    print(folder)


if __name__ == "__main__":
    main()
