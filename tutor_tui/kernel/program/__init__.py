"""Running a file as `__main__`: its sources, positions, loops, output, and what its errors mean.

The ground floor of the kernel: every other room of it may enter.
"""
