"""What is wrong with a program, proved from the record of its run. One rule a file, under `rules/`; no torch.

`judge` is the one way in. A rule is a module with `LEVEL` and `find(trace)`; its slug is the module's name with `-`
for `_`, and its docstring says what it tells, the evidence it needs, the legal twins that it must leave alone, and
a source. To add one is to add its file and its tests.
"""
