"""`python -m tutor_tui.kernel`: speak the protocol on what were stdin and stdout."""

from __future__ import annotations

import os
import platform
import sys

from tutor_tui import __version__
from tutor_tui.kernel.host.descriptors import out_of_the_way
from tutor_tui.kernel.host.parent import ParentLink, split_off
from tutor_tui.protocol.frames import PREAMBLE, encode
from tutor_tui.protocol.messages import PROTOCOL, Hello


def claim_pipes() -> tuple[int, int]:
    """Move the protocol off fd 0 and 1: whatever writes there from now on cannot touch a frame."""
    requests = out_of_the_way(0)
    events = out_of_the_way(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(2, 1)
    os.close(nowhere)
    return requests, events


def main() -> None:
    """Greet before torch is imported, then serve until the screen is gone. `--far`: on another machine."""
    parent = split_off() if "--far" in sys.argv else ParentLink()
    requests, events = claim_pipes()
    hello = Hello(protocol=PROTOCOL, version=__version__, python=platform.python_version(), pid=os.getpid())
    os.write(events, PREAMBLE + encode(hello))

    from tutor_tui.kernel.host.server import Server

    sys.exit(Server(requests, events, hello, parent).serve())


if __name__ == "__main__":
    main()
