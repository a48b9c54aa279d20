"""Python that touches no tensor runs unseen once its lines have been seen often enough."""

from __future__ import annotations

from collections import Counter

from tests.conftest import stdout_of, steps
from tests.kernel.record.test_recorder import Record
from tutor_tui.kernel.record.plain_python import TURNS
from tutor_tui.protocol.messages import Backward, Bind, Line, Loss, Note, Op, Output
from tutor_tui.trace.record.trace import Trace


def times(trace: Trace) -> Counter[int]:
    """How often each line was recorded."""
    return Counter(step.line for step in steps(trace, Line))


def notes(trace: Trace) -> list[str]:
    return [step.text.split(",")[0].split(" for ")[0].split(" without ")[0] for step in steps(trace, Note)]


AWAY = f"Line {{}} has run {TURNS} times"
BACK = "Python ran untraced"


def test_a_long_loop_is_seen_at_its_beginning_and_what_it_left_behind(record: Record) -> None:
    trace = record(
        """
        import torch
        count = 0
        for i in range(100_000):
            count += i
        print("counted")
        x = torch.tensor(float(count), requires_grad=True)
        (x * 2).backward()
        """
    )
    assert times(trace)[4] + times(trace)[5] < 2 * TURNS + 2
    assert notes(trace) == [AWAY.format(4), BACK]
    assert "it loops over 100,000 values." in steps(trace, Note)[0].text
    told = {step.name: step.text for step in steps(trace, Bind) if step.text}
    assert (told["count"], told["i"]) == ("4999950000", "99999")
    lines = [step for step in trace.steps if isinstance(step, (Line, Op, Output))]
    at = next(index for index, step in enumerate(lines) if isinstance(step, Output))
    assert [type(step) for step in lines[at : at + 3]] == [Output, Line, Op]
    assert [step.line for step in lines[at:] if isinstance(step, Line)] == [7, 8]
    assert len(steps(trace, Backward)) == 1


def test_lines_come_back_with_the_next_operation_in_the_loop(record: Record) -> None:
    trace = record(
        """
        import torch
        x = torch.ones(1)
        n = 0
        for i in range(4000):
            n += 1
            if n % 1000 == 0:
                x = x * 2
        print(x.item(), n)
        """
    )
    assert stdout_of(trace) == "16.0 4000\n"
    assert [op.name for op in steps(trace, Op)] == ["ones", *["mul"] * 4]
    assert notes(trace) == [AWAY.format(5), BACK] * 4
    seen = times(trace)
    assert seen[8] == 4  # each line that operates on a tensor
    assert TURNS * 3 < seen[6] < TURNS * 6
    assert {step.scope for step in steps(trace, Line)} == {0}
    assert [step.text for step in steps(trace, Bind) if step.name == "n"][-1] in ("3999", "4000")


def test_calls_are_entered_when_a_tensor_is_touched_in_them(record: Record) -> None:
    trace = record(
        """
        import torch
        def small(text):
            return len(text)
        def large(size):
            shape = size % 5
            return torch.ones(shape)
        sizes = []
        for word in ["word", "words"] * 3000:
            sizes.append(small(word))
        kept = []
        for size in sizes[:2]:
            kept.append(large(size))
        print([t.shape[0] for t in kept])
        """
    )
    assert stdout_of(trace) == "[4, 0]\n"
    seen = times(trace)
    assert seen[4] <= TURNS
    inside = [step for step in steps(trace, Line) if step.function == "large"]
    assert [(step.line, step.depth) for step in inside] == [
        (7, 1),
        (6, 1),
        (7, 1),
    ]  # first in its middle
    assert [step.text for step in steps(trace, Bind) if step.name == "shape"] == ["4", "0"]
    assert [op.scope for op in steps(trace, Op)] == [step.scope for step in inside if step.line == 7]


def test_a_comprehension_and_a_generator_run_unseen_too(record: Record) -> None:
    trace = record(
        """
        import torch
        text = "abcde" * 20_000
        codes = {c: i for i, c in enumerate(sorted(set(text)))}
        data = torch.tensor([codes[c] for c in text])
        def pairs():
            for a in text:
                yield a, a
        count = sum(1 for a, b in pairs())
        more = data + count
        """
    )
    assert len(steps(trace, Line)) < 10 * TURNS
    assert [op.name for op in steps(trace, Op)] == ["tensor", "add"]
    assert notes(trace)[:2] == [AWAY.format(5), BACK]


def test_a_loop_that_trains_is_never_passed_over(record: Record) -> None:
    trace = record(
        """
        import torch
        w = torch.ones(1, requires_grad=True)
        opt = torch.optim.SGD([w], lr=0.1)
        for turn in range(300):
            loss = (w * 2).sum()
            opt.zero_grad()
            loss.backward()
            opt.step()
        """
    )
    assert len(steps(trace, Loss)) == times(trace)[8] == 300
    assert notes(trace) == []


def test_threads_of_a_program_that_still_run_keep_it_in_sight(record: Record) -> None:
    trace = record(
        """
        import threading, torch
        go, done = threading.Event(), threading.Event()
        def work():
            go.wait()
            torch.ones(1)
            done.set()
        thread = threading.Thread(target=work)
        thread.start()
        n = 0
        while n < 1000:
            n += 1
        go.set()
        done.wait()
        thread.join()
        """
    )
    assert times(trace)[12] == 1000
    assert notes(trace) == []


AWAY_FIRST = """
import gc, threading, torch
def away():
    n = 0
    for i in range(300):
        n += i
"""


def test_a_thread_that_starts_meanwhile_is_recorded(record: Record) -> None:
    trace = record(
        AWAY_FIRST + "away()\ndef work():\n    torch.ones(2) * 3\n"
        "thread = threading.Thread(target=work)\nthread.start()\nthread.join()\n"
    )
    assert [op.name for op in steps(trace, Op)] == ["ones", "mul"]


def test_what_a_call_holds_is_freed_with_it(record: Record) -> None:
    trace = record(
        AWAY_FIRST + "gc.disable()\nclass Big:\n    def __del__(self): print('freed')\n"
        "def prepare():\n    big = Big()\n    for i in range(300): pass\nprepare()\nprint('prepared')\n"
    )
    assert stdout_of(trace) == "freed\nprepared\n"


def test_a_generator_goes_on_being_followed(record: Record) -> None:
    trace = record(
        "import torch\ndef batches():\n    for i in range(4):\n        for j in range(300): pass\n        yield i\n"
        "for t in batches(): x = torch.ones(1) * t\n"
    )
    assert times(trace)[4] > 4 * TURNS - 10
    assert notes(trace) == [AWAY.format(4), BACK] * 4
