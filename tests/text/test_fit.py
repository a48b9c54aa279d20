"""What does not fit is told, and no number is ever cut."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tutor_tui.text.fit import fit
from tutor_tui.ui.panes.rows import Row, fit_row, plain

NUMERAL = re.compile(r"[-+−]?\d[\d_.,]*(?:[eE][-+]?\d+)?")
words = st.sampled_from(
    [
        "grad",
        "W",
        " ",
        "  ",
        ", ",
        "[",
        "]",
        "=",
        "├─ ",
        "·",
        "名前",
        "x1",
        "…",
        "-",
        "1e-05",
        "0.0000123",
        "12,345",
    ]
)
numbers = st.one_of(st.integers(), st.floats(allow_nan=False)).map(str)
texts = st.lists(st.one_of(words, numbers), max_size=20).map("".join)


def numerals(text: str) -> Counter[str]:
    return Counter(text.rstrip(".,_") for text in NUMERAL.findall(text))


@given(texts, st.integers(0, 60))
def test_every_number_that_is_left_was_there(text: str, limit: int) -> None:
    fitted = fit(text, limit)
    assert len(fitted) <= limit
    assert fitted == text or fitted.endswith("…") or limit == 0
    assert numerals(fitted) <= numerals(text)
    assert not re.search(r"\d…$", fitted) or fitted == text


@given(
    st.lists(st.tuples(texts, st.sampled_from(["", "dim", "value"])), max_size=6).map(tuple),
    st.integers(1, 80),
)
def test_a_row_of_pieces(pieces: Row, width: int) -> None:
    fitted = fit_row(pieces, width)
    assert cell_len(plain(fitted)) <= width
    assert numerals(plain(fitted)) <= numerals(plain(pieces))
    if cell_len(plain(pieces)) <= width:
        assert fitted == pieces


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("loss = 0.12345 now", 18, "loss = 0.12345 now"),
        ("loss = 0.12345 now", 17, "loss = 0.12345 n…"),
        ("loss = 0.12345 now", 16, "loss = 0.12345 …"),
        ("loss = 0.12345 now", 15, "loss =…"),
        ("grad [1.5, 2.25]", 12, "grad [1.5,…"),
        ("weight of a layer", 10, "weight of…"),
        ("12345", 3, "…"),
    ],
)
def test_where_it_ends(text: str, limit: int, shown: str) -> None:
    assert fit(text, limit) == shown
