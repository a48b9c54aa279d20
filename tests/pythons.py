"""The Pythons of this machine, to see that a program's record is the same on each."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
VERSIONS = ("3.11", "3.12", "3.13", "3.14")


@cache
def pythons() -> dict[str, str]:
    """The interpreters that are at hand, one of each version that is supported: `{"3.13": "/usr/bin/python3.13"}`."""
    here = f"3.{sys.version_info.minor}"
    found = {here: sys.executable}
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for name in VERSIONS:
        installed = sorted(versions.glob(f"{name}.*/bin/python"))
        path = str(installed[-1]) if installed else shutil.which(f"python{name}")
        if path and name not in found:
            found[name] = path
    return found


_EACH = [
    pytest.param(pythons()[name], id=name)
    if name in pythons()
    else pytest.param("", id=name, marks=pytest.mark.skip(reason=f"no Python {name} is at hand"))
    for name in VERSIONS
]

ON_EVERY_PYTHON = pytest.mark.parametrize("python", _EACH)
"""Runs a test once for each version, with the path of its interpreter."""

MONITORING = pytest.mark.parametrize("python", [p for p in _EACH if p.id != "3.11"])
"""As `ON_EVERY_PYTHON`, for those that have `sys.monitoring`."""


def with_torch() -> dict[str, str]:
    """Other versions that have torch and this package: of environments beside this one, `.venv*` in the checkout.

    `TUTOR_TUI_PYTHONS` names more interpreters, with a colon between each two.
    """
    here = f"3.{sys.version_info.minor}"
    named = [Path(path) for path in os.environ.get("TUTOR_TUI_PYTHONS", "").split(":") if path]
    found: dict[str, str] = {}
    for path in (*named, *ROOT.glob(".venv*/bin/python")):
        for torch in path.parents[1].glob("lib/python3.*/site-packages/torch"):
            found.setdefault(torch.parents[1].name.removeprefix("python"), str(path))
    return {version: path for version, path in sorted(found.items()) if version != here}


def run(python: str, program: str) -> str:
    """What a program prints that uses the parts of this package that need nothing but Python."""
    done = subprocess.run(
        [python, "-P", "-c", program],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout
