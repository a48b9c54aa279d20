"""The autograd graph at a moment, as rows of a tree: results on top, leaves at the bottom."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from tutor_tui.protocol.messages import Op, Preview
from tutor_tui.text.safe import path_end
from tutor_tui.trace.look.rule_letters import UNCHANGED, in_free_letters
from tutor_tui.trace.record.nodes import Part
from tutor_tui.trace.record.trace import Trace

LEVELS = 10
"""Forks that a row's prefix draws at most; deeper rows say how deep they are instead."""


SOME = 4
"""Outputs of an operation that are named."""
PLACE = 40
"""Characters of the module or library function that ran an operation; the program's call comes behind it."""
CHAIN = "└ "
"""Before the only input of a node: a chain indents by one cell a link, or it would soon leave the screen."""


class Row(NamedTuple):
    """One line of the tree: a node, or a reference (`again`) to one drawn further up.

    `hidden` counts the nodes that the line stands for besides its own: those of a module, `group`, or
    what hangs under a folded node.
    """

    prefix: str
    node: int
    again: bool
    hidden: int = 0
    group: str = ""
    above: int | None = None
    """The node under which the line hangs: the edge between the two is drawn in the prefix."""


class Shape(NamedTuple):
    """How the graph is laid out.

    `level` 0 draws every node; 1 one line a module, 2 one a numbered layer, 3 one for all such layers.
    `forks` is how many of those above it a row draws.
    """

    folded: frozenset[int] = frozenset()
    level: int = 0
    inputs_on_top: bool = False
    forks: int = LEVELS


LEVEL_NAMES = ("every node", "modules", "layers", "repeated layers as one")


class Tree:
    """The rows of a graph at a moment. `at` says in which row a node is drawn, or its module is."""

    def __init__(self, rows: list[Row], at: dict[int, int]) -> None:
        self.rows = rows
        self.at = at


def tree(trace: Trace, moment: int, shape: Shape = Shape()) -> Tree:  # noqa: B008 - immutable
    """The whole tree at a moment; iterative, linear in nodes and edges. A shared node is drawn once."""
    graph = _Graph(trace, moment, shape)
    rows: list[Row] = []
    at: dict[int, int] = {}
    pending: list[tuple[int, int, str, str, int | None]]
    pending = [(root, 0, "", "", None) for root in reversed(graph.roots())]
    while pending:
        number, depth, trail, branch, above = pending.pop()
        prefix = _prefix(depth, trail, branch, 3 * shape.forks)
        if number in at and above is None:
            continue  # a result that nothing uses, in a module that is drawn
        if number in at:
            rows.append(Row(prefix, number, True, 0, graph.title(number), above))
            continue
        members = graph.members(number)
        folded = number in shape.folded
        at.update(dict.fromkeys(members, len(rows)))
        children = [] if folded else graph.children(members)
        hidden = graph.below(members, at) if folded else len(members) - 1
        rows.append(Row(prefix, number, False, hidden, graph.title(number), above))
        below = (trail + _continuation(branch))[-3 * shape.forks - 1 :]
        for index in range(len(children) - 1, -1, -1):
            turn = CHAIN if len(children) == 1 else "└─ " if index == len(children) - 1 else "├─ "
            pending.append((children[index], depth + 1, below, turn, number))
    return Tree(rows, at)


class _Graph:
    """The graph at a moment in the direction and grain that a shape asks for."""

    def __init__(self, trace: Trace, moment: int, shape: Shape) -> None:
        self._nodes = trace.nodes
        self._shape = shape
        self._roots = trace.nodes.roots(moment)
        self._present: list[int] = []
        self._uses: dict[int, list[int]] = {}
        self._line: dict[int, int] = {}
        """The node that stands for the line in which another one is drawn."""
        self._members: dict[int, list[int]] = {}
        if shape.level or shape.inputs_on_top:
            self._walk()

    def _walk(self) -> None:
        """Find every node that the roots reach: leaves live on from one graph to the next."""
        seen = set(self._roots)
        pending = list(reversed(self._roots))
        while pending:
            number = pending.pop()
            self._present.append(number)
            for child in dict.fromkeys(self._nodes.inputs(number)):
                self._uses.setdefault(child, []).append(number)
                if child not in seen:
                    seen.add(child)
                    pending.append(child)
        if self._shape.level:
            self._gather()

    def _gather(self) -> None:
        """Give each node its line: nodes of one module that hang together, so that two calls of it are two lines.

        A leaf belongs to the line of the module in which it was used first.
        """
        for first in self._present:
            path = self._path(first)
            if not path or first in self._line or self._is_leaf(first):
                continue
            members: list[int] = []
            pending = [first]
            self._line[first] = first
            while pending:
                number = pending.pop()
                members.append(number)
                for other in (*self._nodes.inputs(number), *self._uses.get(number, ())):
                    leaf = self._is_leaf(other)
                    if other not in self._line and self._path(other) == path:
                        self._line[other] = first
                        if leaf:  # two calls share it, and are two
                            members.append(other)
                        else:
                            pending.append(other)
            self._members[first] = members

    def _path(self, number: int) -> str:
        return module_group(self._nodes.module(number), self._shape.level)

    def roots(self) -> list[int]:
        if not self._shape.inputs_on_top:
            return self._roots
        return [n for n in self._present if not self._nodes.inputs(n)]

    def title(self, number: int) -> str:
        """The module whose line a node belongs to, `gpt.blocks.* × 6` for six layers; "" for a line of its own."""
        if number not in self._line or len(self.members(number)) == 1:
            return ""
        path = self._path(number)
        if not path.endswith(("*", "*]")):
            return path
        layers = {module_group(self._nodes.module(n), 2) for n in self.members(number)}
        return f"{path} × {len(layers)}"

    def members(self, number: int) -> list[int]:
        """All nodes that are drawn in one line with this one, itself first."""
        return self._members.get(self._line.get(number, -1), [number])

    def children(self, members: list[int]) -> list[int]:
        own = set(members)
        step = self._users if self._shape.inputs_on_top else self._nodes.inputs
        found = (
            child
            for member in members
            for child in step(member)
            if child not in own and not self._shared(member, child)
        )
        if len(members) == 1:
            return list(found)
        return list({self._line.get(child, child): child for child in found}.values())

    def _shared(self, number: int, other: int) -> bool:
        """Whether an edge leads to or from a leaf that two calls of one module share: it is drawn in one of them."""
        if number not in self._line or other not in self._line or self._path(number) != self._path(other):
            return False
        return self._is_leaf(number) or self._is_leaf(other)

    def _is_leaf(self, number: int) -> bool:
        return self._nodes.by_id[number].tensor is not None

    def below(self, members: list[int], drawn: dict[int, int]) -> int:
        """How many nodes hang under a folded line and nowhere else so far; they are drawn in it."""
        step = self._users if self._shape.inputs_on_top else self._nodes.inputs
        pending = [child for member in members for child in step(member)]
        count = len(members) - 1
        while pending:
            node = pending.pop()
            if node not in drawn:
                drawn[node] = drawn[members[0]]
                count += 1
                pending.extend(step(node))
        return count

    def _users(self, number: int) -> list[int]:
        return self._uses.get(number, [])


_MEMBER = re.compile(r"(?<=\.)\d+(?=[.\[]|$)|(?<=\[)\d+(?=\])")
"""The number of a member of a list of modules."""


_BACKWARD = re.compile(r"Backward\d*$")


_LAYER = re.compile(r".*?([^.\[]+(?:\.\d+(?=\.|$)|\[\d+\]))")
"""The first member of a list of modules in a path: it tells layers of one kind apart."""


@lru_cache(maxsize=4096)
def module_group(path: str, level: int) -> str:
    """The part of a module path that names a line: `gpt.blocks.3.mlp.0` is at level 2 `gpt.blocks.3`."""
    if level <= 1 or not path:
        return path if level else ""
    member = _MEMBER.search(path)
    if member is None:
        return path
    bracket = "]" if path[member.start() - 1] == "[" else ""
    return path[: member.start()] + ("*" if level == 3 else member[0]) + bracket


def _prefix(depth: int, trail: str, branch: str, limit: int) -> str:
    """The way to a row; of one that is too long the last part, behind the number of nodes above."""
    return f"{depth}… {trail[len(trail) - limit :]}{branch}" if len(trail) > limit else trail + branch


def _continuation(branch: str) -> str:
    return {"": "", "├─ ": "│  ", "└─ ": "   ", CHAIN: " "}[branch]


def goes_on(prefix: str, has_inputs: bool) -> str:
    """What stands before a text that goes on below the row with this prefix: no trunk is broken."""
    number = prefix.find("… ") + 2 if "… " in prefix else 0
    trail = " " * number + prefix[number:]
    branch = next((b for b in ("├─ ", "└─ ", CHAIN) if trail.endswith(b)), "")
    return trail.removesuffix(branch) + _continuation(branch) + ("│ " if has_inputs else "  ")


class Reading(NamedTuple):
    """What can be said of a node at a moment."""

    label: str
    kind: str
    value: Preview | None
    incoming: Preview | None
    parts: list[Part]
    outgoing: list[str]
    """By the rule, what went along each edge that took a gradient, where it did not go on unchanged."""


def read(trace: Trace, number: int, moment: int) -> Reading:
    """Label, value and gradients of a node as they stand at a moment."""
    node = trace.nodes.by_id[number]
    parts = trace.nodes.parts(number, moment)
    if node.tensor is not None:
        receipt = trace.nodes.receipt(number, moment)
        value = trace.tensors.at(node.tensor, trace.nodes.last_use(number, moment))
        incoming = receipt.incoming if receipt else None
        return Reading(label(trace, number, moment), "leaf", value, incoming, parts, [])
    run = trace.nodes.run(number, moment)
    edges = in_free_letters(trace, run, run.rule)[1] if run and run.rule else []
    return Reading(
        label=label(trace, number, moment),
        kind=node.name,
        value=_value(trace, number),
        incoming=run.grad_outputs[0] if run and run.grad_outputs else None,
        parts=parts,
        outgoing=[edge for edge in edges if edge != UNCHANGED],
    )


def label(trace: Trace, number: int, moment: int, output: int | None = None) -> str:
    """The program's own words for a node: its variable and expression; else PyTorch's name for it.

    Of an operation with several outputs all their names, or with `output` that one's.
    """
    node = trace.nodes.by_id.get(number)
    if node is None:  # the record was thinned
        return f"node {number}"
    if node.tensor is not None:
        return trace.naming.name_of(node.tensor, moment) or f"tensor {node.tensor}"
    op = trace.nodes.op(number)
    if op is None:
        around = trace.nodes.inside(number)
        return f"{plain_name(node.name)} in {_ran(trace, around)}" if around is not None else node.name
    text = _ran(trace, op)
    if op.mutates:
        return f"{text} (in place)"
    outputs = op.outputs
    if output is not None and output < len(outputs) > 1:
        outputs = outputs[output : output + 1]
    naming = trace.naming  # the name that the program's own line gave it: it may have had others since
    names = [name for o in outputs[:SOME] if (name := naming.first_name(o.id, moment))]
    name = ", ".join(names) + (", …" if names and len(outputs) > SOME else "")
    if output is not None and len(op.outputs) > 1 and not name:
        return f"output {output} of {text}"
    return f"{name} = {text}" if name and name != text else text


def plain_name(name: str) -> str:
    """`LogSoftmax` for `LogSoftmaxBackward0`."""
    return _BACKWARD.sub("", name)


def _ran(trace: Trace, op: Op) -> str:
    """The program's expression for an operation, behind the module or library function that ran it, if one did."""
    text = trace.sources.text(op.span) or op.name
    if op.place and not trace.lines.alone_in_its_call(op):
        return f"{_ran_by(trace, op)} · {text}"
    return text


def _ran_by(trace: Trace, op: Op) -> str:
    """The module that ran an operation, or the library's function with its own expression."""
    own = trace.sources.text(op.library) if op.library is not None else ""
    called = any(part in own for part in op.place.split(".")[1:])  # `self.query(x)` of `Attention.query`
    place = path_end(op.place, PLACE)
    layer = _LAYER.search(op.module) if op.library is not None else None
    which = f"{layer[1]} " if layer is not None and layer[1] not in place else ""
    return f"{which}{place}: {own}" if own and not called else f"{which}{place}"


def _value(trace: Trace, number: int) -> Preview | None:
    """What an operation's output was when it was made: it may have been written to since."""
    op = trace.nodes.op(number)
    return op.outputs[0] if op is not None and op.outputs else None
