"""A lesson together with its run: plan, answers, exercises, the checks for authors. No screen.

`plain` and `ui` may enter.
"""
