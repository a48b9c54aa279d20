"""The screen on which a record is walked: it arranges the panes and moves the cursor.

Only `shell/` enters.
"""
