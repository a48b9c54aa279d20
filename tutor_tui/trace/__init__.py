"""The record of a run, and what can be asked of it and said of it. No torch, no screen.

`record/` holds it, `look/` answers questions about a moment of it, `words/` puts it into sentences.
"""
