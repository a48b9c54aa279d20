"""A trace in sentences: the story of a step, worked arithmetic, spoken text, printed lines.

Every room above `trace` may enter.
"""
