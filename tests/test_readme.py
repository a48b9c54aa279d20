"""What the README tells a person to type."""

from __future__ import annotations

import re
import shlex
import tomllib

from tests.bench.report import GOALS, goals_in
from tests.pythons import ROOT
from tutor_tui.findings.judge import all_rules


def test_the_rest_beside_a_torch_of_ones_own_is_all_there_is() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (line,) = re.findall(r"^    pip install (numpy .*)$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert {*shlex.split(line), "torch>=2.8,<2.14"} == {*project["dependencies"]}


def test_the_table_of_rules_is_that_of_the_rules() -> None:
    text = (ROOT / "README.md").read_text()
    table = re.findall(r"^\| `([a-z-]+)` \| (.+\.) \|$", text, re.MULTILINE)
    assert table == [(rule.slug, rule.told) for rule in all_rules().values()]


def test_every_goal_has_its_figure() -> None:
    there = goals_in((ROOT / "README.md").read_text())
    assert there == [goal.says for goal in GOALS if not goal.optional or goal.says in there]
