"""Derivative rules: in school notation, with numbers put in, and PyTorch's own tables where we have none.

`record/` may enter.
"""
