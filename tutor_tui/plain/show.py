"""`tutor-tui show`: the walk as plain sentences, for screen readers and pipes."""

from __future__ import annotations

import itertools
import shutil
import sys
from collections.abc import Iterator
from textwrap import fill

from tutor_tui.client.target import Target
from tutor_tui.course.answers import due, judge, meant, question, readable
from tutor_tui.course.plan import Plan
from tutor_tui.course.runner import Runner
from tutor_tui.course.speaker import Speaker, all_of
from tutor_tui.errors import KernelError
from tutor_tui.findings.judge import judge as judge_all
from tutor_tui.findings.judge import passed_over
from tutor_tui.plain.trace import KERNEL_FAILED
from tutor_tui.text.ascii import ascii_text
from tutor_tui.text.safe import safe
from tutor_tui.trace.look.cursor import Cursor
from tutor_tui.trace.look.go_to import HINT, find_place
from tutor_tui.trace.record.trace import Trace
from tutor_tui.trace.words.found import counted, proof
from tutor_tui.trace.words.spoken import graph_lines, loss_lines, state_lines, step_lines, where_line

MANY = 200
"""Lines of one answer; of more, the rest is counted."""
CHOICES = (
    ("next", "Next step"),
    ("previous", "Previous step"),
    ("next_line", "Next line"),
    ("forward", "Start of the forward pass"),
    ("backward", "Start of the backward pass"),
    ("state", "Names and values"),
    ("graph", "The graph"),
    ("losses", "The losses"),
    ("place", "Go to a step, line or pass"),
    ("quit", "Quit"),
)


def show(target: Target, ascii_only: bool, plan: Plan | None = None) -> int:
    """Run a program; at a keyboard walk it by numbers, into a pipe tell all of it. The program's status.

    With the plan of a lesson its notes are told, and its questions asked.
    """

    def complain(text: str) -> None:
        print(f"tutor-tui: {safe(text)}", file=sys.stderr)

    try:
        with Runner(complain) as runner:
            trace = runner.run(target)
    except KernelError as error:
        complain(str(error))
        return KERNEL_FAILED
    judge_findings(trace)
    try:
        teller = Teller(trace, ascii_only, plan)
        if sys.stdin.isatty() and sys.stdout.isatty():
            teller.walk()
        else:
            teller.tell_all()
    except (KeyboardInterrupt, EOFError):
        print()
    return trace.end.status if trace.end is not None else 1


def judge_findings(trace: Trace) -> None:
    """Find out what is wrong with the program."""
    trace.findings = judge_all(trace, fault=passed_over)


def found_lines(trace: Trace) -> Iterator[str]:
    """What is wrong with a program, each with the steps that prove it."""
    for finding in trace.findings:
        yield f"A {finding.level} in line {finding.line}: {safe(finding.message)}"
        yield f"Why: {safe(finding.why)}"
        yield f"Fix: {safe(finding.fix)}"
        yield from (f"Proof: {safe(proof(trace, seq))}" for seq in finding.steps)


class Teller:
    """Prints sentences about a trace."""

    def __init__(self, trace: Trace, ascii_only: bool, plan: Plan | None = None) -> None:
        self._trace = trace
        self._plan = plan
        self._speaker = Speaker(plan, trace) if plan is not None else None
        self._asked: set[str] = set()
        self._width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
        self._cursor = Cursor(trace)
        self._ascii = ascii_only or (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"

    def tell_all(self) -> None:
        """Every step, then the state at the end and the losses."""
        for lines in all_of(self._trace, self._speaker):
            self._say(lines)
        self._say(found_lines(self._trace))

    def walk(self) -> None:
        """Tell one step, ask for a number, and again."""
        menu = ". ".join(f"{n % 10} {text}" for n, (_, text) in enumerate(CHOICES, 1))
        self._say(
            [f"{len(self._trace)} steps were recorded. Type a number, then Enter; just Enter is 1.", menu]
        )
        if self._speaker is not None:
            self._say(self._speaker.opening())
        if self._trace.findings:
            self._say([f"{counted(self._trace.findings)} found. Type w for what is wrong."])
        self._tell()
        while True:
            typed = input("number> ").strip() or "1"
            if typed in ("q", "quit"):
                return
            if typed == "w":
                self._say(found_lines(self._trace) if self._trace.findings else ["Nothing wrong was found."])
                continue
            if typed not in "0123456789":
                self._say([f"{typed} is not a choice. {menu}"])
                continue
            choice = CHOICES[(int(typed) or 10) - 1][0]
            if choice == "quit":
                return
            self._do(choice)

    def _do(self, choice: str) -> None:
        trace, index = self._trace, self._cursor.index
        if choice == "state":
            self._say(state_lines(trace, index))
        elif choice == "graph":
            self._say(graph_lines(trace, index))
        elif choice == "losses":
            self._say(loss_lines(trace))
        elif choice == "place":
            found, why_not = find_place(trace, index, input(f"{HINT}> "))
            self._stand(self._cursor if found is None else self._cursor.at(found), why_not)
        else:
            after = self._cursor.after(choice)
            self._ask(index, after.index)
            self._stand(after, "There is nothing further that way.")

    def _stand(self, cursor: Cursor, why_not: str) -> None:
        """Stand somewhere else and tell of it; or say why that cannot be."""
        if cursor.index == self._cursor.index:
            self._say([why_not or "You are already there."])
            return
        self._cursor = cursor
        self._tell()

    def _tell(self) -> None:
        self._say([where_line(self._trace, self._cursor.index)])
        self._say(step_lines(self._trace, self._cursor.index))
        if self._speaker is not None:
            self._say(self._speaker.at(self._cursor.index))

    def _ask(self, before: int, now: int) -> None:
        """Put the questions that lie between two stops, before what they ask is told. Enter skips one."""
        if self._plan is None:
            return
        for predict in due(self._plan, self._trace, before, now, self._asked):
            self._asked.add(predict.key)
            answer = self._plan.answer(predict, self._trace)
            given = input(f"{question(predict)} (Enter skips)> ").strip()
            while given and (wrong := readable(predict, given)):
                given = input(f"{wrong}> ").strip()
            if given and answer is not None:
                self._say([judge(predict, meant(predict, given), answer)[1]])

    def _say(self, lines: Iterator[str] | list[str]) -> None:
        lines = iter(lines)
        for line in itertools.islice(lines, MANY):
            text = ascii_text(line) if self._ascii else line
            print(fill(text, self._width, break_on_hyphens=False) if self._width and text else text)
        if left := sum(1 for _ in lines):
            print(f"and {left} more.")
