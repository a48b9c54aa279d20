"""What torch's own documentation says of a function: how it is called, and the first paragraph."""

from __future__ import annotations

import inspect
import re
from typing import Any

import torch

from tutor_tui.protocol.messages import Describe, Described

_CALL = re.compile(r"^\w[\w.]*\(.*\)(\s*->.*)?$", re.DOTALL)
_ROLE = re.compile(r":\w+(?::\w+)?:`~?([^`<]*?)(?:\s*<[^`]*>)?`")
_CODE = re.compile(r"``([^`]*)``")
LONGEST = 1200
"""Characters of a paragraph that are told."""


def describe(asked: Describe) -> Described:
    """The answer; empty where there is no such function, or nothing is written of it."""
    found = _resolve(asked.name)
    paragraphs = re.split(r"\n\s*\n", (inspect.getdoc(found) or "").strip()) if found is not None else []
    signature = ""
    if paragraphs and _CALL.match(paragraphs[0].replace("\\", "")):
        signature = " ".join(paragraphs.pop(0).replace("\\", "").split())
    elif callable(found):
        signature = _signature(asked.name, found)
    text = next((p for p in paragraphs if not p.startswith("..")), "")
    return Described(request=asked.request, signature=signature, text=_plain(text)[:LONGEST])


def _resolve(name: str) -> Any:
    home, *rest = name.split(".")
    found: Any = torch if home == "torch" else None
    for part in rest:
        found = getattr(found, part, None)
    return found


def _signature(name: str, found: Any) -> str:
    try:
        return f"{name.rsplit('.', 1)[-1]}{inspect.signature(found)}"
    except (TypeError, ValueError):
        return ""


def _plain(text: str) -> str:
    """Without the marks of Sphinx: roles become code."""
    text = _CODE.sub(r"`\1`", _ROLE.sub(r"`\1`", text))
    return " ".join(text.split())
