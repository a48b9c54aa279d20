"""Framing: whatever arrives, it becomes messages or an error that names itself."""

from __future__ import annotations

import contextlib

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor_tui.errors import FrameError
from tutor_tui.protocol import frames
from tutor_tui.protocol.messages import Edge, End, Line, Message, Node, Output, Run, Stop

MESSAGES = [
    Line(seq=3, file="a.py", line=1, function="f", depth=0),
    Node(id=1, name="PowBackward0", sequence_nr=2**64 - 1, next=(Edge(2, 0), None), saved={"n": "2"}),
    Output(stream="stdout", text="hé", raw=b"\xff"),
    End(status=0, reason="done"),
]


@given(st.lists(st.integers(1, 40), min_size=1))
def test_any_cut_of_the_stream_gives_the_same_messages(cuts: list[int]) -> None:
    stream = b"".join(map(frames.encode, MESSAGES))
    decoder = frames.event_decoder()
    found: list[Message] = []
    at = 0
    for cut in [*cuts, len(stream)]:
        found += decoder.feed(stream[at : at + cut])
        at += cut
    found += decoder.feed(stream[at:])
    assert found == MESSAGES
    assert decoder.pending == 0


@settings(max_examples=500)
@given(st.binary(max_size=400))
def test_noise_is_a_frame_error_or_an_unfinished_frame(noise: bytes) -> None:
    decoder = frames.event_decoder()
    with contextlib.suppress(FrameError):
        list(decoder.feed(noise))


def test_an_oversized_frame_is_refused_before_it_is_read() -> None:
    header = (frames.LIMIT + 1).to_bytes(4, "big")
    with pytest.raises(FrameError, match="over the limit"):
        list(frames.event_decoder().feed(header))


def test_an_oversized_message_is_not_sent() -> None:
    with pytest.raises(FrameError, match=r"Output of .* is over the limit"):
        frames.encode(Output(stream="stdout", text="x" * (frames.LIMIT + 1)))


def test_a_message_of_the_other_side_is_refused() -> None:
    with pytest.raises(FrameError, match="not a message"):
        list(frames.event_decoder().feed(frames.encode(Run(run=1, path="x"))))
    assert list(frames.request_decoder().feed(frames.encode(Stop()))) == [Stop()]


def test_deep_nesting_is_an_error_and_not_a_crash() -> None:
    body = b"\x81\xa4kind" + b"\x91" * 100_000
    frame = len(body).to_bytes(4, "big") + body
    with pytest.raises(FrameError):
        list(frames.event_decoder().feed(frame))


def test_a_cut_off_stream_is_noticed() -> None:
    decoder = frames.event_decoder()
    assert list(decoder.feed(frames.encode(MESSAGES[0])[:-1])) == []
    assert decoder.pending > 0


def test_the_preamble_skips_what_a_login_shell_prints() -> None:
    skipper = frames.PreambleSkipper()
    assert skipper.feed(b"Welcome!\n" + frames.PREAMBLE[:5]) == b""
    assert skipper.feed(frames.PREAMBLE[5:] + b"rest") == b"rest"
    assert skipper.feed(b"more") == b"more"


def test_a_stream_without_preamble_is_no_kernel() -> None:
    with pytest.raises(FrameError, match="not a tutor-tui kernel"):
        frames.PreambleSkipper().feed(b"x" * (frames.NOISE_LIMIT + 1))


def test_no_message_is_ever_pickled() -> None:
    assert msgspec.msgpack.decode(frames.encode(MESSAGES[3])[4:]) == {
        "kind": "end",
        "status": 0,
        "reason": "done",
    }


@given(st.sampled_from(MESSAGES))
def test_the_kind_of_a_frame_is_told_without_decoding_it(message: Message) -> None:
    assert frames.kind_of(frames.encode(message)) == type(message).__struct_config__.tag


def test_what_is_no_message_has_no_kind() -> None:
    assert frames.kind_of(b"\x00\x00\x00\x01\xc0") == ""
    assert frames.kind_of(b"\x00\x00\x00\x00") == ""
