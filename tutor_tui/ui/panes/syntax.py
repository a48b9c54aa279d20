"""Python source as pieces with the roles of its syntax."""

from __future__ import annotations

from functools import lru_cache

from tutor_tui.ui.panes.rows import Row


@lru_cache(maxsize=64)
def highlighted(source: str) -> list[Row]:
    """A row of pieces for each line of a source."""
    from pygments.lexers.python import PythonLexer
    from pygments.token import Comment, Keyword, Number, Operator, String

    roles = (
        (Comment, "comment"),
        (Keyword, "keyword"),
        (Operator.Word, "keyword"),
        (String, "string"),
        (Number, "number"),
    )
    rows: list[list[tuple[str, str]]] = [[]]
    for kind, text in PythonLexer(stripnl=False, ensurenl=False).get_tokens(source):
        role = next((name for parent, name in roles if kind in parent), "")
        first, *more = text.split("\n")
        if first:
            rows[-1].append((first, role))
        for line in more:
            rows.append([(line, role)] if line else [])
    return [tuple(row) for row in rows]
