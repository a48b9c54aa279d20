"""Whether the signatures of a glossary are those of the torch and NumPy that are installed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from tutor_tui.client.target import Target
from tutor_tui.course.runner import Runner
from tutor_tui.lessons.glossary import GLOSSARY, Entry
from tutor_tui.lessons.toml_lines import line_of_table
from tutor_tui.protocol.messages import Output

PROGRAM = """\
import ast, importlib, inspect, json, re, sys

def resolve(name):
    module, *rest = name.split(".")
    found = importlib.import_module({"np": "numpy"}.get(module, module))
    for part in rest:
        try:
            found = getattr(found, part)
        except AttributeError:
            found = importlib.import_module(f"{found.__name__}.{part}")
    return found

def parameters(signature):
    inside = re.search(r"\\((.*)\\)\\s*(?:->.*)?$", signature, re.DOTALL)[1]
    tree = ast.parse(f"def f({inside}): pass").body[0].args
    given = [*tree.posonlyargs, *tree.args]
    defaults = [None] * (len(given) - len(tree.defaults)) + tree.defaults
    pairs = [*zip(given, defaults), *zip(tree.kwonlyargs, tree.kw_defaults)]
    return {a.arg: None if d is None else ast.unparse(d) for a, d in pairs}

def documented(found, name):
    \"\"\"All signatures that the object, or its documentation, has.\"\"\"
    signatures = []
    try:
        signatures.append(str(inspect.signature(found)))
    except (TypeError, ValueError):
        pass
    last = name.rsplit(".", 1)[-1]
    text = re.sub(r"\\s*\\n\\s+", " ", inspect.getdoc(found) or "")
    signatures += re.findall(rf"\\b{last}(\\([^()]*(?:\\([^()]*\\)[^()]*)*\\))", text)
    return signatures

def judge(name, signature):
    try:
        found = resolve(name)
    except Exception as error:
        return f"there is no {name} ({error})"
    if not signature:
        return ""
    wanted, known = parameters(signature), documented(found, name)
    if not known and not wanted and callable(found):  # a method without arguments, of which nothing more is written
        return ""
    for text in known:
        try:
            text = re.sub(r"(\\*\\w+), \\*,", r"\\1,", text)  # as documentation has it, and Python has not
            there = parameters(re.sub(r":\\s*[\\w.\\[\\], |]+(?=[,)=])", "", text.replace("\\\\", "")))
        except (SyntaxError, TypeError):
            continue
        if all(p in there and (d is None or d == there[p]) for p, d in wanted.items()):
            return ""
    return f"{signature} is not how it is called: {' or '.join(known[:3]) or 'nothing is documented'}"

for name, signature in json.loads(SIGNATURES):
    if said := judge(name, signature):
        print(json.dumps([name, said]))
"""
"""Runs where torch is. What it prints, a line an entry, is what is wrong."""


def wrong_signatures(folder: Path, entries: Iterable[Entry], runner: Runner) -> list[str]:
    """Entries of a pack's glossary that the installed libraries do not know, or know otherwise."""
    asked = json.dumps([(entry.name, entry.signature) for entry in entries])
    source = PROGRAM.replace("SIGNATURES", repr(asked))
    trace = runner.run(Target(str(folder / "signatures.py"), source=source))
    printed = "".join(s.text for s in trace.steps if isinstance(s, Output) and s.stream == "stdout")
    file = folder / GLOSSARY
    if trace.failure is not None:
        return [f"{file}:1: the signatures could not be checked: {trace.failure.message}"]
    return [
        f"{file}:{line_of_table(file, name)}: {said}" for name, said in map(json.loads, printed.splitlines())
    ]
