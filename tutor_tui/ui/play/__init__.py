"""A walk that plays by itself: for stages, for recordings, for pictures."""
