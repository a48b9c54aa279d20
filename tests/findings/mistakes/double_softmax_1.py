import torch
import torch.nn.functional as F
scores = torch.randn(4, 3, requires_grad=True)
labels = torch.tensor([0, 1, 2, 1])
loss = F.cross_entropy(torch.softmax(scores, dim=1), labels)  # HERE
loss.backward()
