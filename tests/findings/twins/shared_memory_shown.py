"""The shared memory of a tensor and its array, shown."""
import torch

t = torch.ones(5)
n = t.numpy()
print(f"t: {t}")
t.add_(1)
print(f"t: {t}")
print("n:", n)
