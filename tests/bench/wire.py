"""What a walk costs on the wire: the kernel over there and the screen here, against the screen over there.

    python tests/bench/wire.py

The same keys on the same programs. The first way sends the record once, whatever is then looked at; the second
sends what each key changes on the screen. What ssh adds is the same for both.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.figures import Figures
from tests.terminal import PROGRAM, SAMPLES, Terminal
from tutor_tui.client.process import KernelProcess
from tutor_tui.client.session import Session
from tutor_tui.client.target import Target
from tutor_tui.protocol.messages import Source, Step
from tutor_tui.trace.record.trace import Trace


class Counted(Session):
    """A session that counts what comes, as it is and as ssh compresses it."""

    came = packed = 0

    def __init__(self, kernel: KernelProcess) -> None:
        super().__init__(kernel)
        self._packer = zlib.compressobj(6)
        reader, writer = os.pipe()
        self._pump = threading.Thread(target=self._count, args=(kernel.events, writer), daemon=True)
        kernel.events = reader
        self._pump.start()

    def _count(self, events: int, writer: int) -> None:
        os.set_blocking(events, True)
        while data := os.read(events, 65536):
            self.came += len(data)
            self.packed += len(self._packer.compress(data)) + len(self._packer.flush(zlib.Z_SYNC_FLUSH))
            while data:
                data = data[os.write(writer, data) :]


def record_bytes(program: str) -> tuple[int, int, int]:
    """Bytes of the whole record, the same as ssh sends them, and the places to stand in it."""
    session, trace = Counted(KernelProcess()), Trace()

    async def follow() -> None:
        session.run(Target(program))
        async for batch in session.batches():
            trace.extend(event for event in batch if isinstance(event, (Step, Source)))
            if trace.end is not None:
                return

    asyncio.run(follow())
    came, packed = session.came, session.packed
    session.close()
    return came, packed, len(trace)


def screen_bytes(program: str, steps: int, columns: int, rows: int) -> int:
    """Bytes to a terminal for as many steps, the first picture not counted."""
    with Terminal(*PROGRAM, "run", program, columns=columns, rows=rows) as terminal:
        terminal.wait("recorded|exit 0", 60)
        terminal.settle(0.5)
        before = len(terminal.raw)
        for _ in range(steps):
            os.write(terminal._fd, b"\x1b[C")
            terminal.settle(0.05, 2)
        return len(terminal.raw) - before


def main() -> None:
    figures = Figures(__file__)
    for name in ("gradient", "polynomial", "classifier"):
        program = str(SAMPLES / f"{name}.py")
        sent, packed, stops = record_bytes(program)
        walked = min(stops - 1, 150)
        print(
            f"{name}: {stops} steps; the record is {sent:,} bytes, {sent / stops:,.0f} a step; "
            f"--host compresses it to {packed / stops:,.0f} a step"
        )
        for columns, rows in ((80, 24), (120, 40)):
            far = screen_bytes(program, walked, columns, rows) / walked
            figures.note(
                f"{name}, {columns}x{rows}: a screen over there / a record", [far / (packed / stops)]
            )
            print(
                f"  {columns}×{rows}: a screen over there sends {far:,.0f} bytes a step, "
                f"{far / (packed / stops):.1f} times as much"
            )
    figures.write()


if __name__ == "__main__":
    main()
