"""Bounds that several rooms share; imports nothing, so that a command may read them before all else."""

MAX_STEPS = 100_000
"""Steps that a record holds unless one asks for another number."""
KEPT = 64
"""Tensors of earlier iterations that are told to be alive still."""
