"""`tutor-tui diagnose`, called as a person and a CI call it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parents[1] / "findings"
MISTAKE = HERE / "mistakes" / "grad_not_cleared_1.py"


def diagnose(*arguments: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tutor_tui", "diagnose", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout)


def test_a_mistake_is_told_at_its_line_and_ends_with_one() -> None:
    done = diagnose(str(MISTAKE))
    assert done.returncode == 1
    first, code, why, fix = done.stdout.splitlines()
    assert first.startswith(f"{MISTAKE}:6: mistake: w.grad still held the gradient of an earlier iteration")
    assert first.endswith(": -6 was there, and -4.8 was added. [grad-not-cleared]")
    assert code.strip().startswith("loss.backward()")
    assert why.startswith("  why: ")
    assert "optimizer.zero_grad()" in fix
    assert done.stderr == ""


def test_as_json_it_is_one_list() -> None:
    done = diagnose("--json", str(MISTAKE))
    assert diagnose(str(MISTAKE), "--json").stdout == done.stdout
    (found,) = json.loads(done.stdout)
    assert (found["rule"], found["level"], found["line"]) == ("grad-not-cleared", "mistake", 6)
    assert {"file", "span", "message", "why", "fix", "steps"} <= set(found)
    assert done.returncode == 1


def test_nothing_wrong_is_no_mistake() -> None:
    done = diagnose(str(HERE / "twins" / "grad_not_cleared_gan.py"))
    assert (done.returncode, done.stdout) == (0, "Nothing was found.\n")


@pytest.mark.parametrize("path", sorted((HERE / "again").glob("*.py")), ids=lambda path: path.stem)
def test_where_a_value_that_is_not_finite_came_from_is_found_by_a_second_run(path: Path) -> None:
    lines = [n for n, line in enumerate(path.read_text().split("\n"), 1) if "# HERE" in line]
    (found,) = [f for f in json.loads(diagnose("--json", str(path)).stdout) if f["level"] == "mistake"]
    assert found["rule"] == "nonfinite"
    assert found["line"] in lines


def test_thresholds_are_set() -> None:
    notice = str(HERE / "notices" / "dead_relu_1.py")
    assert "dead-relu" in diagnose(notice).stdout
    assert diagnose("--set", "dead-relu.DEAD=0.9", notice).stdout == "Nothing was found.\n"
    for wrong, said in {
        "dead-relu.DED=1": "dead-relu has no threshold 'DED'; it has DEAD, PASSES, UNITS",
        "dead-relu.DEAD=many": "dead-relu.DEAD is a number, like 0.4, and not 'many'",
        "zebra": "'zebra' is not of the form RULE.NAME=NUMBER",
    }.items():
        done = diagnose("--set", wrong, notice)
        assert done.returncode == 2
        assert said in done.stderr


def test_rules_are_chosen() -> None:
    assert diagnose("--ignore", "grad-not-cleared", str(MISTAKE)).returncode == 0
    assert diagnose("--select", "loss-broadcast, double-softmax", str(MISTAKE)).returncode == 0
    unknown = diagnose("--select", "zebra", str(MISTAKE))
    assert unknown.returncode == 2
    assert "there is no rule zebra; choose from backward-twice, " in unknown.stderr


@pytest.mark.parametrize(
    ("source", "status", "said"),
    [
        (
            "import torch\nx = torch.ones(2)\nraise ValueError('enough')\n",
            0,
            "stopped: ValueError at program.py:3: enough",
        ),
        ("import torch, os\nx = torch.ones(2)\nos._exit(3)\n", 0, "exit status 3: "),
        ("import torch, os\nx = torch.ones(2)\nos.kill(os.getpid(), 9)\n", 0, "exit status 137: "),
        ("import torch\nx = torch.ones(2) +\n", 2, "SyntaxError"),
        ("import torch\nx = torch.ones(2, 3) @ torch.ones(2, 3)\n", 1, ""),
    ],
    ids=["raises", "exits", "is killed", "cannot be read", "a shape"],
)
def test_however_it_ends(tmp_path: Path, source: str, status: int, said: str) -> None:
    file = tmp_path / "program.py"
    file.write_text(source)
    done = diagnose(str(file))
    assert done.returncode == status, done
    assert said in done.stderr


def test_one_that_never_ends_is_stopped_and_judged(tmp_path: Path) -> None:
    file = tmp_path / "endless.py"
    file.write_text(MISTAKE.read_text().replace("for step in range(5):", "while True:"))
    done = diagnose("--max-seconds", "4", str(file))
    assert done.returncode == 1
    assert "[grad-not-cleared]" in done.stdout
    assert "the program was stopped; what it did up to then was judged" in done.stderr


def test_what_is_not_there_cannot_be_run(tmp_path: Path) -> None:
    assert diagnose(str(tmp_path / "nowhere.py")).returncode == 2
