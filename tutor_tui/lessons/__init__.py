"""Lessons as plain files, read and never run; and what is saved of a learner's progress.

`course` and the screens may enter. Knows nobody but `text`.
"""
