"""Every rule over programs as people write them: a mistake is found at its line, legal twins are left alone."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import SAMPLES, Kernel
from tests.watched import Watched
from tutor_tui.findings.judge import all_rules, judge
from tutor_tui.plain.commands import ITERATIONS, ROUNDS
from tutor_tui.protocol.messages import Finding
from tutor_tui.trace.record.trace import Trace

HERE = Path(__file__).parent
MISTAKES = sorted((HERE / "mistakes").glob("*.py"))
AGAIN = sorted((HERE / "again").glob("*.py"))
NOTICES = sorted((HERE / "notices").glob("*.py"))
TWINS = sorted((HERE / "twins").glob("*.py"))
LEFT_ALONE = sorted((HERE / "left_alone").glob("*.py"))
HARMLESS = sorted(path for path in SAMPLES.glob("*.py"))


def slug_of(path: Path) -> str:
    """`grad-not-cleared` for `grad_not_cleared_2.py`."""
    return path.stem.rpartition("_")[0].replace("_", "-")


def lines_of(path: Path) -> list[int]:
    """The lines that may be blamed: the one to be changed, and where else one may see it."""
    return [n for n, line in enumerate(path.read_text().split("\n"), 1) if "# HERE" in line]


def recorded(kernel: Kernel, path: Path) -> Trace:
    """The record that `diagnose` makes of a program, without the second run."""
    return kernel.run(path, detail=ITERATIONS, rounds=ROUNDS, statistics=True)


@pytest.mark.parametrize("path", MISTAKES, ids=lambda path: path.stem)
def test_a_mistake_is_found_at_its_line_and_nothing_else(kernel: Kernel, path: Path) -> None:
    trace = recorded(kernel, path)
    found = [f for f in judge(trace) if f.level == "mistake"]
    assert [f.rule for f in found] == [slug_of(path)], found
    (finding,) = found
    assert finding.line in lines_of(path), finding
    assert finding.file == str(path)
    assert all(text.strip() for text in (finding.message, finding.why, finding.fix))
    assert proved(trace, finding)


def proved(trace: Trace, finding: Finding) -> bool:
    """Whether its steps are steps of the record, the last of which is no later than the record."""
    return bool(finding.steps) and all(0 <= seq < len(trace.steps) for seq in finding.steps)


@pytest.mark.parametrize("path", AGAIN, ids=lambda path: path.stem)
def test_what_a_second_run_has_found_is_told_at_its_line(kernel: Kernel, path: Path) -> None:
    trace = recorded(kernel, path)
    before = next(f for f in judge(trace) if f.rule == "nonfinite")
    first = min(x for curve in trace.curves.of("loss") for x in curve.bad)
    trace.extend([kernel.find_bad(path, first)])
    (found,) = [f for f in judge(trace) if f.level == "mistake"]
    assert found.rule == "nonfinite"
    assert found.line in lines_of(path)
    assert before.line not in lines_of(path), "the record alone does not tell"
    assert proved(trace, found)


@pytest.mark.parametrize("path", NOTICES, ids=lambda path: path.stem)
def test_what_is_worth_a_look_is_told_at_its_line(kernel: Kernel, path: Path) -> None:
    trace = recorded(kernel, path)
    found = judge(trace)
    own = [f for f in found if f.rule == slug_of(path)]
    besides = {(f.rule, f.level) for f in found if f not in own}
    assert own, found
    assert besides <= {("loss-not-decreasing", "notice")}, (
        "what it is about shows in the loss, too, and nowhere else"
    )
    assert all(f.level == "notice" and f.line in lines_of(path) and proved(trace, f) for f in own), found


@pytest.mark.parametrize("path", LEFT_ALONE, ids=lambda path: path.stem)
def test_nothing_is_said_of_what_looks_like_it(kernel: Kernel, path: Path) -> None:
    assert judge(recorded(kernel, path)) == []


@pytest.mark.parametrize("path", [*TWINS, *HARMLESS], ids=lambda path: path.stem)
def test_legal_twins_are_left_alone(kernel: Kernel, path: Path) -> None:
    assert [f for f in judge(recorded(kernel, path)) if f.level == "mistake"] == []


def test_a_line_may_ask_to_be_left_alone(kernel: Kernel, tmp_path: Path) -> None:
    source = (HERE / "mistakes" / "grad_not_cleared_1.py").read_text()
    file = tmp_path / "ignored.py"
    file.write_text(source.replace("# HERE", "# tutor-tui: ignore[grad-not-cleared]"))
    assert judge(kernel.run(file)) == []
    file.write_text(source.replace("# HERE", "# tutor-tui: ignore[loss-broadcast]"))
    assert [f.rule for f in judge(kernel.run(file))] == ["grad-not-cleared"]


def test_rules_are_chosen_and_left_out(kernel: Kernel) -> None:
    trace = kernel.run(HERE / "mistakes" / "grad_not_cleared_1.py")
    assert judge(trace, ignore={"grad-not-cleared"}) == []
    assert judge(trace, select={"loss-broadcast"}) == []
    assert [f.rule for f in judge(trace, select={"grad-not-cleared"})] == ["grad-not-cleared"]


def test_a_logarithm_too_many_is_only_worth_a_look(kernel: Kernel, tmp_path: Path) -> None:
    file = tmp_path / "twice.py"
    file.write_text(
        "import torch\nimport torch.nn.functional as F\nx = torch.randn(2, 3, requires_grad=True)\n"
        "F.cross_entropy(F.log_softmax(x, dim=1), torch.tensor([0, 1])).backward()\n"
    )
    (finding,) = judge(kernel.run(file))
    assert (finding.rule, finding.level, finding.line) == ("double-softmax", "notice", 4)


def test_every_rule_says_what_it_needs_and_what_it_leaves_alone() -> None:
    for slug, rule in all_rules().items():
        text = " ".join((rule.module.__doc__ or "").split())
        assert rule.level in ("mistake", "notice")
        assert rule.told.endswith("."), slug
        assert "Evidence" in text, slug
        assert "Source: " in text, slug


def test_every_rule_has_its_programs() -> None:
    programs = Counter(slug_of(path) for path in (*MISTAKES, *NOTICES))
    assert [slug for slug in all_rules() if programs[slug] < 3] == []


def test_a_failure_of_another_device_or_of_memory_is_known_by_its_words(
    kernel: Kernel, tmp_path: Path
) -> None:
    words = {
        "device-mismatch": "Expected all tensors to be on the same device, but found at least two devices",
        "out-of-memory": "CUDA out of memory. Tried to allocate 2.00 GiB",
    }
    for slug, text in words.items():
        file = tmp_path / f"{slug}.py"
        file.write_text(f"import torch\nx = torch.ones(2)\ntorch._check(False, lambda: {text!r})\n")
        found = judge(kernel.run(file))
        assert [(f.rule, f.line) for f in found] == [(slug, 3)]


def test_a_rule_that_fails_itself_ends_nothing(kernel: Kernel, monkeypatch: pytest.MonkeyPatch) -> None:
    trace = kernel.run(HERE / "mistakes" / "grad_not_cleared_1.py")

    def broken(trace: Trace) -> list[Finding]:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(all_rules()["loss-broadcast"].module, "find", broken)
    heard: list[str] = []
    found = judge(trace, fault=lambda slug, error: heard.append(f"{slug}: {error}"))
    assert [f.rule for f in found] == ["grad-not-cleared"]
    assert heard == ["loss-broadcast: a bug"]
    with pytest.raises(ZeroDivisionError):
        judge(trace)


def test_what_the_record_does_not_hold_is_not_blamed(tmp_path: Path) -> None:
    """A failure behind a loop that was watched: the lines that were recorded long before are not to blame."""
    head = (
        "import torch\nw = torch.zeros(3, requires_grad=True)\no = torch.optim.SGD([w], lr=0.01)\n"
        "for n in range(3000):\n    loss = (w - 3).pow(2).sum()\n    o.zero_grad()\n    loss.backward()\n    o.step()\n"
    )
    ends = {
        "inplace-modified": "y = w.exp()\ny.add_(1)\ny.sum().backward()\n",
        "no-grad-path": "y = w.exp().detach().sum()\nprint(y)\ny.backward()\n",
    }
    for slug, end in ends.items():
        file = tmp_path / f"{slug}.py"
        file.write_text(head + end)
        with Watched(file, watch="auto") as run:
            run.end()
            assert [(f.rule, f.line) for f in judge(run.trace)] == [(slug, 11)]
