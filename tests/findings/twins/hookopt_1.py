# optimizer step inside backward: gradients are freed as soon as they are accumulated
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 3))
optimizer_dict = {p: torch.optim.AdamW([p], lr=3e-3, foreach=False) for p in model.parameters()}


def optimizer_hook(parameter):
    optimizer_dict[parameter].step()
    optimizer_dict[parameter].zero_grad()


for p in model.parameters():
    p.register_post_accumulate_grad_hook(optimizer_hook)

X = torch.randn(240, 10)
Y = X[:, :3].argmax(1)
for epoch in range(12):
    total = 0.0
    for i in torch.randperm(240).split(24):
        loss = nn.functional.cross_entropy(model(X[i]), Y[i])
        loss.backward()  # the hooks update the model
        total += loss.item()
    if epoch % 4 == 3:
        print(epoch + 1, total / 10, all(p.grad is None for p in model.parameters()))
