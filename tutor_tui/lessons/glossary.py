"""The glossary of a pack of lessons: what each function is, told once."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import NamedTuple

from tutor_tui.errors import LessonError

GLOSSARY = "glossary.toml"
"""The file beside the folders of lessons. A table an entry: `["torch.tensor"]` with `signature` and `text`."""


class Entry(NamedTuple):
    """What there is to say of a function, a method, a property or a module."""

    name: str
    signature: str
    """How it is called, defaults included, as the installed torch has it; "" for what is not called."""
    text: str

    @property
    def told(self) -> str:
        """As Markdown on one line."""
        return f"`{self.signature or self.name}`: {' '.join(self.text.split())}"


Glossary = dict[str, Entry]
"""By name."""


def read_glossary(folder: Path) -> Glossary:
    """The glossary of a pack's folder, empty where it has none; `LessonError` says what is wrong with it."""
    file = folder / GLOSSARY
    if not file.exists():
        return {}
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        return {
            name: Entry(name, str(entry.get("signature", "")), str(entry["text"]))
            for name, entry in table.items()
        }
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LessonError(f"{file}: {error}") from error
    except (KeyError, AttributeError, TypeError) as error:
        raise LessonError(f"{file}: an entry lacks its text ({error})") from error


def look_up(glossary: Glossary, name: str) -> Entry | None:
    """The entry of a function; what is a method of a tensor may be told as a function of torch, and the other way."""
    last = name.rsplit(".", 1)[-1]
    found = (glossary.get(each) for each in (name, f"torch.Tensor.{last}", f"torch.{last}"))
    return next((entry for entry in found if entry is not None), None)
