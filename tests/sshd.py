"""A real sshd on a free port of this machine, with keys made for one test."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

SSHD = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin")


class Sshd:
    """`box` is the name under which `ssh` finds it, by the configuration in `env`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700)
        for name in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
        (folder / "authorized").write_text((folder / "user.pub").read_text())
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        host_key = (folder / "host.pub").read_text().split()
        (folder / "known").write_text(f"[127.0.0.1]:{self.port} {host_key[0]} {host_key[1]}\n")
        self._configure()
        os.makedirs("/run/sshd", exist_ok=True)
        self._process = subprocess.Popen(
            [str(SSHD), "-D", "-e", "-f", folder / "sshd_config"],
            stderr=open(folder / "log", "wb"),  # noqa: SIM115
        )
        self._await()

    def _configure(self) -> None:
        (self.folder / "sshd_config").write_text(
            f"ListenAddress 127.0.0.1\nPort {self.port}\nHostKey {self.folder / 'host'}\nPidFile none\n"
            f"AuthorizedKeysFile {self.folder / 'authorized'}\nStrictModes no\nUsePAM no\n"
            "PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin yes\n"
            f'SetEnv XDG_STATE_HOME="{self.folder / "far"}"\n'
        )
        config = self.folder / "config"
        config.write_text(
            f"Host box stranger\n HostName 127.0.0.1\n Port {self.port}\n"
            f" IdentitiesOnly yes\n UserKnownHostsFile {self.folder / 'known'}\n"
            f"Host box\n IdentityFile {self.folder / 'user'}\n"
            f"Host stranger\n IdentityFile {self.folder / 'host'}\n"
        )
        # ssh reads its configuration from the home of the account, whatever HOME says: so a wrapper names it
        bin = self.folder / "bin"
        bin.mkdir()
        (bin / "ssh").write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} -F {config} "$@"\n')
        (bin / "ssh").chmod(0o755)

    @property
    def env(self) -> dict[str, str]:
        """What a command needs to find `box`."""
        return {"PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}"}

    def _await(self) -> None:
        end = time.monotonic() + 10
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError((self.folder / "log").read_text())

    def cut(self) -> None:
        """Drop every link, as a network does."""
        for pid in self.links():
            os.kill(pid, signal.SIGKILL)

    def links(self) -> list[int]:
        """The processes that hold a link."""
        return self._sessions(self._process.pid)

    def _sessions(self, parent: int) -> list[int]:
        """The processes of sshd that hold a link, whatever they were split into."""
        found = subprocess.run(["pgrep", "-P", str(parent), "sshd"], capture_output=True, check=False)
        children = [int(pid) for pid in found.stdout.split()]
        return children + [inner for child in children for inner in self._sessions(child)]

    def close(self) -> None:
        """End it, and what was left running on the far side."""
        self.cut()
        self._process.kill()
        self._process.wait()
        self.end_runs()

    def end_runs(self) -> None:
        """End what goes on alone on the far side."""
        for about in (self.folder / "far/tutor-tui/runs").glob("*.json"):
            with suppress(ProcessLookupError):
                os.kill(json.loads(about.read_text())["pid"], signal.SIGKILL)
            about.unlink(missing_ok=True)
