"""Rows are given away whole, nobody is given more than there is, and nobody is moved without need."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tutor_tui.ui.walk.columns import columns, widths
from tutor_tui.ui.walk.sharing import Want, settle, share


def want(least: int, enough: int, most: int, weight: float) -> Want:
    return Want(least, min(enough, most), most, weight)


wants = st.lists(
    st.builds(
        want, st.integers(2, 8), st.integers(2, 20), st.integers(0, 60), st.sampled_from([1.0, 2.0, 4.0])
    ),
    min_size=1,
    max_size=5,
)


@given(st.integers(4, 60), wants)
def test_all_rows_are_given_away_and_none_twice(room: int, wanted: list[Want]) -> None:
    sizes = share(room, wanted)
    assert all(size >= 0 for size in sizes)
    assert sum(sizes) == (room if any(w.most for w in wanted) else 0)
    assert all(size == 0 for size, w in zip(sizes, wanted, strict=True) if not w.most)


@given(st.integers(4, 60), wants)
def test_where_all_have_a_place_each_has_what_it_needs_least(room: int, wanted: list[Want]) -> None:
    if sum(min(w.least, w.most) for w in wanted) <= room:
        sizes = share(room, wanted)
        assert all(size >= min(w.least, w.most) for size, w in zip(sizes, wanted, strict=True))


@given(st.integers(4, 60), wants)
def test_where_there_is_room_for_all_nobody_lacks_any(room: int, wanted: list[Want]) -> None:
    if sum(w.most for w in wanted) <= room and all(w.least <= w.most for w in wanted if w.most):
        assert all(size >= w.most for size, w in zip(share(room, wanted), wanted, strict=True))


@given(st.integers(4, 60), wants, st.data())
def test_who_needs_less_than_before_moves_nobody(room: int, wanted: list[Want], data: st.DataObject) -> None:
    before = share(room, wanted)
    if any(size < w.most for size, w in zip(before, wanted, strict=True)):
        return
    fewer = [w if not w.most else w._replace(most=data.draw(st.integers(1, w.most))) for w in wanted]
    assert settle(room, fewer, before) == before


@given(st.integers(60, 400), st.booleans(), st.integers(0, 200), st.integers(20, 80))
def test_every_column_has_a_width(width: int, lesson: bool, longest: int, split: int) -> None:
    stacks = columns(width, lesson)
    cells = widths(width, len(stacks), longest, split)
    assert sum(cells) == width
    assert all(c >= width // 10 for c in cells)
    names = [name for stack in stacks for name in stack]
    assert len(names) == len(set(names))
    assert {"code", "graph", "state", "output", "loss"} <= set(names)
    assert not lesson or "notes" in names
