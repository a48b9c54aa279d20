"""Fit a cubic polynomial to a sine curve with plain tensors: no nn, no optimizer."""

import math

import torch

torch.manual_seed(0)
x = torch.linspace(-math.pi, math.pi, 40)
target = torch.sin(x)

a = torch.randn((), requires_grad=True)
b = torch.randn((), requires_grad=True)
c = torch.randn((), requires_grad=True)
d = torch.randn((), requires_grad=True)

rate = 0.002
for epoch in range(12):
    guess = a + b * x + c * x**2 + d * x**3
    loss = ((guess - target) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        for weight in (a, b, c, d):
            weight -= rate * weight.grad
            weight.grad = None
    print(f"{epoch:2d}  loss {loss.item():9.4f}")

print(f"y = {a.item():.3f} + {b.item():.3f} x + {c.item():.3f} x^2 + {d.item():.3f} x^3")
