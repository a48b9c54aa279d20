import torch

torch.manual_seed(0)
x = torch.linspace(-2, 2, 60)
y = 1.5 * torch.exp(-0.7 * (x - 0.3) ** 2) + 0.02 * torch.randn(60)
a = torch.tensor(1.0, requires_grad=True)
b = torch.tensor(1.0, requires_grad=True)
c = torch.tensor(0.0, requires_grad=True)
opt = torch.optim.LBFGS([a, b, c], lr=1, max_iter=20, line_search_fn="strong_wolfe")


def closure():
    opt.zero_grad()
    loss = ((a * torch.exp(-b * (x - c) ** 2) - y) ** 2).mean()
    loss.backward()
    return loss


for i in range(8):
    loss = opt.step(closure)
    print(i, f"{loss.item():.6f}", [round(v.item(), 3) for v in (a, b, c)])
