"""torch's compiler, which the first optimizer of a process makes it load: once in the kernel, not in every run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Kernel, stdout_of, steps
from tutor_tui.client.process import KERNEL
from tutor_tui.client.target import Target
from tutor_tui.protocol.messages import Optimizer, Update

OPTIMIZES = """
import sys
print("torch._dynamo" in sys.modules)
import threading, torch
print(threading.active_count())
w = torch.ones(3, requires_grad=True)
sgd = torch.optim.SGD([w], lr=0.1)
w.sum().backward()
sgd.step()
print(w.tolist())
"""
DOES_NOT = """
import sys
print("torch._dynamo" in sys.modules)
"""


@pytest.fixture
def fresh() -> Iterator[Kernel]:
    """A kernel as a person has it, which has run nothing."""
    found = Kernel(KERNEL)
    yield found
    found.session.close()


def test_the_second_run_with_an_optimizer_finds_it_loaded(fresh: Kernel, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(OPTIMIZES, encoding="utf-8")
    first, second = fresh.run(program), fresh.run(program)
    after = "1\n[0.8999999761581421, 0.8999999761581421, 0.8999999761581421]\n"
    assert stdout_of(first) == "False\n" + after
    assert stdout_of(second) == "True\n" + after
    for kind in (Optimizer, Update):
        assert steps(first, kind) == steps(second, kind)
    assert fresh.process.last_words() == ""


def test_a_search_for_a_gradient_waits_for_it_too(fresh: Kernel, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(OPTIMIZES, encoding="utf-8")
    fresh.run(program)
    assert fresh.check(program, iteration=1).error == ""


def test_a_program_without_an_optimizer_loads_nothing(fresh: Kernel, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(DOES_NOT, encoding="utf-8")
    assert [stdout_of(fresh.run(program)) for _ in range(2)] == ["False\n"] * 2


NEVER_DONE = """
import time
from tutor_tui.kernel.__main__ import main
from tutor_tui.kernel.host import ahead
ahead.Ahead._load = lambda self: time.sleep(600)
main()
"""


def test_who_quits_meanwhile_does_not_wait(tmp_path: Path) -> None:
    """Not even with a run that does."""
    program = tmp_path / "program.py"
    program.write_text(OPTIMIZES, encoding="utf-8")
    kernel = Kernel((sys.executable, "-P", "-c", NEVER_DONE))
    kernel.run(program)
    kernel.session.run(Target(str(program)))
    status = kernel.process.status
    kernel.session.kernel.close(leave=True)
    assert status(10) == 0


def test_a_module_of_the_program_s_own_comes_first(fresh: Kernel, tmp_path: Path) -> None:
    """Whatever ran before: `sympy` is one of the packages that torch's compiler loads."""
    first = tmp_path / "first.py"
    first.write_text(OPTIMIZES, encoding="utf-8")
    fresh.run(first)
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "sympy.py").write_text("mine = True", encoding="utf-8")
    program = folder / "program.py"
    program.write_text("import sympy\nprint(sympy.mine)", encoding="utf-8")
    assert stdout_of(fresh.run(program)) == "True\n"


def test_what_torch_puts_into_the_environment_is_not_there_before(fresh: Kernel, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(f"import os\nprint(sorted(os.environ))\n{OPTIMIZES}", encoding="utf-8")
    first, second = (stdout_of(fresh.run(program)).splitlines()[0] for _ in range(2))
    assert first == second


TRACED = """
import sys
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "torch._dynamo":
            print("traced" if sys.gettrace() else "free")
sys.meta_path.insert(0, Finder())
from tutor_tui.record import record
import torch
with record():
    torch.optim.SGD([torch.ones(2, requires_grad=True)], lr=0.1)
"""


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="Python tells of a program's own lines alone")
def test_no_line_of_torch_is_told_while_it_is_loaded() -> None:
    done = subprocess.run([sys.executable, "-c", TRACED], capture_output=True, text=True, check=True)
    assert done.stdout == "free\n"
