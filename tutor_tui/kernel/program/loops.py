"""The loop of a program that a running call stands in."""

from __future__ import annotations

import ast
import dis
import sys
from collections.abc import Mapping, Set
from functools import lru_cache
from inspect import CO_OPTIMIZED
from types import CodeType, FrameType
from typing import Any, NamedTuple

from tutor_tui.kernel.program.files import Files, Kind
from tutor_tui.kernel.program.variables import variables

_LOOPS = (ast.For, ast.AsyncFor, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SIZED = (list, tuple, str, bytes, dict, set, frozenset, range)
_LIVE_NAMES = sys.version_info >= (3, 13)
"""Whether `f_locals` of a function reads the names themselves (PEP 667), and is no dictionary that the frame keeps."""
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


class Loop(NamedTuple):
    """A `for` or `while` in a call that runs: it begins anew whenever the line `turn` is reached again."""

    frame: FrameType
    turn: int
    first: int
    last: int

    def holds(self, frame: FrameType) -> bool:
        """Whether a frame is the loop's own, and on a line of it."""
        return frame is self.frame and self.first <= frame.f_lineno <= self.last


def enclosing_loop(loop: Loop, files: Files) -> Loop | None:
    """The loop around a loop: in the same call, else in the nearest one outside that has one."""
    filename = loop.frame.f_code.co_filename
    around = [found for found in _loops_at(files.source(filename), loop.first) if found[1] < loop.first]
    if around:
        return Loop(loop.frame, *around[-1])
    return find_loop(loop.frame.f_back, files)


def find_loop(frame: FrameType | None, files: Files) -> Loop | None:
    """The innermost loop of the program around a frame: in the nearest call that has one."""
    while frame is not None:
        if files.kind(frame.f_code.co_filename) is Kind.PROGRAM:
            found = _loop_at(files.source(frame.f_code.co_filename), line_of(frame))
            if found is not None:
                return Loop(frame, *found)
        frame = frame.f_back
    return None


@lru_cache(maxsize=16)
def _parse(source: str) -> ast.Module:
    """The tree of a file, which is asked about line by line; an empty one where it cannot be read."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return ast.Module(body=[], type_ignores=[])


@lru_cache(maxsize=16)
def loop_targets(source: str) -> frozenset[str]:
    """The names that the `for` loops of a file hand on: each turn another thing goes by them."""
    targets = [
        n.target
        for n in ast.walk(_parse(source))
        if isinstance(n, ast.For | ast.AsyncFor | ast.comprehension)
    ]
    names = (n for target in targets for n in ast.walk(target) if isinstance(n, ast.Name))
    return frozenset(n.id for n in names)


def _loop_at(source: str, line: int) -> tuple[int, int, int] | None:
    """Where the innermost loop around a line, in the same function, turns; its first and last line."""
    found = _loops_at(source, line)
    return found[-1] if found else None


@lru_cache(maxsize=1024)
def _loops_at(source: str, line: int) -> tuple[tuple[int, int, int], ...]:
    """The loops around a line in the same function, the innermost last: where each turns, its first and last line."""
    pending: list[ast.AST] = [_parse(source)]
    found: list[tuple[int, int, int]] = []
    while pending:
        node = pending.pop()
        for child in ast.iter_child_nodes(node):
            first, last = getattr(child, "lineno", None), getattr(child, "end_lineno", None)
            if first is None or last is None:
                pending.append(child)
            elif first <= line <= last:
                pending.append(child)
                if isinstance(child, _FUNCTIONS) and first < line:
                    found = []
                elif isinstance(child, (ast.For, ast.AsyncFor, ast.While)):
                    endless = isinstance(child, ast.While) and isinstance(child.test, ast.Constant)
                    # Python runs no test of a `while True`, and tells of no line then
                    found.append((child.body[0].lineno if endless else first, first, last))
    return tuple(found)


def values_of_loop(frame: FrameType, source: str) -> int | None:
    """How many values the innermost `for` around the line of a frame goes over; None where that cannot be told.

    It is told without running any code: of a range of plain numbers, and of a name that means one of Python's own
    collections. In a line with a comprehension, or with another loop, two are going round.
    """
    loop = _for_at(source, frame.f_lineno)
    if loop is None or _changes_what_it_counts(loop):
        return None
    names = names_of(frame, _names_of(loop.iter), followed=True)
    return None if names is None else _length(loop.iter, names)


def turns_left(frame: FrameType, source: str) -> int | None:
    """How many turns a `for` over a `range` or `enumerate` still has; None where that cannot be told.

    To be asked where a turn is over and the loop's head comes, by whoever follows the lines of the frame.
    """
    loop = _for_at(source, frame.f_lineno)
    if loop is None or loop.lineno != frame.f_lineno or _changes_what_it_counts(loop):
        return None
    names = names_of(frame, _names_of(loop.iter, loop.target), followed=True)
    values = _length(loop.iter, names) if names is not None else None
    turn = _turn(loop, names) if values and names is not None else None
    return values - turn if values and turn else None


def names_of(frame: FrameType, wanted: Set[str], followed: bool = False) -> dict[str, Any] | None:
    """What some names mean in a call; None where they cannot be read without a trace.

    Up to Python 3.12 to read the names of a function keeps what they all mean alive: that is done only where lines are
    `followed`, and the names have been read already. A namespace of a kind of its own runs code to be read.
    """
    code = frame.f_code
    own: Mapping[str, Any] = {}
    if code.co_flags & CO_OPTIMIZED:
        local = wanted & {*code.co_varnames, *code.co_cellvars, *code.co_freevars}
        if local and not (_LIVE_NAMES or followed):
            return None
        names = variables(frame) if local else {}
        own = {name: names[name] for name in local if name in names}
    else:
        local, own = set(), variables(frame)
        if type(own) is not dict:
            return None
    outside = {name: frame.f_globals[name] for name in wanted - local if name in frame.f_globals}
    return outside | {name: own[name] for name in wanted if name in own}


def line_of(frame: FrameType) -> int:
    """The line that a frame is on. The jump back at the end of a loop may have none: then that of the loop's head."""
    return line_at(frame.f_code, frame.f_lasti, frame.f_lineno)


def line_at(code: CodeType, instruction: int, line: int | None) -> int:
    """`line_of`, by what a frame says of itself."""
    if line is not None:
        return line
    at = {found.offset: found for found in dis.get_instructions(code)}
    target = at[instruction].argval if instruction in at else None
    lines = (found for start, end, found in code.co_lines() if start == target and found is not None)
    return next(lines, code.co_firstlineno)


class Counting(NamedTuple):
    """A `for` over a `range` or `enumerate`, whose variable tells the turn."""

    loop: ast.For
    function: str
    """The function in which it stands, as its code is called, and where that begins."""
    line: int

    @property
    def names(self) -> set[str]:
        """The names that tell the turn."""
        return _names_of(self.loop.target, self.loop.iter)

    def runs(self, code: CodeType) -> bool:
        """Whether a call of some code is in this loop, and not in a comprehension or lambda on the same line."""
        return (code.co_name, code.co_firstlineno) == (self.function, self.line)

    def turn(self, names: Mapping[str, object]) -> tuple[int, int]:
        """The turn, from 1, and of how many: (0, 0) where that cannot be told."""
        values = _length(self.loop.iter, names)
        turn = _turn(self.loop, names) if values else None
        return (turn, values) if values and turn and 1 <= turn <= values else (0, 0)


@lru_cache(maxsize=1024)
def counting_loop(source: str, line: int) -> Counting | None:
    """The outermost counting `for` of the function around a line in whose body that lies, if nothing in it is written
    to that tells its turn.
    """
    tree: Any = _parse(source)
    function = max(
        (n for n in ast.walk(tree) if isinstance(n, _FUNCTIONS) and _holds(n, line)),
        key=lambda n: (n.lineno, n.col_offset),
        default=tree,
    )
    pending, loops = [function], []
    while pending:
        for child in ast.iter_child_nodes(pending.pop()):
            if isinstance(child, ast.For) and child.lineno <= line <= (child.body[-1].end_lineno or 0):
                loops.append(child)
            if not isinstance(child, _FUNCTIONS):
                pending.append(child)
    loop = min(loops, key=lambda n: n.lineno, default=None)
    if loop is None or isinstance(loop.iter, ast.Name) or _changes_what_it_counts(loop):
        return None
    if function is tree:
        return Counting(loop, "<module>", 1)
    first = min([function.lineno, *(d.lineno for d in getattr(function, "decorator_list", []))])
    return Counting(loop, getattr(function, "name", "<lambda>"), first)


def _changes_what_it_counts(loop: ast.For) -> bool:
    """Whether the names of a loop's head mean something else once it turns."""
    head = _names_of(loop.iter)
    return bool(_written(loop.body) & (head | _names_of(loop.target)) or head & _names_of(loop.target))


def _holds(node: ast.stmt | ast.expr, line: int) -> bool:
    return node.lineno < line <= (node.end_lineno or 0)


def _names_of(*nodes: ast.expr) -> set[str]:
    return {name.id for node in nodes for name in ast.walk(node) if isinstance(name, ast.Name)}


def _written(body: list[ast.stmt]) -> set[str]:
    """Names that some statements give another meaning, or whose methods they call, or whose parts they write."""
    found: set[str] = set()
    for node in (n for statement in body for n in ast.walk(statement)):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                found.add(name)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name))):
                found.add(name)
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                found.add(name)
    return found


@lru_cache(maxsize=1024)
def _for_at(source: str, line: int) -> ast.For | None:
    """The one `for` around a line."""
    around = [
        n
        for n in ast.walk(_parse(source))
        if isinstance(n, _LOOPS) and n.lineno <= line <= (n.end_lineno or 0)
    ]
    innermost = max(around, key=lambda n: (n.lineno, n.col_offset), default=None)
    if not isinstance(innermost, ast.For) or any(n.lineno == line for n in around if n is not innermost):
        return None
    return innermost


def _turn(loop: ast.For, names: Mapping[str, object]) -> int | None:
    """The turn, from 1, that the variable of a loop over a `range` or `enumerate` tells."""
    match loop.target, loop.iter:
        case ast.Name(id=name), ast.Call(func=ast.Name(id="range"), args=args):
            value, numbers = names.get(name), [_number(argument, names) for argument in args]
            if type(value) is int and None not in numbers:
                values = range(*numbers)  # type: ignore[arg-type]
                return values.index(value) + 1 if value in values else None
        case ast.Tuple(elts=[ast.Name(id=name), _]), ast.Call(
            func=ast.Name(id="enumerate"), args=[_], keywords=[]
        ):
            value = names.get(name)
            return value + 1 if type(value) is int else None
    return None


def _length(values: ast.expr, names: Mapping[str, object]) -> int | None:
    match values:
        case ast.Name(id=name) if type(names.get(name)) in _SIZED:
            return len(names[name])  # type: ignore[arg-type]
        case ast.Call(func=ast.Name(id="enumerate" | "reversed" as called), args=[of], keywords=[]) if (
            called not in names
        ):
            return _length(of, names)
        case ast.Call(func=ast.Name(id="range"), args=args, keywords=[]) if "range" not in names:
            numbers = [_number(argument, names) for argument in args]
            if None in numbers or not 1 <= len(numbers) <= 3 or numbers[2:] == [0]:
                return None
            return len(range(*numbers))  # type: ignore[arg-type]
    return None


def _number(value: ast.expr, names: Mapping[str, object]) -> int | None:
    found: object = value.value if isinstance(value, ast.Constant) else None
    match value:
        case ast.Name(id=name):
            found = names.get(name)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as below)):
            found = -below
        case ast.Call(func=ast.Name(id="len"), args=[of], keywords=[]) if "len" not in names:
            found = _length(of, names)
    return found if type(found) is int else None
