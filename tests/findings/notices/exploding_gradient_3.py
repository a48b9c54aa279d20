"""Polynomial regression with gradient descent; degree 3 features are not scaled."""
import torch
import torch.nn as nn


class PolyFeatures:
    def __init__(self, degree):
        self.degree = degree

    def __call__(self, x):
        return torch.cat([x ** k for k in range(1, self.degree + 1)], dim=1)


class PolyRegressor(nn.Module):
    def __init__(self, degree):
        super().__init__()
        self.features = PolyFeatures(degree)
        self.linear = nn.Linear(degree, 1)

    def forward(self, x):
        return self.linear(self.features(x))


def make_dataset(n=200):
    x = torch.rand(n, 1) * 4 - 2
    y = 0.5 * x ** 3 - x + 1 + 0.1 * torch.randn(n, 1)
    return x, y


def grad_norm(model):
    return sum(p.grad.pow(2).sum() for p in model.parameters()).sqrt().item()


def fit(model, x, y, lr, epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)  # HERE
    criterion = nn.MSELoss()
    history = []
    for epoch in range(epochs):
        optimizer.zero_grad()
        loss = criterion(model(x), y)  # HERE
        loss.backward()  # HERE
        optimizer.step()  # HERE
        history.append(loss.item())
        if epoch % 5 == 0:
            print(f"epoch {epoch:3d}  loss {loss.item():.4g}  |grad| {grad_norm(model):.4g}")
    return history


def main():
    torch.manual_seed(0)
    x, y = make_dataset()
    model = PolyRegressor(degree=3)
    fit(model, x, y, lr=0.15, epochs=40)  # HERE


if __name__ == "__main__":
    main()
