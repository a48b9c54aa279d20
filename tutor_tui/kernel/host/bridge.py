"""`python -m tutor_tui.kernel.host.bridge NAME`: pipes to a run that waits here; `--list` names those that do."""

from __future__ import annotations

import json
import os
import select
import socket
import sys

from tutor_tui.protocol.waiting import ANSWER, connect, waiting_runs

CHUNK = 65536


def main() -> None:
    """List, or join."""
    if sys.argv[1:] == ["--list"]:
        print(f"{ANSWER}{json.dumps([run._asdict() for run in waiting_runs()])}")
        return
    try:
        channel = connect(sys.argv[1])
    except OSError as error:
        sys.exit(f"the run {sys.argv[1]} cannot be reached: {error.strerror}")
    join(channel)


def join(channel: socket.socket) -> None:
    """Pass bytes both ways until one side is gone."""
    ways = {0: channel.fileno(), channel.fileno(): 1}
    while True:
        for fd in select.select(list(ways), [], [])[0]:
            data = os.read(fd, CHUNK)
            if not data:
                return
            while data:
                data = data[os.write(ways[fd], data) :]


if __name__ == "__main__":
    main()
