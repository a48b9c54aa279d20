"""MC dropout: many stochastic passes on purpose at test time."""
import torch
import torch.nn as nn

torch.manual_seed(0)
x = torch.rand(80, 1) * 4 - 2
y = torch.sin(2 * x) + 0.1 * torch.randn_like(x)
net = nn.Sequential(nn.Linear(1, 64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, 64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, 1))
opt = torch.optim.Adam(net.parameters(), lr=5e-3, weight_decay=1e-5)
net.train()
for step in range(400):
    opt.zero_grad()
    loss = nn.functional.mse_loss(net(x), y)
    loss.backward()
    opt.step()


def mc_predict(model, xs, passes=50):
    model.eval()
    for m in model.modules():
        if isinstance(m, nn.Dropout):
            m.train()
    with torch.no_grad():
        samples = torch.stack([model(xs) for _ in range(passes)])
    model.eval()
    return samples.mean(0), samples.std(0)


xs = torch.linspace(-4, 4, 9).unsqueeze(1)
mean, std = mc_predict(net, xs)
for a, b, c in zip(xs.flatten().tolist(), mean.flatten().tolist(), std.flatten().tolist()):
    print(f"{a:5.1f} {b:7.3f} +- {c:.3f}")
