"""Markdown as blocks: what a program has computed is never read as Markdown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tutor_tui.text.markdown import CODE, TEXT, VALUE, Drawing, Paragraph, Span, Table, blocks, sections


def test_paragraphs_code_and_values() -> None:
    (found,) = blocks([("It is `x @ y`: ", False), ("[1, 2]", True), (".\nNext line", False)])
    assert found == Paragraph(
        (
            Span("It is ", TEXT),
            Span("x @ y", CODE),
            Span(": ", TEXT),
            Span("[1, 2]", VALUE),
            Span(". Next line", TEXT),
        )
    )


def test_tables_drawings_and_lists() -> None:
    text = "| a | b |\n|---|---|\n| 1 | `w` |\n\n```\n  /\\\n /  \\\n```\n\n- one\n- two\n\n3. three\n"
    table, drawing, one, two, three = blocks([(text, False)])
    assert isinstance(table, Table)
    assert [cell[0].text for cell in table.head] == ["a", "b"]
    assert table.rows[0][1] == (Span("w", CODE),)
    assert drawing == Drawing("  /\\\n /  \\")
    assert [p.marker for p in (one, two, three) if isinstance(p, Paragraph)] == ["• ", "• ", "3. "]


@given(st.text(alphabet="|*_`#[]()-1 \n<>", max_size=30))
def test_a_value_comes_out_as_it_went_in(value: str) -> None:
    found = blocks([("before ", False), (value, True), (" after", False)])
    assert len(found) == 1
    assert isinstance(found[0], Paragraph)
    assert Span(value, VALUE) in found[0].line


def test_a_value_in_a_cell_or_a_drawing_stays_in_it() -> None:
    parts = [
        ("| a | b |\n|---|---|\n| ", False),
        ("1|2", True),
        (" | x |\n\n```\n", False),
        ("y\nz", True),
        ("\n```", False),
    ]
    table, drawing = blocks(parts)
    assert isinstance(table, Table)
    assert table.rows == [[(Span("1|2", VALUE),), (Span("x", TEXT),)]]
    assert drawing == Drawing("y\nz")


def test_sections_know_their_lines() -> None:
    text = "above\n\n# One `x`\nbody\n```\n# no heading\n```\n\n## `a = 1`\n\nlast\n"
    assert list(sections(text)) == [
        (0, "", "above"),
        (3, "One `x`", "body\n```\n# no heading\n```"),
        (9, "`a = 1`", "last"),
    ]
    assert list(sections("")) == [(0, "", "")]
