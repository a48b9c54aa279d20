"""The command line's own doings."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tutor_tui", *arguments], capture_output=True, text=True, timeout=60
    )


def test_a_programs_own_options_are_its_own(tmp_path: Path) -> None:
    script = tmp_path / "args.py"
    script.write_text("import sys\nprint(sys.argv[1:])\n")
    done = run("trace", "--json", str(script), "--device", "cuda", "--json", "-x")
    printed = [r["text"] for r in map(json.loads, done.stdout.splitlines()) if r["kind"] == "output"]
    assert printed == ["['--device', 'cuda', '--json', '-x']\n"]


def test_behind_a_lesson_options_are_ours() -> None:
    done = run("trace", "first_gradient", "--device", "cpu", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout.splitlines()[-1])["kind"] == "end"


def test_a_lesson_takes_no_arguments() -> None:
    done = run("trace", "first_gradient", "--nonsense")
    assert done.returncode == 2
    assert "--nonsense" in done.stderr


def test_a_device_that_is_not_there_is_said() -> None:
    done = run("trace", "--device", "cuda:99", "first_gradient")
    assert done.returncode == 2
    said = "no CUDA device" if torch.cuda.device_count() == 0 else "there is no cuda:99"
    assert said in done.stdout


@pytest.mark.parametrize(("device", "said"), [("xpu", "no Intel GPU"), ("mps", "no Apple GPU")])
def test_an_accelerator_that_is_not_there_is_said(device: str, said: str) -> None:
    if torch.get_device_module(device).device_count():
        pytest.skip("it is there")
    done = run("trace", "--device", device, "first_gradient")
    assert done.returncode == 2
    assert said in done.stdout


def test_auto_takes_what_torch_finds(tmp_path: Path) -> None:
    script = tmp_path / "where.py"
    script.write_text("import torch\nprint(torch.ones(1).device.type)\n")
    found = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
    wanted = found.type if found is not None else "cpu"
    done = run("trace", "--device", "auto", str(script))
    assert f"> {wanted}" in done.stdout


@pytest.mark.parametrize("options", [(), ("--device", "cpu")])
def test_a_script_is_left_on_the_device_it_chooses(tmp_path: Path, options: tuple[str, ...]) -> None:
    script = tmp_path / "device.py"
    script.write_text(
        "import torch\n"
        "print('at first', torch.get_default_device())\n"
        "torch.set_default_device('meta')\n"
        "print('its own', torch.ones(1).device)\n"
    )
    printed = run("trace", *options, str(script)).stdout
    assert "> at first cpu" in printed
    assert "> its own meta" in printed


def test_the_nearest_lesson_is_named() -> None:
    done = run("learn", "frist_gradient")
    assert done.returncode == 2
    assert "did you mean first_gradient?" in done.stderr
