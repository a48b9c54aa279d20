"""What the program's names mean in each of its calls, by the moment."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from typing import NamedTuple

from tutor_tui.protocol.messages import Bind
from tutor_tui.trace.record.history import History


class Meaning(NamedTuple):
    """What a name means: a tensor by id, or a plain value as text; neither where it means nothing now."""

    tensor: int | None
    text: str
    storage: int = 0
    """Of a NumPy array: the memory that it shares with a tensor, 0 for none."""


class Naming:
    """Names by the call (the scope) that has them; call 0 is the module."""

    def __init__(self) -> None:
        self._scopes: list[int] = []
        self._scope_seqs: list[int] = []
        self._names: defaultdict[int, dict[str, History[Meaning]]] = defaultdict(dict)
        self._first_name: dict[int, tuple[int, str]] = {}
        """By tensor, the step at which it was named first, and that name."""
        self._gradient_of: dict[int, int] = {}

    def enter(self, scope: int, seq: int) -> None:
        """A call runs from a step on."""
        if not self._scopes or self._scopes[-1] != scope:
            self._scopes.append(scope)
            self._scope_seqs.append(seq)

    def bind(self, step: Bind) -> None:
        """A name means something from now on."""
        names = self._names[step.scope]
        if step.name not in names:
            names[step.name] = History()
        names[step.name].add(step.seq, Meaning(step.tensor, step.text, step.storage))
        if step.tensor is not None:
            self._first_name.setdefault(step.tensor, (step.seq, step.name))

    def is_gradient_of(self, gradient: int, owner: int) -> None:
        """A tensor is the `.grad` of another one."""
        self._gradient_of[gradient] = owner

    def scope(self, moment: int) -> int:
        """The call of the program that is running."""
        index = bisect_right(self._scope_seqs, moment)
        return self._scopes[index - 1] if index else 0

    def names(self, scope: int, moment: int) -> dict[str, Meaning]:
        """The names of one call and what they mean, in the order in which they came up."""
        found: dict[str, Meaning] = {}
        for name, history in self._names.get(scope, {}).items():
            meaning = history.at(moment)
            if meaning is not None and (meaning.tensor is not None or meaning.text):
                found[name] = meaning
        return found

    def changed(self, scope: int, name: str, first: int, last: int) -> bool:
        """Whether a name came to mean something else from step `first` to step `last`."""
        return self._names[scope][name].changed_in(first, last)

    def since(self, scope: int, name: str, moment: int) -> int:
        """The step at which a name came to mean what it means."""
        history = self._names[scope][name]
        return history.seqs[max(0, bisect_right(history.seqs, moment) - 1)]

    def first_name(self, number: int, moment: int) -> str:
        """What a tensor was called when it was new, "" if nothing by that moment."""
        seq, name = self._first_name.get(number, (moment + 1, ""))
        return name if seq <= moment else ""

    def name_of(self, number: int, moment: int) -> str:
        """The program's name for a tensor, "" where it has none.

        The running call's names come first, then the module's, then what it was called when it was new: a later name
        may have been that of a loop or an argument, and means another tensor by now.
        """
        for scope in dict.fromkeys((self.scope(moment), 0)):
            for name, meaning in self.names(scope, moment).items():
                if meaning.tensor == number:
                    return name
        if first := self.first_name(number, moment):
            return first
        owner = self._gradient_of.get(number)
        name = self.name_of(owner, moment) if owner is not None else ""
        return f"{name}.grad" if name else ""
