"""Fit the coefficients of a polynomial to data by gradient descent."""
import torch


def poly(c, x):
    return sum(ci * x ** i for i, ci in enumerate(c))


def fit(x, y, start, lr=0.05, steps=200):
    coef = torch.tensor(start, requires_grad=True)  # HERE
    opt = torch.optim.SGD([coef], lr=lr)
    for s in range(steps):
        opt.zero_grad()
        loss = (poly(coef, x) - y).square().mean()
        loss.backward()
        opt.step()
        if s % 50 == 0:
            print(s, loss.item())
    return coef.detach()


if __name__ == "__main__":
    torch.manual_seed(0)
    x = torch.linspace(-1, 1, 80)
    y = 1 - 2 * x + 3 * x ** 2 + 0.05 * torch.randn(80)
    print(fit(x, y, [0, 1, 1]))  # HERE
