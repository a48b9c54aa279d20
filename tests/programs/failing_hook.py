import sys

import torch

x = torch.tensor(1.0, requires_grad=True)
y = x * 2
y.register_hook(lambda g: print("hook", g.item()))
y.register_hook(lambda g: sys.exit(4) if g.item() else None)
y.backward()
print("never")
