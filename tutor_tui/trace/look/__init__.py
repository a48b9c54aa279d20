"""Questions about a moment of a trace: where the cursor goes, the graph as a tree, who shares memory.

Pure functions of (trace, moment). `words/` and every room above may enter.
"""
