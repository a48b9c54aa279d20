"""Numbers, plain ASCII and safe text: the ground floor.

Every room may enter; this one imports nothing of ours.
"""
