"""Programs started by a module's name, as `python -m` does."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "tutor_tui", "trace"]


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    (folder / "tools").mkdir(parents=True)
    (folder / "__init__.py").write_text("print('shop is imported')\n")
    (folder / "tools" / "__init__.py").write_text("")
    (folder / "tools" / "helper.py").write_text("def double(x):\n    return x * 2\n")
    (folder / "tools" / "train.py").write_text(
        "import sys, torch\n"
        "from .helper import double\n"
        "print(__name__, __package__, sys.argv, sys.path[0], __spec__.name)\n"
        "print(double(torch.ones(2)))\n"
    )
    (folder / "__main__.py").write_text("print('the package itself', __package__)\n")
    return tmp_path


@pytest.mark.parametrize("name", ["shop.tools.train", "shop"])
def test_it_prints_what_python_m_prints(package: Path, name: str) -> None:
    bare = subprocess.run(
        [sys.executable, "-m", name, "--x", "1"], cwd=package, capture_output=True, text=True
    )
    ours = subprocess.run([*COMMAND, "-m", name, "--x", "1"], cwd=package, capture_output=True, text=True)
    assert bare.returncode == ours.returncode == 0, ours.stderr
    for line in bare.stdout.splitlines():
        assert line in ours.stdout


def test_operations_in_its_other_files_are_recorded(package: Path) -> None:
    ours = subprocess.run(
        [*COMMAND, "--json", "-m", "shop.tools.train"], cwd=package, capture_output=True, text=True
    )
    recorded = [json.loads(line) for line in ours.stdout.splitlines()]
    spans = [s["span"] for s in recorded if s["kind"] == "op" and s["name"] == "mul"]
    assert [Path(span["file"]).name for span in spans] == ["helper.py"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("no_such_module_here", "there is no module no_such_module_here"),
        ("shop.tools", "without a __main__.py"),
        ("math", "no Python source"),
    ],
)
def test_a_module_that_cannot_be_run_says_why(package: Path, name: str, said: str) -> None:
    ours = subprocess.run([*COMMAND, "-m", name], cwd=package, capture_output=True, text=True)
    assert ours.returncode == 2
    assert said in ours.stdout + ours.stderr
