"""The steps of a run in order, and the indexes into them.

`look/`, `words/` and every room above may enter.
"""
