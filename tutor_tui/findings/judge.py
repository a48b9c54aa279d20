"""Every rule over a record, and what the program itself asks to be left alone with."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache
from importlib import import_module
from typing import NamedTuple, Protocol, cast

from tutor_tui.findings import rules
from tutor_tui.findings.evidence import Evidence
from tutor_tui.protocol.messages import Finding
from tutor_tui.trace.record.trace import Trace

_IGNORED = re.compile(r"#\s*tutor-tui:\s*ignore\[([\w\s,-]+)\]")


class _Module(Protocol):
    LEVEL: str
    __doc__: str | None

    def find(self, evidence: Evidence) -> Iterator[Finding]:
        """What the rule has to say."""


class Rule(NamedTuple):
    """A rule by its slug: `mistake` or `notice`, and what it tells, in a line."""

    slug: str
    level: str
    told: str
    module: _Module


@lru_cache(maxsize=1)
def all_rules() -> dict[str, Rule]:
    """Every rule there is, by slug, in the order of the alphabet."""
    found = {}
    for entry in sorted(pkgutil.iter_modules(rules.__path__), key=lambda entry: entry.name):
        module = cast(_Module, import_module(f"{rules.__name__}.{entry.name}"))
        slug = entry.name.replace("_", "-")
        told = (module.__doc__ or "").strip().split("\n\n")[0]
        found[slug] = Rule(slug, module.LEVEL, " ".join(told.split()), module)
    return found


def judge(
    trace: Trace,
    select: Collection[str] = (),
    ignore: Collection[str] = (),
    fault: Callable[[str, Exception], None] | None = None,
) -> list[Finding]:
    """What is wrong with a program, in the order of its lines; of the rules `select`, or all, without `ignore`.

    A line with `# tutor-tui: ignore[slug]` is left alone by that rule. `fault` hears of a rule that fails itself, which
    ends nothing then; without it, the exception is raised.
    """
    evidence = Evidence(trace)
    found: list[Finding] = []
    for slug, rule in all_rules().items():
        if (select and slug not in select) or slug in ignore:
            continue
        try:
            said = list(rule.module.find(evidence))
        except Exception as error:
            if fault is None:
                raise
            fault(slug, error)
            continue
        for finding in said:
            finding.rule, finding.level = slug, finding.level or rule.level
            if slug not in _ignored(trace.sources.line(finding.file, finding.line)):
                found.append(finding)
    return sorted(found, key=lambda finding: (finding.file, finding.line, finding.rule))


def passed_over(slug: str, error: Exception) -> None:
    """A `fault` for `judge` that hears of a rule which fails itself, and says nothing."""


def set_threshold(text: str) -> None:
    """Give a rule another threshold, for this process: `dead-relu.DEAD=0.6`. `ValueError` says why that cannot be."""
    name, given, value = text.partition("=")
    slug, _, threshold = name.strip().partition(".")
    rule = all_rules().get(slug)
    if not given or rule is None:
        raise ValueError(f"{text!r} is not of the form RULE.NAME=NUMBER, with a rule's name before the dot")
    numbers = {
        key: old for key, old in vars(rule.module).items() if key.isupper() and type(old) in (int, float)
    }
    if threshold not in numbers:
        known = ", ".join(numbers) or "none"
        raise ValueError(f"{slug} has no threshold {threshold!r}; it has {known}")
    try:
        number = type(numbers[threshold])(value)
    except ValueError:
        raise ValueError(
            f"{slug}.{threshold} is a number, like {numbers[threshold]}, and not {value!r}"
        ) from None
    setattr(rule.module, threshold, number)


def _ignored(line: str) -> set[str]:
    return {slug.strip() for match in _IGNORED.finditer(line) for slug in match[1].split(",")}
