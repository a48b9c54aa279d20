"""A tensor class that tells who asks for its shape, and streams that tell what they are."""

import sys

import torch


class Talkative(torch.Tensor):
    @property
    def shape(self):
        print("asked for its shape")
        return super().shape


doubled = torch.ones(2).as_subclass(Talkative) * 2
print(tuple(doubled.shape))
for stream in (sys.stdin, sys.stdout, sys.stderr):
    print(stream.mode, stream.encoding.lower(), stream.name)
print(sys.stdin.encoding, sys.stdin.buffer.mode, sys.stdin.buffer.raw.mode)
