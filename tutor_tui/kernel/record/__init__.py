"""The recorder: operations, lines, the backward pass, optimizer updates, and how many steps it may keep.

`host/`, `again/`, `training/` and `tutor_tui.record` may enter.
"""
