"""`python -m tests.bench --report`: measure everything, and write the figures into the README."""

from __future__ import annotations

import sys

from tests.bench.report import report

if sys.argv[1:] != ["--report"]:
    sys.exit("usage: python -m tests.bench --report")
report()
