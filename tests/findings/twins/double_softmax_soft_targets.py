import torch
from torch import nn

student, teacher = nn.Linear(4, 3), nn.Linear(4, 3)
x = torch.randn(6, 4)
with torch.no_grad():
    soft = torch.softmax(teacher(x), dim=1)
nn.functional.cross_entropy(student(x), soft).backward()
