import torch

people = torch.tensor([[170.0, 65.0, 25.0],
                       [160.0, 55.0, 30.0],
                       [180.0, 80.0, 22.0],
                       [155.0, 50.0, 35.0]])
weights = torch.tensor([0.5, -1.0, 2.0])

# Your prediction: the shape of people.T @ people.
guess = (0, 0)

scores = people * weights
best = scores
