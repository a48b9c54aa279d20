"""The commands. Each imports its own side, when it runs: a screen never loads torch."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tutor_tui import __version__
from tutor_tui.client.target import Target, split_target
from tutor_tui.course.options import lessons_option
from tutor_tui.errors import TutorError, UsageError
from tutor_tui.plain.options import (
    Device,
    Size,
    as_module,
    ascii_option,
    checked,
    host_option,
    is_script,
    program,
    with_run_options,
)

if TYPE_CHECKING:
    from tutor_tui.client.process import Kernel
    from tutor_tui.client.ssh import Host
    from tutor_tui.course.plan import Plan
    from tutor_tui.lessons.catalog import Catalog

LESSONS, PLAIN = "tutor_tui.course.commands", "tutor_tui.plain.commands"
ELSEWHERE = {
    "lessons": LESSONS,
    "check": LESSONS,
    "new": LESSONS,
    "progress": LESSONS,
    "doctor": PLAIN,
    "trace": PLAIN,
    "show": PLAIN,
    "diagnose": PLAIN,
}
"""Commands by name, and the module that has them: loaded when one is asked for, since a screen is waited for."""


class Kind(click.Group):
    """A group whose commands turn our errors into one clear line and exit status 2."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command's name."""
        return sorted({*super().list_commands(ctx), *ELSEWHERE})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by its name, None for none."""
        if cmd_name not in ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        found: tuple[click.Command, ...] = import_module(ELSEWHERE[cmd_name]).COMMANDS
        return next(command for command in found if command.name == cmd_name)

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


@click.group(cls=Kind, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tutor-tui")
@click.option("--device", type=Device(), default="", help="torch's default device for the lesson.")
@ascii_option
@lessons_option
@click.pass_context
def main(ctx: click.Context, device: str, ascii_only: bool, folders: tuple[Path, ...]) -> None:
    """See how PyTorch works: walk a real program step by step. Without a command: a list of lessons."""
    if ctx.invoked_subcommand is None:
        from tutor_tui.lessons.catalog import Catalog

        _open(None, Target("", device=device), ascii_only, catalog=Catalog(folders))


@main.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("script")
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
@as_module
@ascii_option
@click.option(
    "--watch/--record",
    "watched",
    default=None,
    help="Watch from the start, or record everything. Default: record, then watch once training is detected.",
)
@host_option
@click.option("--norms", default=0.5, show_default=True, help="Seconds between norm measurements; 0: none.")
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
    """Run your own SCRIPT with ARGS and walk it on screen."""
    watch = {None: "auto", True: "always", False: ""}[watched]
    named, path = ("", script) if module or host else split_target(script)
    if not host and not named:
        target = program(script, args, module, device, max_steps)
        _open(replace(target, watch=watch, norms=norms), ascii_only=ascii_only)
        return
    _needs_terminal()
    from tutor_tui.client.ssh import Host, send_folder

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


@main.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": True})
@click.argument("target")
@click.option("--script", "script_file", type=click.Path(path_type=Path), help="Use your own play.toml.")
@click.option(
    "--record", "cast", metavar="FILE", help="Write an asciicast, or, to FILE.svg, a moving picture."
)
@click.option("--cast-version", type=click.Choice(["2", "3"]), default="2", show_default=True)
@click.option("--svg", metavar="FILE.svg", help="Write one picture instead of playing.")
@click.option("--step", type=click.IntRange(1), help="The step to draw; default: where the play ends.")
@click.option("--size", type=Size(), default="120x40", show_default=True, help="Size of the cast or picture.")
@click.option("--speed", type=click.FloatRange(0.1, 100), default=1.0, show_default=True)
@click.option("--theme", default="", help="A theme's name (t cycles through them).")
@click.option("--loop", is_flag=True, help="Repeat until a key is pressed.")
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
    """Play a walk of TARGET, a lesson or a script. Space pauses; any other key takes over."""
    from tutor_tui.course.commands import trusted
    from tutor_tui.course.plan import Plan
    from tutor_tui.lessons.catalog import Catalog
    from tutor_tui.ui.play.command import Play

    plan = None if is_script(target) else Plan(trusted(Catalog().find(target)))
    own = program(target, (), False, device or "cpu", max_steps) if plan is None else None
    performance = Play(own, plan, script_file, theme, ascii_only, speed)
    if cast:
        performance.record(cast, size, int(cast_version))
    if svg:
        performance.still(svg, size, step)
    if not cast and not svg:
        _needs_terminal()
        performance.live(loop)


@main.command()
@click.argument("name", required=False)
@click.option("--list", "listed", is_flag=True, help="Just list the waiting runs.")
@host_option
@ascii_option
def attach(name: str | None, listed: bool, host: str, remote_python: str, ascii_only: bool) -> None:
    """Return to a detached run: the one called NAME, or the only one."""
    from tutor_tui.client.attach import choose, listing
    from tutor_tui.client.ssh import Host

    there = Host(host, remote_python) if host else None
    if listed:
        click.echo(listing(there))
        return
    _needs_terminal()
    _open(None, Target(""), ascii_only, attached=choose(name, there), host=there)


@main.command()
@click.argument("name", default="")
@ascii_option
@lessons_option
@with_run_options
def learn(name: str, ascii_only: bool, folders: tuple[Path, ...], device: str, max_steps: int) -> None:
    """Open the lesson NAME on screen; without NAME, the one you were last in, or the first."""
    from tutor_tui.course.commands import trusted
    from tutor_tui.course.plan import Plan
    from tutor_tui.lessons.catalog import Catalog

    catalog = Catalog(folders)
    name = name or _left_off(catalog)
    plan = Plan(trusted(catalog.find(name)))
    options = Target("", device=device, max_steps=max_steps)
    _open(None, options, ascii_only, catalog, plan)


def _left_off(catalog: Catalog) -> str:
    """The lesson that one stood in last, if it is still there; else the first one."""
    from tutor_tui.lessons.progress import Progress, progress_file

    names = [lesson.name for lesson in catalog.lessons()]
    progress = Progress(progress_file())
    last = progress.last()
    progress.close()
    return last if last in names else names[0]


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
    _needs_terminal()
    from tutor_tui.client.process import KernelProcess

    kernel = attached
    if kernel is None and host is not None:
        from tutor_tui.client.ssh import RemoteKernel

        kernel = RemoteKernel(host)
    kernel = kernel or KernelProcess()
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
        click.echo(f"The run continues. Return to it with `tutor-tui attach {where}{run.left}`.")
    if app.signalled:
        sys.exit(128 + app.signalled)


def _needs_terminal() -> None:
    if not sys.stdin.isatty() or not sys.stdout.isatty():
        raise UsageError("the screen needs a terminal; `tutor-tui trace` prints the record without one")
    if os.environ.get("TERM", "dumb") in ("dumb", "unknown", ""):
        raise UsageError(
            f"this terminal (TERM={os.environ.get('TERM', '')}) cannot draw a screen; `tutor-tui show` walks the "
            "same record as plain text, `tutor-tui trace` prints it"
        )
