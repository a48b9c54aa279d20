"""A kernel on the far side of a real ssh."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sshd import SSHD, Sshd
from tests.terminal import PROGRAM, SAMPLES, Terminal
from tests.watched import FIT
from tutor_tui.client.ssh import Host, pack
from tutor_tui.client.target import split_target
from tutor_tui.errors import UsageError

pytestmark = pytest.mark.usefixtures("real_kernel")

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
        "print(open('data.txt').read())\nopen('made.txt', 'w').write('kept')\n"
    )
    (tmp_path / "data.txt").write_text("found beside it")
    (tmp_path / "env").mkdir()
    (tmp_path / "env/pyvenv.cfg").write_text("")
    (tmp_path / "beside.py").write_text("three = 3.0\n")
    command = (*PROGRAM, "run", "--host", "box", *PYTHON, str(tmp_path / "near.py"))
    with Terminal(*command, env=box.env) as terminal:
        terminal.wait("recorded|exit 0")
        assert "Line 4 is about to run: y = x * 2" in terminal.goto(":4")
        assert "mul ran" in terminal.press("right")
        terminal.press("end")
        assert "found beside it" in terminal.text
        assert "Not sent: env/." in bytes(terminal.raw).decode()
        (sent,) = (box.folder / "far/tutor-tui").glob(
            "sent-*"
        )  # once, however often this program starts anew
        assert sent.stat().st_mode & 0o777 == 0o700
        terminal.press_now("q")
        assert terminal.wait_exit() == 0
    assert (sent / "made.txt").read_text() == "kept"  # nothing that the program wrote is taken away


@needs_sshd
def test_a_folder_that_was_sent_goes_with_its_kernel(box: Sshd, tmp_path: Path) -> None:
    (tmp_path / "near.py").write_text("x = 1\n")
    before = set((box.folder / "far/tutor-tui").glob("sent-*"))
    with Terminal(
        *PROGRAM, "run", "--host", "box", *PYTHON, str(tmp_path / "near.py"), env=box.env
    ) as terminal:
        terminal.wait("recorded|exit 0")
        assert len(set((box.folder / "far/tutor-tui").glob("sent-*")) - before) == 1
        terminal.press_now("q")
        assert terminal.wait_exit() == 0
    assert set((box.folder / "far/tutor-tui").glob("sent-*")) == before


@needs_sshd
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_screen_that_is_killed_lets_go_of_ssh(box: Sshd, tmp_path: Path, how: signal.Signals) -> None:
    (tmp_path / "fit.py").write_text(FIT)
    command = (*PROGRAM, "run", *PYTHON, "--watch", f"box:{tmp_path / 'fit.py'}", "100000000")
    with Terminal(*command, columns=100, rows=30, env=box.env) as terminal:
        terminal.wait(r"pass [\d,]{3,} · [\d,]+/s")
        links = box.links()
        assert links
        os.kill(terminal.pid, how)
        terminal.wait_exit()
    end = time.monotonic() + 15
    while set(box.links()) & set(links) and time.monotonic() < end:
        time.sleep(0.05)
    assert not set(box.links()) & set(links)
    box.end_runs()


@needs_sshd
def test_a_kernel_that_is_killed_over_there_is_no_lost_link(box: Sshd, tmp_path: Path) -> None:
    (tmp_path / "die.py").write_text(
        "import os\nx = 1\nos.kill(os.getppid(), 9)\nimport time\ntime.sleep(60)\n"
    )
    with Terminal(*PROGRAM, "run", *PYTHON, f"box:{tmp_path / 'die.py'}", env=box.env) as terminal:
        terminal.wait("the kernel on box was killed by SIGKILL")


@needs_sshd
def test_a_home_over_there_and_a_shell_that_talks(box: Sshd, tmp_path: Path) -> None:
    talking = tmp_path / "python"
    talking.write_text(f'#!/bin/sh\necho "Welcome to box!"\nexec {sys.executable} "$@"\n')
    talking.chmod(0o755)
    home = Path(pwd.getpwuid(os.getuid()).pw_dir)  # which HOME here need not be
    inside = Path(tempfile.mkdtemp(dir=home)) / "far.py"
    inside.write_text("import os\nprint('stands in', os.path.basename(os.getcwd()))\n")
    try:
        for where in (f"box:~/{inside.relative_to(home)}", None):
            target = (where,) if where else ("--host", "box", str(inside))
            with Terminal(*PROGRAM, "run", "--remote-python", str(talking), *target, env=box.env) as terminal:
                terminal.wait("recorded|exit 0")
                terminal.press("end")
                terminal.wait(f"stands in {inside.parent.name if where else 'sent-'}")
    finally:
        shutil.rmtree(inside.parent)
    listed = [*PROGRAM, "attach", "--host", "box", "--remote-python", str(talking), "--list"]
    done = subprocess.run(listed, env={**os.environ, **box.env}, capture_output=True, text=True, check=True)
    assert "No run is waiting" in done.stdout


def test_no_ssh_is_a_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        [*PROGRAM, "attach", "--host", "box", "--list"],
        env={**os.environ, "PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "ssh could not be started (No such file or directory)" in done.stderr


@needs_sshd
def test_a_path_over_there_is_run_without_sending(box: Sshd) -> None:
    command = (*PROGRAM, "run", *PYTHON, f"box:{SAMPLES / 'gradient.py'}")
    with Terminal(*command, env=box.env) as terminal:
        terminal.wait("recorded|exit 0")
        assert "gradient.py" in terminal.text


@needs_sshd
def test_a_link_that_drops_leaves_the_run_and_attach_finds_it(box: Sshd, tmp_path: Path) -> None:
    (tmp_path / "fit.py").write_text(FIT)
    command = (*PROGRAM, "run", "--host", "box", *PYTHON, "--watch", str(tmp_path / "fit.py"), "100000000")
    with Terminal(*command, columns=100, rows=30, env=box.env) as terminal:
        terminal.wait(r"pass [\d,]{3,} · [\d,]+/s")
        box.cut()
        terminal.wait("the connection to box is lost")
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
        terminal.press("q")
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
        (("--host", "box", "--remote-python", "/usr/bin/true"), "did not answer as tutor-tui would"),
        (("--host", "-oProxyCommand=touch"), "is not a host"),
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


def test_a_folder_is_packed_without_what_is_hidden_or_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io
    import tarfile

    written = ("a.py", "data/b.txt", ".git/config", "__pycache__/a.pyc", "env/__init__.py", "mine/pyvenv.cfg")
    for name in written:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x" * 1000)
    (tmp_path / "link.py").symlink_to(tmp_path / "a.py")
    (tmp_path / "elsewhere").symlink_to("/etc")
    packed, left_out = pack(tmp_path)
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        assert sorted(archive.getnames()) == ["a.py", "data/b.txt", "env/__init__.py", "link.py"]
        assert archive.getmember("link.py").isfile()
    assert sorted(left_out) == ["elsewhere/", "mine/"]
    monkeypatch.setattr("tutor_tui.client.ssh.MOST", 1500)
    with pytest.raises(UsageError, match="too much to send"):
        pack(tmp_path)


def test_words_of_ssh_are_put_plainly() -> None:
    host = Host("box", "python3.9")
    assert "older than 3.11" in host.explain("unknown option -P\nusage: python3.9")
    assert "not installed" in host.explain("No module named 'tutor_tui'")
    assert "no host jump.invalid;" in host.explain("Could not resolve hostname jump.invalid: Name or service")
    assert "torch is not installed for python3.9 on box" in host.explain("No module named 'torch'")
    assert "must work without a prompt" in host.explain("me@box: Permission denied (publickey).")
