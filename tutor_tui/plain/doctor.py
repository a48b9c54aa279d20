"""`tutor-tui doctor`: what this machine and this terminal can do, and what to do about what they cannot."""

from __future__ import annotations

import json
import locale
import os
import platform
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tutor_tui import __version__
from tutor_tui.protocol.waiting import runs_folder, state_folder

ENOUGH = (60, 15)
GOOD = (80, 24)
_ASK_TORCH = """
import json, torch
found = {"torch": str(torch.__version__), "cuda": torch.version.cuda, "devices": []}
for n in range(torch.cuda.device_count() if torch.version.cuda else 0):
    free, total = torch.cuda.mem_get_info(n)
    found["devices"].append([f"cuda:{n}", torch.cuda.get_device_name(n), free, total])
if getattr(torch.backends, "mps", None) is not None and torch.backends.mps.is_available():
    found["devices"].append(["mps", "Apple GPU", 0, 0])
print(json.dumps(found))
"""


class Finding(NamedTuple):
    """`state` is "good", "note" for what one can live without, or "bad"; `advice` is "" where nothing is to be done."""

    name: str
    state: str
    found: str
    advice: str = ""


def doctor(as_json: bool) -> int:
    """Print what was found; 1 where something must be mended first, else 0."""
    findings = list(examine())
    if as_json:
        print(json.dumps([finding._asdict() for finding in findings], indent=1))
    else:
        width = max(len(finding.name) for finding in findings)
        for finding in findings:
            sign = {"good": "ok  ", "note": "note", "bad": "BAD "}[finding.state]
            print(f"{sign} {finding.name:<{width}}  {finding.found}")
            if finding.advice:
                print(f"     {'':<{width}}  {finding.advice}")
    return int(any(finding.state == "bad" for finding in findings))


def examine() -> Iterator[Finding]:
    """Every finding, in the order in which they matter."""
    yield Finding("tutor-tui", "good", __version__)
    good = sys.version_info >= (3, 11)
    yield Finding(
        "Python",
        "good" if good else "bad",
        platform.python_version(),
        "" if good else "Python 3.11 or newer.",
    )
    yield from _torch()
    yield from _terminal()
    yield _folder("state folder", state_folder, "progress is not saved, and no run can be detached")
    yield _folder("runs folder", runs_folder, "no run can be detached")
    yield _temporary()


def judge_torch(found: str) -> Finding:
    """What is to be said of a version of torch: below 2.8 it lacks a hook that the recorder needs."""
    version = tuple(int(part) for part in re.findall(r"\d+", found)[:2])
    if version < (2, 8):
        return Finding("torch", "bad", found, "It has to be 2.8 or newer: pip install --upgrade torch.")
    if version >= (2, 14):
        return Finding("torch", "note", found, "It is newer than 2.13, the newest version tested.")
    return Finding("torch", "good", found, "")


def _torch() -> Iterator[Finding]:
    done = subprocess.run(
        [sys.executable, "-P", "-c", _ASK_TORCH],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["no word"]
        yield Finding("torch", "bad", last[0], "pip install torch (2.8 or newer) in tutor-tui's environment.")
        return
    found = json.loads(done.stdout.strip().splitlines()[-1])
    yield judge_torch(found["torch"])
    if not found["devices"]:
        why = (
            "this torch was built without CUDA"
            if not found["cuda"]
            else "the driver finds no device (nvidia-smi?)"
        )
        yield Finding("GPU", "note", f"none: {why}", "Programs run on the CPU; nothing else is missing.")
    for name, what, free, total in found["devices"]:
        memory = f", {free / 1e9:.1f} of {total / 1e9:.1f} GB free" if total else ""
        yield Finding("GPU", "good", f"{name}: {what}{memory}")


def _terminal() -> Iterator[Finding]:
    inside = sys.stdin.isatty() and sys.stdout.isatty()
    term = os.environ.get("TERM", "")
    if not inside:
        yield Finding(
            "terminal", "note", "none", "The screen needs one; `tutor-tui show` and `trace` do not."
        )
    else:
        plain = term in ("", "dumb", "unknown")
        advice = (
            "export TERM=xterm-256color if it is one; `tutor-tui show` works in any terminal."
            if plain
            else ""
        )
        yield Finding("terminal", "bad" if plain else "good", f"TERM={term}", advice)
        yield _size()
    yield _colours(term)
    yield _characters()
    yield _multiplexer(term)
    yield from _answers(inside)


def _characters() -> Finding:
    """What the locale says: Python uses UTF-8 under some that do not have it, and a terminal may not."""
    named = next((os.environ[n] for n in ("LC_ALL", "LC_CTYPE", "LANG") if os.environ.get(n)), "")
    encoding = locale.getpreferredencoding(False)
    utf8 = all("utf8" in text.lower().replace("-", "") for text in (named, encoding))
    found = f"{encoding}, from the locale {named or '(not set)'}"
    return Finding(
        "UTF-8", "good" if utf8 else "note", found, "" if utf8 else "export LANG=C.UTF-8, or use --ascii."
    )


def _size() -> Finding:
    columns, rows = shutil.get_terminal_size()
    if columns < ENOUGH[0] or rows < ENOUGH[1]:
        return Finding(
            "size", "bad", f"{columns}×{rows}", f"At least {ENOUGH[0]}×{ENOUGH[1]}: enlarge the window."
        )
    if columns < GOOD[0] or rows < GOOD[1]:
        return Finding(
            "size", "note", f"{columns}×{rows}", f"It works; {GOOD[0]}×{GOOD[1]} or more shows more."
        )
    return Finding("size", "good", f"{columns}×{rows}")


def _colours(term: str) -> Finding:
    if os.environ.get("NO_COLOR"):
        return Finding("colours", "good", "none: NO_COLOR is set")
    if os.environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return Finding("colours", "good", "16 million")
    count = 256 if "256" in term else 16 if term not in ("vt100", "dumb", "") else 2
    return Finding("colours", "good" if count > 2 else "note", str(count) if count > 2 else "none")


def _multiplexer(term: str) -> Finding:
    if os.environ.get("TMUX"):
        advice = "" if term.startswith(("tmux", "screen-256")) else "set -g default-terminal tmux-256color"
        return Finding("tmux", "note" if advice else "good", f"inside, TERM={term}", advice)
    inside = "screen" if os.environ.get("STY") else "not in tmux"
    return Finding("tmux", "good", inside)


def _answers(inside: bool) -> Iterator[Finding]:
    """What only the terminal itself can tell."""
    reply = _ask("\x1b[?2026$p\x1b[c", lambda text: text.rstrip().endswith("c")) if inside else ""
    synchronized = re.search(r"\x1b\[\?2026;([12])\$y", reply) is not None
    unknown = "unknown: no terminal" if not inside else "no answer" if not reply else "no"
    yield Finding(
        "synchronized output",
        "good" if synchronized else "note",
        "yes" if synchronized else unknown,
        "" if synchronized else "A slow terminal may briefly show half a picture.",
    )
    yield Finding(
        "clipboard (OSC 52)",
        "note",
        "unknown: terminals do not report it",
        "y also writes a file; in tmux: set -g set-clipboard on.",
    )


def _ask(question: str, complete: Callable[[str], bool]) -> str:
    """Ask the terminal, and wait a moment for its answer."""
    import termios
    import tty

    before = termios.tcgetattr(0)
    try:
        tty.setcbreak(0)
        os.write(1, question.encode())
        text, end = "", time.monotonic() + 0.5
        while time.monotonic() < end and not complete(text):
            if select.select([0], [], [], 0.1)[0]:
                text += os.read(0, 1024).decode(errors="replace")
        return text
    finally:
        termios.tcsetattr(0, termios.TCSADRAIN, before)


def _folder(name: str, make: Callable[[], Any], loss: str) -> Finding:
    try:
        folder = make()
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        where = error.filename or "it"
        return Finding(
            name,
            "note",
            f"{where}: {error.strerror}",
            f"Set XDG_STATE_HOME to a folder you own; else {loss}.",
        )
    return Finding(name, "good", f"{folder} ({folder.stat().st_mode & 0o777:o})")


def _temporary() -> Finding:
    try:
        with tempfile.TemporaryFile():
            pass
    except OSError as error:
        return Finding("temporary files", "bad", str(error.strerror), "Set TMPDIR to a folder with space.")
    free = shutil.disk_usage(tempfile.gettempdir()).free
    return Finding("temporary files", "good", f"{tempfile.gettempdir()}, {free / 1e9:.1f} GB free")
