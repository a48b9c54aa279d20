"""Frames in a stream of bytes: four bytes of length, big-endian, then one msgpack struct.

A kernel's stream opens with `PREAMBLE`, so that whatever a login shell prints before it on a remote
machine can be skipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Generic, TypeVar

import msgspec

from tutor_tui.errors import FrameError
from tutor_tui.protocol.messages import Event, Message, Request

LIMIT = 16 * 1024 * 1024
"""The largest body of a frame, in bytes."""

PREAMBLE = b"\x00tutor-tui-kernel\x00"
NOISE_LIMIT = 64 * 1024

T = TypeVar("T")
_encoder = msgspec.msgpack.Encoder()


def encode(message: Message) -> bytes:
    """The frame of one message; `FrameError` where it is larger than `LIMIT`."""
    body = _encoder.encode(message)
    if len(body) > LIMIT:
        raise FrameError(f"a {type(message).__name__} of {len(body):,} bytes is over the limit of {LIMIT:,}")
    return len(body).to_bytes(4, "big") + body


_KIND = b"\xa4kind"
_HEADER = 4


def kind_of(frame: bytes) -> str:
    """The kind of a whole frame's message ("end", "mode", …) without decoding it; "" where it has none.

    msgspec writes the tag first: behind the header of the map, of one byte or three, and the key.
    """
    start = _HEADER + (3 if frame[_HEADER : _HEADER + 1] == b"\xde" else 1)
    if frame[start : start + len(_KIND)] != _KIND:
        return ""
    at = start + len(_KIND)
    size = frame[at] & 0x1F  # a string of less than 32 bytes holds its length in its first one
    return frame[at + 1 : at + 1 + size].decode("ascii", "replace")


class Splitter:
    """Cuts a byte stream into whole frames, headers included, without decoding them."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    @property
    def pending(self) -> int:
        """Bytes of an unfinished frame."""
        return len(self._buffer)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield each frame that `data` completes; `FrameError` on an impossible length."""
        self._buffer += data
        start = 0
        try:
            while (end := self._end(start)) is not None:
                yield bytes(self._buffer[start:end])
                start = end
        finally:
            del self._buffer[:start]

    def _end(self, start: int) -> int | None:
        if len(self._buffer) - start < 4:
            return None
        size = int.from_bytes(self._buffer[start : start + 4], "big")
        if size > LIMIT:
            raise FrameError(
                f"a frame announces {size:,} bytes, over the limit of {LIMIT:,}: the stream is corrupted"
            )
        end = start + 4 + size
        return end if end <= len(self._buffer) else None


@cache
def _of_union(union: Any) -> msgspec.msgpack.Decoder[Any]:
    """What decodes a union of types: it holds no state, and takes a millisecond to make."""
    return msgspec.msgpack.Decoder(union)


class Decoder(Generic[T]):
    """Turns a byte stream into messages of one union of types."""

    def __init__(self, union: Any) -> None:
        self._decoder: msgspec.msgpack.Decoder[T] = _of_union(union)
        self._splitter = Splitter()

    @property
    def pending(self) -> int:
        """Bytes of an unfinished frame: more than 0 at the end of a stream means it was cut off."""
        return self._splitter.pending

    def feed(self, data: bytes) -> Iterator[T]:
        """Yield each message that `data` completes; `FrameError` on anything that is none."""
        for frame in self._splitter.feed(data):
            try:
                yield self._decoder.decode(frame[4:])
            except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
                raise FrameError(f"a frame of {len(frame) - 4:,} bytes is not a message: {error}") from None


def event_decoder() -> Decoder[Event]:
    """A decoder of what a kernel sends."""
    return Decoder(Event)


def request_decoder() -> Decoder[Request]:
    """A decoder of what a screen sends."""
    return Decoder(Request)


class PreambleSkipper:
    """Drops everything up to and including `PREAMBLE`, then passes all through."""

    def __init__(self) -> None:
        self._head: bytearray | None = bytearray()

    def feed(self, data: bytes) -> bytes:
        """What follows the preamble; `FrameError` where it does not come within `NOISE_LIMIT` bytes."""
        if self._head is None:
            return data
        self._head += data
        at = self._head.find(PREAMBLE)
        if at >= 0:
            rest = bytes(self._head[at + len(PREAMBLE) :])
            self._head = None
            return rest
        if len(self._head) > NOISE_LIMIT:
            seen = bytes(self._head[:80])
            raise FrameError(f"this is not a tutor-tui kernel; its stream begins with {seen!r}")
        return b""
