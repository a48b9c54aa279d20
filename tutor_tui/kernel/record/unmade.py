"""What was seen of a program and is not yet made into steps.

Recording has two stages. In the program's way only what cannot be done later: to look, and to keep what was seen, as
plain values. Steps are made of it, counted and sent afterwards, many at once: that takes half the time that it takes
one by one, between a program's own operations.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from tutor_tui.kernel.probes.shield import let_through
from tutor_tui.kernel.probes.turns import Turns
from tutor_tui.kernel.record.budget import Sink, StepBudget
from tutor_tui.protocol.messages import Message, Step

MOST = 65_536
"""How many wait at most."""

Make = Callable[[Any], Iterable[Step]]
"""Makes steps that belong together of what was seen. It must not look at anything of the program's that may change."""


class Unmade:
    """Takes steps, and what steps are made of, from any thread; makes and tells them in that order when asked to."""

    def __init__(self, sink: Sink, max_steps: int, fault: Callable[[Exception], None], most: int = 0) -> None:
        """`most` wait, none where a process must not end with anything untold; `fault` hears what goes wrong."""
        self._budget = StepBudget(sink, max_steps)
        self._fault, self._most, self._usual = fault, most, most
        # what waits, without anything around it: the garbage collector would look through all of that
        self._waiting: deque[Any] = deque()
        self.makes: dict[type, Make] = {}
        """How steps are made of what was seen, by its class."""
        self._turns = Turns(self._waiting, self._tell)

    def __call__(self, *steps: Step) -> None:
        """Take steps that belong together."""
        if not self._most:
            self._budget(*steps)
            return
        self._waiting.append(steps)
        if len(self._waiting) > self._most:
            self.tell()

    def later(self, seen: Any) -> None:
        """Take what was seen, of one of the classes in `makes`."""
        if not self._most:
            self._budget(*self.makes[type(seen)](seen))
            return
        self._waiting.append(seen)
        if len(self._waiting) > self._most:
            self.tell()

    def tell(self) -> None:
        """Make all that waits into steps, and hand them on."""
        if self._waiting:
            self._turns.run()

    def _tell(self) -> None:
        waiting, makes, budget = self._waiting, self.makes, self._budget
        while waiting:
            seen = waiting.popleft()
            try:
                steps = seen if type(seen) is tuple else tuple(makes[type(seen)](seen))
            except Exception as error:
                let_through(error)
                self._fault(error)
            else:
                budget(*steps)

    def always(self, *messages: Message) -> None:
        """Emit what is never left out, behind all that waits."""
        self.tell()
        self._budget.always(*messages)

    def finish(self) -> None:
        """The program is over, or recorded no longer: give out what was held back.

        A thread of the program's may go on all the same: nobody will ask for what it does.
        """
        self._most = 0
        self.tell()
        self._budget.finish()

    def reopen(self) -> None:
        """A full budget again."""
        self.tell()
        self._most = self._usual
        self._budget.reopen()

    @property
    def count(self) -> int:
        """Steps so far, of this budget."""
        self.tell()
        return self._budget.count

    def mute(self) -> None:
        """Drop everything from now on: this process is a fork of the one that is recorded."""
        self._waiting.clear()
        # the old one may be another thread's turn, which is not here
        self._turns = Turns(self._waiting, self._tell)
        self._budget.mute()
