"""Warnings of torch and of the program: each at the line that caused it, and at each of them once."""

import warnings

import torch
import torch.nn.functional as F

x = torch.ones(2, 3, requires_grad=True)


def activate(values):
    return F.softmax(values)


a = F.softmax(x)
b = F.softmax(x)
for _ in range(2):
    activate(x)
y = torch.tensor(x)
z = torch.tensor(x)
gradient = (x * 2).grad
with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    F.softmax(x)
    F.softmax(x)
print([(warned.filename == __file__, warned.lineno) for warned in seen])
F.mse_loss(torch.ones(2, 1, requires_grad=True), torch.ones(2)).backward()


class Own(torch.autograd.Function):
    @staticmethod
    def forward(ctx, values):
        warnings.warn("from forward", stacklevel=2)
        return values * 2

    @staticmethod
    def backward(ctx, gradient):
        warnings.warn("from backward", stacklevel=1)
        return gradient * 2


Own.apply(x).sum().backward()


def old():
    warnings.warn("old", DeprecationWarning, stacklevel=2)


old()
