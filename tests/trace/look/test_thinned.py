"""Every key on a record that has room for a part of the run only: random runs through the real budget."""

from __future__ import annotations

from bisect import bisect_right

from hypothesis import given, settings
from hypothesis import strategies as st

from tutor_tui.kernel.record.budget import CUT, FIRST, WHOLE, StepBudget
from tutor_tui.protocol.messages import Line, Loss, Message, Node, Note, Op
from tutor_tui.trace.look.moves import MOVES, where
from tutor_tui.trace.record.trace import Trace


def line(number: int) -> Line:
    return Line(file="fit.py", line=number, function="<module>", depth=0)


def op(node: int | None) -> Op:
    return Op(name="mul", api="torch.mul", span=None, inputs=(), outputs=(), node=node, module="", mutates=())


class Run:
    """A program that prepares, trains, and evaluates; what of it goes into a record of some size."""

    def __init__(self, room: int, prepared: int, iterations: list[int], after: int, losses: int = 1) -> None:
        """`losses` are sent backward together in each iteration."""
        self.trace = Trace()
        self.emitted: list[Message] = []
        budget = StepBudget(self._take, room)
        for number in range(prepared):
            budget(op(None) if number % 3 else line(1))
        for number, size in enumerate(iterations, 1):
            budget(line(2))
            for part in range(size):
                node = number * 1000 + part
                budget(Node(id=node, name="MulBackward0", sequence_nr=part, next=(), saved={}), op(node))
            budget(line(3))
            for _ in range(losses):
                budget(
                    Loss(iteration=number, value=1.0, name="loss", span=None, node=number * 1000 + size - 1)
                )
            for _ in range(size):
                budget(line(4))
        for _ in range(after):
            budget(line(5))
        budget.finish()
        self.iterations = iterations

    def _take(self, messages: object) -> int:
        kept = list(messages)  # type: ignore[call-overload]
        self.emitted += kept
        self.trace.extend(kept)
        return len(kept)

    def whole(self, number: int) -> bool:
        """Whether an iteration is there with every step of its forward pass."""
        nodes = {s.id for s in self.emitted if isinstance(s, Node)}
        return all(number * 1000 + part in nodes for part in range(self.iterations[number - 1]))


runs = st.builds(
    Run,
    room=st.integers(250, 1500),
    prepared=st.integers(0, 3000),
    iterations=st.lists(st.integers(1, 20), max_size=80),
    after=st.integers(0, 60),
    losses=st.integers(1, 3),
)
large = st.builds(
    Run,
    room=st.integers(250, 1000),
    prepared=st.integers(0, 300),
    iterations=st.lists(st.sampled_from([1, 20, 60, 150, 300]), min_size=10, max_size=30),
    after=st.integers(0, 60),
)


@given(runs)
@settings(max_examples=150, deadline=None)
def test_what_matters_is_kept(run: Run) -> None:
    losses = [run.trace.passes.number(seq) for seq in run.trace.losses]
    count = len(run.iterations)
    assert losses == list(range(1, count + 1))
    assert all(run.whole(number) for number in range(1, min(FIRST, count) + 1))
    assert all(run.whole(number) for number in range(max(1, count - 1), count + 1))
    assert not any(CUT in s.text for s in run.emitted if isinstance(s, Note))
    gaps = [s for s in run.emitted if isinstance(s, Note)]
    everything = sum(3 * size + 3 for size in run.iterations)
    assert gaps or len([s for s in run.emitted if not isinstance(s, Note)]) >= everything


@given(large)
@settings(max_examples=150, deadline=None)
def test_what_follows_at_the_end_is_called_whole_only_where_it_is(run: Run) -> None:
    at = next(
        (i for i, s in enumerate(run.emitted) if isinstance(s, Note) and (WHOLE in s.text or CUT in s.text)),
        None,
    )
    if at is None:
        return
    note = run.emitted[at]
    first = run.emitted[at + 1]
    begins = isinstance(first, Node) and first.id % 1000 == 0
    assert begins == (isinstance(note, Note) and WHOLE in note.text)


@given(runs)
@settings(max_examples=150, deadline=None)
def test_every_key_is_consistent(run: Run) -> None:
    trace = run.trace
    forwards = [trace.stop_of(seq) for seq in trace.passes.forwards]
    losses = [trace.stop_of(seq) for seq in trace.losses]
    parts = [trace.stop_of(seq) for seq in trace.passes.resumed]
    for index in range(len(trace)):
        for move in MOVES:
            found = where(trace, index, move)
            assert found is None or (0 <= found < len(trace) and found != index)
        for move, marks in (("forward", forwards), ("backward", losses)):
            found = where(trace, index, move)
            if found is None:
                assert not marks or marks[-1] == index
                continue
            assert found in marks
            if found > index:  # the next one, with none between
                assert marks[bisect_right(marks, index)] == found
            elif marks[-1] > index:  # back: to the one around, in the same part of the record
                assert marks[bisect_right(marks, index) - 1] == found
                assert bisect_right(parts, found) == bisect_right(parts, index)


@given(runs)
@settings(max_examples=150, deadline=None)
def test_a_forward_pass_leads_to_its_own_loss_and_repeated_keys_to_all(run: Run) -> None:
    trace = run.trace
    for seq in trace.passes.forwards:
        step = trace.steps[seq]
        assert isinstance(step, Op)
        assert step.node is not None
        found = where(trace, trace.stop_of(seq), "backward")
        assert found is not None
        loss = trace.steps[trace.stop(found).first]
        assert isinstance(loss, Loss)
        assert loss.iteration == step.node // 1000
    for move, marks in (("forward", trace.passes.forwards), ("backward", trace.losses)):
        seen, at = [], 0
        while (found := where(trace, at, move)) is not None and found > at:
            seen.append(found)
            at = found
        assert seen == [trace.stop_of(seq) for seq in marks if trace.stop_of(seq) > 0]
