"""The application: what wires a run, the settings and the screens together; themes and the clipboard.

Only `play/` and `cli` enter.
"""
