"""Processes that a DataLoader starts, and where the random numbers in them come from."""

from __future__ import annotations

import dis
import random
import sys
from collections.abc import Callable, Iterator
from functools import wraps
from types import CodeType, FunctionType, MethodType
from typing import Any

from torch.utils.data import DataLoader

from tutor_tui.kernel.probes.replaced import Replaced
from tutor_tui.kernel.probes.shield import Fault, Shielded, Undispatched
from tutor_tui.kernel.program.variables import own_attributes
from tutor_tui.kernel.record.operations import Operations
from tutor_tui.protocol.messages import Span, Workers

DEEP = 4
"""Datasets within datasets, and functions within functions, that are looked through."""
DRAWS = {
    *(
        "rand",
        "randn",
        "randint",
        "random",
        "normal",
        "uniform",
        "choice",
        "shuffle",
        "permutation",
        "sample",
    ),
    *("integers", "standard_normal", "randrange", "gauss", "random_sample", "beta", "poisson", "binomial"),
}
"""Names by which random numbers are drawn."""
METHODS = ("__getitem__", "__iter__", "__call__", "__getitems__")
SEEDS = {"np", "numpy", "random", "torch", "cuda", "seed", "manual_seed", "manual_seed_all"}
"""Names by which one seeds."""


class WorkerRecorder:
    """Tells of each iterator of a DataLoader with two workers or more."""

    def __init__(self, ops: Operations, emit: Callable[..., None], fault: Fault) -> None:
        self._ops, self._emit, self._fault = ops, emit, fault
        self._replaced = Replaced()

    def install(self) -> None:
        """Hear of iterators."""
        self._replaced.put(DataLoader, "__iter__", self._iterating)

    def remove(self) -> None:
        """Hear no more."""
        self._replaced.give_back()

    def _iterating(self, original: Any) -> Any:
        @wraps(original)
        def iterate(loader: Any) -> Any:
            with Shielded(self._fault), Undispatched():
                count = own_attributes(loader).get("num_workers", 0)
                if type(count) is int and count > 1:
                    self._tell(loader, count)
            return original(loader)

        return iterate

    def _tell(self, loader: Any, count: int) -> None:
        frame = self._ops.files.nearest(sys._getframe(2))
        own = own_attributes(loader)
        dataset, begin = own.get("dataset"), own.get("worker_init_fn")
        generators = list(_generators(dataset))
        if begin is not None and _reseeds(begin, {name.rpartition(".")[2] for name in generators}):
            generators = []
        self._emit(
            Workers(
                count=count,
                dataset=type(dataset).__name__,
                span=self._ops.spans.of(frame) if frame is not None else None,
                generators=generators,
                seeded=_constant_seed(begin) if _draws(dataset) else None,
                scope=self._ops.scope(),
            )
        )


def _generators(dataset: Any) -> Iterator[str]:
    """The random generators of the program's own that a dataset draws from: each worker gets a copy."""
    for path, part in _parts(dataset):
        functions = list(_functions(part))
        names = {name for function in functions for name in _names(function.__code__)}
        names -= {
            i.argval for f in functions for i in dis.get_instructions(f.__code__) if i.opname == "STORE_ATTR"
        }
        for name, value in own_attributes(part).items():
            if name in names and _is_generator(value):
                yield f"{path}.{name}"
        for function in functions:
            outside = function.__globals__
            yield from (name for name in sorted(names) if _is_generator(outside.get(name)))


def _parts(dataset: Any) -> Iterator[tuple[str, Any]]:
    """A dataset, what it is made of, and the transforms that it holds."""
    pending = [("dataset", dataset, 0)]
    while pending:
        path, part, depth = pending.pop()
        yield path, part
        if depth < DEEP:
            for name in ("dataset", "transform", "transforms"):
                inner = own_attributes(part).get(name)
                found = inner if isinstance(inner, (list, tuple)) else [inner]
                pending += [(f"{path}.{name}", one, depth + 1) for one in found if one is not None]


def _is_generator(value: Any) -> bool:
    kind = type(value)
    if kind.__module__.startswith("numpy.random"):
        return kind.__name__ in ("Generator", "RandomState")
    return kind is random.Random


def _draws(dataset: Any) -> bool:
    """Whether a dataset draws random numbers, as far as the names in its code tell."""
    functions = (function for _, part in _parts(dataset) for function in _functions(part))
    return any(DRAWS & set(_names(function.__code__)) for function in functions)


def _reseeds(begin: Any, generators: set[str]) -> bool:
    """Whether the function run in each worker may give a generator another state."""
    code = begin.__code__ if type(begin) is FunctionType else None
    return code is None or bool((generators | {"get_worker_info"}) & set(_names(code)))


def _constant_seed(begin: Any) -> Span | None:
    """Where the function run in each worker seeds with what is the same in all of them."""
    if type(begin) is MethodType and type(begin.__func__) is FunctionType:
        return _hands_on_a_constant(begin.__func__, begin.__self__)
    code = begin.__code__ if type(begin) is FunctionType else None
    if code is None or "seed" not in " ".join(_names(code)):
        return None
    own = code.co_varnames[:1]
    uses = any(i.opname.startswith("LOAD_FAST") and _loads(i.argval, own) for i in dis.get_instructions(code))
    others = set(_names(code)) - SEEDS
    numbers = [begin.__globals__.get(name) for name in others]
    given = [*numbers, *code.co_consts]
    if uses or any(type(number) is not int for number in numbers) or not any(type(g) is int for g in given):
        return None
    calls = [i for i in dis.get_instructions(code) if i.argval in ("np", "numpy")]
    lines = [i.positions.lineno for i in calls if i.positions and i.positions.lineno]
    return Span(code.co_filename, min(lines), 0, min(lines), 0) if lines else _first_line(code)


def _hands_on_a_constant(method: FunctionType, owner: Any) -> Span | None:
    """The line of a method, with nothing else in it, that hands a number of its object's to a function that seeds."""
    code = method.__code__
    if code.co_varnames[:1] != ("self",):
        return None
    own = own_attributes(owner)
    meant = [own.get(name, method.__globals__.get(name)) for name in code.co_names]
    called = [{*_names(value.__code__)} for value in meant if type(value) is FunctionType]
    if any(type(value) not in (int, FunctionType) for value in meant) or int not in map(type, meant):
        return None
    seeds = any({"seed", "manual_seed"} & names for names in called)
    asks = any({"get_worker_info", "initial_seed"} & names for names in called)
    given = code.co_varnames[1:2]
    uses = any(
        i.opname.startswith("LOAD_FAST") and _loads(i.argval, given) for i in dis.get_instructions(code)
    )
    return _first_line(code) if seeds and not asks and not uses else None


def _first_line(code: CodeType) -> Span:
    """The first line of a function's body."""
    lines = [line for _, _, line in code.co_lines() if line and line > code.co_firstlineno]
    line = min(lines, default=code.co_firstlineno)
    return Span(code.co_filename, line, 0, line, 0)


def _loads(value: Any, names: tuple[str, ...]) -> bool:
    """Whether an instruction loads one of some names: newer Pythons load two at once."""
    return bool({*(value if isinstance(value, tuple) else (value,))} & {*names})


def _functions(part: Any) -> Iterator[FunctionType]:
    """What makes the items of a dataset, or a transform: functions of the program's."""
    if type(part) is FunctionType:
        yield part
    for method in METHODS:
        found = next((vars(c)[method] for c in type(part).__mro__ if method in vars(c)), None)
        if type(found) is FunctionType and not found.__module__.startswith("torch."):
            yield found


def _names(code: CodeType, depth: int = 0) -> Iterator[str]:
    yield from code.co_names
    if depth < DEEP:
        for inner in code.co_consts:
            if isinstance(inner, CodeType):
                yield from _names(inner, depth + 1)
