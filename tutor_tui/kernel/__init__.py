"""The side that runs PyTorch, in a process of its own. It never imports a screen.

`host/` holds the processes, `again/` runs a program a second time, `training/` watches a run that trains,
`record/` records every step, `rules/` knows derivatives, `probes/` hooks into torch, `program/` runs a file.
Only `tutor_tui.record` imports it; screens start it as a child process.
"""
