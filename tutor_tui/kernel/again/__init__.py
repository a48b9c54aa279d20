"""Second runs of a program, unseen: the first bad value, and gradients against finite differences.

`host/` may enter.
"""
