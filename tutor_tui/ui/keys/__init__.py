"""Every action once: id, keys, help; and the palette that finds them by their words.

The screens may enter.
"""
