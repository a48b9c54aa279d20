"""Where something stands in a TOML file: tomllib tells values, not places."""

from __future__ import annotations

import re
from pathlib import Path


def line_of(file: Path, key: str, table: str = "", number: int = 1) -> int:
    """The line of a key, from 1: of the file itself, or of its `number`-th `[[table]]`.

    Where the key is missing, the line of the table's head, or 1.
    """
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError):
        return 1
    heads = [n for n, line in enumerate(lines, 1) if line.split("#")[0].strip() == f"[[{table}]]"]
    begin = heads[number - 1] if table and number <= len(heads) else 0
    for at in range(begin, len(lines)):
        if lines[at].lstrip().startswith("["):
            break
        if re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", lines[at]):
            return at + 1
    return begin or 1


def line_of_table(file: Path, name: str) -> int:
    """The line, from 1, of the head of a table; 1 where it is missing."""
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError):
        return 1
    heads = (f'["{name}"]', f"['{name}']", f"[{name}]")
    return next((n for n, line in enumerate(lines, 1) if line.split("#")[0].strip() in heads), 1)
