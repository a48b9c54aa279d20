"""A kernel on the far side of a real ssh."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kernel.test_watch import FIT
from tests.sshd import SSHD, Sshd
from tests.terminal import PROGRAM, SAMPLES, Terminal
from tutor_tui.client.remote import Host, pack, split_target
from tutor_tui.errors import UsageError

needs_sshd = pytest.mark.skipif(SSHD is None, reason="no sshd: Debian's openssh-server has it")
PYTHON = ("--remote-python", sys.executable)


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    """A machine to log into."""
    server = Sshd(tmp_path_factory.mktemp("box") / "sshd")
    yield server
    server.close()


@needs_sshd
def test_a_program_is_sent_run_and_walked_over_there(box: Sshd, tmp_path: Path) -> None:
    (tmp_path / "near.py").write_text(
        "import torch\nfrom beside import three\nx = torch.tensor(three)\ny = x * 2\n"
    )
    (tmp_path / "beside.py").write_text("three = 3.0\n")
    command = (*PROGRAM, "run", "--host", "box", *PYTHON, str(tmp_path / "near.py"))
    with Terminal(*command, env=box.env) as terminal:
        terminal.wait("exit 0")
        assert "Line 4 is about to run: y = x * 2" in terminal.goto(":4")
        assert "mul ran" in terminal.press("right")
        terminal.press_now("q")
        assert terminal.wait_exit() == 0
    sent = list((box.folder / "far/tutor-tui").glob("sent-*"))
    assert sent
    assert sent[0].stat().st_mode & 0o777 == 0o700


@needs_sshd
def test_a_path_over_there_is_run_without_sending(box: Sshd) -> None:
    command = (*PROGRAM, "run", *PYTHON, f"box:{SAMPLES / 'gradient.py'}")
    with Terminal(*command, env=box.env) as terminal:
        terminal.wait("exit 0")
        assert "gradient.py" in terminal.text


@needs_sshd
def test_a_link_that_drops_leaves_the_run_and_attach_finds_it(box: Sshd, tmp_path: Path) -> None:
    (tmp_path / "fit.py").write_text(FIT)
    command = (*PROGRAM, "run", "--host", "box", *PYTHON, "--watch", str(tmp_path / "fit.py"), "100000000")
    with Terminal(*command, columns=100, rows=30, env=box.env) as terminal:
        terminal.wait(r"pass [\d,]{3,} · [\d,]+/s")
        box.cut()
        terminal.wait("the link to box is gone")
        assert "tutor-tui attach --host box" in " ".join(terminal.text.split())
    runs = box.folder / "far/tutor-tui/runs"
    end = time.monotonic() + 10
    while not list(runs.glob("*.json")) and time.monotonic() < end:
        time.sleep(0.05)
    kernel = json.loads(next(runs.glob("*.json")).read_text())["pid"]
    with Terminal(
        *PROGRAM, "attach", "--host", "box", *PYTHON, columns=100, rows=30, env=box.env
    ) as terminal:
        terminal.wait(r"pass [\d,]{4,} · [\d,]+/s")
        terminal.press_now("q")
        assert terminal.wait_exit() == 0
    end = time.monotonic() + 10
    while os.path.exists(f"/proc/{kernel}/exe") and time.monotonic() < end:
        time.sleep(0.05)
    assert not list(runs.glob("*.json"))
    assert not os.path.exists(f"/proc/{kernel}/exe")


@needs_sshd
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--host", "stranger"), "refused the login"),
        (("--host", "nowhere.invalid"), "there is no host nowhere.invalid"),
        (("--host", "box", "--remote-python", "/no/python"), "there is no /no/python on box"),
        (("--host", "box", "--remote-python", "/usr/bin/true"), "no answer that tutor-tui would give"),
        (("--host", "-oProxyCommand=touch"), "is no host"),
    ],
)
def test_what_goes_wrong_with_a_host_is_said(box: Sshd, arguments: tuple[str, ...], said: str) -> None:
    with Terminal(*PROGRAM, "run", *arguments, str(SAMPLES / "gradient.py"), env=box.env) as terminal:
        assert terminal.wait_exit() == 2
        assert said in " ".join(terminal.text.split())


def test_a_target_with_a_colon_names_a_host() -> None:
    assert split_target("me@box:work/train.py") == ("me@box", "work/train.py")
    assert split_target("train.py") == ("", "train.py")
    assert split_target("./odd:name.py") == ("", "./odd:name.py")


def test_a_folder_is_packed_without_what_is_hidden_or_too_much(tmp_path: Path, monkeypatch) -> None:
    import io
    import tarfile

    for name in ("a.py", "data/b.txt", ".git/config", "__pycache__/a.pyc"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x" * 1000)
    (tmp_path / "link").symlink_to("/etc/passwd")
    with tarfile.open(fileobj=io.BytesIO(pack(tmp_path))) as archive:
        assert sorted(archive.getnames()) == ["a.py", "data/b.txt"]
    monkeypatch.setattr("tutor_tui.client.remote.MOST", 1500)
    with pytest.raises(UsageError, match="more than is sent"):
        pack(tmp_path)


def test_words_of_ssh_are_put_plainly() -> None:
    host = Host("box", "python3.9")
    assert "older than 3.11" in host.explain("unknown option -P\nusage: python3.9")
    assert "not installed" in host.explain("No module named 'tutor_tui'")
    assert "must work without a question" in host.explain("me@box: Permission denied (publickey).")
