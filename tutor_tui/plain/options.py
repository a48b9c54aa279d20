"""Options and targets that several commands have."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import click

from tutor_tui.client.target import Target
from tutor_tui.errors import UsageError
from tutor_tui.protocol.limits import MAX_STEPS

DEVICE = r"auto|cpu|mps|(cuda|xpu)(:\d+)?"


class Device(click.ParamType[str]):
    """`auto`, `cpu`, `mps`, or `cuda` or `xpu` with or without a number."""

    name = "device"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The value itself; a usage error for anything else."""
        import re

        if value and not re.fullmatch(DEVICE, str(value)):
            self.fail(f"{value!r} is not a device; use auto, cpu, cuda, cuda:N, xpu or mps", param, ctx)
        return str(value)


class Size(click.ParamType[tuple[int, int]]):
    """`120x40`, in columns and rows."""

    name = "size"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """Two numbers; a usage error for anything else, or for what nothing fits into."""
        if isinstance(value, tuple):
            return value
        columns, _, rows = str(value).lower().partition("x")
        if not (
            columns.isdigit() and rows.isdigit() and 60 <= int(columns) <= 400 and 15 <= int(rows) <= 200
        ):
            self.fail(f"{value!r} is not a size; use COLUMNSxROWS, from 60x15 to 400x200", param, ctx)
        return int(columns), int(rows)


def with_run_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that every command with a run has."""
    command = click.option(
        "--max-steps", default=MAX_STEPS, show_default=True, help="Maximum number of steps to record."
    )(command)
    return click.option(
        "--device",
        type=Device(),
        default="",
        help="torch's default device: auto, cpu, cuda, cuda:N, xpu or mps.",
    )(command)


ascii_option = click.option("--ascii", "ascii_only", is_flag=True, help="Draw with ASCII characters only.")


def host_option(command: Callable[..., None]) -> Callable[..., None]:
    """Where the kernel runs."""
    command = click.option(
        "--remote-python", default="python3", show_default=True, help="The remote Python that has tutor-tui."
    )(command)
    return click.option(
        "--host",
        default="",
        help="Run on this host over ssh, sending the script's folder; or give HOST:PATH.",
    )(command)


as_module = click.option("-m", "module", is_flag=True, help="Run a module by name, as python -m does.")


def checked(script: str) -> str:
    """The path of a script that can be opened; `UsageError` says why one cannot."""
    if os.path.isdir(script):
        raise UsageError(f"{script} is a folder, not a program; name a .py file in it")
    if not os.path.exists(script):
        raise UsageError(f"there is no file {script}; check the path (you are in {os.getcwd()})")
    if not os.access(script, os.R_OK):
        raise UsageError(f"{script} cannot be read; check its permissions")
    return script


def is_script(target: str) -> bool:
    """Whether a target is a file of one's own, and not the name of a lesson."""
    return os.path.exists(target) or os.sep in target or target.endswith(".py")


def behind_a_lesson(
    command: click.Command, rest: list[str], as_json: bool, device: str, max_steps: int
) -> dict[str, Any]:
    """Our options where they stand behind the name of a lesson; a usage error for anything else."""
    parser = click.Command("trace", params=[p for p in command.params if isinstance(p, click.Option)])
    context = parser.make_context("tutor-tui trace TARGET", rest)
    found = context.params
    counted = context.get_parameter_source("max_steps") is click.core.ParameterSource.COMMANDLINE
    return {
        "as_json": as_json or found["as_json"],
        "device": found["device"] or device,
        "max_steps": found["max_steps"] if counted else max_steps,
    }


def program(script: str, args: tuple[str, ...], module: bool, device: str, max_steps: int) -> Target:
    """A script of one's own, or a module by its name."""
    path = script if module else checked(script)
    return Target(path, args, module, device=device, max_steps=max_steps)


def target_of(target: str, args: tuple[str, ...], module: bool, device: str, max_steps: int) -> Target:
    """A program of one's own, or a lesson by its name."""
    if module or is_script(target):
        return program(target, args, module, device, max_steps)
    return _lesson(target, device, max_steps)


def _lesson(name: str, device: str, max_steps: int) -> Target:
    """A built-in lesson, on the CPU unless asked otherwise."""
    from tutor_tui.course.commands import trusted
    from tutor_tui.lessons.catalog import Catalog

    lesson = trusted(Catalog().find(name))
    return Target(str(lesson.code), device=device or "cpu", max_steps=max_steps, detail=lesson.detail)


def asked(ctx: click.Context, max_steps: int) -> int:
    """The number of steps that was asked for; 0 where a lesson may have its own."""
    given = ctx.get_parameter_source("max_steps") is click.core.ParameterSource.COMMANDLINE
    return max_steps if given else 0
