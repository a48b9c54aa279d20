"""The commands that need no screen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from tutor_tui.course.commands import trusted
from tutor_tui.course.options import lessons_option
from tutor_tui.course.plan import Plan
from tutor_tui.errors import UsageError
from tutor_tui.lessons.catalog import Catalog
from tutor_tui.plain.options import (
    as_module,
    ascii_option,
    asked,
    behind_a_lesson,
    is_script,
    program,
    target_of,
    with_run_options,
)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Check Python, torch, devices, the terminal and folders: what is missing and how to fix it."""
    from tutor_tui.plain.doctor import doctor as examine

    ctx.exit(examine(as_json))


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("target")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines: one step per line.")
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
        ctx.forward(trace, args=(), **behind_a_lesson(trace, rest, as_json, device, max_steps))
        return
    ctx.exit(print_trace(target_of(target, tuple(rest), module, device, max_steps), as_json=as_json))


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
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
    """Walk TARGET, a lesson or a script, in plain sentences, for screen readers and pipes."""
    from tutor_tui.plain.show import show as show_plainly

    if module or is_script(target):
        ctx.exit(show_plainly(program(target, args, module, device, max_steps), ascii_only))
    plan = Plan(trusted(Catalog(folders).find(target)))
    ctx.exit(show_plainly(plan.target(device, asked(ctx, max_steps)), ascii_only, plan))


ITERATIONS, ROUNDS = 12, 3
"""Of each loop that trains, and of each around such a one, what `diagnose` records before it only measures."""


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.option("--json", "as_json", is_flag=True, help="One JSON list of findings.")
@click.option(
    "--select", "selected", metavar="RULES", default="", help="Only these rules, with commas between."
)
@click.option("--ignore", "ignored", metavar="RULES", default="", help="All rules but these.")
@click.option(
    "--set", "thresholds", metavar="RULE.NAME=NUMBER", multiple=True, help="Another threshold for a rule."
)
@click.option(
    "--max-seconds",
    default=120.0,
    show_default=True,
    help="Stop the program after this time, and judge what it did.",
)
@click.argument("target")
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
@with_run_options
@as_module
@click.pass_context
def diagnose(
    ctx: click.Context,
    target: str,
    as_json: bool,
    selected: str,
    ignored: str,
    thresholds: tuple[str, ...],
    max_seconds: float,
    args: tuple[str, ...],
    module: bool,
    device: str,
    max_steps: int,
) -> None:
    """Run TARGET, a lesson or a script, and say what is wrong with it. Exits 1 if there is a mistake."""
    from tutor_tui.findings.judge import set_threshold
    from tutor_tui.plain.diagnose import diagnose as examine

    try:
        for threshold in thresholds:
            set_threshold(threshold)
    except ValueError as error:
        raise UsageError(str(error)) from error
    if args[:1] == ("--json",):  # the option may also stand behind the target
        as_json, args = True, args[1:]
    run = target_of(target, args, module, device, max_steps)
    run = replace(run, detail=run.detail or ITERATIONS, rounds=ROUNDS, statistics=True, norms=0.0)
    select, ignore = (
        {slug.strip() for slug in text.split(",") if slug.strip()} for text in (selected, ignored)
    )
    ctx.exit(examine(run, as_json=as_json, seconds=max_seconds, select=select, ignore=ignore))


COMMANDS = (doctor, trace, show, diagnose)
