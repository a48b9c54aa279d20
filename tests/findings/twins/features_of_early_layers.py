# yunjey's style transfer: all layers run, features of the early ones are used; vgg in eval mode, target is optimized
import torch
from torch import nn
torch.manual_seed(0)
class Features(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Tanh(), nn.Conv2d(8, 8, 3), nn.Tanh(), nn.Conv2d(8, 8, 3), nn.Tanh())
    def forward(self, x):
        kept = []
        for i, layer in enumerate(self.net):
            x = layer(x)
            if i in (0, 2):      # the layers behind are run too, and not used
                kept.append(x)
        return kept
vgg, content = Features().eval(), torch.rand(1, 3, 16, 16)
target = torch.rand(1, 3, 16, 16).requires_grad_(True)
optimizer = torch.optim.Adam([target], lr=0.03)
for step in range(12):
    target_features = vgg(target)
    content_features = vgg(content)
    loss = sum(torch.mean((a - b) ** 2) for a, b in zip(target_features, content_features))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
