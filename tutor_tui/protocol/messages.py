"""Every struct that screen, kernel and run send each other: the program's vocabulary.

A run yields a trace: a list of steps. The `kind` tag of a step here is also the `kind` of the JSON
Lines that `tutor-tui trace --json` prints. Fields without a default are always written; the others
are left out where they hold their default.

A tensor is known by an id of ours, counted from 1 in each run. Python's `id()` never travels: it is
reused as soon as an object dies.
"""

from __future__ import annotations

from typing import Any

import msgspec

from tutor_tui.protocol.limits import MAX_STEPS

PROTOCOL = 5
"""Raised whenever a message changes in a way that the other side would misread."""


class Message(msgspec.Struct, tag_field="kind", omit_defaults=True, gc=False):
    """Base of everything that travels."""


class Stats(msgspec.Struct, gc=False):
    """Numbers over all elements of a tensor; `mean` and `std` are over the finite ones.

    `std` is what `x.std()` gives, that of a sample (divided by n - 1); None for a single number.
    """

    min: float | None
    max: float | None
    mean: float | None
    std: float | None
    nan: int
    inf: int


class Preview(msgspec.Struct, omit_defaults=True, gc=False):
    """What is shown of a tensor at one moment.

    `values` is a nested list of the shape `shape` (a bare number for a 0-D tensor) for tensors of
    up to 64 elements, else None. Complex numbers are strings such as "1+2j". `storage` is equal for
    two tensors that share memory. `version` is PyTorch's count of in-place writes.
    """

    id: int
    shape: tuple[int, ...]
    dtype: str
    device: str
    requires_grad: bool
    is_leaf: bool
    version: int
    storage: int
    values: Any
    stats: Stats | None = None
    note: str = ""
    """Why there are no values where one would expect some: "sparse", "inside vmap", …"""


class Span(msgspec.Struct, gc=False, frozen=True):
    """A piece of source: lines from 1, columns in characters from 0, the end exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


class Edge(msgspec.Struct, gc=False):
    """Where a gradient goes on: input number `input_nr` of the node `node`."""

    node: int
    input_nr: int


class Rule(msgspec.Struct, omit_defaults=True, gc=False):
    """The rule by which a node turns the incoming gradient into outgoing ones.

    `text` names it in school notation ("∂(x²) = 2·x"); `edges` has one entry for each edge of the
    node, with this step's numbers put in ("1 · 2·2 = 4"), or None where no gradient went.
    """

    text: str
    edges: tuple[str | None, ...]
    source: str = "school"
    """`school` for a rule written here, `pytorch` for one out of torch's own derivative tables."""


class Example(msgspec.Struct, omit_defaults=True, gc=False):
    """One element of a parameter through an optimizer's step.

    `numbers` holds what the rule takes, under the names of the optimizer's own documentation: `w` and `g`
    before the step, the settings of the group (`lr`, `momentum`, …), the state before (`buf`, `m`, `v`, `t`)
    and after (`buf'`, …), and `w'`, the new value.
    """

    index: tuple[int, ...]
    numbers: dict[str, float]
    rule: str = ""
    """The optimizer of torch's own whose rule made the new value; "" where that is the program's, or not known."""


class Points(msgspec.Struct, gc=False):
    """Values of a series: passes as 8-byte integers, values as 8-byte floats, both little-endian."""

    series: int
    passes: bytes
    values: bytes


class Group(msgspec.Struct, gc=False):
    """A parameter group of an optimizer: its number in the run, the optimizer's class, the learning rate."""

    number: int
    optimizer: str
    rate: float


class LineExpressions(msgspec.Struct, gc=False):
    """Expressions to evaluate each time that a line of the program has run, as `{…}` of an f-string takes them.

    `end_line` is the last line of the statement that begins at `line`. Line 0 stands for the program's end.
    """

    line: int
    end_line: int
    expressions: list[str]


class Result(msgspec.Struct, omit_defaults=True, gc=False):
    """What an expression came to: as text, the number where it is one, or the error that it raised."""

    text: str
    number: float | None = None
    error: str = ""


class Frame(msgspec.Struct, gc=False):
    """One level of a Python traceback."""

    file: str
    line: int
    function: str


# --- steps -----------------------------------------------------------------------------------------


class Step(Message):
    """One entry of a trace. `seq` is its index there, set where the trace is put together."""

    seq: int = msgspec.field(default=-1, name="seq")


class Line(Step, tag="line", kw_only=True):
    """A source line of the program is about to run; `depth` counts its calls from 0 at the module.

    `scope` numbers the call, so that the same name in two calls stays two names.
    """

    file: str
    line: int
    function: str
    depth: int
    scope: int = 0


class Op(Step, tag="op", kw_only=True):
    """A tensor operation ran.

    `name` is PyTorch's ("pow"), `api` the function that was called ("torch.Tensor.pow"), `node` the
    autograd node it made or None, `module` what the program calls the nn.Module it ran in ("model.net.0")
    or "", `mutates` the ids of the tensors it changed in place. `within` says that it ran inside a backward
    pass: "backward", or "recompute" for a checkpoint's second run.

    `span` lies in the program. Where a library or another module ran the operation, `place` says which
    ("BertSelfAttention.query", "Trace_ELBO.loss", "net.0"), and `library` where in a library that is not torch.
    """

    name: str
    api: str
    span: Span | None
    inputs: tuple[Preview, ...]
    outputs: tuple[Preview, ...]
    node: int | None
    module: str
    mutates: tuple[int, ...]
    scope: int = 0
    arguments: tuple[str, ...] = ()
    """Plain arguments in order of the call ("2", "dim=1"); tensors appear as "#id"."""
    within: str = ""
    place: str = ""
    library: Span | None = None
    no_grad: bool = False
    """Whether gradient mode was off."""
    evaluates: bool = False
    """Whether the innermost module was in evaluation mode."""


class Node(Step, tag="node", kw_only=True):
    """An autograd node was discovered. `next` has one entry an input, None where no gradient goes.

    `tensor` is the leaf that an AccumulateGrad node belongs to. `saved` maps the names of what the
    node keeps for its backward to short texts.
    """

    id: int
    name: str
    sequence_nr: int
    next: tuple[Edge | None, ...]
    saved: dict[str, str]
    tensor: int | None = None


class Bind(Step, tag="bind", kw_only=True):
    """A variable name came to mean a tensor; or, with `tensor` None, stopped to.

    `text` shows what the name means where it is no tensor but a plain value ("0.1").
    """

    name: str
    tensor: int | None
    preview: Preview | None = None
    text: str = ""
    scope: int = 0
    storage: int = 0
    """Of a NumPy array that shares its memory with a tensor: that tensor's `storage`."""


class Backward(Step, tag="backward", kw_only=True):
    """The engine ran a node: the summed gradient that came in, one gradient for each edge of `next`."""

    node: int
    grad_outputs: tuple[Preview | None, ...]
    grad_inputs: tuple[Preview | None, ...]
    rule: Rule | None
    scope: int = 0


class Accumulate(Step, tag="accumulate", kw_only=True):
    """A leaf received gradient. `incoming` is None where the program itself set or cleared `.grad`."""

    tensor: int
    incoming: Preview | None
    before: Preview | None
    after: Preview | None
    scope: int = 0


class Update(Step, tag="update", kw_only=True):
    """A tensor changed, `by` "optimizer", "in-place", or "shared memory" where no operation on it was seen.

    The last is a write through NumPy, through `.data`, or through another tensor on the same memory.
    """

    tensor: int
    before: Preview | None
    after: Preview
    by: str
    name: str = ""
    """The optimizer's class where there is one."""
    example: Example | None = None
    """How an optimizer came to the new value of one element."""


class Layer(Step, tag="layer", kw_only=True):
    """A layer ran that works otherwise in training than in evaluation: dropout, or a normalization by the batch.

    `active` says that it ran as in training, and `training` what the modules around it say, the innermost first. `node`
    is that of its output. A dropout that is not active hands its input on, and is no operation.
    """

    name: str
    active: bool
    module: str
    span: Span | None
    tensor: int
    output: int
    node: int | None
    training: list[bool]
    no_grad: bool = False
    scope: int = 0


class Activation(Step, tag="activation", kw_only=True):
    """An activation function ran, and what it did was measured: only where a run asks for that.

    `silent` are the numbers of the units that came to 0 for every sample; `saturated` is the part of all elements at
    which the function is flat, None where it is never flat on both sides.
    """

    name: str
    module: str
    span: Span | None
    output: int
    node: int | None
    units: int
    silent: list[int]
    saturated: float | None = None
    scope: int = 0


class Module(Step, tag="module", kw_only=True):
    """A module of the program, with all that is in it, ran for the first time, or with a part that is new.

    `parameters` are those that `parameters()` yields, by their names there; `loose` those of modules in plain lists and
    dicts, which it does not yield.
    """

    name: str
    type: str
    parameters: dict[str, int]
    loose: dict[str, int] = {}
    scope: int = 0


class Optimizer(Step, tag="optimizer", kw_only=True):
    """An optimizer "took" parameters, "cleared" their gradients, or "stepped".

    `tensors` are the parameters that it took, whose gradients it cleared, or that had a gradient at the step. `kept`
    are tensors from before its last step that are still alive, with the graphs behind them: up to `KEPT` of them.
    """

    number: int
    name: str
    did: str
    tensors: list[int]
    span: Span | None
    rates: list[float] = []
    """The learning rates of its groups."""
    kept: list[int] = []
    gradients: list[float] = []
    """Of a step: the root of the mean square of each gradient, in the order of `tensors`, where a run asks for that."""
    scope: int = 0


class Workers(Step, tag="workers", kw_only=True):
    """A DataLoader started processes, each with a copy of the dataset.

    `generators` are the random generators of the program's own that the dataset draws from, as it calls them. `seeded`
    says that the function run in each worker gives all of them one and the same seed.
    """

    count: int
    dataset: str
    span: Span | None
    generators: list[str] = []
    seeded: Span | None = None
    scope: int = 0


class Loss(Step, tag="loss", kw_only=True):
    """A tensor was sent backward. `value` is None where it holds more than one number."""

    iteration: int
    value: float | None
    name: str
    span: Span | None
    tensor: int | None = None
    node: int | None = None


class Output(Step, tag="output", kw_only=True):
    """The program wrote. `raw` holds the very bytes where they are no UTF-8 text."""

    stream: str
    text: str
    raw: bytes | None = None


class Evaluated(Step, tag="evaluated", kw_only=True):
    """A line with expressions has run: what they came to, in their order. Follows the line's own steps."""

    file: str
    line: int
    results: list[Result]


class Note(Step, tag="note", kw_only=True):
    """Something to know about the record from here on: what is left out of it, and why."""

    text: str
    resumes: bool = False
    """Whether a gap ends here: what was recorded before it is of another time."""
    leaves: bool = False
    """Whether a gap begins here: what is printed up to its end is kept, and little else."""


class Failure(Step, tag="failure", kw_only=True):
    """An exception left the program; `explanation` puts it in plain words, or is empty."""

    type: str
    message: str
    frames: list[Frame]
    explanation: str
    span: Span | None = None
    """What the program's own code was doing: of the innermost of its frames."""
    operation: str = ""
    """The operation of torch that raised it; "" where none did."""
    operands: list[Preview] = []
    """The tensors that it was given."""


class End(Step, tag="end", kw_only=True):
    """The run is over: exit status as a shell reports it (128 + N for signal N), and how it came to it."""

    status: int
    reason: str


class Finding(Step, tag="finding", kw_only=True):
    """Something is wrong with the program, and the record shows it. Found afterwards: it follows the record.

    `level` is `mistake`, which is proved, or `notice`, which is worth a look. `message` says what happened in this run,
    `why` it matters, and `fix` what to write instead. `steps` are the `seq` of the steps that show it.
    """

    rule: str
    level: str
    file: str
    line: int
    span: Span | None
    message: str
    why: str
    fix: str
    steps: list[int]


AnyStep = (
    Line
    | Op
    | Node
    | Bind
    | Backward
    | Accumulate
    | Update
    | Layer
    | Activation
    | Module
    | Optimizer
    | Workers
    | Loss
    | Output
    | Evaluated
    | Note
    | Failure
    | End
)

# --- kernel to screen, beside steps ------------------------------------------------------------------


class Hello(Message, tag="hello", kw_only=True):
    """The first frame, sent before torch is imported."""

    protocol: int
    version: str
    python: str
    pid: int


class Ready(Message, tag="ready", kw_only=True):
    """torch is imported; runs can start."""

    torch: str
    devices: list[str]


class Started(Message, tag="started", kw_only=True):
    """A run began: the steps that follow are its own."""

    run: int
    pid: int


class Source(Message, tag="source", kw_only=True):
    """The text of a file as it was when the run first reached it: of the program, or of a library that ran a step."""

    file: str
    text: str
    library: bool = False


class Mode(Message, tag="mode", kw_only=True):
    """What the run is doing from pass `passes` on; sent only of a run that may be watched.

    `recording`: every step is recorded. `watching`: only measured. `frozen`: an iteration was recorded
    whole, and the program waits. `paused`: it waits. `reason` is "", or why it came to it.
    """

    mode: str
    passes: int
    reason: str = ""


class Unseen(Message, tag="unseen", kw_only=True):
    """Where a program is whose lines are followed no more, since they touch no tensor; told while it goes on.

    `seconds` is the time since then. The loop there is in turn `turn` of `values`, as far as it can be told: 0
    stands for neither. `line` is 0 once lines are followed again.
    """

    file: str = ""
    line: int = 0
    seconds: float = 0.0
    turn: int = 0
    values: int = 0


class Series(Message, tag="series", kw_only=True):
    """A curve begins: a `loss`, `rate` (learning rate), `gradient` or `weights` (norms), or `memory` (bytes)."""

    id: int
    name: str
    quantity: str


class Measured(Message, tag="measured", kw_only=True):
    """What was measured since the last one: `seconds` after the start, at pass number `passes`."""

    passes: int
    seconds: float
    points: list[Points] = []
    groups: list[Group] = []


class Bad(Message, tag="bad", kw_only=True):
    """The answer to `FindBad`: where the first value came from that was not finite, though what it was made of was.

    `how` is "operation", "backward" (of the operation at `span`), "update", or "" where none was found.
    """

    request: int
    how: str = ""
    name: str = ""
    span: Span | None = None
    text: str = ""
    """The source at `span`."""
    passes: int = 0
    """The pass in which it happened, from 1."""
    inputs: list[Preview] = []
    outputs: list[Preview] = []
    names: dict[int, str] = {}
    """The program's names for them, by tensor."""
    place: list[int] = []
    """Where in the first output the first value stands that is not finite."""
    value: float = 0.0
    """That value."""
    there: list[float | None] = []
    """What stood at the same place in each input, where the operation works element by element."""
    replayed: int = 0
    """Passes that were run so far: more messages follow until `done`."""
    done: bool = True
    error: str = ""


class Inspection(Message, tag="inspection", kw_only=True):
    """The answer to `Inspect`: a preview with statistics and a slice, or why there is none."""

    request: int
    preview: Preview | None
    values: Any = None
    """The slice that was asked for, a nested list."""
    error: str = ""


class Difference(msgspec.Struct, kw_only=True, gc=False):
    """How far one input's gradient lies from finite differences, over the entries that were looked at.

    `error` is the largest absolute difference, found at `index`, where the two numbers were
    `analytic` and `numeric`.
    """

    tensor: int
    shape: tuple[int, ...]
    tried: int
    entries: int
    error: float
    index: tuple[int, ...]
    analytic: float
    numeric: float


class Checked(Message, tag="checked", kw_only=True):
    """The answer to `Check`: what was checked, input by input, or why it could not be."""

    request: int
    what: str
    inputs: list[Difference] = []
    error: str = ""


class Axis(msgspec.Struct, gc=False):
    """One number that a loss is a function of: an entry, counted through all dimensions, of a tensor.

    From `low` to `high` it takes `points` values, evenly spread.
    """

    tensor: int
    entry: int
    name: str
    low: float
    high: float
    points: int

    def numbers(self) -> list[float]:
        """The values that it takes."""
        step = (self.high - self.low) / max(1, self.points - 1)
        return [self.low + n * step for n in range(self.points)]


class Sampled(Message, tag="sampled", kw_only=True):
    """The answer to `Sample`: the loss over the points of the axes, the last axis the fastest, or why there is none.

    There may be fewer points than were asked for: only so many can be computed in the time.
    """

    request: int
    axes: list[Axis] = []
    values: list[float] = []
    error: str = ""


class Described(Message, tag="described", kw_only=True):
    """The answer to `Describe`: how a function is called, and the first paragraph of what torch says of it."""

    request: int
    signature: str = ""
    text: str = ""


class Attached(Message, tag="attached", kw_only=True):
    """To a screen that comes to a run: what it was asked for. The whole record follows."""

    run: Run


class Detached(Message, tag="detached", kw_only=True):
    """The run goes on without this screen; `name` finds it again."""

    name: str


class Complaint(Message, tag="complaint", kw_only=True):
    """The kernel could not do what was asked: what happened, where, what to do."""

    text: str


Event = (
    AnyStep
    | Hello
    | Ready
    | Started
    | Source
    | Inspection
    | Checked
    | Sampled
    | Described
    | Complaint
    | Mode
    | Unseen
    | Series
    | Measured
    | Bad
    | Attached
    | Detached
)

# --- screen to kernel ------------------------------------------------------------------------------


class Run(Message, tag="run", kw_only=True):
    """Run `path` as `python path *args` would; the run before it, if any, is ended.

    With `module`, `path` is a module's name, run as `python -m path *args` would. `source` replaces
    the file's text. `device` is "", "auto", "cpu", "mps", or "cuda" or "xpu" with or without ":N".
    """

    run: int
    path: str
    args: list[str] = []
    source: str | None = None
    module: bool = False
    device: str = ""
    max_steps: int = MAX_STEPS
    expressions: list[LineExpressions] = []
    watch: str = ""
    """"auto": record until a loop is seen to train, then watch; "always": watch from the start; "": record all."""
    keep: bool = False
    """Whether the run goes on, detached, when the screen is lost."""
    detail: int = 0
    """Iterations of each loop that trains that are recorded before it is only measured, up to its end; 0: all of it."""
    rounds: int = 0
    """Rounds of a loop, with another one in it that trains, after which it is only measured, too; 0 for never."""
    statistics: bool = False
    """Whether activations and gradients are measured in what is recorded."""
    norms: float = 0.5
    """Seconds between two looks at norms and memory while it is watched; 0 for none."""
    beside: bool = False
    """Whether it runs in the folder that its file lies in, and `~` in `path` stands for the home there."""


class Stop(Message, tag="stop", kw_only=True):
    """End the current run.

    A watched run gets its KeyboardInterrupt between two iterations, and all the time it needs then. Any
    other, and a second `Stop`, gets it at once, and is ended by force where that does not help in a second.
    """


class Freeze(Message, tag="freeze", kw_only=True):
    """Record the next whole iteration of a watched run, then hold it. A held run goes on for it."""


class Pause(Message, tag="pause", kw_only=True):
    """Hold a watched run at the end of an iteration."""


class Continue(Message, tag="continue", kw_only=True):
    """Let a held run go on, watched."""


class Watch(Message, tag="watch", kw_only=True):
    """Stop recording a run that may be watched before the next line that would be recorded; watch it from there on."""


class FreezeWhen(Message, tag="freeze_when", kw_only=True):
    """Freeze by itself: when a loss is not `finite`, rises by `jump` times its recent range, or when the
    norm of all gradients of a step passes `norm`. 0 leaves a condition out.
    """

    finite: bool = False
    jump: float = 0.0
    norm: float = 0.0


class SetRate(Message, tag="set_rate", kw_only=True):
    """Give a parameter group another learning rate, before its next step."""

    group: int
    rate: float


class Detach(Message, tag="detach", kw_only=True):
    """Go on without a screen, and listen for the next one."""


class FindBad(Message, tag="find_bad", kw_only=True):
    """Run a program once more, unseen, up to the pass `passes`, for the first value that is not finite."""

    request: int
    run: Run
    passes: int


class Inspect(Message, tag="inspect", kw_only=True):
    """Ask about a live tensor. `index` picks one slice of each leading dimension."""

    request: int
    tensor: int
    index: list[int] = []
    rows: int = 64
    columns: int = 64


class Check(Message, tag="check", kw_only=True):
    """Run a program once more, unseen, and compare gradients with finite differences.

    Of the operation that made the node `node`; or, where that is None, of the whole loss number
    `iteration` by every leaf that it depends on.
    """

    request: int
    run: Run
    node: int | None = None
    iteration: int = 1


class Sample(Message, tag="sample", kw_only=True):
    """Run a program once more, unseen, and compute loss number `iteration` for other values of one or two numbers.

    It takes about `seconds`, besides the run.
    """

    request: int
    run: Run
    iteration: int
    axes: list[Axis]
    seconds: float = 2.0


class Describe(Message, tag="describe", kw_only=True):
    """Ask what torch itself says of a function, by its public name: `torch.Tensor.sum`."""

    request: int
    name: str


class Shutdown(Message, tag="shutdown", kw_only=True):
    """End the current run and the kernel."""


Question = Check | Sample | FindBad
"""What a second, unseen run of the program answers."""

Answer = Checked | Sampled | Bad
"""What answers it."""

Request = (
    Run
    | Stop
    | Inspect
    | Check
    | Sample
    | Describe
    | Shutdown
    | Freeze
    | Pause
    | Continue
    | Watch
    | FreezeWhen
    | SetRate
    | Detach
    | FindBad
)
