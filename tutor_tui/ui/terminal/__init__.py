"""What is sent to the terminal: cells, differences between two frames, the driver.

`shell/` and `play/` may enter.
"""
