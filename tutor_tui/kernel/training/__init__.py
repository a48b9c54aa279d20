"""A run that trains: its iterations (a state machine), losses, series of values, parameter groups.

`host/` and `again/` may enter.
"""
