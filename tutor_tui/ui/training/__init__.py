"""The screen of a run that is watched while it trains: curves, figures, holding and changing it.

Only `shell/` enters.
"""
