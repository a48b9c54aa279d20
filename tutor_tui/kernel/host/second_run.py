"""A second run of a program, unseen, that answers one question."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from tutor_tui.kernel.host.forked import ForkedRun
from tutor_tui.protocol.frames import encode, kind_of
from tutor_tui.protocol.messages import Answer, Bad, Checked, FindBad, Question, Sample, Sampled

ANSWERS = ("checked", "sampled", "bad", "complaint")
"""Kinds of what it says; what its program prints goes nowhere."""


class SecondRun:
    """A process of its own runs the program again; whatever it prints goes nowhere. One at a time."""

    def __init__(self, killed: Callable[[ForkedRun], None]) -> None:
        """`killed` is given each process that is not needed any more: it is to be waited for, and its descriptors,
        which may get another meaning at once, are not to be listened to.
        """
        self._killed = killed
        self._run: ForkedRun | None = None
        self._asked: Question | None = None

    @property
    def runs(self) -> bool:
        """Whether one is under way."""
        return self._run is not None

    @property
    def listening(self) -> int:
        """The descriptor on which an answer may come; -1 where none will."""
        return self._run.listening if self._run is not None else -1

    def start(self, question: Question, closing: Iterable[int]) -> list[Answer]:
        """Begin, in the place of the one before; what to answer: that it was left, or that this one cannot be."""
        answers = [self._no_answer("another request replaced it")] if self._run is not None else []
        self.drop()
        self._asked = question
        try:
            self._run = ForkedRun(question.run, closing, question)
        except OSError as error:
            answers.append(self._no_answer(f"no process: {error.strerror}"))
        return answers

    def tick(self, now: float) -> bytes:
        """Empty its output pipes; the frames of an answer that has come meanwhile.

        A process that answers and ends at once may be found dead here before its frames are heard of.
        """
        if self._run is None:
            return b""
        return self._answer([frame for frame in self._run.tick(now) if kind_of(frame) in ANSWERS])

    def hear(self) -> bytes:
        """The frames of what it has answered; also where it died."""
        return self._answer(self._run.read()) if self._run is not None else b""

    def _answer(self, frames: Sequence[bytes]) -> bytes:
        answer = b"".join(frames)
        if not answer and self.listening < 0:
            answer = encode(self._no_answer("the process running the check died"))
            self.drop()
        return answer

    def drop(self) -> None:
        """End it."""
        run, self._run = self._run, None
        if run is not None:
            run.kill()
            self._killed(run)

    def _no_answer(self, error: str) -> Answer:
        number = self._asked.request if self._asked is not None else 0
        if isinstance(self._asked, FindBad):
            return Bad(request=number, error=error)
        if isinstance(self._asked, Sample):
            return Sampled(request=number, error=error)
        return Checked(request=number, what="", error=error)
