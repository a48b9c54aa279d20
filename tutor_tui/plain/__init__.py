"""The commands that need no screen.

Only `cli` enters.
"""
