"""The autograd nodes of a trace: who made them, who uses them, what flowed through them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from typing import NamedTuple, TypeVar

from tutor_tui.protocol.messages import Accumulate, Backward, Loss, Node, Op, Preview

_FOREVER = 1 << 62


class Part(NamedTuple):
    """A gradient that one consumer sent along one edge."""

    source: int
    gradient: Preview
    output: int = 0
    """For which of the outputs of the node it came to: only those for one and the same are added up."""


class NodeIndex:
    """Nodes by id. An epoch is a graph: a new one begins with the first node after a backward pass."""

    def __init__(self) -> None:
        self.by_id: dict[int, Node] = {}
        self._op: dict[int, Op] = {}
        self._last_op: Op | None = None
        self._inside: dict[int, Op] = {}
        self._newest = -1
        """The highest number of PyTorch's sequence among the nodes there were before that operation; -1 unknown."""
        self._seen = -1
        self._modules: dict[int, str] = {}
        self._leaves: dict[int, int] = {}
        self._consumers: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        self._first_use: dict[int, int] = {}
        self._all_runs: list[Backward] = []
        self._run_seqs: list[int] = []
        self._runs: defaultdict[int, list[Backward]] = defaultdict(list)
        self._receipts: defaultdict[int, list[Accumulate]] = defaultdict(list)
        self._epochs: list[list[int]] = [[]]
        self._seqs: list[list[int]] = [[]]
        self._epoch_starts: list[int] = [0]
        self._epoch_roots: list[int | None] = [None]
        self._passes: list[int] = []
        self._backward_began = False
        self._in_backward = False

    # --- building

    def add(self, node: Node) -> None:
        """A node was discovered."""
        self.by_id[node.id] = node
        if self._last_op is not None and self._last_op.module:
            self._modules[node.id] = self._last_op.module
        if self._last_op is not None and node.tensor is None and -1 < self._newest < node.sequence_nr:
            self._inside[node.id] = self._last_op
        if node.tensor is None:  # leaves have the highest number there is
            self._seen = max(self._seen, node.sequence_nr)
        if node.tensor is not None:
            self._leaves[node.tensor] = node.id
        elif self._backward_began and not self._in_backward:
            self._new_epoch(node.seq)
        self._epochs[-1].append(node.id)
        self._seqs[-1].append(node.seq)
        for edge_index, edge in enumerate(node.next):
            if edge is not None:
                self._consumers[edge.node].append((node.id, edge_index))
                self._first_use.setdefault(edge.node, node.seq)

    def operation(self, op: Op) -> None:
        """An operation ran: the nodes that come next are its own."""
        self._last_op, self._newest = op, self._seen

    def made_by(self, number: int, op: Op) -> None:
        """An operation's output has this node: a forward pass is under way."""
        self._op.setdefault(number, op)
        self._in_backward = False

    def sent_backward(self, loss: Loss) -> None:
        """A backward pass begins."""
        self._passes.append(loss.seq)
        self._last_op = None
        self._backward_began = self._in_backward = True
        self._epoch_roots[-1] = loss.node

    def ran(self, step: Backward) -> None:
        """The engine ran a node."""
        self._runs[step.node].append(step)
        if step.node in self.by_id:
            self._all_runs.append(step)
            self._run_seqs.append(step.seq)

    def received(self, step: Accumulate) -> None:
        """A leaf received gradient."""
        if step.incoming is not None and step.tensor in self._leaves:
            self._receipts[self._leaves[step.tensor]].append(step)

    def begin_anew(self, seq: int) -> None:
        """The recording was left, and begins again: the graph so far is of another time."""
        self._new_epoch(seq)
        self._in_backward = False
        self._newest = self._seen = -1

    def _new_epoch(self, seq: int) -> None:
        self._epochs.append([])
        self._seqs.append([])
        self._epoch_starts.append(seq)
        self._epoch_roots.append(None)
        self._backward_began = False

    # --- asking

    def op(self, number: int) -> Op | None:
        """The operation whose output has this node; None for one inside a composite operation."""
        return self._op.get(number)

    def inside(self, number: int) -> Op | None:
        """The operation of several nodes during which one was made that is not the node of its output."""
        return self._inside.get(number) if number not in self._op else None

    def inputs(self, number: int) -> list[int]:
        """The nodes that a node's gradients go on to, those that the record lacks left out."""
        return [e.node for e in self.by_id[number].next if e is not None and e.node in self.by_id]

    def first_operation(self, root: int | None, since: int) -> int | None:
        """The first operation, behind a step, of the graph under a node; None where none is recorded."""
        found: int | None = None
        seen = {root}
        pending = [root] if root is not None else []
        while pending:
            number = pending.pop()
            node = self.by_id.get(number)
            if node is None or node.seq <= since or node.tensor is not None:
                continue
            op = self._op.get(number)
            if op is not None and op.seq > since and (found is None or op.seq < found):
                found = op.seq
            for edge in node.next:
                if edge is not None and edge.node not in seen:
                    seen.add(edge.node)
                    pending.append(edge.node)
        return found

    def module(self, number: int) -> str:
        """The path of the nn.Module in which a node was made; "" outside all."""
        return self._modules.get(number, "")

    def leaf(self, tensor: int) -> int | None:
        """The AccumulateGrad node of a leaf."""
        return self._leaves.get(tensor)

    def last_use(self, leaf: int, moment: int) -> int:
        """When an operation of the graph at a moment used a leaf last; the moment itself, where none has."""
        consumers = self._consumers.get(leaf, ())
        at = bisect_right(consumers, moment, key=lambda c: self.by_id[c[0]].seq)
        seq = self.by_id[consumers[at - 1][0]].seq if at else -1
        epoch, _ = self.size(moment)
        return seq if seq >= self._epoch_starts[epoch] else moment

    def roots(self, moment: int) -> list[int]:
        """The nodes of the graph at a moment that nothing uses yet, the one sent backward first."""
        epoch, count = self.size(moment)
        found = [
            n
            for n in self._epochs[epoch][:count]
            if self._first_use.get(n, _FOREVER) > moment and self.by_id[n].tensor is None
        ]
        first = self._epoch_roots[epoch]
        found.sort(key=lambda n: (n != first, -self.by_id[n].seq))
        return found

    def size(self, moment: int) -> tuple[int, int]:
        """What identifies the graph at a moment: the epoch and how many of its nodes are there."""
        epoch = max(0, bisect_right(self._epoch_starts, moment) - 1)
        return epoch, bisect_right(self._seqs[epoch], moment)

    def graph(self, moment: int, most: int) -> dict[int, list[int]] | None:
        """The inputs of each node of the graph at a moment; None for one of more than `most` nodes."""
        epoch, count = self.size(moment)
        if count > most:
            return None
        found: dict[int, list[int]] = {}
        pending = list(reversed(self._epochs[epoch][:count]))
        while pending:
            number = pending.pop()
            if number not in found:
                found[number] = self.inputs(number)
                pending.extend(found[number])  # leaves live on from one graph to the next
                if len(found) > most:
                    return None
        return found

    def grows(self, epoch: int) -> bool:
        """Whether a graph is the last one there is, to which nodes may still come."""
        return epoch == len(self._epochs) - 1

    def last_moment(self, moment: int) -> int:
        """The last moment at which the graph is still the one that it is at a moment."""
        epoch, _ = self.size(moment)
        return self._epoch_starts[epoch + 1] - 1 if epoch + 1 < len(self._epoch_starts) else _FOREVER - 1

    def run(self, number: int, moment: int) -> Backward | None:
        """How the engine ran a node in the backward pass that is the last at a moment."""
        return _latest(self._runs.get(number, []), self._pass_start(moment), moment)

    def receipt(self, number: int, moment: int) -> Accumulate | None:
        """What a leaf received in the backward pass that is the last at a moment."""
        return _latest(self._receipts.get(number, []), self._pass_start(moment), moment)

    def parts(self, number: int, moment: int) -> list[Part]:
        """The gradients that have arrived at a node along its edges, in the order they came."""
        start = self._pass_start(moment)
        consumers = self._consumers.get(number, ())
        low = bisect_left(self._run_seqs, start)
        high = bisect_right(self._run_seqs, moment)
        if high - low < len(consumers):  # a parameter is used anew in every graph of a long training
            return self._parts_of(number, self._all_runs[low:high])
        found: list[tuple[int, Part]] = []
        for consumer, edge in consumers:
            run = _latest(self._runs.get(consumer, []), start, moment)
            gradient = run.grad_inputs[edge] if run and edge < len(run.grad_inputs) else None
            if run is not None and gradient is not None:
                found.append((run.seq, Part(consumer, gradient, self._output(consumer, edge))))
        return [part for _, part in sorted(found, key=lambda pair: pair[0])]

    def _output(self, consumer: int, edge: int) -> int:
        """Which output of a node an edge of its consumer leads to."""
        found = self.by_id[consumer].next[edge]
        return found.input_nr if found is not None else 0

    def edges_into(self, number: int, moment: int) -> int:
        """Along how many edges of the graph at a moment gradients can come to a node."""
        consumers = self._consumers.get(number, ())
        epoch, _ = self.size(moment)
        low = bisect_left(consumers, self._epoch_starts[epoch], key=lambda c: self.by_id[c[0]].seq)
        return bisect_right(consumers, moment, key=lambda c: self.by_id[c[0]].seq) - low

    def _parts_of(self, number: int, runs: list[Backward]) -> list[Part]:
        """What some runs of nodes sent to a node."""
        return [
            Part(run.node, gradient, edge.input_nr)
            for run in runs
            for edge, gradient in zip(self.by_id[run.node].next, run.grad_inputs, strict=False)
            if edge is not None and edge.node == number and gradient is not None
        ]

    def _pass_start(self, moment: int) -> int:
        """Where the last backward pass over the graph of a moment began; never, where none has."""
        index = bisect_right(self._passes, moment)
        epoch, _ = self.size(moment)
        begun = self._passes[index - 1] if index else -1
        return begun if begun >= self._epoch_starts[epoch] else _FOREVER


S = TypeVar("S", Backward, Accumulate)


def _latest(steps: list[S], start: int, moment: int) -> S | None:
    """The last of some steps that lies between two moments."""
    low = bisect_left(steps, start, key=lambda s: s.seq)
    high = bisect_right(steps, moment, key=lambda s: s.seq)
    return steps[high - 1] if high > low else None
