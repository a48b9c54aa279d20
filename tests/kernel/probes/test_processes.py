"""Processes that a program starts are said, with what to do: they are not recorded."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import stdout_of, steps
from tutor_tui.protocol.messages import Note
from tutor_tui.trace.record.trace import Trace

Record = Callable[..., Trace]

HOGWILD = """
import torch
import torch.multiprocessing as mp
def train(rank, w):
    w += rank
if __name__ == "__main__":
    w = torch.zeros(1).share_memory_()
    workers = [mp.get_context({how!r}).Process(target=train, args=(rank, w)) for rank in (1, 2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(w.item())
"""


def notes(trace: Trace) -> list[str]:
    return [step.text for step in steps(trace, Note)]


@pytest.mark.parametrize("how", ["spawn", "fork"])
def test_processes_that_run_a_function(record: Record, how: str) -> None:
    trace = record(HOGWILD.format(how=how))
    assert stdout_of(trace) == "3.0\n"
    first, total = notes(trace)
    assert first.startswith("Line 10 starts a process that runs train, which is not recorded.")
    assert total == "The program started 2 processes in all. None of them was recorded."


def test_torch_s_spawn_names_the_program_s_function(record: Record) -> None:
    trace = record(
        """
        import torch
        import torch.multiprocessing as mp
        def train(rank):
            assert torch.ones(1).item() == 1
        if __name__ == "__main__":
            mp.spawn(train, nprocs=2)
        """
    )
    assert notes(trace)[0].startswith("Line 7 starts a process that runs train, ")


def test_the_workers_of_a_loader(record: Record) -> None:
    trace = record(
        """
        import torch
        from torch.utils.data import DataLoader
        for (batch,) in DataLoader(torch.utils.data.TensorDataset(torch.arange(4.0)), num_workers=1, batch_size=4):
            print(batch.sum().item())
        """
    )
    assert stdout_of(trace) == "6.0\n"
    (note,) = notes(trace)
    assert note.endswith("num_workers=0 loads them in this process.")


def test_scripts_and_forks(record: Record, tmp_path: Path) -> None:
    script = tmp_path / "other.py"
    script.write_text("print('of its own')", encoding="utf-8")
    trace = record(
        f"""
        import os, subprocess
        print(subprocess.check_output([{sys.executable!r}, "-u", {str(script)!r}], text=True).strip())
        subprocess.run(["true"])
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
        """
    )
    assert stdout_of(trace) == "of its own\n"
    assert notes(trace) == [
        f"Line 3 starts {script} in a separate process, which is not recorded. To see it, run it directly: "
        f"tutor-tui run {script}",
        "Line 5 starts a process with os.fork(), which is not recorded.",
        "The program started 2 processes in all. None of them was recorded.",
    ]


def test_a_launcher_of_distributed_training_is_told_how_one_process_is_seen(
    record: Record, tmp_path: Path
) -> None:
    script = tmp_path / "train.py"
    script.write_text("import os\nprint(os.environ['RANK'])\n", encoding="utf-8")
    trace = record(
        f"""
        import torch.distributed.run
        torch.distributed.run.main(["--nproc-per-node", "1", {str(script)!r}])
        """
    )
    assert stdout_of(trace) == "0\n"
    assert notes(trace)[0].endswith(
        f"RANK=0 LOCAL_RANK=0 WORLD_SIZE=1 MASTER_ADDR=localhost MASTER_PORT=29500 tutor-tui run {script}"
    )
