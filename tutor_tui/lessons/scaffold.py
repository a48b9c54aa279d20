"""`tutor-tui new`: a lesson to start from, small and complete."""

from __future__ import annotations

from pathlib import Path

from tutor_tui.errors import LessonError

FILES = {
    "lesson.toml": """\
format_version = 1
title = "A lesson of my own"
summary = "What this lesson teaches, in one sentence."
order = 1
minutes = 5
objectives = ["say what a gradient is"]
fold = ["import torch"]          # lines that a walk passes quickly

[[knob]]                         # a literal that the learner can change
name = "x"
at = "x = torch.tensor(3.0, requires_grad=True)"
literal = "3.0"
values = ["1.0", "2.0", "3.0"]

[[predict]]                      # asked before the line's value is seen; kind: number, choice or shape
at = "y.backward()"
ask = "What will x.grad be?"
kind = "number"
answer = "x.grad"
because = "The slope of x*x is 2x."
""",
    "code.py": """\
import torch

x = torch.tensor(3.0, requires_grad=True)
y = x * x
y.backward()
print(x.grad)
""",
    "notes.md": """\
# A lesson of my own

First say what it is about. A heading that quotes a line of `code.py` starts the note on that line.

## `y = x * x`

The run computes what is in braces: y is {y}. Never type a result. Rows may follow, each of one kind:

- given: x, twice.
- worked: {x} × {x} = {y}
- means: how to read the result.

## `y.backward()`

The slope is {x.grad}.

## A table to look up

| name | meaning    |
|------|------------|
| x    | the input  |
| y    | the result |
""",
    "exercise/exercise.toml": """\
task = "Make z the cube of x, and call backward on it."
hints = ["A cube is three factors of x.", "Which method of z starts the backward pass?"]

[[claim]]                        # see and expect are evaluated when the program has ended
says = "z is the cube of x"
see = "z.item()"
expect = "x.item()**3"           # optionally with within = "0.1"; or below = "0.001", above = "0"

[[claim]]                        # or: an operation, "backward" or "update" must have run
says = "a backward pass has run"
ran = "backward"
""",
    "exercise/starter.py": """\
import torch

x = torch.tensor(2.0, requires_grad=True)
z = x
""",
    "exercise/solution.py": """\
import torch

x = torch.tensor(2.0, requires_grad=True)
z = x * x * x
z.backward()
""",
}


def scaffold(folder: Path) -> list[Path]:
    """Write a small lesson that passes its check; the files. `LessonError` where something is in the way."""
    if folder.exists() and any(folder.iterdir()):
        raise LessonError(f"{folder} is not empty; name a folder that does not exist yet")
    written = []
    try:
        for name, text in FILES.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            written.append(path)
    except OSError as error:
        raise LessonError(f"{error.filename}: {error.strerror}") from error
    return written
