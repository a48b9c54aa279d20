"""One pane a file, each a function of a moment; and the rows and plots they are drawn with.

`walk/`, `training/`, `dialogs/` and `shell/` may enter.
"""
