"""A walk that plays itself: scripts, the player, recordings and pictures.

Only `cli` enters.
"""
