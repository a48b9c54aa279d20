"""What a note can say before its line has run: every sentence, row and table that waits for no number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tutor_tui.lessons.notes_file import pieces

HOLE = "\ue002"
"""Stands for an expression while the text is looked through."""
_END = re.compile(r"(?<=[.!?:])\s+(?=[^\s])")
_RULE = re.compile(r"\|.*\n\|[-| :]+(\n|$)")
_ITEM = re.compile(r"^- ", re.MULTILINE)


def beforehand(text: str) -> str:
    """A note without what the run has still to tell; it may be empty."""
    kept = [_known(block) for block in blocks(with_holes(text))]
    for n, following in enumerate(kept[1:]):
        if not following and kept[n].endswith(":"):  # it announces what is not there
            kept[n] = " ".join(_END.split(kept[n])[:-1])
    return "\n\n".join(block for block in kept if block)


def with_holes(text: str) -> str:
    """A note with `HOLE` in the place of each expression."""
    return "".join(HOLE if piece.expression else piece.text for piece in pieces(text)).strip()


def blocks(text: str) -> Iterator[str]:
    """The text cut at blank lines, but never within a drawing; a list begins a block of its own."""
    block: list[str] = []
    drawn = False
    for line in text.split("\n"):
        begins = line.startswith("- ") and block and not block[0].startswith("- ") and not drawn
        if (not line.strip() and not drawn) or begins:
            if block:
                yield "\n".join(block)
            block = []
        if line.strip() or drawn:
            block.append(line)
        drawn ^= line.startswith("```")
    if block:
        yield "\n".join(block)


def _known(block: str) -> str:
    """What of a paragraph, a list, a table or a drawing has no hole."""
    if HOLE not in block:
        return block
    if block.startswith("```"):
        return ""
    if block.startswith("|") and _RULE.match(block):
        head, rule, *rows = block.split("\n")
        rows = [row for row in rows if HOLE not in row]
        return "\n".join([head, rule, *rows]) if rows else ""
    if block.startswith("- "):
        return "\n".join(f"- {item}" for item in _items(block) if HOLE not in item)
    return " ".join(_sentences(block))


def _items(block: str) -> list[str]:
    return [item.rstrip("\n") for item in _ITEM.split(block) if item]


def _sentences(block: str) -> Iterator[str]:
    """The sentences without a hole. One that ends with a colon announces the next, and goes with it."""
    found = _END.split(block)
    for n, sentence in enumerate(found):
        announced = sentence.endswith(":") and n + 1 < len(found) and HOLE in found[n + 1]
        if HOLE not in sentence and not announced:
            yield sentence
