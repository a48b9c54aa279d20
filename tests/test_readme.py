"""What the README tells a person to type."""

from __future__ import annotations

import re
import shlex
import tomllib

from tests.pythons import ROOT


def test_the_rest_beside_a_torch_of_ones_own_is_all_there_is() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (line,) = re.findall(r"^    pip install (numpy .*)$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert {*shlex.split(line), "torch>=2.8,<2.14"} == {*project["dependencies"]}
