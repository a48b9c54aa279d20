"""The commands. Each imports its own side, when it runs: a screen never loads torch."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tutor_tui import __version__
from tutor_tui.client.ssh import Host, send_folder, split_target
from tutor_tui.client.target import Target
from tutor_tui.course.commands import COMMANDS, lessons_option, trusted
from tutor_tui.course.plan import Plan
from tutor_tui.errors import TutorError, UsageError
from tutor_tui.lessons.catalog import Catalog
from tutor_tui.protocol.limits import MAX_STEPS

if TYPE_CHECKING:
    from tutor_tui.client.process import Kernel

DEVICE = r"auto|cpu|cuda(:\d+)?"


class Device(click.ParamType[str]):
    """`auto`, `cpu`, `cuda` or `cuda:N`."""

    name = "device"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The value itself; a usage error for anything else."""
        import re

        if value and not re.fullmatch(DEVICE, str(value)):
            self.fail(f"{value!r} is no device; use auto, cpu, cuda or cuda:N", param, ctx)
        return str(value)


class Kind(click.Group):
    """A group whose commands turn our errors into one clear line and exit status 2."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except TutorError as error:
            raise _Refusal(str(error)) from error


class _Refusal(click.ClickException):
    exit_code = 2

    def show(self, file: Any = None) -> None:
        click.echo(f"tutor-tui: {self.message}", err=True)


def with_run_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that every command with a run has."""
    command = click.option(
        "--max-steps", default=MAX_STEPS, show_default=True, help="How many steps the record may hold."
    )(command)
    return click.option(
        "--device", type=Device(), default="", help="torch's default device: auto, cpu, cuda or cuda:N."
    )(command)


ascii_option = click.option("--ascii", "ascii_only", is_flag=True, help="Draw with ASCII characters only.")


def host_option(command: Callable[..., None]) -> Callable[..., None]:
    """Where the kernel runs."""
    command = click.option(
        "--remote-python", default="python3", show_default=True, help="The Python there that has tutor-tui."
    )(command)
    return click.option(
        "--host", default="", help="Run there, through ssh: the script's folder is sent. Or name HOST:PATH."
    )(command)


as_module = click.option(
    "-m", "module", is_flag=True, help="The target is a module's name, run as python -m would."
)


@click.group(cls=Kind, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tutor-tui")
@click.option("--device", type=Device(), default="", help="torch's default device for the lesson.")
@ascii_option
@lessons_option
@click.pass_context
def main(ctx: click.Context, device: str, ascii_only: bool, folders: tuple[Path, ...]) -> None:
    """See how PyTorch works: walk a real program step by step. Alone: a list of lessons."""
    if ctx.invoked_subcommand is None:
        _open(None, Target("", device=device), ascii_only, catalog=Catalog(folders))


for command in COMMANDS:
    main.add_command(command)


@main.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("script")
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
@as_module
@ascii_option
@click.option(
    "--watch/--record",
    "watched",
    default=None,
    help="LineExpressions from the start, or record all of it. Else: record, and watch once a loop is seen to train.",
)
@host_option
@click.option("--norms", default=0.5, show_default=True, help="Seconds between two looks at norms; 0: none.")
@with_run_options
def run(
    script: str,
    args: tuple[str, ...],
    module: bool,
    ascii_only: bool,
    watched: bool | None,
    norms: float,
    host: str,
    remote_python: str,
    device: str,
    max_steps: int,
) -> None:
    """Open your own program SCRIPT, run with ARGS, in the screen."""
    watch = {None: "auto", True: "always", False: ""}[watched]
    named, path = ("", script) if module or host else split_target(script)
    if not host and not named:
        target = _program(script, args, module, device, max_steps)
        _open(replace(target, watch=watch, norms=norms), ascii_only=ascii_only)
        return
    _prepare()
    there = Host(host or named, remote_python)
    if host and not module:
        checked(script)
        click.echo(f"Sending the folder of {script} to {host}…", err=True)
        path = send_folder(there, script, lambda text: click.echo(text, err=True))
    target = Target(
        path,
        args,
        module,
        device=device,
        max_steps=max_steps,
        watch=watch,
        norms=norms,
        keep=True,
        beside=not module,
    )
    _open(target, ascii_only=ascii_only, host=there)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Look at Python, torch, devices, the terminal and the folders: what is missing, and what to do."""
    from tutor_tui.plain.doctor import doctor as examine

    ctx.exit(examine(as_json))


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
            self.fail(f"{value!r} is no size; use COLUMNSxROWS, from 60x15 to 400x200", param, ctx)
        return int(columns), int(rows)


@main.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": True})
@click.argument("target")
@click.option("--script", "script_file", type=click.Path(path_type=Path), help="A play.toml of your own.")
@click.option("--record", "cast", metavar="FILE.cast", help="Write an asciicast instead of playing.")
@click.option("--cast-version", type=click.Choice(["2", "3"]), default="2", show_default=True)
@click.option("--svg", metavar="FILE.svg", help="Write one picture instead of playing.")
@click.option("--step", type=click.IntRange(1), help="The step of that picture; else where the play ends.")
@click.option("--size", type=Size(), default="120x40", show_default=True, help="Of a record or a picture.")
@click.option("--speed", type=click.FloatRange(0.1, 100), default=1.0, show_default=True)
@click.option("--theme", default="", help="A theme's name, as t goes through them.")
@click.option("--loop", is_flag=True, help="Again from the start, until a key is pressed.")
@ascii_option
@with_run_options
def play(
    target: str,
    script_file: Path | None,
    cast: str | None,
    cast_version: str,
    svg: str | None,
    step: int | None,
    size: tuple[int, int],
    speed: float,
    theme: str,
    loop: bool,
    ascii_only: bool,
    device: str,
    max_steps: int,
) -> None:
    """Play a walk of TARGET, a lesson or a script, by itself. Space pauses, any other key takes over."""
    from tutor_tui.ui.play.command import Play

    plan = None if is_script(target) else Plan(trusted(Catalog().find(target)))
    program = _program(target, (), False, device or "cpu", max_steps) if plan is None else None
    performance = Play(program, plan, script_file, theme, ascii_only, speed)
    if cast:
        performance.record(cast, size, int(cast_version))
    if svg:
        performance.still(svg, size, step)
    if not cast and not svg:
        _needs_terminal()
        performance.live(loop)


@main.command()
@click.argument("name", required=False)
@click.option("--list", "listed", is_flag=True, help="Only name the runs that wait.")
@host_option
@ascii_option
def attach(name: str | None, listed: bool, host: str, remote_python: str, ascii_only: bool) -> None:
    """Come back to a run that was left alone: the one called NAME, or the only one there is."""
    from tutor_tui.client.attach import choose, listing

    there = Host(host, remote_python) if host else None
    if listed:
        click.echo(listing(there))
        return
    _prepare()
    _open(None, Target(""), ascii_only, attached=choose(name, there), host=there)


@main.command()
@click.argument("name")
@ascii_option
@lessons_option
@with_run_options
def learn(name: str, ascii_only: bool, folders: tuple[Path, ...], device: str, max_steps: int) -> None:
    """Open the lesson NAME in the screen."""
    catalog = Catalog(folders)
    plan = Plan(trusted(catalog.find(name)))
    options = Target("", device=device, max_steps=max_steps)
    _open(None, options, ascii_only, catalog, plan)


@main.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("target")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines: one step a line.")
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
@with_run_options
@as_module
@click.pass_context
def trace(
    ctx: click.Context,
    target: str,
    as_json: bool,
    args: tuple[str, ...],
    module: bool,
    device: str,
    max_steps: int,
) -> None:
    """Print the record of TARGET, a lesson or a script, and exit with the program's own status."""
    from tutor_tui.plain.trace import print_trace

    rest = list(args)
    if rest[:1] == ["--json"]:  # the option may also stand behind the target
        as_json, rest = True, rest[1:]
    if rest and not module and not is_script(target):  # a lesson takes no arguments: these are ours
        ctx.forward(trace, args=(), **_behind_a_lesson(rest, as_json, device, max_steps))
        return
    ctx.exit(print_trace(_target(target, tuple(rest), module, device, max_steps), as_json=as_json))


@main.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("target")
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
@as_module
@ascii_option
@lessons_option
@with_run_options
@click.pass_context
def show(
    ctx: click.Context,
    target: str,
    args: tuple[str, ...],
    module: bool,
    ascii_only: bool,
    folders: tuple[Path, ...],
    device: str,
    max_steps: int,
) -> None:
    """Walk TARGET, a lesson or a script, as plain sentences: for screen readers and pipes."""
    from tutor_tui.plain.show import show as show_plainly

    if module or is_script(target):
        ctx.exit(show_plainly(_program(target, args, module, device, max_steps), ascii_only))
    plan = Plan(trusted(Catalog(folders).find(target)))
    ctx.exit(show_plainly(plan.target(device, _asked(ctx, max_steps)), ascii_only, plan))


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


def _behind_a_lesson(rest: list[str], as_json: bool, device: str, max_steps: int) -> dict[str, Any]:
    """Our options where they stand behind the name of a lesson; a usage error for anything else."""
    parser = click.Command("trace", params=[p for p in trace.params if isinstance(p, click.Option)])
    context = parser.make_context("tutor-tui trace LESSON", rest)
    found = context.params
    counted = context.get_parameter_source("max_steps") is click.core.ParameterSource.COMMANDLINE
    return {
        "as_json": as_json or found["as_json"],
        "device": found["device"] or device,
        "max_steps": found["max_steps"] if counted else max_steps,
    }


def _program(script: str, args: tuple[str, ...], module: bool, device: str, max_steps: int) -> Target:
    """A script of one's own, or a module by its name."""
    path = script if module else checked(script)
    return Target(path, args, module, device=device, max_steps=max_steps)


def _target(target: str, args: tuple[str, ...], module: bool, device: str, max_steps: int) -> Target:
    """A program of one's own, or a lesson by its name."""
    if module or is_script(target):
        return _program(target, args, module, device, max_steps)
    return _lesson(target, device, max_steps)


def _lesson(name: str, device: str, max_steps: int) -> Target:
    """A built-in lesson, on the CPU unless asked otherwise."""
    return Target(str(trusted(Catalog().find(name)).code), device=device or "cpu", max_steps=max_steps)


def _asked(ctx: click.Context, max_steps: int) -> int:
    """The number of steps that was asked for; 0 where a lesson may have its own."""
    given = ctx.get_parameter_source("max_steps") is click.core.ParameterSource.COMMANDLINE
    return max_steps if given else 0


def _open(
    target: Target | None,
    options: Target | None = None,
    ascii_only: bool = False,
    catalog: Catalog | None = None,
    plan: Plan | None = None,
    attached: Kernel | None = None,
    host: Host | None = None,
) -> None:
    """Start the kernel first, so that torch loads while the screen comes up."""
    _prepare()
    from tutor_tui.client.process import KernelProcess
    from tutor_tui.client.ssh import RemoteKernel

    kernel = attached or (RemoteKernel(host) if host is not None else KernelProcess())
    from tutor_tui.client.run import Run
    from tutor_tui.ui.shell.start import make_app

    ascii_only = ascii_only or bool(click.get_current_context().find_root().params.get("ascii_only"))
    run = Run(kernel, host, attached is not None)
    app = make_app(run, target, options or target or Target(""), ascii_only, catalog, plan)
    try:
        app.run()
    finally:
        app.close_kernel()
    if run.left:
        where = f"--host {host.name} " if host is not None else ""
        click.echo(f"The run goes on. `tutor-tui attach {where}{run.left}` comes back to it.")
    if app.signalled:
        sys.exit(128 + app.signalled)


@cache
def _prepare() -> None:
    """What comes before anything that has an effect: this program may be started anew."""
    _needs_terminal()
    from tutor_tui.ui.shell.allocator import use_returning_allocator

    use_returning_allocator()


def _needs_terminal() -> None:
    if not sys.stdin.isatty() or not sys.stdout.isatty():
        raise UsageError("the screen needs a terminal; `tutor-tui trace` prints the record without one")
    if os.environ.get("TERM", "dumb") in ("dumb", "unknown", ""):
        raise UsageError(
            f"this terminal (TERM={os.environ.get('TERM', '')}) cannot draw a screen; `tutor-tui show` walks the "
            "same record as plain text, `tutor-tui trace` prints it"
        )
