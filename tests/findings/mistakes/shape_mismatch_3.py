import torch


def distance(a, b):
    return ((a - b) ** 2).sum()  # HERE


points = torch.randn(6, 3)
centre = torch.randn(4)
print(distance(points, centre))
