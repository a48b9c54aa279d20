"""The processes: the server that screens talk to, the forked run, its child, sockets, the far end of ssh.

The top of the kernel: nobody in the kernel enters.
"""
