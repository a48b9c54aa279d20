"""Python's own events: which call of the program begins, which line runs, what comes up, what returns.

By `sys.settrace` on Python 3.11, by `sys.monitoring` on newer ones. This room knows Python, not torch.
"""
