"""Between Textual and the terminal: sends the cells that changed and nothing else.

Textual sends whole spans of lines, each piece with its colours in full and a reset. Over a slow line that
is felt, so what it writes is kept as a grid of cells, and only the difference to what the terminal shows
goes out.
"""
