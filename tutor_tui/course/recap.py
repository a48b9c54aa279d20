"""What a lesson came to, as Markdown to keep."""

from __future__ import annotations

from tutor_tui.course.answers import judge, question
from tutor_tui.course.plan import Plan
from tutor_tui.trace.record.trace import Trace


def recap(plan: Plan, trace: Trace, answers: dict[str, tuple[str, bool | None]]) -> str:
    """The notes with this run's values, the tables, and what was answered."""
    lesson = plan.lesson
    parts = [f"# {lesson.title}", lesson.summary, lesson.opening]
    for note in lesson.notes:
        parts += [f"## `{note.code}`", plan.note(note, plan.evaluated(note, trace, len(trace.steps)))]
    for table in lesson.tables:
        parts += [f"## {table.title}", table.text]
    if lesson.predicts:
        parts.append("## Questions")
    for predict in lesson.predicts:
        found = plan.answer(predict, trace)
        given, right = answers.get(predict.key, ("", None))
        mine = f" You answered {given}: {'right' if right else 'not quite'}." if given else ""
        if given and found is not None and judge(predict, given, found)[0] != right:
            mine = f" You answered {given}, for another program: {'right' if right else 'not quite'}."
        parts.append(f"- {question(predict)} **{found.text if found else '?'}**.{mine}")
    return "\n\n".join(part for part in parts if part) + "\n"
