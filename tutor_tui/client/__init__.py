"""A run as its owner sees it: the kernel's process or link, requests and events, the trace that grows. No textual.

`course`, `plain` and `ui` may enter.
"""
