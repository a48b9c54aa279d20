"""The commands about lessons: list, check, begin one's own, and one's progress."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from tutor_tui.course.options import lessons_option
from tutor_tui.course.standing import standing
from tutor_tui.errors import LessonError, UsageError
from tutor_tui.lessons.catalog import Catalog
from tutor_tui.lessons.model import Lesson
from tutor_tui.lessons.progress import Progress, progress_file


def trusted(lesson: Lesson) -> Lesson:
    """The lesson, once the person has agreed to run it; `UsageError` where nobody can be asked, or says no."""
    if not lesson.pack:
        return lesson
    progress = Progress(progress_file())
    try:
        if progress.trusts(lesson.pack):
            return lesson
        what = f"The lesson {lesson.name} is a program from {lesson.pack} ({lesson.code})."
        if not sys.stdin.isatty():
            raise UsageError(f"{what} None of it has been run. Open it once from a terminal to allow it.")
        if not click.confirm(f"{what} Run it, and the others from that pack?", default=False):
            raise UsageError("nothing was run")
        progress.trust(lesson.pack)
        return lesson
    finally:
        progress.close()


@click.command("lessons")
@click.option("--json", "as_json", is_flag=True, help="One JSON object with a list.")
@lessons_option
def list_lessons(as_json: bool, folders: tuple[Path, ...]) -> None:
    """List the lessons: what each teaches, how long it takes, how far you have got. No lesson is run."""
    catalog = Catalog(folders)
    progress = Progress(progress_file())
    found = [_described(lesson, progress) for lesson in catalog.lessons()]
    progress.close()
    if as_json:
        click.echo(json.dumps({"lessons": found}, indent=1))
    else:
        for entry in found:
            click.echo(
                f"{entry['order']}  {entry['name']}  {entry['title']} ({entry['minutes']} min)"
                + (f" · {entry['standing']}" if entry["standing"] else "")
            )
            click.echo(f"     {entry['summary']}" + (f"  [{entry['pack']}]" if entry["pack"] else ""))
    for problem in catalog.problems:
        click.echo(f"tutor-tui: {problem}", err=True)


def _described(lesson: Lesson, progress: Progress) -> dict[str, Any]:
    place, stands = progress.place(lesson.name), standing(lesson, progress)
    return {
        "name": lesson.name,
        "title": lesson.title,
        "summary": lesson.summary,
        "order": lesson.order,
        "minutes": lesson.minutes,
        "objectives": list(lesson.objectives),
        "pack": lesson.pack,
        "progress": {"step": place.step + 1, "furthest": place.furthest + 1, "steps": place.steps}
        if place is not None
        else None,
        "questions": {"answered": stands.answered, "of": stands.questions},
        "exercise": stands.solved,
        "done": stands.done,
        "standing": stands.text.removeprefix(" · "),
    }


@click.command("check")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--elements",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A table of what the lessons must teach (default: elements.tsv next to them).",
)
@click.pass_context
def check_lessons(ctx: click.Context, path: Path, elements: Path | None) -> None:
    """Check the lesson in PATH, or every lesson in it, and report each problem with file and line."""
    from tutor_tui.course.check import check, check_elements, check_glossary, folders
    from tutor_tui.course.runner import Runner

    found = folders(path)
    wrong = 0
    texts: dict[str, str] = {}
    with Runner() as runner:
        for folder in found:
            problems = check(folder, runner, texts)
            wrong += bool(problems)
            click.echo(f"{folder.name}: {'ok' if not problems else ''}".rstrip())
            for problem in problems:
                click.echo(f"  {problem}")
        problems = [*check_glossary(path, runner), *check_elements(path, texts, elements)]
        for problem in problems:
            click.echo(problem)
    if wrong:
        click.echo(f"{wrong} of {len(found)} lessons need fixing.")
    ctx.exit(1 if wrong or problems else 0)


@click.command("new")
@click.argument("path", type=click.Path(path_type=Path))
def new_lesson(path: Path) -> None:
    """Start a lesson of your own in the new folder PATH."""
    from tutor_tui.lessons.scaffold import scaffold

    for file in scaffold(path):
        click.echo(file)
    click.echo(f"Check it: tutor-tui check {path}")
    click.echo(f"Walk it:  tutor-tui learn --lessons {path.parent} {path.name}")


@click.command("progress")
@click.option("--forget", metavar="LESSON", help="Forget one lesson's progress.")
@click.option("--reset", is_flag=True, help="Forget everything.")
@click.option("--export", "out", type=click.Path(path_type=Path), help="Write everything to a JSON file.")
@click.option("--import", "source", type=click.Path(path_type=Path), help="Load what --export wrote.")
def show_progress(forget: str | None, reset: bool, out: Path | None, source: Path | None) -> None:
    """Show where your progress is kept; forget, export or import it."""
    progress = Progress(progress_file())
    try:
        if forget:
            Catalog().find(forget)
            progress.forget(forget)
            click.echo(f"Forgotten: {forget}")
        if reset:
            progress.reset()
            click.echo("All progress forgotten.")
        if source is not None:
            click.echo(f"{progress.take_in(source.read_text(encoding='utf-8'))} entries imported.")
        if out is not None:
            out.write_text(progress.export(), encoding="utf-8")
            click.echo(f"Written: {out}")
    except OSError as error:
        raise LessonError(f"{error.filename}: {error.strerror}") from error
    finally:
        progress.close()
    click.echo(progress.problem or f"Kept in {progress.file}")


COMMANDS = (list_lessons, check_lessons, new_lesson, show_progress)
