"""Every struct that crosses the pipe between screen and kernel, how it is framed, and the bounds both sides share.

Every room above may enter. Nothing here runs a program or draws.
"""
