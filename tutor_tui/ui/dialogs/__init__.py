"""Screens that come and go over another: help, list of lessons, prompt, editor, inspector.

`walk/`, `training/` and `shell/` may enter.
"""
