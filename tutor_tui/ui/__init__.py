"""The screens, with textual. No torch: everything shown comes out of a trace.

`shell/` wires the application; `walk/` and `training/` are its two screens; `dialogs/`, `panes/`, `keys/` and
`terminal/` are what they are made of; `play/` presses the keys by itself.
"""
