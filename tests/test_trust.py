"""What a kernel, a pack or a script can do to the person before the screen: nothing that was not asked for."""

from __future__ import annotations

import os
import random
import stat
import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.terminal import PROGRAM, Terminal
from tests.watched import FIT
from tutor_tui.errors import FrameError
from tutor_tui.protocol.frames import encode, event_decoder
from tutor_tui.protocol.messages import Loss, Measured, Message, Note, Output, Points, Preview, Series, Source
from tutor_tui.trace.record.trace import Trace

pytestmark = pytest.mark.usefixtures("real_kernel")

PREVIEW = Preview(
    id=1,
    shape=(2,),
    dtype="float32",
    device="cpu",
    requires_grad=True,
    is_leaf=True,
    version=0,
    storage=1,
    values=[1.0, 2.0],
)
SEEDS = [
    encode(message)
    for message in (
        Source(file="/etc/passwd", text="x"),
        Output(stream="stdout", text="\x1b]0;owned\x07", raw=b"\xff"),
        Loss(iteration=1, value=1.0, name="loss", span=None),
        Series(id=1, name="loss", quantity="loss"),
        Measured(passes=3, seconds=0.1, points=[Points(1, bytes(16), bytes(16))]),
        Note(text="n"),
    )
]
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(max_size=8)
    | st.binary(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


def mutated(data: tuple[int, int, int]) -> bytes:
    """A real frame with one byte changed."""
    seed, place, byte = data
    frame = bytearray(SEEDS[seed % len(SEEDS)])
    frame[4 + place % (len(frame) - 4)] = byte
    return bytes(frame)


def framed(body: bytes) -> bytes:
    """A frame of any body."""
    return len(body).to_bytes(4, "big") + body


frames = st.one_of(
    st.tuples(st.integers(0, 99), st.integers(0, 999), st.integers(0, 255)).map(mutated),
    st.binary(max_size=64).map(framed),
    values.map(lambda value: framed(msgspec.msgpack.encode(value))),
    st.dictionaries(st.text(max_size=8), values, max_size=4).map(
        lambda fields: framed(msgspec.msgpack.encode({"kind": "measured", **fields}))
    ),
)


def disturbed(frame: bytes, chance: random.Random) -> bytes:
    """The same frame with one byte of its body changed."""
    body = bytearray(frame[4:])
    if body:
        body[chance.randrange(len(body))] = chance.randrange(256)
    return framed(bytes(body))


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(frames, min_size=20, max_size=20), st.integers(0, 2**32))
def test_twenty_thousand_frames_are_messages_or_refused(batch: list[bytes], seed: int) -> None:
    """Each frame as it was made, and three times with a byte changed: 80 an example."""
    trace, chance = Trace(), random.Random(seed)
    for frame in [*batch, *(disturbed(frame, chance) for frame in batch * 3)]:
        try:
            events = list(event_decoder().feed(frame))
        except FrameError:
            continue
        for event in events:
            assert isinstance(event, Message)
            if isinstance(event, (Series, Measured, Source, Output, Note)):
                trace.extend([event])


def sockets(pid: int) -> set[str]:
    """The inodes of the sockets that a process and all its children hold."""
    found: set[str] = set()
    try:
        for fd in os.listdir(f"/proc/{pid}/fd"):
            link = os.readlink(f"/proc/{pid}/fd/{fd}")
            if link.startswith("socket:"):
                found.add(link[8:-1])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return found
    for child in children:
        found |= sockets(int(child))
    return found


def network_sockets() -> set[str]:
    """The inodes of every socket of this machine that a network could reach."""
    found: set[str] = set()
    for table in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6"):
        try:
            lines = Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        except OSError:
            continue
        found |= {line.split()[9] for line in lines}
    return found


def test_the_probe_for_sockets_can_fail() -> None:
    import socket

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        assert sockets(os.getpid()) & network_sockets()


def test_no_network_socket_is_opened_and_what_is_kept_is_private(tmp_path: Path) -> None:
    file = tmp_path / "fit.py"
    file.write_text(FIT)
    state = tmp_path / "state"
    with Terminal(
        *PROGRAM, "run", "--watch", str(file), "100000000", env={"XDG_STATE_HOME": str(state)}
    ) as terminal:
        terminal.wait(r"pass [\d,]{3,} · [\d,]+/s")
        held = sockets(terminal.pid)
        assert not held & network_sockets()
        terminal.press_now("d")
        assert terminal.wait_exit() == 0
    about = next((state / "tutor-tui/runs").glob("*.json"))
    kernel = msgspec.json.decode(about.read_bytes())["pid"]
    try:
        assert not sockets(kernel) & network_sockets()
        for path in (state / "tutor-tui", state / "tutor-tui/runs"):
            assert stat.S_IMODE(path.stat().st_mode) == 0o700
        assert stat.S_IMODE(about.with_suffix(".sock").stat().st_mode) == 0o600
    finally:
        os.kill(kernel, 15)
    end = time.monotonic() + 5
    while about.exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert not about.exists()


def test_an_archive_cannot_leave_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import io
    import subprocess
    import sys
    import tarfile

    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        entry = tarfile.TarInfo("../../escaped.py")
        archive.addfile(entry, io.BytesIO())
    env = {**os.environ, "XDG_STATE_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "tutor_tui.kernel.host.receive"],
        input=out.getvalue(),
        capture_output=True,
        env=env,
    )
    assert done.returncode != 0
    assert not list(tmp_path.rglob("escaped.py"))
    assert not (tmp_path.parent / "escaped.py").exists()
