"""Everything that hooks into torch: the engine and optimizer steps, function modes, ids, previews, the graph.

Every other room of the kernel but `program/` may enter.
"""
